using System.Diagnostics;
using Beamtalk.Compiler.Syntax;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>What no one writes: it ends, with a diagnostic at most.</summary>
public sealed class HostileInputTests
{
    private const int Many = 10_000;

    /// <summary>Far more than is needed: it tells work that grows with the square of the length.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [TestCase("(")]
    [TestCase("[")]
    [TestCase("{")]
    [TestCase("#{")]
    [TestCase("#(")]
    [TestCase("\"{")]
    [TestCase("[:x | ")]
    [TestCase("x match: [")]
    [TestCase("x foo: (")]
    [TestCase("- ")]
    [TestCase("x := ")]
    [TestCase("^ ")]
    [TestCase("=> ")]
    [TestCase("foo => )\n")]
    [TestCase("foo => [:x | \"a {x} ( \n")]
    [TestCase("x foo: := 3\n")]
    [TestCase("x := \"{\n")]
    [TestCase("'")]
    [TestCase("\"a\". ")]
    [TestCase("\"a\"\n")]
    [TestCase("/*")]
    [TestCase(":")]
    [TestCase("#")]
    [TestCase("}")]
    [TestCase("Object subclass: ")]
    [TestCase("  state: x :: List(")]
    public void Many_times_the_same(string part) => ParseInTime(string.Concat(Enumerable.Repeat(part, Many)));

    [TestCase("x", " foo", "")]
    [TestCase("x", " + 1", "")]
    [TestCase("x", " a: 1", "")]
    [TestCase("x a", "; b", "")]
    [TestCase("x := #(", "1, ", ")")]
    [TestCase("x := ", "(", "1")]
    [TestCase("", "x := ", "1")]
    [TestCase("x := \"", "{1}", "\"")]
    public void Long_lines(string start, string part, string end) =>
        ParseInTime(start + string.Concat(Enumerable.Repeat(part, 200_000)) + end);

    [Test]
    public void Nesting_is_limited_with_a_diagnostic()
    {
        string text = "x := " + new string('(', Many) + "1" + new string(')', Many) + "\ny := 2";
        Parsed.Findings(text).ShouldBe(["1:206 BT1012"]);
    }

    [TestCase(" foo")]
    [TestCase(" + 1")]
    public void Long_chains_are_refused_with_a_diagnostic(string part) =>
        Parsed.Findings("x" + string.Concat(Enumerable.Repeat(part, Many))).ShouldBe(["1:1 BT1013"]);

    [Test]
    public void Chains_as_long_as_a_program_needs_are_read() =>
        Parsed.Tree("x" + string.Concat(Enumerable.Repeat(" , y", 300))).ShouldStartWith("(((");

    [Test]
    public void Binary_garbage([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(_ => (char)random.Next(0, seed % 2 == 0 ? 0x10000 : 0x80)));
        ParseInTime(text);
    }

    private static void ParseInTime(string text)
    {
        var clock = Stopwatch.StartNew();
        var (unit, diagnostics) = Parsed.Parse(text);
        clock.Elapsed.ShouldBeLessThan(Patience);
        SyntaxPrinter.Print(unit).ShouldNotBeNull();
        foreach (var diagnostic in diagnostics)
        {
            diagnostic.Span.Start.ShouldBeInRange(0, text.Length);
            diagnostic.Span.End.ShouldBeInRange(diagnostic.Span.Start, text.Length);
        }
    }
}
