using Beamtalk.Compiler.Formatting;
using Beamtalk.Compiler.Text;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Formatting;

/// <summary>The style, by example.</summary>
public sealed class FormatterTests
{
    private static readonly FormatOptions Narrow = FormatOptions.Default with { Width = 40 };
    private static readonly FormatOptions Modern = FormatOptions.Default with { Modern = true };

    [TestCase("", "")]
    [TestCase("\n\n", "")]
    [TestCase("x", "x\n")]
    [TestCase("x   foo\n\n\n\ny", "x foo\n\ny\n")]
    [TestCase("x:=1+2*  3", "x := 1 + 2 * 3\n")]
    [TestCase("n -1. n-1. n - -1", "n - 1. n - 1. n - -1\n")]
    [TestCase("x := #( 1 ,2 , 3 ). y := { }. z := #{a=>1}", "x := #(1, 2, 3). y := {}. z := #{a => 1}\n")]
    [TestCase("#(1, 2) collect:[ :each|each*2 ]", "#(1, 2) collect: [:each | each * 2]\n")]
    [TestCase("[:x| |t u|t:=x. t]", "[:x | | t u | t := x. t]\n")]
    [TestCase("[ ] value. [:x|] value: 1", "[] value. [:x |] value: 1\n")]
    [TestCase("a , b.  c,d", "a , b. c , d\n")]
    [TestCase("[1] on: ZeroDivide ,KeyNotFound do: [2]", "[1] on: ZeroDivide, KeyNotFound do: [2]\n")]
    [TestCase("t show: 1 ;cr ; show: 2", "t show: 1; cr; show: 2\n")]
    [TestCase("c increment !", "c increment!\n")]
    [TestCase("\"a {x+1}\" size", "\"a {x+1}\" size\n")]
    [TestCase("a.. b", "a. . b\n")]
    [TestCase("\uFEFFx\t:=\f1\u00A0\n", "x := 1\n")]
    public void Spaces(string text, string formatted) => Formatted.Text(text).ShouldBe(formatted);

    [TestCase("x foo:\n      1", "x foo:\n  1\n")]
    [TestCase("x\nat: 1\n      put: 2", "x\n  at: 1\n  put: 2\n")]
    [TestCase("x := 1\n+ 2", "x := 1\n  + 2\n")]
    [TestCase("t show: 1;\ncr;\nshow: 2", "t show: 1;\n  cr;\n  show: 2\n")]
    [TestCase("x do: [:e |\ne foo\n     ]", "x do: [:e |\n  e foo\n]\n")]
    [TestCase("x do: [:e |\n\n\ne foo\n\n\ne bar]", "x do: [:e |\n  e foo\n\n  e bar]\n")]
    [TestCase("x := (\na\n)", "x := (\n  a\n)\n")]
    [TestCase("x match: [\n1 -> 2;\n_ ->\n3\n]", "x match: [\n  1 -> 2;\n  _ ->\n    3\n]\n")]
    public void Line_ends_of_the_author_stay(string text, string formatted) => Formatted.Text(text).ShouldBe(formatted);

    [Test]
    public void Members_are_indented_by_two() =>
        Formatted.Text("Actor subclass: C\n     state: a=1,\n       b\n\n\n     class foo=>\n          1\n     at: i put: v=>2\n").ShouldBe(
            "Actor subclass: C\n  state: a = 1,\n    b\n\n  class foo =>\n    1\n  at: i put: v => 2\n");

    [Test]
    public void Modifiers_types_and_guards() =>
        Formatted.Text("sealed Value subclass: Box( T )\n tool(timeout:1)\n foo: n::Integer|#a -> List( T ) when:[n>1]=>n").ShouldBe(
            "sealed Value subclass: Box(T)\n  tool (timeout: 1)\n  foo: n :: Integer | #a -> List(T) when: [n > 1] => n\n");

    [TestCase(
        "self assertion: (first message: argument) equals: second",
        "self\n  assertion: (first message: argument)\n  equals: second\n")]
    [TestCase(
        "collection collect: [:each | each message: argument]",
        "collection collect: [:each |\n  each message: argument]\n")]
    [TestCase(
        "condition value ifTrue: [self doThis: one] ifFalse: [nil]",
        "condition value\n  ifTrue: [self doThis: one]\n  ifFalse: [nil]\n")]
    [TestCase(
        "xs := #(1000, 2000, 3000, 4000, 5000, 6000, 7000)",
        "xs := #(1000, 2000, 3000, 4000, 5000,\n  6000, 7000)\n")]
    [TestCase(
        "t show: \"a long text\"; cr; show: \"another\"",
        "t show: \"a long text\";\n  cr;\n  show: \"another\"\n")]
    [TestCase(
        "total := first * second + third * fourth + fifth",
        "total := first * second\n  + third * fourth\n  + fifth\n")]
    [TestCase(
        "x match: [1 -> self foo: 1; 2 -> self bar: 2]",
        "x match: [\n  1 -> self foo: 1;\n  2 -> self bar: 2\n]\n")]
    [TestCase(
        "Transcript showCr: \"one word keeps its message\"",
        "Transcript showCr: \"one word keeps its message\"\n")]
    [TestCase(
        "\"a remark would come of it\" , \"if a line ended here\"",
        "\"a remark would come of it\" , \"if a line ended here\"\n")]
    [TestCase(
        "Object subclass: C\n  foo: bar => bar message: one with: three",
        "Object subclass: C\n  foo: bar =>\n    bar message: one with: three\n")]
    [TestCase("x foo: 1 // a comment does not make a line too long", "x foo: 1 // a comment does not make a line too long\n")]
    public void Long_lines_end_where_they_may(string text, string formatted) =>
        Formatted.Text(text, Narrow).ShouldBe(formatted);

    [TestCase("//a\nx//b", "//a\nx //b\n")]
    [TestCase("/* a\n b */ x", "/* a\n b */\nx\n")]
    [TestCase("x /* a */ foo", "x /* a */ foo\n")]
    [TestCase("x := #(1, // one\n2, // two\n3\n// end\n)", "x := #(1, // one\n  2, // two\n  3\n  // end\n)\n")]
    [TestCase("x foo: 1 // one\n  bar: 2 // two", "x foo: 1 // one\n  bar: 2 // two\n")]
    [TestCase("[:x | // why\nx] value", "[:x | // why\n  x] value\n")]
    [TestCase("a foo.    \"remark\"\nb", "a foo.  \"remark\"\nb\n")]
    [TestCase("aa    // one\nbbbb  // two", "aa    // one\nbbbb  // two\n")]
    [TestCase("aa := 1+1  // one\nb := 2     // two", "aa := 1 + 1  // one\nb := 2       // two\n")]
    [TestCase("////////\n//  x  \n////", "////////\n//  x\n////\n")]
    [TestCase("@ignored   here\nx", "@ignored   here\nx\n")]
    [TestCase("// only this", "// only this\n")]
    public void Comments(string text, string formatted) => Formatted.Text(text).ShouldBe(formatted);

    [Test]
    public void Comments_of_members_and_bodies_stay_where_they_belong() =>
        Formatted.Text("Object subclass: C\n   /// Doc.\n   foo =>\n      // inside\n      1\n      // last\n   // between\n   bar => 2\n// below\nx")
            .ShouldBe("Object subclass: C\n  /// Doc.\n  foo =>\n    // inside\n    1\n    // last\n  // between\n  bar => 2\n// below\nx\n");

    // A remark in another column than the member is no documentation, and must not become it.
    [Test]
    public void A_remark_stays_documentation_or_not()
    {
        Formatted.Text("Object subclass: C\n     \"Doc.\"\n     foo => 1").ShouldBe("Object subclass: C\n  \"Doc.\"\n  foo => 1\n");
        Formatted.Text("Object subclass: C\n   \"No doc.\"\n     foo => 1\n     bar => 2")
            .ShouldBe("Object subclass: C\n\"No doc.\"\n  foo => 1\n  bar => 2\n");
    }

    [Test]
    public void The_line_ends_of_a_file_stay()
    {
        Formatted.Text("x:=1\r\ny:=2\r\n").ShouldBe("x := 1\r\ny := 2\r\n");
        Formatted.Text("x:=1\r\ny:=2\n").ShouldBe("x := 1\r\ny := 2\r\n");
        Formatted.Text("x:=1\ny:=2\r\n").ShouldBe("x := 1\ny := 2\n");
    }

    [TestCase("x := (1 + 2")]
    [TestCase("x := \"open")]
    [TestCase("Object subclass: C\n  foo =>\n")]
    [TestCase("x := 1 §")]
    public void Errors_are_refused(string text)
    {
        var result = Formatter.Format(new SourceText("test.bt", text), FormatOptions.Default);
        result.Text.ShouldBeNull();
        result.HasErrors.ShouldBeTrue();
    }

    [TestCase("x := 'abc'.\ny := 'say \"hi\"'.", "x := \"abc\"\ny := 'say \"hi\"'\n")]
    [TestCase("a foo. b bar.\nc baz.", "a foo. b bar\nc baz\n")]
    [TestCase("\"A remark.\"\nx := 1.  \"=> 1\"", "// A remark.\nx := 1  // => 1\n")]
    [TestCase("\"Two\n lines.\"\nx", "// Two\n// lines.\nx\n")]
    [TestCase("Object subclass: C\n  \"Doc.\"\n  #foo: x => ^x.\n", "Object subclass: C\n  /// Doc.\n  foo: x => ^x\n")]
    [TestCase("patch C >> #foo { 'a'. ^1. }", "C >> foo => 'a'. ^1\n")]
    [TestCase("patch C class >> #+ x {\n  y := x.\n  ^y.\n}\nz", "C class >> + x =>\n  y := x\n  ^y\nz\n")]
    [TestCase("Object subclass: C\n  #nil => 1\n  #// x => 2\n  #class => 3", "Object subclass: C\n  #nil => 1\n  #// x => 2\n  class => 3\n")]
    [TestCase("Object subclass: C\n  foo => 'answer'\n  bar => 1. 'x'. 2", "Object subclass: C\n  foo => \"answer\"\n  bar => 1. 'x'. 2\n")]
    [TestCase("[a foo. \"remark\".\nb]", "[a foo // remark\n  b]\n")]
    public void The_modern_spelling(string text, string formatted) => Formatted.Text(text, Modern).ShouldBe(formatted);

    [TestCase("(", ")", 190)]
    [TestCase("[", "]", 190)]
    [TestCase("#(", ")", 190)]
    [TestCase("x foo: (", ")", 190)]
    [TestCase("[:x | x do: [", "]]", 90)]
    public void Deep_nesting(string open, string close, int depth)
    {
        string text = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        Formatted.ShouldKeepAll(text, FormatOptions.Default);
        Formatted.ShouldKeepAll(text, Narrow);
    }

    [TestCase("x", " foo", 900)]
    [TestCase("x", " + y * z", 300)]
    [TestCase("x", " -> y", 900)]
    [TestCase("x a", "; b: 1", 900)]
    [TestCase("", "x := ", 900)]
    [TestCase("", "x foo. ", 20_000)]
    [TestCase("", "// comment\n", 20_000)]
    public void Long_chains(string start, string part, int count)
    {
        string text = start + string.Concat(Enumerable.Repeat(part, count)) + (part.EndsWith(' ') ? "1" : "");
        Formatted.ShouldKeepAll(text, FormatOptions.Default);
        Formatted.ShouldKeepAll(text, Narrow);
    }
}
