using System.Globalization;
using System.Threading.Channels;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Cli.Repl.Terminal;

namespace Beamtalk.Cli.Tests.Repl;

/// <summary>
/// A screen that understands what the REPL writes to a terminal, and keys that a test presses. A wide character takes
/// two cells, of which the second one is empty.
/// </summary>
internal sealed class VirtualTerminal(int width = 40, int height = 10) : ITerminal
{
    private readonly Channel<Key> _keys = Channel.CreateUnbounded<Key>();
    private readonly Lock _lock = new();
    private readonly List<string[]> _lines = [Empty(width)];
    private string _cut = "";
    private int _row;
    private int _column;

    public int Width => width;

    public int Height => height;

    public ChannelReader<Key> Keys => _keys.Reader;

    /// <summary>Where the cursor is: the row from the top of all that was written.</summary>
    public (int Row, int Column) Cursor => (_row, _column);

    /// <summary>All lines that are not empty at the end, those that have left the screen too.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lock)
            {
                List<string> lines = [.. _lines.Select(cells => string.Concat(cells.Select(cell => cell ?? " ")).TrimEnd())];
                while (lines is [.., ""])
                {
                    lines.RemoveAt(lines.Count - 1);
                }

                return [.. lines];
            }
        }
    }

    public void Press(params Key[] keys)
    {
        foreach (Key key in keys)
        {
            _keys.Writer.TryWrite(key);
        }
    }

    public void Type(string text) => Press([.. Elements(text).Select(element => new Key(KeyCode.Text, element))]);

    public void Close() => _keys.Writer.Complete();

    public void Write(string text)
    {
        lock (_lock)
        {
            text = _cut + text;
            _cut = "";
            int at = 0;
            while (at < text.Length)
            {
                if (text[at] == '\e' && EndOfEscape(text, at) < 0)
                {
                    _cut = text[at..];
                    return;
                }

                at += text[at] switch
                {
                    '\e' => Escape(text, at),
                    '\r' => Moved(() => _column = 0),
                    '\n' => Moved(LineFeed),
                    < ' ' => 1,
                    _ => Put(text, at),
                };
            }
        }
    }

    private static int Moved(Action move)
    {
        move();
        return 1;
    }

    private static IEnumerable<string> Elements(string text)
    {
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }

    private static string[] Empty(int width) => new string[width];

    private int Put(string text, int at)
    {
        int length = StringInfo.GetNextTextElementLength(text, at);
        string element = text.Substring(at, length);
        int columns = CellWidth.OfElement(element);
        if (_column + columns > width)
        {
            _column = 0;
            LineFeed();
        }

        _lines[_row][_column] = element;
        for (int next = 1; next < columns; next++)
        {
            _lines[_row][_column + next] = "";
        }

        _column += columns;
        return length;
    }

    private void LineFeed()
    {
        _row++;
        while (_lines.Count <= _row)
        {
            _lines.Add(Empty(width));
        }
    }

    /// <summary>The last character of a sequence; -1 if it is still to come.</summary>
    private static int EndOfEscape(string text, int start)
    {
        if (start + 1 >= text.Length || text[start + 1] != '[')
        {
            return start + 1 < text.Length ? start + 1 : -1;
        }

        int end = start + 2;
        while (end < text.Length && !char.IsLetter(text[end]))
        {
            end++;
        }

        return end < text.Length ? end : -1;
    }

    /// <summary>Like a terminal's, the cursor cannot leave the screen upwards.</summary>
    private int Escape(string text, int start)
    {
        int end = EndOfEscape(text, start);
        if (text[start + 1] != '[')
        {
            return 2;
        }

        int count = int.TryParse(text.AsSpan(start + 2, end - start - 2), out int number) ? number : 1;
        switch (text[end])
        {
            case 'A':
                _row = Math.Max(_row - count, Math.Max(_lines.Count - height, 0));
                break;
            case 'B':
                _row = Math.Min(_row + count, _lines.Count - 1);
                break;
            case 'C':
                _column = Math.Min(_column + count, width - 1);
                break;
            case 'H':
                _row = Math.Max(_lines.Count - height, 0);
                _column = 0;
                break;
            case 'J':
                EraseBelow();
                break;
            case 'K':
                Array.Clear(_lines[_row], Math.Min(_column, width - 1), width - Math.Min(_column, width - 1));
                break;
        }

        return end + 1 - start;
    }

    private void EraseBelow()
    {
        Array.Clear(_lines[_row], Math.Min(_column, width - 1), width - Math.Min(_column, width - 1));
        for (int row = _row + 1; row < _lines.Count; row++)
        {
            Array.Clear(_lines[row]);
        }
    }
}
