using System.Collections.Immutable;

namespace Beamtalk.Compiler.Formatting;

internal enum TriviaKind
{
    /// <summary><c>// …</c></summary>
    Line,

    /// <summary><c>/// …</c></summary>
    Doc,

    /// <summary><c>/* … */</c></summary>
    Block,

    /// <summary><c>"…"</c> alone, with the period behind it.</summary>
    Remark,

    /// <summary><c>@word …</c></summary>
    Annotation,
}

/// <summary>
/// What a reader sees and the parser does not: a comment of any kind. <paramref name="LinesBefore"/> counts the line ends
/// between it and what stands before it.
/// </summary>
internal sealed record Trivia(TriviaKind Kind, string Text, int Line, int Column, int LinesBefore, int Spaces)
{
    /// <summary>Whether nothing stands before it on its line.</summary>
    public bool IsOnOwnLine => LinesBefore > 0;

    /// <summary>Whether only a line end can follow it.</summary>
    public bool EndsLine => Kind is TriviaKind.Line or TriviaKind.Doc or TriviaKind.Annotation;
}

/// <summary>All that stands between two tokens, and the number of line ends before the second one.</summary>
internal sealed record Gap(ImmutableArray<Trivia> Trivia, int LinesAfter)
{
    public bool HasLineEnd => LinesAfter > 0 || Trivia.Any(trivia => trivia.IsOnOwnLine);

    /// <summary>The gap that is left of two when the token between them goes.</summary>
    public Gap Join(Gap next) => next.Trivia.IsEmpty
        ? new Gap(Trivia, Math.Max(LinesAfter, next.LinesAfter))
        : new Gap(
            [.. Trivia, next.Trivia[0] with { LinesBefore = Math.Max(LinesAfter, next.Trivia[0].LinesBefore) }, .. next.Trivia[1..]],
            next.LinesAfter);
}
