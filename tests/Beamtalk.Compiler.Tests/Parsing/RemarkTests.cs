using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>A lone string is a remark, or the value of the body that it ends.</summary>
public sealed class RemarkTests
{
    [TestCase("\"Spawn an actor\"\nx := 1", "x := 1")]
    [TestCase("value := c getValue await.  \"=> 2\"", "value := ((c getValue) await)")]
    [TestCase("c increment \"bump it\"\nc foo", "(c increment)\n(c foo)")]
    [TestCase("\"it's {not code\"\nx := 1", "x := 1")]
    [TestCase("\"two\nlines\"\nx := 1", "x := 1")]
    [TestCase("\"a \"\"quoted\"\" remark\".\nx := 1", "x := 1")]
    [TestCase("x foo. \"one\". \"two\"", "(x foo)")]
    [TestCase("[x foo. \"why\"\n x bar]", "[(x foo). (x bar)]")]
    [TestCase("x match: [\n  \"the good case\"\n  1 -> 2 \"really\"\n  \"or else\"\n  _ -> 3\n  \"done\"\n]",
        "(x match: [1 -> 2; _ -> 3])")]
    [TestCase("1 + 1 \"two\" // really\nx", "(1 + 1)\nx")]
    public void Remarks(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("[1 / 0. \"no\"]", "[(1 / 0). \"no\"]")]
    [TestCase("\"hello\"", "\"hello\"")]
    [TestCase("x foo.\n\"hello {name}\"", "(x foo)\ninterpolate(\"hello \", name)")]
    [TestCase("[:x | \"abc\"]", "[:x | \"abc\"]")]
    [TestCase("[\n  x foo\n  \"abc\"\n]", "[(x foo). \"abc\"]")]
    [TestCase("^ \"abc\"", "^ \"abc\"")]
    [TestCase("x foo: \"abc\"", "(x foo: \"abc\")")]
    [TestCase("#(\"a\", \"b\")", "#(\"a\", \"b\")")]
    [TestCase("x match: [1 -> \"one\"\n _ -> \"other\"]", "(x match: [1 -> \"one\"; _ -> \"other\"])")]
    [TestCase("\"abc\" size", "(\"abc\" size)")]
    public void Values(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("  greeting => \"hello\"", "method greeting\n  \"hello\"")]
    [TestCase("  greeting =>\n    \"hello {self name}\"", "method greeting\n  interpolate(\"hello \", (self name))")]
    [TestCase("  a => 1\n  \"about b\"\n  b => 2", "method a\n  1\n/// about b\nmethod b\n  2")]
    [TestCase("  a =>\n    \"first\"\n    1", "method a\n  1")]
    [TestCase("  a =>\n    1.\n    \"last\"\n  b => 2", "method a\n  1\n  \"last\"\nmethod b\n  2")]
    [TestCase("  a => 1 \"one\"\n  b => 2", "method a\n  1\nmethod b\n  2")]
    [TestCase("  a => 1\n  \"the end\"", "method a\n  1")]
    [TestCase("  \"what it keeps\"\n  state: x = 1", "/// what it keeps\nstate x = 1")]
    [TestCase("  state:\n    a = 1, \"the first\"\n    b = 2", "state a = 1\nstate b = 2")]
    public void In_classes(string body, string expected) => Parsed.Members(body).ShouldBe(expected);

    [Test]
    public void A_remark_left_of_the_members_does_not_end_a_class() =>
        Parsed.Members("  a => 1\n\"remark\"\n  b => 2").ShouldBe("method a\n  1\nmethod b\n  2");

    [Test]
    public void A_remark_documents_only_what_starts_at_its_column() =>
        Parsed.Tree("\"Counts.\"\nObject subclass: C\n  \"One.\"\n  \"And only.\"\n  a => 1").ShouldBe(
            "/// Counts.\nclass C < Object\n  /// One.\n  /// And only.\n  method a\n    1");

    [Test]
    public void A_last_remark_does_not_make_a_file_of_classes_a_script() =>
        Parsed.Tree("Object subclass: C\n  a => 1\n\n\"the end\"").ShouldBe("class C < Object\n  method a\n    1");

    [Test]
    public void A_doc_comment_goes_before_a_remark() =>
        Parsed.Members("  /// Answers one.\n  ///\n  ///     c a // => 1\n  \"remark\"\n  a => 1").ShouldBe(
            "/// Answers one.\n///\n///     c a // => 1\nmethod a\n  1");
}
