using System.Collections.Immutable;
using System.Text;

namespace Beamtalk.Compiler.Formatting;

/// <summary>
/// Decides the line breaks of a document, from left to right, with stacks of its own: it goes as deep as the document. A
/// look ahead ends where the line is full, so the time is linear in the text.
/// </summary>
internal sealed class DocRenderer
{
    private enum Mode
    {
        Flat,
        Broken,
        Fill,
    }

    /// <summary>What was decided for a group, and on which line. A flat group is asked again on each further line.</summary>
    private sealed record Frame(Mode Mode, int Line);

    private readonly record struct Entry(Doc Doc, int Indent, Frame Frame);

    private readonly int _width;
    private readonly List<Entry> _stack = [];
    private readonly Stack<(Doc Doc, bool MayBreak)> _ahead = new();
    private readonly List<RenderedLine> _lines = [];
    private readonly StringBuilder _line = new();
    private TrailingDoc? _trailing;
    private int _indent;
    private int _column;

    private DocRenderer(int width) => _width = width;

    /// <summary>The lines of a document, without trailing spaces.</summary>
    public static ImmutableArray<string> Render(Doc doc, int width)
    {
        var renderer = new DocRenderer(width);
        renderer.Run(doc);
        renderer.EndLine();
        return CommentAlignment.Align(renderer._lines);
    }

    private void Run(Doc doc)
    {
        Push(doc, 0, new Frame(Mode.Flat, 0));
        while (_stack.Count > 0)
        {
            var entry = _stack[^1];
            _stack.RemoveAt(_stack.Count - 1);
            Step(entry);
        }
    }

    private void Push(Doc doc, int indent, Frame frame) => _stack.Add(new Entry(doc, indent, frame));

    private void Step(Entry entry)
    {
        switch (entry.Doc)
        {
            case TextDoc text:
                Write(text);
                break;
            case TrailingDoc comment:
                _trailing = comment;
                break;
            case BreakDoc end when EndsLine(end, entry.Frame):
                StartLine(end.Indent ?? entry.Indent, end.IsBlank);
                break;
            case BreakDoc space:
                Write(new TextDoc(space.Flat));
                break;
            case ConcatDoc concat:
                for (int i = concat.Parts.Length - 1; i >= 0; i--)
                {
                    Push(concat.Parts[i], entry.Indent, entry.Frame);
                }

                break;
            case IndentDoc indent:
                Push(indent.Content, _indent + indent.Columns, entry.Frame);
                break;
            case GroupDoc group:
                Push(group.Content, entry.Indent, new Frame(Decide(group), _lines.Count));
                break;
        }
    }

    private void Write(TextDoc text)
    {
        if (text.Text.Length == 0)
        {
            return;
        }

        if (_line.Length == 0)
        {
            _line.Append(' ', _indent);
        }

        _line.Append(text.Text);
        _column = text.SpansLines ? text.Text.Length - text.Text.LastIndexOf('\n') - 1 : _column + text.Width;
    }

    private void StartLine(int indent, bool isBlank)
    {
        EndLine();
        if (isBlank && _lines.Count > 0)
        {
            EndLine();
        }

        (_indent, _column) = (indent, indent);
    }

    private void EndLine()
    {
        _lines.Add(new RenderedLine(_line.ToString(), _column, _trailing));
        _line.Clear();
        (_trailing, _column) = (null, 0);
    }

    private Mode Decide(GroupDoc group)
    {
        if (group.IsFill)
        {
            return Mode.Fill;
        }

        return Fits(group.Content, null) || (group.HugPoint is { } hug && Fits(group.Content, hug)) ? Mode.Flat : Mode.Broken;
    }

    private bool EndsLine(BreakDoc end, Frame frame) => end.IsHard || frame.Mode switch
    {
        Mode.Broken => true,
        Mode.Flat when frame.Line == _lines.Count => false,
        _ => !FitsAfter(end, frame),
    };

    /// <summary>Whether a document, and what must stand on the line behind it, fits as far as the hug point.</summary>
    private bool Fits(Doc doc, BreakDoc? hug)
    {
        _ahead.Clear();
        _ahead.Push((doc, false));
        return FitsAhead(_width - _column, hug, null);
    }

    /// <summary>Whether what follows a break fits, up to the next break of its group.</summary>
    private bool FitsAfter(BreakDoc end, Frame frame)
    {
        _ahead.Clear();
        return FitsAhead(_width - _column - end.Flat.Length, null, frame);
    }

    /// <summary>Looks at what is on the look-ahead's stack and then at what is still to be rendered.</summary>
    private bool FitsAhead(int room, BreakDoc? hug, Frame? own)
    {
        int rest = _stack.Count;
        while (room >= 0)
        {
            if (_ahead.Count == 0)
            {
                if (rest == 0)
                {
                    return true;
                }

                var entry = _stack[--rest];
                if (entry.Doc is BreakDoc end && (entry.Frame == own || MayEndLine(entry.Frame)))
                {
                    return true;
                }

                _ahead.Push((entry.Doc, entry.Frame != own && (entry.Doc is GroupDoc || MayEndLine(entry.Frame))));
            }

            if (Measure(_ahead.Pop(), hug, ref room))
            {
                return room >= 0;
            }
        }

        return false;
    }

    private bool MayEndLine(Frame frame) => frame.Mode != Mode.Flat || frame.Line != _lines.Count;

    /// <summary>Takes a document's width from the room; true where the line may end.</summary>
    private bool Measure((Doc Doc, bool MayBreak) item, BreakDoc? hug, ref int room)
    {
        switch (item.Doc)
        {
            case TextDoc text:
                room -= text.Width;
                return text.SpansLines;
            case TrailingDoc:
                return true;
            case BreakDoc end:
                room -= end.IsHard ? 0 : end.Flat.Length;
                return end.IsHard || item.MayBreak || end == hug;
            case ConcatDoc concat:
                for (int i = concat.Parts.Length - 1; i >= 0; i--)
                {
                    _ahead.Push((concat.Parts[i], item.MayBreak));
                }

                return false;
            case IndentDoc indent:
                _ahead.Push((indent.Content, item.MayBreak));
                return false;
            case GroupDoc group:
                _ahead.Push((group.Content, item.MayBreak));
                return false;
            default:
                return false;
        }
    }
}
