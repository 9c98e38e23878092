using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Doctests;

/// <summary>What counts as an example, and what as its expectation.</summary>
[TestFixture]
public sealed class ExampleReaderTests
{
    [Test]
    public void IndentedLinesOfADocCommentAreAnExample()
    {
        string[] source = ["/// Doubles.", "///     x := 2", "///     x * 2 // => 4", "double => 1"];
        DocExample example = ExampleReader.InSource(source).ShouldHaveSingleItem();
        example.Steps.ShouldBe([new DocStep("x := 2\nx * 2", "4", 3)]);
    }

    [Test]
    public void EachExpectationEndsAStep()
    {
        string[] source = ["  ///     1 // => 1", "  ///     2", "  ///     // => 2", "  ///     3"];
        ExampleReader.InSource(source).ShouldHaveSingleItem().Steps.ShouldBe(
            [new DocStep("1", "1", 1), new DocStep("2", "2", 3), new DocStep("3", null, 4)]);
    }

    [Test]
    public void BlankLinesDoNotEndAnIndentedExample()
    {
        string[] source = ["///     Actor subclass: A", "///       x => 1", "///", "///     A spawn x await // => 1"];
        ExampleReader.InSource(source).ShouldHaveSingleItem().Steps.ShouldBe(
            [new DocStep("Actor subclass: A\n  x => 1\n\nA spawn x await", "1", 4)]);
    }

    [Test]
    public void TwoCommentsAreTwoExamples()
    {
        string[] source = ["///     1 // => 1", "one => 1", "///     2 // => 2", "two => 2"];
        ExampleReader.InSource(source).Count().ShouldBe(2);
    }

    [Test]
    public void OnlyBeamtalkFencesOfMarkdownRun()
    {
        string[] text =
        [
            "```beamtalk", "1 // => 1", "```", "```sh", "ls", "```", "```beamtalk no-run", "boom", "```", "    2",
        ];
        ExampleReader.InMarkdown(text).ShouldHaveSingleItem().Steps.ShouldBe([new DocStep("1", "1", 2)]);
    }

    [TestCase("4", "4", true)]
    [TestCase("4", "5", false)]
    [TestCase("a Counter <...>", "a Counter <0.1.0>", true)]
    [TestCase("ERROR key_not_found", "ERROR key_not_found: key #b not found", true)]
    [TestCase("ERROR key_not_found", "ERROR timeout: late", false)]
    [TestCase("ERROR user_error: no", "ERROR user_error: yes", false)]
    [TestCase("#a", "#a: b", false)]
    public void TextMatchesAsWritten(string expected, string actual, bool matches) =>
        Expectation.Matches(expected, actual).ShouldBe(matches);
}
