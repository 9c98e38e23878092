using Antlr4.Runtime;
using Antlr4.Runtime.Misc;

namespace Beamtalk.Compiler.Parsing;

/// <summary>The finished tokens of a file, as the generated parser reads them.</summary>
internal sealed class TokenList(List<SyntaxToken> tokens) : ITokenStream
{
    private int _position;

    public int Index => _position;

    public int Size => tokens.Count;

    public string SourceName => IntStreamConstants.UnknownSourceName;

    public ITokenSource? TokenSource => null;

    public IToken LT(int k)
    {
        int index = k > 0 ? _position + k - 1 : _position + k;
        return tokens[Math.Clamp(index, 0, tokens.Count - 1)];
    }

    public int LA(int i) => LT(i).Type;

    public IToken Get(int i) => tokens[i];

    public void Consume()
    {
        if (_position < tokens.Count - 1)
        {
            _position++;
        }
    }

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
