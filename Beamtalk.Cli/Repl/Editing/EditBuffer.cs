using System.Globalization;

namespace Beamtalk.Cli.Repl.Editing;

/// <summary>
/// The text that is edited, of one or more lines, and the cursor in it: an offset that is never inside a character as
/// people see it. What is killed can be yanked; what was done can be undone.
/// </summary>
public sealed class EditBuffer
{
    private const int MaximumUndo = 500;

    private readonly Stack<(string Text, int Cursor)> _undo = new();
    private string _killed = "";
    private bool _isKilling;
    private bool _isTyping;

    public string Text { get; private set; } = "";

    public int Cursor { get; private set; }

    public bool IsEmpty => Text.Length == 0;

    public string BeforeCursor => Text[..Cursor];

    /// <summary>The cursor is in the last line.</summary>
    public bool IsInLastLine => Text.IndexOf('\n', Cursor) < 0;

    private int LineStart => Text.LastIndexOf('\n', Math.Max(Cursor - 1, 0), Cursor) + 1;

    private int LineEnd => Text.IndexOf('\n', Cursor) is >= 0 and var end ? end : Text.Length;

    /// <summary>The line of the cursor, up to the cursor.</summary>
    public string LineBeforeCursor => Text[LineStart..Cursor];

    public void Insert(string text)
    {
        if (!_isTyping || text.Length > 2)
        {
            Remember();
        }

        Replace(Cursor, Cursor, text);
        _isTyping = true;
    }

    /// <summary>Another text in place of the whole one.</summary>
    public void Set(string text)
    {
        Remember();
        Text = text;
        Cursor = text.Length;
    }

    /// <summary>Another text in place of a part; the cursor goes behind it.</summary>
    public void Replace(int start, int end, string text)
    {
        Text = string.Concat(Text.AsSpan(0, start), text, Text.AsSpan(end));
        Cursor = start + text.Length;
        _isKilling = _isTyping = false;
    }

    public void Undo()
    {
        if (_undo.TryPop(out var before))
        {
            (Text, Cursor) = before;
        }

        _isKilling = _isTyping = false;
    }

    public void DeleteBefore() => Delete(Previous(), Cursor);

    public void DeleteAfter() => Delete(Cursor, Next());

    public void KillToLineEnd() => Kill(Cursor, LineEnd > Cursor ? LineEnd : Math.Min(Cursor + 1, Text.Length), atEnd: true);

    public void KillToLineStart() => Kill(LineStart, Cursor, atEnd: false);

    /// <summary>Up to the white space before the cursor.</summary>
    public void KillWordBefore()
    {
        int start = Cursor;
        while (start > 0 && char.IsWhiteSpace(Text[start - 1]))
        {
            start--;
        }

        while (start > 0 && !char.IsWhiteSpace(Text[start - 1]))
        {
            start--;
        }

        Kill(start, Cursor, atEnd: false);
    }

    public void KillNameBefore() => Kill(WordStart(), Cursor, atEnd: false);

    public void KillNameAfter() => Kill(Cursor, WordEnd(), atEnd: true);

    public void Yank() => Insert(_killed);

    public void MoveLeft() => MoveTo(Previous());

    public void MoveRight() => MoveTo(Next());

    public void MoveWordLeft() => MoveTo(WordStart());

    public void MoveWordRight() => MoveTo(WordEnd());

    public void MoveToLineStart() => MoveTo(LineStart);

    public void MoveToLineEnd() => MoveTo(LineEnd);

    public void MoveToStart() => MoveTo(0);

    public void MoveToEnd() => MoveTo(Text.Length);

    /// <summary>False if there is no line above.</summary>
    public bool MoveUp()
    {
        int start = LineStart;
        if (start == 0)
        {
            return false;
        }

        int above = Text.LastIndexOf('\n', Math.Max(start - 2, 0), start - 1) + 1;
        MoveTo(ColumnIn(above, start - 1, CellWidth.Of(Text.AsSpan(start, Cursor - start))));
        return true;
    }

    /// <summary>False if there is no line below.</summary>
    public bool MoveDown()
    {
        int end = LineEnd;
        if (end == Text.Length)
        {
            return false;
        }

        int below = Text.IndexOf('\n', end + 1) is >= 0 and var next ? next : Text.Length;
        MoveTo(ColumnIn(end + 1, below, CellWidth.Of(Text.AsSpan(LineStart, Cursor - LineStart))));
        return true;
    }

    /// <summary>The two characters before the cursor change places.</summary>
    public void Transpose()
    {
        int end = Cursor == LineEnd ? Cursor : Next();
        int middle = Previous(end);
        int start = Previous(middle);
        if (start >= LineStart && start < middle && middle < end)
        {
            Remember();
            Replace(start, end, string.Concat(Text.AsSpan(middle, end - middle), Text.AsSpan(start, middle - start)));
        }
    }

    private void MoveTo(int cursor)
    {
        Cursor = cursor;
        _isKilling = _isTyping = false;
    }

    private void Delete(int start, int end)
    {
        if (start < end)
        {
            Remember();
            Replace(start, end, "");
        }
    }

    /// <summary>What is killed in succession is one text.</summary>
    private void Kill(int start, int end, bool atEnd)
    {
        if (start == end)
        {
            return;
        }

        string text = Text[start..end];
        _killed = !_isKilling ? text : atEnd ? _killed + text : text + _killed;
        Delete(start, end);
        _isKilling = true;
    }

    private void Remember()
    {
        if (_undo.Count < MaximumUndo)
        {
            _undo.Push((Text, Cursor));
        }
    }

    private int Next() => Cursor < Text.Length ? Cursor + StringInfo.GetNextTextElementLength(Text, Cursor) : Cursor;

    private int Previous() => Previous(Cursor);

    /// <summary>Text elements can only be found forwards.</summary>
    private int Previous(int position)
    {
        if (position == 0 || Text[position - 1] == '\n')
        {
            return Math.Max(position - 1, 0);
        }

        int at = Text.LastIndexOf('\n', position - 1) + 1;
        while (at + StringInfo.GetNextTextElementLength(Text, at) is var next && next < position)
        {
            at = next;
        }

        return at;
    }

    private int WordStart()
    {
        int at = Cursor;
        while (at > 0 && !IsWord(Text[at - 1]))
        {
            at--;
        }

        while (at > 0 && IsWord(Text[at - 1]))
        {
            at--;
        }

        return at;
    }

    private int WordEnd()
    {
        int at = Cursor;
        while (at < Text.Length && !IsWord(Text[at]))
        {
            at++;
        }

        while (at < Text.Length && IsWord(Text[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_' || char.IsSurrogate(c);

    /// <summary>The offset in a line that is nearest to a column.</summary>
    private int ColumnIn(int start, int end, int column)
    {
        int at = start;
        int width = 0;
        while (at < end)
        {
            int length = StringInfo.GetNextTextElementLength(Text, at);
            width += CellWidth.OfElement(Text.AsSpan(at, length));
            if (width > column)
            {
                break;
            }

            at += length;
        }

        return at;
    }
}
