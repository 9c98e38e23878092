using Antlr4.Runtime;
using Antlr4.Runtime.Tree;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Formatting;

/// <summary>
/// Walks the parse tree of a file without errors and says of each token what may stand before it, which parts belong on
/// one line, and how far what does not is indented. A line end that the author has set inside a statement stays: lines
/// are joined nowhere but where a line end means nothing to a reader either.
/// </summary>
internal sealed partial class TreeLayout
{
    public const int Step = 2;

    private readonly TokenEmitter _out;
    private readonly string _text;
    private readonly List<SyntaxToken> _tokens;
    private readonly Modernizer? _modernizer;

    private TreeLayout(SourceText source, List<SyntaxToken> tokens, Modernizer? modernizer)
    {
        _out = new TokenEmitter(source, tokens, modernizer);
        _text = source.Text;
        _tokens = tokens;
        _modernizer = modernizer;
    }

    public static Doc Build(SourceText source, List<SyntaxToken> tokens, UnitContext unit, Modernizer? modernizer)
    {
        var layout = new TreeLayout(source, tokens, modernizer);
        layout._out.Open();
        layout.Unit(unit);
        layout._out.ExpectEnd();
        return layout._out.Close();
    }

    private static Doc Indent(Doc content) => new IndentDoc(Step, content);

    private static GroupDoc Group(Doc content, BreakDoc? hugPoint = null) => new(content, false, hugPoint);

    /// <summary>A part that needs no layout of its own: patterns, types, the words of a header.</summary>
    private void Plain(IParseTree? node)
    {
        switch (node)
        {
            case InterpolatedStringContext text:
                _out.Verbatim((SyntaxToken)text.Start, (SyntaxToken)text.Stop, _text);
                break;
            case ITerminalNode leaf:
                PlainToken(leaf);
                break;
            case ParserRuleContext context:
                for (int i = 0; i < context.ChildCount; i++)
                {
                    Plain(context.GetChild(i));
                }

                break;
        }
    }

    private void PlainToken(ITerminalNode leaf)
    {
        var token = (SyntaxToken)leaf.Symbol;
        if (!token.IsInserted)
        {
            _out.Separate(IsJoined(token, leaf.Parent) ? Boundary.Joint : Boundary.Word);
            _out.Token(token, _modernizer?.Spell(token, leaf.Parent));
        }
    }

    private bool IsJoined(SyntaxToken token, IRuleNode parent) => token.Type switch
    {
        RPAREN or RBRACK or RBRACE or COMMA or SEMICOLON or BANG => true,
        LPAREN when parent is TypeArgumentsContext or TypeParametersContext => true,
        _ => _out.Previous?.Type
            is null or LPAREN or LBRACK or LBRACE or HASH_PAREN or HASH_BRACK or HASH_BRACE or ELLIPSIS or COLON or CARET,
    };

    /// <summary>A period; the modern spelling does without. Answers whether it was left out.</summary>
    private bool Period(ITerminalNode separator)
    {
        var token = (SyntaxToken)separator.Symbol;
        if (token.IsInserted)
        {
            return false;
        }

        if (_modernizer is not null)
        {
            _out.Skip(token);
            return true;
        }

        // Three in a row would be another token.
        _out.Separate(_out.Previous?.Type == SEPARATOR ? Boundary.Space : Boundary.None);
        _out.Token(token);
        return false;
    }

    private void Periods(ITerminalNode[] separators)
    {
        foreach (var separator in separators)
        {
            Period(separator);
        }
    }
}
