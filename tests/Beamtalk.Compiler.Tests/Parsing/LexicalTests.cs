using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>Section 1 of the language: words and literals.</summary>
public sealed class LexicalTests
{
    [TestCase("42", "42")]
    [TestCase("-7", "-7")]
    [TestCase("1_000_000", "1000000")]
    [TestCase("16rFF", "255")]
    [TestCase("2r1010", "10")]
    [TestCase("36rZ", "35")]
    [TestCase("-16rFF", "-255")]
    [TestCase("1e3", "1000")]
    [TestCase("123456789012345678901234567890", "123456789012345678901234567890")]
    [TestCase("3.14", "3.14")]
    [TestCase("-0.5", "-0.5")]
    [TestCase("1.0e-3", "0.001")]
    [TestCase("2.5e2", "250.0")]
    [TestCase("nil", "nil")]
    [TestCase("true", "true")]
    [TestCase("$a", "$\\u{61}")]
    [TestCase("$\\n", "$\\u{A}")]
    [TestCase("$\\u{3B1}", "$\\u{3B1}")]
    [TestCase("$😀", "$\\u{1F600}")]
    [TestCase("$ ", "$\\u{20}")]
    [TestCase("#ok", "#'ok'")]
    [TestCase("#at:put:", "#'at:put:'")]
    [TestCase("#+", "#'+'")]
    [TestCase("#=:=", "#'=:='")]
    [TestCase("#'any ''text'''", "#'any 'text''")]
    public void Literals(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("\"plain\"", "\"plain\"")]
    [TestCase("\"a \"\"quoted\"\" word\"", "\"a \\\"quoted\\\" word\"")]
    [TestCase("\"tab\\tend\\u{41}\\{x\\}\"", "\"tab\tendA{x}\"")]
    [TestCase("\"You research {{topic}} in {{language}}.\"", "\"You research {{topic}} in {{language}}.\"")]
    [TestCase("\"{}\"", "\"{}\"")]
    [TestCase("\"two\nlines\"", "\"two\\nlines\"")]
    [TestCase("'it''s {not} \\n code'", "\"it's {not} \\\\n code\"")]
    [TestCase("\"n is {n}.\"", "interpolate(\"n is \", n, \".\")")]
    [TestCase("\"Length: {\"hello\" length}\"", "interpolate(\"Length: \", (\"hello\" length))")]
    [TestCase("\"{\"a {\"b {c}\"}\"}\"", "interpolate(interpolate(\"a \", interpolate(\"b \", c)))")]
    [TestCase("\"tuple { {a, b} }\"", "interpolate(\"tuple \", {a, b})")]
    [TestCase("\"{xs collect: [:x |\n  x + 1]}\"", "interpolate((xs collect: [:x | (x + 1)]))")]
    public void Strings(string text, string expected) => Parsed.Tree($"x := {text}").ShouldBe($"x := {expected}");

    [TestCase("#(1, 2, 3)", "#(1, 2, 3)")]
    [TestCase("#()", "#()")]
    [TestCase("#(1, 2,)", "#(1, 2)")]
    [TestCase("#[1, 2]", "#[1, 2]")]
    [TestCase("{1, \"two\", #three}", "{1, \"two\", #'three'}")]
    [TestCase("#{#k => v, \"s\" => w, name => x, (a b) => c}", "#{#'k' => v, \"s\" => w, #'name' => x, ((a b)) => c}")]
    [TestCase("#((1, 2), 3)", "#(((1 , 2)), 3)")]
    public void Collections(string text, string expected) => Parsed.Tree($"x := {text}").ShouldBe($"x := {expected}");

    [TestCase("n -1", "(n - 1)")]
    [TestCase("n - 1", "(n - 1)")]
    [TestCase("n-1", "(n - 1)")]
    [TestCase("3--1", "(3 - -1)")]
    [TestCase("3*-1", "(3 * -1)")]
    [TestCase("x<-1", "(x < -1)")]
    [TestCase("a->-1", "(a -> -1)")]
    [TestCase("x foo: -1", "(x foo: -1)")]
    [TestCase("a\n-1", "a\n-1")]
    [TestCase("(a)\n-1 abs", "(a)\n(-1 abs)")]
    public void A_minus_belongs_to_a_number_unless_an_operand_precedes_it(string text, string expected) =>
        Parsed.Tree(text).ShouldBe(expected);

    [TestCase("// comment\nx", "x")]
    [TestCase("/* a\n comment */ x", "x")]
    [TestCase("x // end\n", "x")]
    [TestCase("//// ruler\nx", "x")]
    [TestCase("@native\nx", "x")]
    [TestCase("x @ y", "(x @ y)")]
    public void Comments_and_annotations(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("class", "class")]
    [TestCase("tool updating", "(tool updating)")]
    [TestCase("patch := abstract sealed", "patch := (abstract sealed)")]
    public void Words_of_headers_are_names_elsewhere(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("http@Server new", "(http@Server new)")]
    [TestCase("_x := größe", "_x := größe")]
    [TestCase("self.x", "self.x")]
    public void Names(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [Test]
    public void Large_exponents_are_refused_quickly() =>
        Parsed.OnlyDiagnostic("1e999999999").Descriptor.ShouldBe(Catalog.BadNumber);

    [TestCase("2r102")]
    [TestCase("99r1")]
    [TestCase("1.0e999")]
    public void Numbers_that_are_none(string text) =>
        Parsed.OnlyDiagnostic(text).Descriptor.ShouldBe(Catalog.BadNumber);

    [TestCase("\"a\\q\"", 3)]
    [TestCase("\"\\u{110000}\"", 2)]
    [TestCase("\"\\u{D800}\"", 2)]
    public void Escapes_that_are_none(string text, int column) =>
        Parsed.Findings($"{text} size").ShouldBe([$"1:{column} BT1004"]);

    [Test]
    public void Spans_are_offsets_of_the_text()
    {
        var statement = (TopLevelStatement)Parsed.Parse("  😀\n\n  foo bar: \"π\" baz").Unit.Items[0];
        statement.Span.Start.ShouldBe("  😀\n\n  ".Length);
        statement.Span.End.ShouldBe("  😀\n\n  foo bar: \"π\" baz".Length);
    }
}
