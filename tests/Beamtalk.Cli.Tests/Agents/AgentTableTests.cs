using System.Collections.Immutable;
using Beamtalk.Cli.Agents;
using Beamtalk.Cli.Repl.Editing;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Agents;

[TestFixture]
public sealed class AgentTableTests
{
    internal static readonly AgentRow Row = new(
        "<0.141.0>", "Researcher", "helper", "thinking", "claude_opus", 3, 2, 1, 12_000, 345, 0.0421, 48_712, 0, 4_000);

    [Test]
    public void A_narrow_terminal_shows_what_matters()
    {
        AgentTable.Lines([Row], 80).ShouldBe(
        [
            "STATE    AGENT  MODEL       TURN TOKENS   COST MEMORY MAIL PID",
            "thinking helper claude_opus    3  12.3k 0.0421  48.7k    0 <0.141.0>",
        ]);
    }

    [Test]
    public void A_wide_terminal_shows_all() => AgentTable.Lines([Row], 200)[1]
        .ShouldBe("thinking   4s  helper  Researcher  claude_opus     3      2        1   12.3k  12.0k  345  0.0421   48.7k     0  <0.141.0>");

    [TestCase(60)]
    [TestCase(80)]
    [TestCase(120)]
    public void Long_names_are_shortened(int width)
    {
        AgentRow wide = Row with { Name = new string('日', 90), Model = new string('m', 90), Class = new string('C', 90) };
        ImmutableArray<string> lines = AgentTable.Lines([Row, wide], width);
        lines.ShouldAllBe(line => CellWidth.Of(line) <= Math.Max(width, 68));
        lines[2].ShouldContain("日…");
        lines[2].ShouldEndWith("<0.141.0>");
    }

    [TestCase(0, "0")]
    [TestCase(999, "999")]
    [TestCase(1000, "1.0k")]
    [TestCase(99_940, "99.9k")]
    [TestCase(123_456, "123k")]
    [TestCase(999_600, "1.0M")]
    public void Numbers_are_short(long number, string text) => Figures.Count(number).ShouldBe(text);

    [TestCase(0, "0s")]
    [TestCase(61_000, "1m")]
    [TestCase(7_200_000, "2h")]
    [TestCase(200_000_000, "2d")]
    public void Ages_are_short(long milliseconds, string text) => Figures.Age(milliseconds).ShouldBe(text);
}
