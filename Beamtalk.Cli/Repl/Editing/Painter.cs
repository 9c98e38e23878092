using System.Text;
using Beamtalk.Cli.Repl.Terminal;

namespace Beamtalk.Cli.Repl.Editing;

/// <summary>
/// Keeps the rows of an editor at the bottom of what the terminal shows. All is relative to the cursor: where on the
/// screen it is, nobody needs to know.
/// </summary>
public sealed class Painter(ITerminal terminal)
{
    private IReadOnlyList<string> _rows = [];
    private int _cursorRow;

    /// <summary>Shows these rows in place of those before.</summary>
    public void Paint(EditorView view)
    {
        var output = new StringBuilder("\e[?25l");
        int same = CommonRows(view.Rows);
        MoveTo(output, same);
        output.Append("\e[J").AppendJoin("\r\n", view.Rows.Skip(same));
        int last = Math.Max(view.Rows.Count - 1, same);
        Move(output, last, view.CursorRow, view.CursorColumn);
        terminal.Write(output.Append("\e[?25h").ToString());
        (_rows, _cursorRow) = (view.Rows, view.CursorRow);
    }

    /// <summary>Takes the rows away; the cursor is where they began.</summary>
    public void Erase()
    {
        var output = new StringBuilder();
        MoveTo(output, 0);
        terminal.Write(output.Append("\e[J").ToString());
        Forget();
    }

    /// <summary>Leaves the rows where they are; the cursor goes below them.</summary>
    public void Leave()
    {
        var output = new StringBuilder();
        Move(output, _cursorRow, Math.Max(_rows.Count - 1, 0), 0);
        terminal.Write(output.Append("\r\n").ToString());
        Forget();
    }

    /// <summary>The screen is not what it was: the size has changed, or somebody has written to it.</summary>
    public void Forget() => (_rows, _cursorRow) = ([], 0);

    /// <summary>
    /// Rows at the beginning that need not be written again. The last one is always written, so that something is
    /// below which the rest can go.
    /// </summary>
    private int CommonRows(IReadOnlyList<string> rows)
    {
        int most = Math.Min(_rows.Count, rows.Count) - 1;
        int same = 0;
        while (same < most && _rows[same] == rows[same])
        {
            same++;
        }

        return same;
    }

    private void MoveTo(StringBuilder output, int row) => Move(output, _cursorRow, row, 0);

    private static void Move(StringBuilder output, int from, int to, int column)
    {
        output.Append('\r');
        if (to != from)
        {
            output.Append(to < from ? $"\e[{from - to}A" : $"\e[{to - from}B");
        }

        if (column > 0)
        {
            output.Append($"\e[{column}C");
        }
    }
}
