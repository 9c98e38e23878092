using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>Sections 2, 3 and 5: statements, messages and blocks.</summary>
public sealed class MessageTests
{
    [TestCase("a b c", "((a b) c)")]
    [TestCase("a b + c d", "((a b) + (c d))")]
    [TestCase("a at: b + 1 put: c d", "(a at: (b + 1) put: (c d))")]
    [TestCase("1 + 2 * 3", "(1 + (2 * 3))")]
    [TestCase("1 - 2 - 3", "((1 - 2) - 3)")]
    [TestCase("2 ** 3 ** 2", "(2 ** (3 ** 2))")]
    [TestCase("2 * 3 ** 2", "(2 * (3 ** 2))")]
    [TestCase("2 ** 3 * 2", "((2 ** 3) * 2)")]
    [TestCase("a , b + c", "((a , b) + c)")]
    [TestCase("a + 1 < b * 2", "((a + 1) < (b * 2))")]
    [TestCase("a < b = c > d", "((a < b) = (c > d))")]
    [TestCase("a =:= b =/= c", "((a =:= b) =/= c)")]
    [TestCase("a /= b", "(a /= b)")]
    [TestCase("#k -> 1 + 2", "(#'k' -> (1 + 2))")]
    [TestCase("a = b -> c", "((a = b) -> c)")]
    [TestCase("a >> #b", "(a >> #'b')")]
    [TestCase("a ~~ b", "(a ~~ b)")]
    [TestCase("(1 + 2) * 3", "(((1 + 2)) * 3)")]
    public void Precedence(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("Transcript show: \"a\"; cr; show: \"b\"", "(Transcript show: \"a\"; cr; show: \"b\")")]
    [TestCase("a b c; d", "((a b) c; d)")]
    [TestCase("a + 1; * 2 abs", "(a + 1; * (2 abs))")]
    [TestCase("super foo; bar", "(super foo; bar)")]
    public void Cascades(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("c increment!", "(c increment)!")]
    [TestCase("c add: 5!", "(c add: 5)!")]
    [TestCase("x := #(c increment!)", "x := #((c increment)!)")]
    public void Casts(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("x := 1", "x := 1")]
    [TestCase("x:=1", "x := 1")]
    [TestCase("x += 1. y -= 2. z *= 3", "x += 1\ny -= 2\nz *= 3")]
    [TestCase("self.x := y := 1", "self.x := y := 1")]
    [TestCase("self.x += self.y", "self.x += self.y")]
    [TestCase("x := (y := 1) + 2", "x := ((y := 1) + 2)")]
    [TestCase("^ x := 1", "^ x := 1")]
    [TestCase("[:y | x := y]", "[:y | x := y]")]
    [TestCase("{a, b} := e", "{a, b} := e")]
    [TestCase("{a, {1, _}} := e foo", "{a, {1, _}} := (e foo)")]
    [TestCase("#(h, ...t) := e", "#(h, ...t) := e")]
    [TestCase("#[a, b] := e", "#[a, b] := e")]
    [TestCase("#{#k => v, name => w} := e", "#{#'k' => v, #'name' => w} := e")]
    [TestCase("Point x: a y: b := p", "<Point x: a y: b> := p")]
    [TestCase("\"GET \" ++ path := s", "\"GET \" ++ path := s")]
    [TestCase("a foo. {x, y} := [:b | {z, 1} := b] value: 3", "(a foo)\n{x, y} := ([:b | {z, 1} := b] value: 3)")]
    public void Assignments(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("[]", "[]")]
    [TestCase("[:x]", "[:x | ]")]
    [TestCase("[:x :y | x + y]", "[:x :y | (x + y)]")]
    [TestCase("[:x | | t u | t := x. u]", "[:x | | t u | t := x. u]")]
    [TestCase("[:x || t | t]", "[:x | | t | t]")]
    [TestCase("[| t | t := 1]", "[| t | t := 1]")]
    [TestCase("[:x :: Integer :y | x]", "[:x :: Integer :y | x]")]
    [TestCase("[^ 1]", "[^ 1]")]
    [TestCase("[:x | [:y | x + y]]", "[:x | [:y | (x + y)]]")]
    public void Blocks(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("a analyze: d whenResolved: [] whenRejected: []", "((a analyze: d) whenResolved: [] whenRejected: [])")]
    [TestCase("f whenResolved: []", "(f whenResolved: [])")]
    [TestCase("a b: c whenRejected: []", "((a b: c) whenRejected: [])")]
    [TestCase("C spawn k: 1 l: 2", "((C spawn) k: 1 l: 2)")]
    [TestCase("(C spawn) k: 1", "(((C spawn)) k: 1)")]
    [TestCase("Erlang lists reverse: #(1)", "((Erlang lists) reverse: #(1))")]
    [TestCase("Elixir String upcase: s", "((Elixir String) upcase: s)")]
    [TestCase("Erlang erlang self", "((Erlang erlang) self)")]
    public void Forms(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [Test]
    public void Temporaries_of_a_script() => Parsed.Tree("| a b |\na := 1").ShouldBe("temporaries a b\na := 1");
}
