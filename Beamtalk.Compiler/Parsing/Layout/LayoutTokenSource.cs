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
    /// <summary>What has more errors than this is not a program.</summary>
    private const int MaximumErrors = 100;

    private readonly DiagnosticBag _diagnostics;
    private readonly string _text;
    private readonly TextScanner _scanner;
    private readonly TokenReader _reader;
    private readonly List<SyntaxToken> _tokens;
    private int _lastEndLine;
    private int _errors;

    private readonly HashSet<int> _cutStrings;

    private LayoutTokenSource(SourceText source, DiagnosticBag diagnostics, HashSet<int> cutStrings)
    {
        _diagnostics = diagnostics;
        _cutStrings = cutStrings;
        _text = source.Text;
        _scanner = new TextScanner(_text);
        _reader = new TokenReader(_text);
        _tokens = new List<SyntaxToken>((_text.Length / 4) + 16);
        _brackets.Push(new Bracket(BracketKind.None, null, 0));
    }

    public static List<SyntaxToken> Read(SourceText source, DiagnosticBag diagnostics)
    {
        var cutStrings = new HashSet<int>();
        while (true)
        {
            var found = new DiagnosticBag(source);
            var layout = new LayoutTokenSource(source, found, cutStrings);
            layout.ReadAll();
            if (layout._openString < 0 || cutStrings.Count == MaximumReadings || !cutStrings.Add(layout._openString))
            {
                diagnostics.AddRange(found);
                return layout._tokens;
            }
        }
    }

    private void ReadAll()
    {
        var token = _reader.Read();
        for (; token.Type != TokenConstants.EOF; token = _reader.Read())
        {
            Accept(token);
        }

        if (InString)
        {
            BlameOpenString(_brackets.Last(bracket => bracket.Kind == BracketKind.String).Opener!);
        }

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
                return !IsCut(token) && TrySkipRemark(token, first);
            case RAW_STRING or OPEN_QUOTE:
                IsCut(token);
                return false;
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
            case UNKNOWN or STRING_UNKNOWN:
                AppendUnknown(token);
                return;
            case OPEN_QUOTE:
                BlameOpenString(token);
                return;
            case STRING or RAW_STRING:
                Suspect(token);
                break;
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
        if (token.Start != _unknownEnd)
        {
            char first = _text[token.Start];
            string shown = char.IsControl(first) || char.IsSurrogate(first) ? $"U+{(int)first:X4}" : token.Text;
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
            Line = at.Line,
            Column = at.Column,
            Depth = _brackets.Count - 1,
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

        if (++_errors <= MaximumErrors)
        {
            _diagnostics.Report(descriptor, span, arguments);
        }

        if (_errors == MaximumErrors)
        {
            _diagnostics.Report(Catalog.TooManyErrors, span);
        }

        if (_errors >= MaximumErrors)
        {
            _reader.Stop();
        }
    }

    private SyntaxToken? Previous => _tokens.Count == 0 ? null : _tokens[^1];
}
