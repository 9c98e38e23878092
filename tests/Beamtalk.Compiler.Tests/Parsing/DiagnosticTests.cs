using Beamtalk.Compiler.Diagnostics;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>What the parser says to those who make mistakes.</summary>
public sealed class DiagnosticTests
{
    [TestCase("x := (1 + 2", "1:6 BT1010")]
    [TestCase("x := #(1, 2", "1:6 BT1010")]
    [TestCase("x foo: [:y | y + (1 ]", "1:18 BT1010")]
    [TestCase("x foo: 1)", "1:9 BT1011")]
    [TestCase("x := #(1, (2]", "1:13 BT1011")]
    [TestCase("x := \"{a (b}\"", "1:10 BT1010")]
    public void Brackets(string text, string finding) => Parsed.Findings(text).ShouldContain(finding);

    [Test]
    public void A_missing_bracket_is_shown_where_it_was_opened() =>
        DiagnosticRenderer.Render(Parsed.OnlyDiagnostic("Object subclass: C\n  a => b foo: (c bar\n  d => 1")).ShouldBe(
            """
            test.bt:2:15: error BT1010: there is no ) for this (
              2 |   a => b foo: (c bar
                |               ^

            """);

    [Test]
    public void A_missing_bracket_costs_one_method() =>
        Parsed.BrokenTree("Object subclass: C\n  a => b foo: (c bar\n  d => 1\n  e => [:x | x\n  f => 2").ShouldEndWith(
            "  method d\n    1\n  method e\n    [:x | x]\n  method f\n    2");

    [Test]
    public void A_missing_parenthesis_costs_one_statement() =>
        Parsed.BrokenTree("x := (1 + 2\ny := 3\nfoo bar").ShouldBe("x := ((1 + 2))\ny := 3\n(foo bar)");

    [TestCase("x := \"abc\ny := \"def\".\nz := 1", "1:6 BT1002")]
    [TestCase("x := 'abc\ny := 'def' size\nz := 1", "1:6 BT1002")]
    [TestCase("x := \"abc", "1:6 BT1002")]
    [TestCase("x := \"a {b\ny := 1", "1:6 BT1002")]
    [TestCase("x foo /* bar", "1:7 BT1003")]
    public void What_is_never_closed(string text, string finding) => Parsed.Findings(text).ShouldBe([finding]);

    [Test]
    public void An_open_string_costs_its_line() =>
        Parsed.BrokenTree("x := \"abc\ny := \"def\".\nz := 1").ShouldBe("x := \"abc\"\ny := \"def\"\nz := 1");

    [TestCase("x := 1 § 2", "1:8 BT1001")]
    [TestCase("x foo := 3", "1:7 BT1024")]
    [TestCase("self := 3", "1:6 BT1024")]
    [TestCase("x = 5.\nx foo", "1:3 BT1026")]
    [TestCase("x foo: 1 ifTrue: [2]", "1:10 BT1027")]
    [TestCase("d at: 1 put: 2 at: 3 put: 4", "1:16 BT1027")]
    [TestCase("a and: [b] or: [c]", "1:12 BT1027")]
    [TestCase("actor subclass: C", "1:1 BT1028")]
    [TestCase("Object subclass: #C", "1:18 BT1028")]
    [TestCase("x Foo", "1:3 BT1029")]
    [TestCase("x foo: super", "1:8 BT1030")]
    [TestCase("x := 3!", "1:6 BT1031")]
    [TestCase("#(1, a: 2)", "1:6 BT1034")]
    [TestCase("#(1,, 2)", "1:5 BT1035")]
    [TestCase("c.value", "1:2 BT1037")]
    [TestCase("x; foo", "1:2 BT1040")]
    [TestCase("x +", "1:3 BT1020")]
    [TestCase("x foo: ^ 3", "1:8 BT1020")]
    [TestCase("x foo \"remark\" bar", "1:7 BT1020")]
    [TestCase("#(1 2)", "1:5 BT1020")]
    [TestCase("foo(1, 2)", "1:4 BT1020")]
    [TestCase("a || b", "1:3 BT1020")]
    [TestCase("a != b", "1:4 BT1020")]
    [TestCase("{1. 2}", "1:3 BT1020")]
    [TestCase("foo =>", "1:1 BT1023")]
    public void Mistakes(string text, string finding) => Parsed.Findings(text).ShouldBe([finding]);

    [TestCase("  a =>\n  b => 1", "2:3 BT1023")]
    [TestCase("  a => 1\n   b => 2", "3:4 BT1021")]
    [TestCase("  a =>\n  ^ 1", "3:3 BT1022,2:3 BT1023")]
    [TestCase("  #a { 1 }", "2:6 BT1020")]
    [TestCase("  state: a := 1", "2:12 BT1025")]
    [TestCase("  foo", "2:5 BT1020")]
    [TestCase("  state: a b", "2:12 BT1020")]
    [TestCase("  state: a = , b = 2", "2:14 BT1020")]
    [TestCase("  foo: => 1", "2:8 BT1020")]
    [TestCase("  foo: 1 + 2 => 1", "2:10 BT1036")]
    public void Mistakes_in_classes(string body, string findings) =>
        Parsed.Findings($"Object subclass: C\n{body}").ShouldBe(findings.Split(','), ignoreOrder: true);

    [TestCase("foo(1, 2)", "arguments follow a keyword: receiver name: argument")]
    [TestCase("x foo \"remark\" bar",
        "a remark stands at the end of a statement or on a line of its own; /* … */ stands anywhere")]
    [TestCase("a != b", "different from is ~= or /=")]
    [TestCase("a || b", "or is a message: a or: [b]")]
    [TestCase("#(1 2)", "elements are separated by commas")]
    [TestCase("{1. 2}", "elements are separated by commas")]
    [TestCase("foo =>", "write self subclassResponsibility if subclasses define it, or nil if it does nothing")]
    [TestCase("x = 5. y", "write := to assign to x")]
    [TestCase("actor subclass: C", "write Actor")]
    [TestCase("Object subclass: #C", "write C")]
    [TestCase("c.value", "only self.x reads a variable; ask another object: c value")]
    [TestCase("x := \"{#a => 1}\"", "a brace in a string begins an expression; write \\{ for the brace itself")]
    public void Hints(string text, string hint) => Parsed.OnlyDiagnostic(text).Hint.ShouldBe(hint);

    [Test]
    public void Several_mistakes_give_several_messages() =>
        Parsed.Findings(
            """
            Object subclass: C
              one => x foo: := 1.
                y bar
              two => (a b
              three => [:z | z + ] value.
                #(1 2) size
              state: v := 1
              four =>
            x + * y.
            ok foo
            x "abc" y
            """).ShouldBe(
            ["2:17 BT1024", "4:10 BT1010", "5:22 BT1020", "6:9 BT1020", "7:12 BT1025", "8:3 BT1023", "9:5 BT1020", "11:3 BT1020"]);

    [Test]
    public void Statements_around_a_mistake_are_read() =>
        Parsed.BrokenTree("a => \n  one foo.\n  two := := 3.\n  three bar: [:x | x + ]. \n  four").ShouldBe(
            "script\n  method a\n    (one foo)\n    <error>\n    (three bar: [:x | <error>])\n    four");

    [Test]
    public void Arms_around_a_mistake_are_read() =>
        Parsed.BrokenTree("x match: [1 -> a; 2 + -> b; 3 -> c\n 4 -> := d\n 5 -> e]").ShouldBe(
            "(x match: [1 -> a; 3 -> c; 5 -> e])");

    [Test]
    public void The_errors_of_a_hopeless_file_are_counted() =>
        Parsed.Parse(string.Concat(Enumerable.Repeat("x foo: := 3\n", 1000))).Diagnostics.Length.ShouldBeLessThan(110);
}
