using Beamtalk.Cli.Repl.Editing;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Repl;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class EditBufferTests
{
    [Test]
    public void The_cursor_passes_whole_characters()
    {
        var buffer = With("a👩‍👩‍👧e\u0301");
        buffer.DeleteBefore();
        buffer.Text.ShouldBe("a👩‍👩‍👧");
        buffer.MoveLeft();
        buffer.Cursor.ShouldBe(1);
        buffer.DeleteAfter();
        buffer.Text.ShouldBe("a");
    }

    [Test]
    public void Deleting_at_the_ends_does_nothing()
    {
        var buffer = With("a");
        buffer.DeleteAfter();
        buffer.MoveToStart();
        buffer.DeleteBefore();
        buffer.MoveLeft();
        (buffer.Text, buffer.Cursor).ShouldBe(("a", 0));
    }

    [Test]
    public void Up_and_down_keep_the_column_on_the_screen()
    {
        var buffer = With("日本語\nabcdef\nx");
        buffer.MoveUp().ShouldBeTrue();
        buffer.MoveToLineEnd();
        buffer.MoveUp().ShouldBeTrue();
        buffer.BeforeCursor.ShouldBe("日本語");
        buffer.MoveUp().ShouldBeFalse();
        buffer.MoveLeft();
        buffer.MoveDown().ShouldBeTrue();
        buffer.LineBeforeCursor.ShouldBe("abcd");
        buffer.MoveDown().ShouldBeTrue();
        buffer.MoveDown().ShouldBeFalse();
        buffer.LineBeforeCursor.ShouldBe("x");
    }

    [Test]
    public void What_is_killed_in_succession_is_yanked_as_one()
    {
        var buffer = With("one two three");
        buffer.KillWordBefore();
        buffer.KillWordBefore();
        buffer.Text.ShouldBe("one ");
        buffer.MoveToStart();
        buffer.Yank();
        buffer.Text.ShouldBe("two threeone ");
    }

    [Test]
    public void Killing_to_the_end_of_a_line_keeps_the_next_one()
    {
        var buffer = With("ab\ncd");
        buffer.MoveToStart();
        buffer.KillToLineEnd();
        buffer.Text.ShouldBe("\ncd");
        buffer.KillToLineEnd();
        buffer.Text.ShouldBe("cd");
        buffer.Yank();
        buffer.Text.ShouldBe("ab\ncd");
    }

    [Test]
    public void Words_are_names()
    {
        var buffer = With("dict at: #foo_bar");
        buffer.MoveWordLeft();
        buffer.BeforeCursor.ShouldBe("dict at: #");
        buffer.MoveWordLeft();
        buffer.MoveWordRight();
        buffer.BeforeCursor.ShouldBe("dict at");
    }

    [Test]
    public void What_was_done_is_undone_step_by_step()
    {
        var buffer = With("ab");
        buffer.Insert("c");
        buffer.KillToLineStart();
        buffer.Undo();
        buffer.Text.ShouldBe("abc");
        buffer.Undo();
        buffer.Undo();
        buffer.Undo();
        buffer.Text.ShouldBeEmpty();
    }

    [Test]
    public void Characters_change_places()
    {
        var buffer = With("日x");
        buffer.Transpose();
        buffer.Text.ShouldBe("x日");
    }

    [TestCase("abc", 3)]
    [TestCase("日本語", 6)]
    [TestCase("🎉", 2)]
    [TestCase("e\u0301", 1)]
    [TestCase("👩‍👩‍👧", 2)]
    [TestCase("❤️", 2)]
    [TestCase("한글", 4)]
    [TestCase("", 0)]
    public void Columns(string text, int columns) => CellWidth.Of(text).ShouldBe(columns);

    private static EditBuffer With(string text)
    {
        var buffer = new EditBuffer();
        buffer.Insert(text);
        return buffer;
    }
}
