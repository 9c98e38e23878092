using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>Section 6: match arms, patterns and guards.</summary>
public sealed class PatternTests
{
    [TestCase("{#ok, v} -> v", "{#'ok', v} -> v")]
    [TestCase("n :: Integer when: [n > 9] -> \"big\"", "n :: Integer when: [(n > 9)] -> \"big\"")]
    [TestCase("n :: Integer | String -> n", "n :: Integer | String -> n")]
    [TestCase("#(head, ...tail) -> head", "#(head, ...tail) -> head")]
    [TestCase("#{#name => who, \"k\" => 1} -> who", "#{#'name' => who, \"k\" => 1} -> who")]
    [TestCase("#[a, b] -> a + b", "#[a, b] -> (a + b)")]
    [TestCase("Point x: px y: {py, _} -> px", "<Point x: px y: {py, _}> -> px")]
    [TestCase("Point -> 1", "<Point> -> 1")]
    [TestCase("\"GET \" ++ path -> path", "\"GET \" ++ path -> path")]
    [TestCase("nil -> 0", "nil -> 0")]
    [TestCase("-1 -> 0", "-1 -> 0")]
    [TestCase("$a -> 0", "$\\u{61} -> 0")]
    [TestCase("_ -> [self log: value. 0]", "_ -> [(self log: value). 0]")]
    [TestCase("_ -> x := 1", "_ -> x := 1")]
    [TestCase("_ -> self at: 1 put: 2", "_ -> (self at: 1 put: 2)")]
    [TestCase("_ -> (a -> b)", "_ -> ((a -> b))")]
    [TestCase("_ -> (Transcript show: 1; cr)", "_ -> ((Transcript show: 1; cr))")]
    [TestCase("_ -> c increment!", "_ -> (c increment)!")]
    public void Arms(string arm, string expected) => Parsed.Tree($"v match: [{arm}]").ShouldBe($"(v match: [{expected}])");

    [TestCase("v match: [1 -> a; 2 -> b]")]
    [TestCase("v match: [1 -> a\n 2 -> b]")]
    [TestCase("v match: [\n  1 -> a;\n  2 ->\n    b\n]")]
    [TestCase("v match: [\n  1\n  -> a;\n  2 -> b;\n]")]
    public void Separators(string text) => Parsed.Tree(text).ShouldBe("(v match: [1 -> a; 2 -> b])");

    [Test]
    public void A_literal_block_with_parameters_is_an_argument() =>
        Parsed.Tree("v match: [:x | x -> 1]").ShouldBe("(v match: [:x | (x -> 1)])");

    [Test]
    public void Match_is_the_only_keyword_of_its_message() =>
        Parsed.BrokenTree("v foo: 1 match: [a -> 1]").ShouldBe("(v foo: 1 match: [(a -> 1)])");

    [TestCase("Process receive: [#a -> 1]", "(Process receive: [#'a' -> 1])")]
    [TestCase("Process receive: [{x, _} -> x\n _ -> 2] after: 100 do: [nil]",
        "(Process receive: [{x, _} -> x; _ -> 2] after: 100 do: [nil])")]
    [TestCase("v receive: [a -> 1]", "(v receive: [(a -> 1)])")]
    public void Receiving(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [Test]
    public void A_match_is_a_value_like_any_other() =>
        Parsed.Tree("x := (v match: [_ -> 1]) + 2").ShouldBe("x := (((v match: [_ -> 1])) + 2)");

    [TestCase("v match: [a -> b -> c]", "1:18 BT1032")]
    [TestCase("v match: [a -> ^ c]", "1:16 BT1033")]
    [TestCase("v match: [#(...a, b) -> c]", "1:13 BT1036")]
    [TestCase("v match: [{...a} -> c]", "1:12 BT1036")]
    [TestCase("v match: [\"a\" , b -> c]", "1:15 BT1036")]
    [TestCase("v match: [a + 1 -> c]", "1:13 BT1020")]
    [TestCase("v match: [_ -> 1] with: 2", "1:10 BT1039")]
    public void Errors(string text, string finding) => Parsed.Findings(text).ShouldBe([finding]);
}
