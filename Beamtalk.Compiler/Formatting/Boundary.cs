namespace Beamtalk.Compiler.Formatting;

/// <summary>What may stand between two tokens, besides comments, where the source has neither.</summary>
internal sealed record Boundary(string Flat)
{
    /// <summary>Nothing, on one line.</summary>
    public static readonly Boundary None = new("");

    /// <summary>A space, on one line.</summary>
    public static readonly Boundary Space = new(" ");

    /// <summary>Nothing, or the line end that the author has set.</summary>
    public static readonly Boundary Joint = new("") { KeepsLineEnd = true };

    /// <summary>A space, or the line end that the author has set.</summary>
    public static readonly Boundary Word = new(" ") { KeepsLineEnd = true };

    /// <summary>A space, or a line end that the author or the width wants.</summary>
    public static readonly Boundary Part = Word with { IsSoft = true };

    /// <summary>Between the elements of a collection.</summary>
    public static readonly Boundary Element = Part with { KeepsBlank = true, Blanks = CommentBlanks.All };

    /// <summary>Between statements, as far as they share a line.</summary>
    public static readonly Boundary Statement = Element with { EndsComments = true };

    /// <summary>Before the first statement of a body.</summary>
    public static readonly Boundary BodyStart = Part with { EndsComments = true, Blanks = CommentBlanks.NotFirst };

    /// <summary>Before a closing bracket.</summary>
    public static readonly Boundary Closer = Joint with { Blanks = CommentBlanks.NotLast };

    /// <summary>Between members and between top-level items: they begin lines.</summary>
    public static readonly Boundary Line = Statement with { IsLineEnd = true };

    /// <summary>The width may end the line here.</summary>
    public bool IsSoft { get; init; }

    /// <summary>A line ends here in any case.</summary>
    public bool IsLineEnd { get; init; }

    /// <summary>A line that ends here in the source does so.</summary>
    public bool KeepsLineEnd { get; init; }

    /// <summary>A blank line stays.</summary>
    public bool KeepsBlank { get; init; }

    /// <summary>What follows a comment on a line of its own begins a line, too.</summary>
    public bool EndsComments { get; init; }

    /// <summary>Which blank lines around comments stay.</summary>
    public CommentBlanks Blanks { get; init; }

    /// <summary>The indentation of a comment on a line of its own, if it is not that of what stands around.</summary>
    public Func<Trivia, int?>? IndentOf { get; init; }

    /// <summary>The column in which a remark is the documentation of what follows.</summary>
    public int DocColumn { get; init; }

    public bool KeepsBlankBefore(bool isFirst) => Blanks switch
    {
        CommentBlanks.None => false,
        CommentBlanks.NotFirst => !isFirst,
        _ => true,
    };

    public bool KeepsBlankAfter => Blanks is CommentBlanks.All or CommentBlanks.NotFirst;
}

internal enum CommentBlanks
{
    None,
    All,
    NotFirst,
    NotLast,
}
