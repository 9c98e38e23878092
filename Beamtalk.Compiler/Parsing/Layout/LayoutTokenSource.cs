using Antlr4.Runtime;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkLexer;

namespace Beamtalk.Compiler.Parsing.Layout;

/// <summary>
/// Turns the words of a file into the tokens of the grammar: decides from lines, columns and the shape of headers
/// where statements end, where classes and members start, which strings are remarks, and what a word means where it
/// stands. It also closes what is left open, so that the parser only sees balanced brackets and a missing one costs
/// no more than its member.
/// </summary>
internal sealed partial class LayoutTokenSource
{
    private readonly DiagnosticBag _diagnostics;
    private readonly string _text;
    private readonly TextScanner _scanner;
    private readonly TokenReader _reader;
    private readonly List<SyntaxToken> _tokens;
    private int _lastEndLine;

    private LayoutTokenSource(SourceText source, DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
        _text = source.Text;
        _scanner = new TextScanner(_text);
        _reader = new TokenReader(_text);
        _tokens = new List<SyntaxToken>((_text.Length / 4) + 16);
        _brackets.Push(new Bracket(BracketKind.None, null, 0));
    }

    public static List<SyntaxToken> Read(SourceText source, DiagnosticBag diagnostics)
    {
        var layout = new LayoutTokenSource(source, diagnostics);
        layout.ReadAll();
        return layout._tokens;
    }

    private void ReadAll()
    {
        SyntaxToken token;
        do
        {
            token = _reader.Read();
            if (token.Type != TokenConstants.EOF)
            {
                Accept(token);
            }
        }
        while (token.Type != TokenConstants.EOF || RecoverOpenString());

        EndItem();
        _tokens.Add(token);
        for (int i = 0; i < _tokens.Count; i++)
        {
            _tokens[i].TokenIndex = i;
        }
    }

    private void Accept(SyntaxToken token)
    {
        if (!InString)
        {
            bool first = token.Line > _lastEndLine;
            if (IsSkipped(token, first))
            {
                return;
            }

            if (first)
            {
                BeginLine(token);
            }
        }

        if (!_isSkipping)
        {
            Append(token);
        }

        _lastEndLine = _reader.EndLine;
    }

    /// <summary>Documentation, annotations and remarks are not tokens of the grammar.</summary>
    private bool IsSkipped(SyntaxToken token, bool first)
    {
        switch (token.Type)
        {
            case DOC_COMMENT:
                AddDocLine(token, first);
                return true;
            case OPERATOR when first && token.Characters is "@" && char.IsLetter(_scanner.At(token.End)):
                _reader.SkipTo(_scanner.LineEnd(token.End));
                return true;
            case STRING or STRING_START:
                return TrySkipRemark(token, first);
            default:
                return false;
        }
    }

    private void Append(SyntaxToken token)
    {
        token.Depth = _brackets.Count - 1;
        switch (token.Type)
        {
            case PERIOD:
                token.Type = SEPARATOR;
                break;
            case UNKNOWN or STRING_UNKNOWN or OPEN_QUOTE:
                AppendUnknown(token);
                return;
            case OPERATOR when token.Characters is [',']:
                token.Type = IsSeparatingComma ? COMMA : OPERATOR;
                break;
            case OPERATOR when token.Characters.StartsWith("/*"):
                Report(Catalog.OpenComment, token.Span);
                _reader.SkipTo(_text.Length);
                return;
            case ASSIGN or COMPOUND_ASSIGN:
                MarkTarget(token);
                break;
        }

        if (_header != Header.None)
        {
            RefineInHeader(token);
        }

        if (Opens(token) || Closes(token))
        {
            return;
        }

        RefineInBody(token);
        _tokens.Add(token);
        StartSegmentAfter(token);
    }

    private void AppendUnknown(SyntaxToken token)
    {
        if (token.Type == OPEN_QUOTE)
        {
            // The rest of the line stands for the string that was meant.
            Report(Catalog.OpenString, token.Span);
            token.End = _scanner.LineEnd(token.End);
            token.Type = RAW_STRING;
            _reader.SkipTo(token.End);
            _tokens.Add(token);
        }
        else if (token.Start != _unknownEnd)
        {
            string shown = char.IsControl(_text[token.Start]) || char.IsSurrogate(_text[token.Start])
                ? $"U+{(int)_text[token.Start]:X4}"
                : token.Text;
            Report(Catalog.UnknownCharacter, token.Span, shown);
        }

        _unknownEnd = token.End;
    }

    private int _unknownEnd = -1;

    /// <summary>Inserts a token without characters.</summary>
    private SyntaxToken Insert(int type, SyntaxToken at, int? index = null)
    {
        var token = new SyntaxToken(type, at.Start, at.Start, _text)
        {
            Line = at.Line, Column = at.Column, Depth = _brackets.Count - 1,
        };
        _tokens.Insert(index ?? _tokens.Count, token);
        return token;
    }

    /// <summary>Reports, and keeps the parser from complaining about the same item again.</summary>
    private void Report(DiagnosticDescriptor descriptor, TextSpan span, params object[] arguments)
    {
        if (_itemMark is not null)
        {
            _itemMark.IsDamaged = true;
        }

        _diagnostics.Report(descriptor, span, arguments);
    }

    private SyntaxToken? Previous => _tokens.Count == 0 ? null : _tokens[^1];
}
