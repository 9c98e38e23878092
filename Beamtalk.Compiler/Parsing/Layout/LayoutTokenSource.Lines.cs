using Beamtalk.Compiler.Diagnostics;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkLexer;

namespace Beamtalk.Compiler.Parsing.Layout;

/// <summary>What a line starts, or goes on with.</summary>
internal sealed partial class LayoutTokenSource
{
    private enum Item
    {
        None,
        ClassHeader,
        Method,
        Variables,
        Declaration,
        Statement,
    }

    /// <summary>The mark of the open item, which <see cref="EndItem"/> closes.</summary>
    private SyntaxToken? _itemMark;
    private Item _item;

    /// <summary>The column of the class whose members are read, of its first member, of the header of a method
    /// outside classes; 0 where there is none.</summary>
    private int _classColumn;
    private int _memberColumn;
    private int _bodyColumn;

    /// <summary>A line with nothing but a tool modifier: the next one is its method.</summary>
    private bool _awaitsToolHeader;
    private bool _hasDeclarations;
    private int _lineColumn;
    private bool _hasStatements;

    private void BeginLine(SyntaxToken token)
    {
        _lineColumn = token.Column;
        if (_brackets.Count > 1 && token.Type is RPAREN or RBRACK or RBRACE)
        {
            return;
        }

        if (_classColumn > 0 && token.Column > _classColumn)
        {
            BeginLineInClass(token);
        }
        else if (_classColumn > 0)
        {
            EndItem();
            _classColumn = 0;
            StartTopLevel(token);
        }
        else
        {
            BeginLineOutside(token);
        }
    }

    private void BeginLineInClass(SyntaxToken token)
    {
        if (_memberColumn == 0 || token.Column <= _memberColumn)
        {
            _memberColumn = _memberColumn == 0 ? token.Column : _memberColumn;
            StartMember(token);
        }
        else if (IsMisplacedHeader(token))
        {
            StartMember(token);
            Report(Catalog.HeaderTooDeep, HeaderSpan(token), _memberColumn);
        }
        else
        {
            EndStatementBefore(token);
        }
    }

    private void BeginLineOutside(SyntaxToken token)
    {
        bool inBrackets = _brackets.Count > 1;
        if (_bodyColumn > 0 && token.Column > _bodyColumn)
        {
            if (IsMisplacedHeader(token))
            {
                StartTopLevel(token);
                Report(Catalog.HeaderTooDeep, HeaderSpan(token), _bodyColumn);
            }
            else
            {
                EndStatementBefore(token);
            }
        }
        else if (inBrackets && !StartsDeclaration(token))
        {
            EndStatementBefore(token);
        }
        else if (inBrackets || !GoesOn(token))
        {
            StartTopLevel(token);
        }
    }

    /// <summary>An arrow outside brackets can only be a header's, however deep the line stands.</summary>
    private bool IsMisplacedHeader(SyntaxToken token) =>
        _brackets.Count == 1 && _header == Header.None && _item == Item.Method && _scanner.HasArrow(token.Start);

    private bool StartsDeclaration(SyntaxToken token) =>
        _scanner.IsClassHeader(token.Start) || _scanner.IsExtensionHeader(token.Start)
        || (_scanner.HasArrow(token.Start) && !_brackets.Any(bracket => bracket.Kind == BracketKind.Dictionary));

    /// <summary>Whether a line at top level goes on with the statement or header above.</summary>
    private bool GoesOn(SyntaxToken token) =>
        (_header == Header.Method && token.Type == LBRACE)
        || (_item == Item.Statement && (WantsOperand(Previous!.Type) || ContinuesStatement(token))
            && !_scanner.HasArrow(token.Start));

    private void EndStatementBefore(SyntaxToken token)
    {
        CloseForgotten(token);
        if (_item == Item.Variables)
        {
            token.Doc = TakeDoc(token);
        }

        int previous = Previous!.Type;
        if (_brackets.Peek().HoldsStatements && !WantsOperand(previous) && !IsStatementStart(previous)
            && !ContinuesStatement(token))
        {
            StartSegmentAfter(Insert(SEPARATOR, token));
        }
    }

    /// <summary>
    /// An assignment or return at the column of the line that opened a parenthesis, or left of it, cannot stand inside
    /// it: the parenthesis was forgotten, and costs no more than its statement.
    /// </summary>
    private void CloseForgotten(SyntaxToken token)
    {
        if (!_brackets.Peek().HoldsStatements && token.Column <= _brackets.Peek().LineColumn
            && _scanner.StartsAssignmentOrReturn(token.Start))
        {
            while (!_brackets.Peek().HoldsStatements)
            {
                CloseMissing(report: !_isSkipping);
            }

            _isSkipping = false;
        }
    }

    private bool ContinuesStatement(SyntaxToken token) => token.Type switch
    {
        KEYWORD or SEMICOLON => true,
        OPERATOR or EQUALS or MAPS_TO => _scanner.At(token.End) is ' ' or '\t' or '\r' or '\n',
        _ => false,
    };

    /// <summary>Types of tokens that a newline cannot end.</summary>
    private static bool WantsOperand(int type) => type
        is KEYWORD or OPERATOR or EQUALS or MAPS_TO or ASSIGN or COMPOUND_ASSIGN or CARET or COMMA or SEMICOLON
        or TYPED or WHEN or VARIABLES or SUBCLASS or SHIFT or DESTRUCTURE or COLON or ELLIPSIS;

    /// <summary>Types of tokens after which a statement may start.</summary>
    private static bool IsStatementStart(int type) => type
        is SEPARATOR or ARROW or BAR or LBRACK or ARMS_OPEN or BODY_OPEN or END_MARK or STATEMENT_MARK;

    private void StartMember(SyntaxToken token)
    {
        bool isHeader = _scanner.HasArrow(token.Start);
        if (_awaitsToolHeader && isHeader)
        {
            _awaitsToolHeader = false;
            return;
        }

        EndItem();
        if (isHeader || token.Type != KEYWORD)
        {
            _awaitsToolHeader = !isHeader && token.Characters is "tool";
            StartItem(METHOD_MARK, Item.Method, token);
            StartHeader(Header.Method);
        }
        else if (token.Characters is "state:" or "field:" or "classState:")
        {
            StartItem(VARIABLES_MARK, Item.Variables, token);
            token.Type = VARIABLES;
        }
        else
        {
            _startsChildren = token.Characters is "children:" && _scanner.At(_scanner.SkipBlank(token.End)) == '[';
            StartItem(_startsChildren ? CHILDREN_MARK : DECLARATION_MARK, Item.Declaration, token);
        }
    }

    private void StartTopLevel(SyntaxToken token)
    {
        EndItem();
        if (_scanner.IsClassHeader(token.Start))
        {
            StartItem(CLASS_MARK, Item.ClassHeader, token);
            (_classColumn, _memberColumn, _hasDeclarations) = (token.Column, 0, true);
            StartHeader(Header.Class);
        }
        else if (_scanner.IsExtensionHeader(token.Start))
        {
            StartItem(EXTENSION_MARK, Item.Method, token);
            StartHeader(Header.Target);
            (_bodyColumn, _hasDeclarations) = (token.Column, true);
        }
        else if (_scanner.HasArrow(token.Start))
        {
            StartItem(SCRIPT_METHOD_MARK, Item.Method, token);
            StartHeader(Header.Method);
            (_bodyColumn, _hasDeclarations) = (token.Column, true);
        }
        else
        {
            StartItem(STATEMENT_MARK, Item.Statement, token);
            _hasStatements = true;
        }
    }

    private void StartItem(int mark, Item item, SyntaxToken token)
    {
        _itemMark = Insert(mark, token);
        _itemMark.Doc = TakeDoc(token);
        _item = item;
        StartSegmentAfter(_itemMark);
    }

    private void EndItem()
    {
        if (_itemMark is null)
        {
            return;
        }

        CloseAllBrackets();
        int end = _tokens[^1].End;
        _tokens.Add(new SyntaxToken(END_MARK, end, end, _text) { Line = _lastEndLine, Column = _scanner.ColumnOf(end) });
        (_itemMark, _item, _header, _bodyColumn) = (null, Item.None, Header.None, 0);
        (_awaitsToolHeader, _startsChildren, _isSkipping) = (false, false, false);
    }
}
