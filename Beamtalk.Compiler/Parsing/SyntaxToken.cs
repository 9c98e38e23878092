using Antlr4.Runtime;
using Antlr4.Runtime.Misc;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Parsing;

/// <summary>A token of the layout: as small as ANTLR's interface allows, with the facts that layout needs.</summary>
internal sealed class SyntaxToken(int type, int start, int end, string source) : IToken
{
    public int Type { get; set; } = type;

    /// <summary>Offset of the first character.</summary>
    public int Start { get; } = start;

    /// <summary>Offset after the last character; equal to <see cref="Start"/> for what layout has inserted.</summary>
    public int End { get; set; } = end;

    public int Line { get; set; }

    public int Column { get; set; }

    /// <summary>How many brackets are open around it.</summary>
    public int Depth { get; set; }

    public int TokenIndex { get; set; } = -1;

    /// <summary>The documentation that stands before it.</summary>
    public string? Doc { get; set; }

    /// <summary>On a mark: its item has an error that would only lead to further ones.</summary>
    public bool IsDamaged { get; set; }

    public TextSpan Span => TextSpan.FromBounds(Start, End);

    public bool IsInserted => Start == End;

    public string Text => source[Start..End];

    public ReadOnlySpan<char> Characters => source.AsSpan(Start, End - Start);

    public int Channel => Lexer.DefaultTokenChannel;

    public int StartIndex => Start;

    public int StopIndex => End - 1;

    public ITokenSource? TokenSource => null;

    public ICharStream? InputStream => null;

    public override string ToString() => $"{Type}@{Line}:{Column} {Text}";
}

/// <summary>Lets the generated lexer make <see cref="SyntaxToken"/>s.</summary>
internal sealed class SyntaxTokenFactory(string source) : ITokenFactory
{
    public IToken Create(
        Tuple<ITokenSource, ICharStream> origin, int type, string text, int channel, int start, int stop, int line,
        int column) => new SyntaxToken(type, start, Math.Min(stop + 1, source.Length), source);

    public IToken Create(int type, string text) => new SyntaxToken(type, 0, 0, source);
}
