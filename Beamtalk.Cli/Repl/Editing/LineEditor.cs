using System.Threading.Channels;
using Beamtalk.Cli.Repl.Terminal;

namespace Beamtalk.Cli.Repl.Editing;

/// <summary>What an editor needs to know of the language that is edited.</summary>
public sealed record EditorLanguage(Styler Style, Completer Complete, Func<string, bool> IsComplete, Func<string, string> Indentation);

/// <summary>
/// Reads inputs of one or more lines from a terminal, with the keys of readline. Others may print meanwhile: that
/// appears above the input.
/// </summary>
public sealed partial class LineEditor(ITerminal terminal, History history, EditorLanguage language)
{
    public const string Prompt = "bt> ";
    private const string Continuation = "  | ";

    private readonly Lock _lock = new();
    private readonly Painter _painter = new(terminal);
    private EditBuffer _buffer = new();
    private int _entry;
    private string _draft = "";
    private HistorySearch? _search;
    private Menu? _menu;
    private int _absorbed;
    private bool _isActive;
    private bool _isDone;
    private string? _result;

    /// <summary>Candidates that are shown, and the one that was chosen, if any.</summary>
    private sealed record Menu(Completion Completion, int Selected);

    /// <summary>The next input; null when the user ends the session.</summary>
    public async Task<string?> ReadAsync()
    {
        Begin();
        while (!_isDone && await terminal.Keys.WaitToReadAsync().ConfigureAwait(false))
        {
            while (!_isDone && terminal.Keys.TryRead(out Key key))
            {
                await HandleAsync(key).ConfigureAwait(false);
            }

            Repaint();
        }

        End();
        return _result;
    }

    /// <summary>Writes while the input is out of the way; what writes is told whether there is one.</summary>
    public void Aside(Action<bool> write)
    {
        lock (_lock)
        {
            if (!_isActive)
            {
                write(false);
                return;
            }

            _painter.Erase();
            write(true);
            Paint();
        }
    }

    private void Begin()
    {
        lock (_lock)
        {
            _buffer = new EditBuffer();
            (_entry, _draft, _search, _menu) = (history.Count, "", null, null);
            (_isDone, _result, _isActive) = (false, null, true);
            Paint();
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _search = null;
            _menu = null;
            _buffer.MoveToEnd();
            Paint();
            _painter.Leave();
            _isActive = false;
        }
    }

    private void Repaint()
    {
        lock (_lock)
        {
            if (!_isDone)
            {
                Paint();
            }
        }
    }

    private void Paint()
    {
        string text = _search?.Found ?? _buffer.Text;
        int cursor = _search?.Found is null ? _buffer.Cursor : _search.Place;
        var content = new EditorContent(Prompt, Continuation, text, cursor, language.Style(text), Footer());
        _painter.Paint(EditorView.Of(content, terminal.Width, terminal.Height));
    }

    private IReadOnlyList<string> Footer() => (_search, _menu) switch
    {
        ({ } search, _) => [search.Line],
        (_, { } menu) => CandidateList.Rows(menu.Completion.Candidates, menu.Selected, terminal.Width, terminal.Height),
        _ => [],
    };

    private async Task HandleAsync(Key key)
    {
        if (_search is { } search)
        {
            if (HandleSearch(search, key))
            {
                return;
            }
        }

        if (key.Code is KeyCode.Tab or KeyCode.ShiftTab)
        {
            await CompleteAsync(key.Code == KeyCode.Tab ? 1 : -1).ConfigureAwait(false);
            return;
        }

        lock (_lock)
        {
            bool closed = _menu is not null && key.Code == KeyCode.Escape;
            _menu = null;
            if (!closed)
            {
                Edit(key);
            }
        }
    }

    /// <summary>False if the key ends the search and is then to do what it does.</summary>
    private bool HandleSearch(HistorySearch search, Key key)
    {
        lock (_lock)
        {
            switch (key)
            {
                case { Code: KeyCode.Text or KeyCode.Paste }:
                    search.Type(key.Text);
                    return true;
                case { Code: KeyCode.Backspace }:
                    search.Backspace();
                    return true;
                case var _ when key.IsControl('r'):
                    search.Older();
                    return true;
                case var _ when key.IsControl('s'):
                    search.Newer();
                    return true;
                case { Code: KeyCode.Resize }:
                    return false;
                case var _ when key.IsControl('g') || key.IsControl('c'):
                    _search = null;
                    return true;
                default:
                    _search = null;
                    _buffer.Set(search.Found ?? _buffer.Text);
                    return key.Code == KeyCode.Escape;
            }
        }
    }

    /// <summary>Inserts what all candidates have in common; if that is nothing, shows them, and then takes one after the other.</summary>
    private async Task CompleteAsync(int step)
    {
        if (_menu is { } open)
        {
            Choose(open, step);
            return;
        }

        if (string.IsNullOrWhiteSpace(_buffer.LineBeforeCursor))
        {
            lock (_lock)
            {
                _buffer.Insert("  ");
            }

            return;
        }

        string before = _buffer.BeforeCursor;
        Completion completion = await language.Complete(before).ConfigureAwait(false);
        lock (_lock)
        {
            if (completion.Candidates.Count == 0 || _buffer.BeforeCursor != before)
            {
                return;
            }

            string common = completion.CommonPrefix;
            bool isFurther = common.Length > _buffer.Cursor - completion.Start;
            if (isFurther || completion.Candidates.Count == 1)
            {
                _buffer.Replace(completion.Start, _buffer.Cursor, common);
            }

            _menu = completion.Candidates.Count > 1 && !isFurther ? new Menu(completion, -1) : null;
        }
    }

    private void Choose(Menu menu, int step)
    {
        lock (_lock)
        {
            int count = menu.Completion.Candidates.Count;
            int selected = menu.Selected < 0 && step < 0 ? count - 1 : (menu.Selected + step + count) % count;
            _buffer.Replace(menu.Completion.Start, _buffer.Cursor, menu.Completion.Candidates[selected]);
            _menu = menu with { Selected = selected };
        }
    }
}
