using System.Collections.Immutable;

namespace Beamtalk.Compiler.Formatting;

/// <summary>
/// A text whose line breaks are still open, in the manner of Oppen and Wadler: <see cref="DocRenderer"/> decides them.
/// </summary>
internal abstract class Doc
{
    public static readonly Doc Empty = new ConcatDoc([]);
}

/// <summary>Text as it is. What spans lines (a string, a comment) keeps its own line ends.</summary>
internal sealed class TextDoc(string text) : Doc
{
    public string Text { get; } = text;

    /// <summary>The width up to the first line end in it, if there is one.</summary>
    public int Width { get; } = text.IndexOf('\n') is var end && end >= 0 ? end : text.Length;

    public bool SpansLines => Width < Text.Length;
}

/// <summary>
/// A comment behind code, to the end of its line: it takes no room, for no line is broken because of its comment. The
/// place in the source tells which comments stood in one column.
/// </summary>
internal sealed class TrailingDoc(string text, int gap, int line, int column) : Doc
{
    public string Text { get; } = text;

    /// <summary>The least number of spaces before it.</summary>
    public int Gap { get; } = gap;

    public int Line { get; } = line;

    public int Column { get; } = column;
}

/// <summary>A place where a line may end (soft) or ends (hard).</summary>
internal sealed class BreakDoc : Doc
{
    public bool IsHard { get; init; }

    /// <summary>A blank line follows the line that ends here.</summary>
    public bool IsBlank { get; init; }

    /// <summary>What stands here instead of a line end.</summary>
    public string Flat { get; init; } = "";

    /// <summary>The indentation of the next line, if it is not that of what the break stands in.</summary>
    public int? Indent { get; init; }
}

internal sealed class ConcatDoc(ImmutableArray<Doc> parts) : Doc
{
    public ImmutableArray<Doc> Parts { get; } = parts;
}

/// <summary>Lines that begin in it are indented by so much more than the line it begins on.</summary>
internal sealed class IndentDoc(int columns, Doc content) : Doc
{
    public int Columns { get; } = columns;

    public Doc Content { get; } = content;
}

/// <summary>
/// Its soft breaks end lines all together, if it does not fit on the line, or (<see cref="IsFill"/>) each where the next
/// part does not fit. If it fits up to <see cref="HugPoint"/>, the break in a bracket at its end, that one gives way first.
/// </summary>
internal sealed class GroupDoc(Doc content, bool isFill, BreakDoc? hugPoint) : Doc
{
    public Doc Content { get; } = content;

    public bool IsFill { get; } = isFill;

    public BreakDoc? HugPoint { get; } = hugPoint;
}
