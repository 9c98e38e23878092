using System.Globalization;
using System.Text;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Cli.Repl.Terminal;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>Shows lines in pages: space for the next page, Enter for the next line, q to end.</summary>
public sealed class Pager(ITerminal terminal)
{
    private readonly Queue<string> _rows = new();

    public async Task ShowAsync(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            AddRows(line);
        }

        int more = terminal.Height - 1;
        while (true)
        {
            Write(more);
            if (_rows.Count == 0)
            {
                return;
            }

            more = await AskAsync().ConfigureAwait(false);
            if (more == 0)
            {
                return;
            }
        }
    }

    private void Write(int count)
    {
        var output = new StringBuilder();
        for (int row = 0; row < count && _rows.TryDequeue(out string? text); row++)
        {
            output.Append(text).Append("\r\n");
        }

        terminal.Write(output.ToString());
    }

    /// <summary>How many rows to show next; none if that was enough.</summary>
    private async Task<int> AskAsync()
    {
        terminal.Write(Style.Apply(Style.Selected, $"-- {_rows.Count} more: space, Enter, q --"));
        int? rows = null;
        while (rows is null)
        {
            rows = await terminal.Keys.WaitToReadAsync().ConfigureAwait(false) && terminal.Keys.TryRead(out Key key) ? RowsFor(key) : 0;
        }

        terminal.Write("\r\e[K");
        return rows.Value;
    }

    private int? RowsFor(Key key) => key switch
    {
        { Code: KeyCode.Text, Text: " " } or { Code: KeyCode.PageDown } => terminal.Height - 1,
        { Code: KeyCode.Enter or KeyCode.Down } or { Code: KeyCode.Text, Text: "j" } => 1,
        { Code: KeyCode.End } or { Code: KeyCode.Text, Text: "G" } => int.MaxValue,
        { Code: KeyCode.Text, Text: "q" or "Q" } or { Code: KeyCode.Escape } => 0,
        _ when key.IsControl('c') || key.IsControl('d') => 0,
        _ => null,
    };

    /// <summary>A line longer than the screen is wide is several rows. Escape sequences take no room.</summary>
    private void AddRows(string line)
    {
        int column = 0;
        int start = 0;
        int at = 0;
        while (at < line.Length)
        {
            if (line[at] == '\e')
            {
                at = line.IndexOf('m', at) is >= 0 and var end ? end + 1 : line.Length;
                continue;
            }

            int length = StringInfo.GetNextTextElementLength(line, at);
            int width = CellWidth.OfElement(line.AsSpan(at, length));
            if (column + width > terminal.Width)
            {
                _rows.Enqueue(line[start..at]);
                (start, column) = (at, 0);
            }

            column += width;
            at += length;
        }

        _rows.Enqueue(line[start..]);
    }
}
