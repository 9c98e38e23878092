using Beamtalk.Cli.Editing;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Editing;

[TestFixture]
public sealed class MethodEditorTests
{
    private const string File = """
        // A remark.
        Actor subclass: Counter
          state: value = 0   // odd   spacing

          /// Adds one.
          increment => self.value += 1 // trailing

          at: 0 => 1
          // between
          at: n => n + 1

          text => "one
        two"

          class make => self spawn

        Integer >> twice => self * 2
        Object subclass: Other
          increment => 5
        """;

    [Test]
    public void Only_the_method_changes() => Edit("increment", "increment => self.value += 1", "increment => 2")
        .ShouldBe(File.Replace("increment => self.value += 1", "increment => 2", StringComparison.Ordinal));

    [Test]
    public void Lines_are_indented_as_the_method_was() => Edit("increment", "increment => self.value += 1", "increment =>\n  x := 1\n\n  x")
        .ShouldContain("  /// Adds one.\n  increment =>\n    x := 1\n\n    x // trailing\n");

    [Test]
    public void What_is_inside_a_string_is_not_indented() =>
        Edit("text", "text => \"one\ntwo\"", "text => [\"a\nb\"]\n  value").ShouldContain("  text => [\"a\nb\"]\n    value\n");

    [Test]
    public void Clauses_are_changed_one_by_one() =>
        Edit("at:", "at: 0 => 1\nat: n => n + 1", "at: 0 => 1\nat: n => n")
            .ShouldBe(File.Replace("at: n => n + 1", "at: n => n", StringComparison.Ordinal));

    [Test]
    public void A_class_side_method_keeps_its_modifier() =>
        Edit("make", "class make => self spawn", "make => 3", isClassSide: true).ShouldContain("  class make => 3\n");

    [Test]
    public void An_extension_stays_one() =>
        Edit("twice", "Integer >> twice => self * 2", "twice => self + self", type: "Integer")
            .ShouldContain("Integer >> twice => self + self\n");

    [Test]
    public void A_patch_becomes_a_method() =>
        Edit("increment", "increment => self.value += 1", "patch Counter >> #increment { self.value += 3 }")
            .ShouldContain("  increment => self.value += 3 // trailing\n");

    [Test]
    public void A_patch_of_several_lines_becomes_a_method() =>
        Edit("at:", "at: 0 => 1\nat: n => n + 1", "patch Counter >> #at: n {\n  x := n\n  x\n}")
            .ShouldContain("\n\n  at: n =>\n    x := n\n    x\n\n");

    [Test]
    public void A_new_doc_comment_takes_the_old_one_s_place() =>
        Edit("increment", "increment => self.value += 1", "increment => 2", doc: "Two.\n\nNo more.")
            .ShouldContain("\n\n  /// Two.\n  ///\n  /// No more.\n  increment => 2 // trailing\n");

    [Test]
    public void A_new_method_goes_behind_the_others() => Edit("fresh", null, "fresh => 7", doc: "Fresh.")
        .ShouldContain("  class make => self spawn\n\n  /// Fresh.\n  fresh => 7\n\nInteger >> twice");

    [Test]
    public void A_new_method_may_be_the_first() =>
        MethodEditor.Apply("Object subclass: Empty", new MethodEdit("Empty", false, "a", null, "a => 1", null))
            .ShouldBe(new EditOutcome.Edited("Object subclass: Empty\n\n  a => 1"));

    [Test]
    public void A_removed_method_goes_with_its_comment() => Edit("increment", "increment => self.value += 1", null)
        .ShouldContain("odd   spacing\n\n  at: 0 => 1\n");

    [Test]
    public void Line_ends_stay() =>
        MethodEditor.Apply(Dos(File), new MethodEdit("Counter", false, "increment", "increment => self.value += 1", "increment =>\n  2", null))
            .ShouldBe(new EditOutcome.Edited(Dos(File.Replace("increment => self.value += 1", "increment =>\n    2", StringComparison.Ordinal))));

    [Test]
    public void What_is_there_already_is_no_conflict() => Edit("increment", "increment => 0", "increment => self.value += 1").ShouldBe(File);

    [TestCase("Counter", "increment", "increment => 0", "increment => 2", Refusal.Changed)]
    [TestCase("Counter", "gone", "gone => 0", "gone => 2", Refusal.Missing)]
    [TestCase("Counter", "increment", null, "increment => 2", Refusal.Exists)]
    [TestCase("Nobody", "increment", null, "increment => 2", Refusal.NoClass)]
    [TestCase("Counter", "increment", "increment => 0", null, Refusal.Changed)]
    public void Conflicts_are_refused(string type, string selector, string? old, string? wanted, Refusal why) =>
        MethodEditor.Apply(File, new MethodEdit(type, false, selector, old, wanted, null))
            .ShouldBe(new EditOutcome.Refused(why));

    [Test]
    public void A_file_that_does_not_parse_is_left_alone() =>
        MethodEditor.Apply(File + "\n  )", new MethodEdit("Counter", false, "increment", "increment => self.value += 1", "increment => 2", null))
            .ShouldBe(new EditOutcome.Refused(Refusal.Unreadable));

    private static string Edit(
        string selector, string? old, string? wanted, bool isClassSide = false, string type = "Counter", string? doc = null) =>
        MethodEditor.Apply(File, new MethodEdit(type, isClassSide, selector, old, wanted, doc))
            .ShouldBeOfType<EditOutcome.Edited>().Text;

    private static string Dos(string text) => text.Replace("\n", "\r\n", StringComparison.Ordinal);
}
