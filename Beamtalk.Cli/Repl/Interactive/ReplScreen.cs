using System.Text;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Cli.Repl.Terminal;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>
/// What is shown besides the input: results, and what programs print at any time. While an input is edited that goes
/// above it; while a pager shows something it waits.
/// </summary>
public sealed class ReplScreen(ITerminal terminal, LineEditor editor)
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _waiting = new();
    private bool _isPaging;

    /// <summary>The columns of an output that has not ended its line.</summary>
    private int _column;

    public int Width => terminal.Width;

    /// <summary>Shows text of a program, which need not end its line.</summary>
    public void Write(string text)
    {
        lock (_lock)
        {
            if (_isPaging)
            {
                _waiting.Append(text);
                return;
            }
        }

        editor.Aside(isEditing => WriteNow(text, isEditing));
    }

    /// <summary>Shows text on lines of its own.</summary>
    public void WriteLine(string text)
    {
        EndLine();
        Write(text + "\n");
    }

    /// <summary>Begins a line, unless one has just begun.</summary>
    public void EndLine()
    {
        lock (_lock)
        {
            if (_column > 0)
            {
                terminal.Write("\r\n");
                _column = 0;
            }
        }
    }

    /// <summary>Shows text page by page if there is not enough room for it.</summary>
    public async Task ShowAsync(string text)
    {
        string[] lines = text.Split('\n');
        int rows = lines.Sum(line => 1 + (CellWidth.Of(Plain(line)) / Math.Max(terminal.Width, 1)));
        if (rows < terminal.Height)
        {
            WriteLine(text);
            return;
        }

        lock (_lock)
        {
            _isPaging = true;
        }

        EndLine();
        await new Pager(terminal).ShowAsync(lines).ConfigureAwait(false);
        string waiting;
        lock (_lock)
        {
            _isPaging = false;
            waiting = _waiting.ToString();
            _waiting.Clear();
        }

        Write(waiting);
    }

    /// <summary>A line that was not ended goes on where it was, though the input has been below it.</summary>
    private void WriteNow(string text, bool isEditing)
    {
        lock (_lock)
        {
            var output = new StringBuilder();
            if (isEditing && _column > 0)
            {
                output.Append($"\e[A\e[{_column}C");
            }

            output.Append(text.ReplaceLineEndings("\r\n"));
            Advance(text);
            terminal.Write(output.Append(isEditing && _column > 0 ? "\r\n" : "").ToString());
        }
    }

    private void Advance(string text)
    {
        int last = text.LastIndexOf('\n');
        int columns = CellWidth.Of(Plain(text[(last + 1)..]));
        int all = last < 0 ? _column + columns : columns;
        _column = all == 0 ? 0 : ((all - 1) % Math.Max(terminal.Width, 1)) + 1;
    }

    /// <summary>Without the escape sequences for colours.</summary>
    private static string Plain(string line) =>
        line.Contains('\e') ? System.Text.RegularExpressions.Regex.Replace(line, "\e\\[[0-9;]*[A-Za-z]", "") : line;
}
