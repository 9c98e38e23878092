using Beamtalk.Compiler.Diagnostics;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkLexer;

namespace Beamtalk.Compiler.Parsing.Layout;

/// <summary>Brackets, and what depends on the innermost one.</summary>
internal sealed partial class LayoutTokenSource
{
    /// <summary>Deep enough for any program, shallow enough for the stack of every later pass.</summary>
    private const int MaximumDepth = 200;

    private const int ReportedOpenBrackets = 3;

    private readonly Stack<Bracket> _brackets = new();
    private bool _startsChildren;
    private bool _isSkipping;

    private int _openStrings;

    /// <summary>Inside a string lines mean nothing, whatever its interpolations hold.</summary>
    private bool InString => _openStrings > 0;

    private bool IsSeparatingComma => _brackets.Peek().CommaSeparates
        || (_item == Item.Variables && _brackets.Count == 1);

    private bool Opens(SyntaxToken token)
    {
        if (OpenedBy(token) is not { } kind)
        {
            return false;
        }

        if (_brackets.Count > MaximumDepth)
        {
            Report(Catalog.TooDeep, token.Span, MaximumDepth);
            _isSkipping = true;
            return true;
        }

        if (kind == BracketKind.Arms)
        {
            token.Type = ARMS_OPEN;
        }

        _tokens.Add(token);
        _brackets.Push(new Bracket(kind, token, _tokens.Count) { LineColumn = _lineColumn });
        _openStrings += kind == BracketKind.String ? 1 : 0;
        return true;
    }

    private BracketKind? OpenedBy(SyntaxToken token) => token.Type switch
    {
        LPAREN when Previous is { Type: TOOL } => BracketKind.ToolOptions,
        LPAREN when Previous is { Type: CLASS_NAME } name && name.End == token.Start => BracketKind.TypeArguments,
        LPAREN => BracketKind.Parenthesis,
        LBRACK when _startsChildren => StartChildren(),
        LBRACK when OpensArms() => BracketKind.Arms,
        LBRACK => BracketKind.Block,
        LBRACE => BracketKind.Tuple,
        BODY_OPEN => BracketKind.PatchBody,
        HASH_PAREN => BracketKind.List,
        HASH_BRACK => BracketKind.Array,
        HASH_BRACE => BracketKind.Dictionary,
        STRING_START => BracketKind.String,
        INTERPOLATION_OPEN => BracketKind.Interpolation,
        _ => null,
    };

    private BracketKind StartChildren()
    {
        _startsChildren = false;
        return BracketKind.Children;
    }

    /// <summary>The bracket after <c>match:</c> as the only keyword, and after <c>Process receive:</c>.</summary>
    private bool OpensArms()
    {
        if (Previous is not { Type: KEYWORD } keyword || _brackets.Peek().Keywords != 1)
        {
            return false;
        }

        return keyword.Characters is "match:"
            ? !HasBlockParameters(keyword)
            : keyword.Characters is "receive:" && _tokens[^2] is { Type: CLASS_NAME, Characters: "Process" };
    }

    private bool HasBlockParameters(SyntaxToken keyword)
    {
        int bracket = _scanner.SkipBlank(keyword.End);
        return _scanner.At(_scanner.SkipBlank(bracket + 1)) == ':';
    }

    private bool Closes(SyntaxToken token)
    {
        if (token.Type is not (RPAREN or RBRACK or RBRACE or STRING_END or INTERPOLATION_CLOSE))
        {
            return false;
        }

        if (!IsOpenFor(token.Type))
        {
            Report(Catalog.UnexpectedCloser, token.Span, token.Text);
            return true;
        }

        while (_brackets.Peek().CloserType != token.Type)
        {
            CloseMissing(report: true);
        }

        Pop();
        token.Depth = _brackets.Count - 1;
        _tokens.Add(token);
        return true;
    }

    /// <summary>A closer inside an interpolation cannot close what is open outside the string.</summary>
    private bool IsOpenFor(int closer)
    {
        foreach (var bracket in _brackets)
        {
            if (bracket.Opener is not null && bracket.CloserType == closer)
            {
                return true;
            }

            if (bracket.Kind is BracketKind.String or BracketKind.Interpolation)
            {
                return false;
            }
        }

        return false;
    }

    private void CloseMissing(bool report)
    {
        var bracket = Pop();
        var opener = bracket.Opener!;
        if (report)
        {
            Report(Catalog.MissingCloser, opener.Span, CloserText(bracket), opener.Text);
        }

        int end = _tokens[^1].End;
        _tokens.Add(new SyntaxToken(bracket.CloserType, end, end, _text)
        {
            Line = _lastEndLine,
            Column = _scanner.ColumnOf(end),
            Depth = _brackets.Count - 1,
        });
    }

    private Bracket Pop()
    {
        var bracket = _brackets.Pop();
        _openStrings -= bracket.Kind == BracketKind.String ? 1 : 0;
        return bracket;
    }

    private static string CloserText(Bracket bracket) => bracket.CloserType switch
    {
        RBRACK => "]",
        RPAREN => ")",
        STRING_END => "\"",
        _ => "}",
    };

    private void CloseAllBrackets()
    {
        for (int reported = 0; _brackets.Count > 1; reported++)
        {
            CloseMissing(report: !_isSkipping && reported < ReportedOpenBrackets);
        }
    }

    /// <summary>Words whose meaning depends on where they stand between brackets.</summary>
    private void RefineInBody(SyntaxToken token)
    {
        var bracket = _brackets.Peek();
        switch (token.Type)
        {
            case KEYWORD when bracket.InPattern && IsGuard(token):
                token.Type = WHEN;
                break;
            case KEYWORD:
                bracket.Keywords++;
                break;
        }
    }

    private void StartSegmentAfter(SyntaxToken token)
    {
        var bracket = _brackets.Peek();
        switch (token.Type)
        {
            case MAPS_TO when bracket.InPattern:
                bracket.InPattern = false;
                bracket.StartSegment(_tokens.Count);
                break;
            case SEPARATOR or SEMICOLON:
                bracket.InPattern = bracket.Kind == BracketKind.Arms;
                bracket.StartSegment(_tokens.Count);
                break;
            case CARET or ASSIGN or COMPOUND_ASSIGN or BAR or ARROW or COMMA or WHEN
                or >= CLASS_MARK and <= END_MARK:
                bracket.StartSegment(_tokens.Count);
                break;
        }
    }

    /// <summary>Marks what an assignment operator assigns to: a name, or a pattern from the segment's start on.</summary>
    private void MarkTarget(SyntaxToken assign)
    {
        var bracket = _brackets.Peek();
        int start = bracket.SegmentStart;
        if (start >= _tokens.Count || (_item == Item.Variables && _brackets.Count == 1))
        {
            return;
        }

        var target = _tokens[start];
        if (start == _tokens.Count - 1 && target.Type is NAME or STATE_NAME)
        {
            target.Type = target.Type == NAME ? VARIABLE_TARGET : STATE_TARGET;
        }
        else if (assign.Type == ASSIGN
            && target.Type is LBRACE or HASH_PAREN or HASH_BRACK or HASH_BRACE or CLASS_NAME or STRING or RAW_STRING)
        {
            Insert(DESTRUCTURE, target, start);
        }
    }
}
