using Antlr4.Runtime;
using Antlr4.Runtime.Misc;

namespace Beamtalk.Compiler.Parsing;

/// <summary>The finished tokens of a file, as the generated parser reads them.</summary>
internal sealed class TokenList(List<SyntaxToken> tokens) : ITokenStream
{
    private readonly SyntaxToken[] _tokens = [.. tokens];
    private readonly SyntaxToken _poison = new(TokenConstants.InvalidType, 0, 0, "");
    private int _position;

    /// <summary>Every token reads as one that fits nowhere: the parser is leaving the rules that an error broke.</summary>
    public bool IsPoisoned { get; set; }

    public SyntaxToken Current => _tokens[_position];

    public int Index => _position;

    public int Size => _tokens.Length;

    public string SourceName => IntStreamConstants.UnknownSourceName;

    public ITokenSource? TokenSource => null;

    public IToken LT(int k) => k == 1 ? IsPoisoned ? _poison : _tokens[_position] : At(k);

    public int LA(int i) => LT(i).Type;

    public IToken Get(int i) => _tokens[i];

    public void Consume()
    {
        if (_position < _tokens.Length - 1)
        {
            _position++;
        }
    }

    private SyntaxToken At(int k) =>
        _tokens[Math.Clamp(k > 0 ? _position + k - 1 : _position + k, 0, _tokens.Length - 1)];

    public int Mark() => -1;

    public void Release(int marker)
    {
    }

    public void Seek(int index) => _position = index;

    public string GetText(Interval interval) => "";

    public string GetText() => "";

    public string GetText(RuleContext context) => "";

    public string GetText(IToken start, IToken stop) => "";
}
