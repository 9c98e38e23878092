using static Beamtalk.Compiler.Parsing.Generated.BeamtalkLexer;

namespace Beamtalk.Compiler.Parsing.Layout;

internal enum BracketKind
{
    /// <summary>No bracket: a body, a member, top level.</summary>
    None,
    Block,
    Arms,
    PatchBody,
    Parenthesis,
    Tuple,
    List,
    Array,
    Dictionary,
    TypeArguments,
    ToolOptions,
    Children,
    String,
    Interpolation,
}

/// <summary>An open bracket and what has been seen in it since the current statement or element began.</summary>
internal sealed class Bracket(BracketKind kind, SyntaxToken? opener, int start)
{
    public BracketKind Kind { get; } = kind;

    public SyntaxToken? Opener { get; } = opener;

    /// <summary>Index of the first token of the current statement, element or assigned value.</summary>
    public int SegmentStart { get; private set; } = start;

    /// <summary>The column in which the line starts that opened it.</summary>
    public int LineColumn { get; init; }

    /// <summary>How many keyword parts the current message has so far.</summary>
    public int Keywords { get; set; }

    /// <summary>In match arms: before the arrow.</summary>
    public bool InPattern { get; set; } = kind == BracketKind.Arms;

    public bool HoldsStatements => Kind
        is BracketKind.None or BracketKind.Block or BracketKind.Arms or BracketKind.PatchBody;

    public bool CommaSeparates => Kind
        is BracketKind.Tuple or BracketKind.List or BracketKind.Array or BracketKind.Dictionary
        or BracketKind.TypeArguments or BracketKind.ToolOptions or BracketKind.Children;

    public int CloserType => Kind switch
    {
        BracketKind.Block or BracketKind.Arms or BracketKind.Array or BracketKind.Children => RBRACK,
        BracketKind.PatchBody or BracketKind.Tuple or BracketKind.Dictionary => RBRACE,
        BracketKind.String => STRING_END,
        BracketKind.Interpolation => INTERPOLATION_CLOSE,
        _ => RPAREN,
    };

    public void StartSegment(int index)
    {
        SegmentStart = index;
        Keywords = 0;
    }
}
