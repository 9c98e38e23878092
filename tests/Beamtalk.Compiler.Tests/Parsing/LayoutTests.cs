using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>Section 2: where a newline ends a statement, and what a line starts.</summary>
public sealed class LayoutTests
{
    [TestCase("a b\nc d", "(a b)\n(c d)")]
    [TestCase("a b. c d.", "(a b)\n(c d)")]
    [TestCase("a b.\r\nc d\r\n", "(a b)\n(c d)")]
    [TestCase("x := (a\n  b)", "x := ((a b))")]
    [TestCase("x := {1,\n  2\n}", "x := {1, 2}")]
    [TestCase("x := #{\n  #a => 1,\n  #b => 2\n}", "x := #{#'a' => 1, #'b' => 2}")]
    [TestCase("x := #{\n#a => 1\n}", "x := #{#'a' => 1}")]
    [TestCase("x := (a foo: [:y |\n  y b\n  y c\n])", "x := ((a foo: [:y | (y b). (y c)]))")]
    public void Brackets_decide(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("x := a +\n  b", "x := (a + b)")]
    [TestCase("a foo:\n  b", "(a foo: b)")]
    [TestCase("x :=\n  b", "x := b")]
    [TestCase("^\n  b", "^ b")]
    [TestCase("a foo;\n  bar", "(a foo; bar)")]
    [TestCase("a ->\n  b", "(a -> b)")]
    [TestCase("a foo\n  ; bar\n  ; baz: 1", "(a foo; bar; baz: 1)")]
    [TestCase("a at: 1\n  put: 2", "(a at: 1 put: 2)")]
    [TestCase("a\n  foo: 1", "(a foo: 1)")]
    [TestCase("a\n  + b\n  , c", "((a + b) , c)")]
    [TestCase("x := a\n- b", "x := (a - b)")]
    public void A_statement_goes_on(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [Test]
    public void An_operator_line_may_be_a_header() =>
        Parsed.Members("  x => 1\n  + other => 2\n  at: i put: v => 3\n  , other => 4").ShouldBe(
            "method x\n  1\nmethod + other\n  2\nmethod at:put: i v\n  3\nmethod , other\n  4");

    [TestCase("x := 1 /* => 2 */", "x := 1")]
    [TestCase("a /* => 2 */ foo: 3", "(a foo: 3)")]
    public void An_arrow_in_a_comment_makes_no_header(string text, string expected) =>
        Parsed.BrokenTree(text).ShouldBe(expected);

    [Test]
    public void A_header_line_ends_a_statement_of_a_script() =>
        Parsed.Tree("a foo\nat: i put: v => 3").ShouldBe("(a foo)\nscript\n  method at:put: i v\n    3");

    [Test]
    public void A_deeper_line_belongs_to_the_member_above() =>
        Parsed.Members("  a =>\n    b\n      c\n   d\n  e => f").ShouldBe("method a\n  b\n  c\n  d\nmethod e\n  f");

    [Test]
    public void A_closing_bracket_at_the_members_column_does_not_start_one() =>
        Parsed.Members("  a => [\n    b\n  ]\n  c => d").ShouldBe("method a\n  [b]\nmethod c\n  d");

    [Test]
    public void A_line_at_the_headers_column_ends_the_class() =>
        Parsed.Tree("Object subclass: A\n  a => 1\nObject subclass: B\nx := 1").ShouldBe(
            "class A < Object\n  method a\n    1\nclass B < Object\nx := 1");

    [Test]
    public void Comments_and_blank_lines_do_not_end_a_class() =>
        Parsed.Members("  a => 1\n\n// left\n/* of\nit */\n  b => 2").ShouldBe("method a\n  1\nmethod b\n  2");

    [Test]
    public void Outside_classes_a_body_ends_at_its_headers_column() =>
        Parsed.Tree("String >> shout =>\n  self foo\n  self bar\nx := 1\ntwice: n =>\n  n * 2\ny := 2").ShouldBe(
            "extend String\n  method shout\n    (self foo)\n    (self bar)\nx := 1\n"
            + "script\n  method twice: n\n    (n * 2)\ny := 2");

    [Test]
    public void An_indented_script_has_its_own_columns() =>
        Parsed.Tree("  a foo\n  A >> b =>\n    c\n  d").ShouldBe("(a foo)\nextend A\n  method b\n    c\nd");

    [Test]
    public void A_patch_in_braces_ends_with_its_brace() =>
        Parsed.Tree("patch C >> #at: i {\nself foo.\n  ^ super at: i\n}\nx").ShouldBe(
            "patch C\n  method at: i\n    (self foo)\n    ^ (super at: i)\nx");

    [TestCase("a => [:x |\n    x b\n    x c ]", "method a\n  [:x | (x b). (x c)]")]
    [TestCase("a => b foo: [ c ]\n      bar: [ d ]", "method a\n  (b foo: [c] bar: [d])")]
    [TestCase("a =>\n    | x |\n    x := 1\n    x", "method a\n  | x |\n  x := 1\n  x")]
    public void Bodies(string member, string expected) => Parsed.Members("  " + member).ShouldBe(expected);
}
