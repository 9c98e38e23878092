using static Beamtalk.Compiler.Parsing.Generated.BeamtalkLexer;

namespace Beamtalk.Compiler.Parsing.Layout;

/// <summary>
/// Strings that stand alone: remarks, in the classic spelling, unless they are what a body answers.
/// </summary>
internal sealed partial class LayoutTokenSource
{
    /// <summary>How many remarks that follow on one line are looked through for what comes after them.</summary>
    private const int MaximumRemarksAhead = 16;

    private bool TrySkipRemark(SyntaxToken token, bool first)
    {
        if (!MayStandAlone(token, first) || _scanner.AfterRawString(token.Start) is var quoteEnd && quoteEnd < 0)
        {
            return false;
        }

        int end = AfterLoneString(quoteEnd);
        if (end < 0 || IsValue(token, first, end))
        {
            return false;
        }

        if (first)
        {
            AddRemark(token, _text[(token.Start + 1)..(quoteEnd - 1)].Replace("\"\"", "\"", StringComparison.Ordinal));
        }

        _reader.SkipTo(end);
        return true;
    }

    /// <summary>Where a statement or a member may start, or right after a statement.</summary>
    private bool MayStandAlone(SyntaxToken token, bool first)
    {
        if (_isSkipping || !_brackets.Peek().HoldsStatements || _header != Header.None)
        {
            return !_isSkipping && first && StartsItem(token);
        }

        int previous = Previous?.Type ?? END_MARK;
        return IsStatementStart(previous) || TokenReader.EndsOperand(previous) || (first && StartsItem(token))
            || (previous == SEMICOLON && _brackets.Peek().Kind == BracketKind.Arms)
            || (_item == Item.Variables && previous is COMMA or VARIABLES);
    }

    private bool StartsItem(SyntaxToken token) =>
        _classColumn > 0
            ? _memberColumn == 0 || token.Column <= _memberColumn
            : _brackets.Count == 1 && !(_bodyColumn > 0 && token.Column > _bodyColumn)
                && !(_item == Item.Statement && WantsOperand(Previous!.Type));

    /// <summary>The offset after a lone string and its period; -1 if something else follows on the line.</summary>
    private int AfterLoneString(int quoteEnd)
    {
        int next = _scanner.SkipSpaces(quoteEnd);
        return _scanner.At(next) switch
        {
            '.' when _scanner.At(next + 1) != '.' => next + 1,
            ')' or ']' or '}' => quoteEnd,
            _ => _scanner.IsLineEnd(next) ? quoteEnd : -1,
        };
    }

    /// <summary>It is a body's last statement, and does not follow another one while ending its line.</summary>
    private bool IsValue(SyntaxToken token, bool first, int end)
    {
        end = SkipRemarksOnLine(end);
        bool follows = !first && (Previous!.Type == SEPARATOR || TokenReader.EndsOperand(Previous.Type));
        bool endsLine = _scanner.IsLineEnd(_scanner.SkipSpaces(end));
        return !(follows && endsLine) && EndsBody(token, first, end);
    }

    private bool EndsBody(SyntaxToken token, bool first, int end)
    {
        int next = _scanner.SkipBlank(end);
        var bracket = _brackets.Peek().Kind;
        if (bracket != BracketKind.None)
        {
            return bracket != BracketKind.Arms && (_scanner.IsAtEnd(next) || _scanner.At(next) is ')' or ']' or '}');
        }

        bool onNewLine = _text.IndexOf('\n', end, next - end) >= 0;
        int column = _scanner.IsAtEnd(next) ? 0 : onNewLine ? _scanner.ColumnOf(next) : int.MaxValue;
        int bodyColumn = _classColumn > 0 && _item == Item.Method ? _memberColumn : _bodyColumn;
        return (first && StartsItem(token)) || bodyColumn == 0
            ? _scanner.IsAtEnd(next) && EndsScript(token)
            : column <= bodyColumn;
    }

    /// <summary>At the end of a file of declarations a string is a remark, not a script.</summary>
    private bool EndsScript(SyntaxToken token) =>
        (_classColumn == 0 || token.Column <= _classColumn) && (_hasStatements || !_hasDeclarations);

    private int SkipRemarksOnLine(int end)
    {
        for (int i = 0; i < MaximumRemarksAhead; i++)
        {
            int next = _scanner.SkipSpaces(end);
            int quoteEnd = _scanner.At(next) == '"' ? _scanner.AfterRawString(next) : -1;
            int after = quoteEnd < 0 ? -1 : AfterLoneString(quoteEnd);
            if (after < 0)
            {
                break;
            }

            end = after;
        }

        return end;
    }
}
