using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Beamtalk.EndToEnd;

/// <summary>The rules of <c>docs/language/rules.md</c> and the programs of <c>tests/e2e</c> that show them.</summary>
[TestFixture]
public sealed partial class ConformanceTests
{
    private static readonly string Root = ProgramTests.FindRoot();

    private static readonly ImmutableHashSet<string> Rules =
        [.. Rule().Matches(File.ReadAllText(Path.Combine(Root, "docs/language/rules.md"))).Select(Number)];

    [Test]
    public void EveryRuleHasAProgramThatNamesIt() =>
        Assert.That(Rules.Except(Programs().SelectMany(RulesOf)), Is.Empty);

    [Test]
    public void EveryProgramNamesRulesThatExist()
    {
        IEnumerable<string> lost =
            from program in Programs()
            let named = RulesOf(program).ToArray()
            where named.Length == 0 || named.Any(rule => !Rules.Contains(rule))
            select $"{Path.GetFileName(program)} names [{string.Join(", ", named)}]";
        Assert.That(lost, Is.Empty);
    }

    private static IEnumerable<string> Programs() => Directory.EnumerateFiles(Path.Combine(Root, "tests/e2e"), "*.bt");

    private static IEnumerable<string> RulesOf(string program) =>
        File.ReadAllText(program).Split('\n') is [.., var last, ""] && Naming().Match(last) is { Success: true } named
            ? named.Groups[1].Value.Split(", ")
            : [];

    private static string Number(Match rule) => rule.Groups[1].Value;

    [GeneratedRegex(@"^\| (\d+\.\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Rule();

    [GeneratedRegex(@"^// rules? (.+)$")]
    private static partial Regex Naming();
}
