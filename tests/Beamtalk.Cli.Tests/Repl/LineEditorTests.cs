using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Cli.Repl.Interactive;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Repl;

/// <summary>The editor, from the keys to what stands on the screen.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class LineEditorTests
{
    private static readonly Key Enter = new(KeyCode.Enter);

    [Test]
    public async Task A_statement_ends_with_Enter()
    {
        var terminal = new VirtualTerminal();
        terminal.Type("1 + 2");
        terminal.Press(Enter);
        (await Editor(terminal).ReadAsync()).ShouldBe("1 + 2");
        terminal.Lines.ShouldBe(["bt> 1 + 2"]);
        terminal.Cursor.ShouldBe((1, 0));
    }

    [Test]
    public async Task What_is_not_complete_goes_on_in_the_next_line()
    {
        var terminal = new VirtualTerminal();
        terminal.Type("#(1,");
        terminal.Press(Enter);
        terminal.Type("2)");
        terminal.Press(Enter);
        (await Editor(terminal).ReadAsync()).ShouldBe("#(1,\n2)");
        terminal.Lines.ShouldBe(["bt> #(1,", "  | 2)"]);
    }

    [Test]
    public async Task A_class_ends_with_an_empty_line()
    {
        var terminal = new VirtualTerminal();
        terminal.Type("Object subclass: Foo");
        terminal.Press(Enter);
        terminal.Type("  bar => 1");
        terminal.Press(Enter, Enter);
        (await Editor(terminal).ReadAsync()).ShouldBe("Object subclass: Foo\n  bar => 1\n");
    }

    [Test]
    public async Task A_missing_bracket_does_not_hold_anyone_for_ever()
    {
        var terminal = new VirtualTerminal();
        terminal.Type("(1 + 2");
        terminal.Press(Enter, Enter);
        (await Editor(terminal).ReadAsync()).ShouldBe("(1 + 2\n");
    }

    [Test]
    public async Task Wide_characters_break_where_the_screen_ends()
    {
        var terminal = new VirtualTerminal(width: 10);
        terminal.Type("\"日本語x\"");
        terminal.Press(new Key(KeyCode.Left), new Key(KeyCode.Left), new Key(KeyCode.Backspace), Enter);
        (await Editor(terminal).ReadAsync()).ShouldBe("\"日本x\"");
        terminal.Lines.ShouldBe(["bt> \"日本x", "\""]);
    }

    [Test]
    public async Task A_full_row_puts_the_cursor_into_the_next()
    {
        var terminal = new VirtualTerminal(width: 10);
        terminal.Type("123456");
        await ShownAsync(terminal, Editor(terminal), () => terminal.Cursor == (1, 0));
    }

    [Test]
    public async Task A_paste_of_200_lines_is_one_input()
    {
        var terminal = new VirtualTerminal(width: 60, height: 20);
        string text = "Object subclass: Big\n" + string.Concat(Enumerable.Range(1, 199).Select(n => $"  m{n} => {n}\n"));
        terminal.Press(new Key(KeyCode.Paste, text), Enter);
        (await Editor(terminal).ReadAsync()).ShouldBe(text);
        terminal.Lines[^2].ShouldBe("  |   m199 => 199");
    }

    [Test]
    public async Task Brackets_without_end_do_no_harm()
    {
        var terminal = new VirtualTerminal();
        string text = new('(', 20_000);
        terminal.Press(new Key(KeyCode.Paste, text), Enter, Enter);
        (await Editor(terminal).ReadAsync()).ShouldStartWith(text);
    }

    [Test]
    public async Task Of_what_is_higher_than_the_screen_the_part_at_the_cursor_is_shown()
    {
        var terminal = new VirtualTerminal(width: 20, height: 4);
        terminal.Press(new Key(KeyCode.Paste, "#(1,\n2,\n3,\n4,\n5,\n6"));
        Task<string?> reading = await ShownAsync(terminal, Editor(terminal), () => terminal.Lines is [.., "  | 6"]);
        terminal.Press([.. Enumerable.Repeat(new Key(KeyCode.Up), 5)]);
        await UntilAsync(() => terminal.Lines is ["bt> #(1,", "  | 2,", "  | 3,", "  | 4,"], terminal);
        reading.IsCompleted.ShouldBeFalse();
    }

    [Test]
    public async Task Output_of_others_appears_above_the_input()
    {
        var terminal = new VirtualTerminal();
        LineEditor editor = Editor(terminal);
        terminal.Type("x foo");
        await ShownAsync(terminal, editor, () => terminal.Lines is ["bt> x foo"]);
        var screen = new ReplScreen(terminal, editor);
        screen.Write("tick\n");
        screen.Write("one, ");
        screen.Write("two\nthree");
        terminal.Lines.ShouldBe(["tick", "one, two", "three", "bt> x foo"]);
        terminal.Cursor.ShouldBe((3, 9));
        terminal.Type(" bar");
        await UntilAsync(() => terminal.Lines is ["tick", "one, two", "three", "bt> x foo bar"], terminal);
    }

    [Test]
    public async Task Control_C_abandons_the_input_and_nothing_else()
    {
        var terminal = new VirtualTerminal();
        terminal.Type("(1 +");
        terminal.Press(Key.Control('c'));
        terminal.Type("2");
        terminal.Press(Enter);
        (await Editor(terminal).ReadAsync()).ShouldBe("2");
        terminal.Lines.ShouldBe(["bt> (1 +", "bt> 2"]);
    }

    [Test]
    public async Task Control_D_ends_only_an_empty_input()
    {
        var terminal = new VirtualTerminal();
        terminal.Type("12");
        terminal.Press(new Key(KeyCode.Home), Key.Control('d'), Key.Control('d'), Key.Control('d'));
        (await Editor(terminal).ReadAsync()).ShouldBeNull();
    }

    [Test]
    public async Task The_end_of_the_terminal_ends_the_session()
    {
        var terminal = new VirtualTerminal();
        terminal.Close();
        (await Editor(terminal).ReadAsync()).ShouldBeNull();
    }

    [Test]
    public async Task The_history_comes_back_with_the_draft_behind_it()
    {
        var terminal = new VirtualTerminal();
        var history = new History(null);
        history.Add("one");
        history.Add("two");
        terminal.Type("dra");
        terminal.Press(new Key(KeyCode.Up), new Key(KeyCode.Up), new Key(KeyCode.Up), new Key(KeyCode.Down), new Key(KeyCode.Down));
        terminal.Type("ft");
        terminal.Press(Enter);
        (await Editor(terminal, history).ReadAsync()).ShouldBe("draft");
    }

    [Test]
    public async Task Control_R_finds_what_was_typed_before()
    {
        var terminal = new VirtualTerminal();
        var history = new History(null);
        history.Add("alpha beta");
        history.Add("beta gamma");
        history.Add("delta");
        terminal.Press(Key.Control('r'));
        terminal.Type("bet");
        terminal.Press(Key.Control('r'), Enter);
        (await Editor(terminal, history).ReadAsync()).ShouldBe("alpha beta");
    }

    [Test]
    public async Task A_search_that_is_given_up_leaves_the_input_as_it_was()
    {
        var terminal = new VirtualTerminal();
        var history = new History(null);
        history.Add("alpha");
        terminal.Type("my");
        terminal.Press(Key.Control('r'));
        terminal.Type("zzz");
        terminal.Press(Key.Control('g'), Enter);
        (await Editor(terminal, history).ReadAsync()).ShouldBe("my");
    }

    [Test]
    public async Task Tab_inserts_what_all_candidates_have_in_common_then_shows_them_and_then_takes_them()
    {
        var terminal = new VirtualTerminal();
        terminal.Type("in");
        terminal.Press(new Key(KeyCode.Tab));
        Task<string?> reading = await ShownAsync(
            terminal, Editor(terminal, null, "insert", "inspect"), () => terminal.Lines is ["bt> ins"]);
        terminal.Press(new Key(KeyCode.Tab));
        await UntilAsync(() => terminal.Lines is ["bt> ins", " insert   inspect"], terminal);
        terminal.Press(new Key(KeyCode.Tab), new Key(KeyCode.Tab));
        await UntilAsync(() => terminal.Lines is ["bt> inspect", " insert  >inspect"], terminal);
        terminal.Press(Enter);
        (await reading).ShouldBe("inspect");
        terminal.Lines.ShouldBe(["bt> inspect"]);
    }

    [Test]
    public async Task Lines_get_the_indentation_of_those_before_but_not_twice()
    {
        var terminal = new VirtualTerminal();
        LineEditor editor = Editor(terminal);
        terminal.Type("Object subclass: Foo");
        Task<string?> reading = await ShownAsync(terminal, editor, () => terminal.Lines is [.., "bt> Object subclass: Foo"]);
        terminal.Press(Enter);
        await UntilAsync(() => terminal.Cursor == (1, 6), terminal);
        terminal.Type("  bar => 1");
        await UntilAsync(() => terminal.Lines is [.., "  |   bar => 1"], terminal);
        terminal.Press(Enter);
        await UntilAsync(() => terminal.Cursor == (2, 6), terminal);
        terminal.Press(Enter);
        (await reading).ShouldBe("Object subclass: Foo\n  bar => 1\n  ");
    }

    private static LineEditor Editor(VirtualTerminal terminal, History? history = null, params string[] candidates)
    {
        Task<Completion> Complete(string text) => Task.FromResult(
            new Completion(0, [.. candidates.Where(candidate => candidate.StartsWith(text, StringComparison.Ordinal))]));
        var language = new EditorLanguage(
            BeamtalkLanguage.StylesOf, Complete, BeamtalkLanguage.IsComplete, BeamtalkLanguage.Indentation);
        return new LineEditor(terminal, history ?? new History(null), language);
    }

    /// <summary>Begins to read, and waits for what is shown.</summary>
    private static async Task<Task<string?>> ShownAsync(VirtualTerminal terminal, LineEditor editor, Func<bool> condition)
    {
        Task<string?> reading = Task.Run(editor.ReadAsync);
        await UntilAsync(condition, terminal);
        return reading;
    }

    private static async Task UntilAsync(Func<bool> condition, VirtualTerminal terminal)
    {
        for (int attempt = 0; attempt < 500 && !condition(); attempt++)
        {
            await Task.Delay(10);
        }

        condition().ShouldBeTrue($"{string.Join('\n', terminal.Lines)}\ncursor at {terminal.Cursor}");
    }
}
