using System.Globalization;
using System.Text;

namespace Beamtalk.Cli.Repl.Editing;

/// <summary>What an editor shows: prompts, text with its colours, the cursor, and lines below.</summary>
public sealed record EditorContent(
    string Prompt, string Continuation, string Text, int Cursor, IReadOnlyList<StyledSpan> Styles, IReadOnlyList<string> Footer);

/// <summary>Rows for the screen, with escape sequences only for colours, and where the cursor is among them.</summary>
public sealed record EditorView(IReadOnlyList<string> Rows, int CursorRow, int CursorColumn)
{
    /// <summary>Breaks the lines of the text where the screen ends, and keeps to the rows around the cursor.</summary>
    public static EditorView Of(EditorContent content, int width, int height)
    {
        var builder = new Builder(content, Math.Max(width, 8));
        builder.AddText();
        int footer = Math.Min(content.Footer.Count, Math.Max(height - 2, 0));
        EditorView all = builder.View;
        int room = Math.Max(height - footer, 1);
        int first = Math.Clamp(all.CursorRow - room + 1, 0, Math.Max(all.Rows.Count - room, 0));
        IEnumerable<string> rows = all.Rows.Skip(first).Take(room);
        return new EditorView(
            [.. rows, .. content.Footer.Take(footer).Select(line => Cut(line, width))], all.CursorRow - first, all.CursorColumn);
    }

    private static string Cut(string line, int width)
    {
        string visible = line;
        while (CellWidth.Of(visible) >= width && visible.Length > 0)
        {
            visible = visible[..^1];
        }

        return visible;
    }

    private sealed class Builder(EditorContent content, int width)
    {
        private readonly List<string> _rows = [];
        private readonly StringBuilder _row = new();
        private int _column;
        private int _cursorRow;
        private int _cursorColumn;
        private string _style = Style.None;

        public EditorView View => new(_rows, _cursorRow, _cursorColumn);

        public void AddText()
        {
            Start(content.Prompt);
            int at = 0;
            int span = 0;
            while (at < content.Text.Length)
            {
                while (span < content.Styles.Count && content.Styles[span].End <= at)
                {
                    span++;
                }

                bool isStyled = span < content.Styles.Count && content.Styles[span].Start <= at;
                at += Add(at, isStyled ? content.Styles[span].Style : Style.None);
            }

            PlaceCursor(at);
            EndRow();
        }

        /// <summary>Adds the text element at an offset; answers its length.</summary>
        private int Add(int at, string style)
        {
            if (content.Text[at] == '\n')
            {
                PlaceCursor(at);
                EndRow();
                Start(content.Continuation);
                return 1;
            }

            int length = StringInfo.GetNextTextElementLength(content.Text, at);
            ReadOnlySpan<char> element = content.Text.AsSpan(at, length);
            int columns = CellWidth.OfElement(element);
            if (_column + columns > width)
            {
                EndRow();
            }

            PlaceCursor(at);
            SetStyle(style);
            _row.Append(char.IsControl(element[0]) ? "�" : element);
            _column += char.IsControl(element[0]) ? 1 : columns;
            return length;
        }

        private void Start(string prompt)
        {
            _row.Append(Style.Apply(Style.Prompt, prompt));
            _column = CellWidth.Of(prompt);
        }

        /// <summary>Behind a full row the cursor is at the beginning of the next.</summary>
        private void PlaceCursor(int at)
        {
            if (at != content.Cursor)
            {
                return;
            }

            if (_column >= width)
            {
                EndRow();
            }

            (_cursorRow, _cursorColumn) = (_rows.Count, _column);
        }

        private void SetStyle(string style)
        {
            if (style == _style)
            {
                return;
            }

            _row.Append(_style.Length > 0 ? "\e[0m" : "").Append(style.Length > 0 ? $"\e[{style}m" : "");
            _style = style;
        }

        private void EndRow()
        {
            SetStyle(Style.None);
            _rows.Add(_row.ToString());
            _row.Clear();
            _column = 0;
        }
    }
}
