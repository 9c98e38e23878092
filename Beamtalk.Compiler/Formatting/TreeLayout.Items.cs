using Antlr4.Runtime.Tree;
using Beamtalk.Compiler.Parsing;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Formatting;

/// <summary>Top-level items and the members of classes.</summary>
internal sealed partial class TreeLayout
{
    private void Unit(UnitContext unit)
    {
        ItemContext? previous = null;
        foreach (var item in unit.item())
        {
            int column = ((SyntaxToken)item.Start).Column;
            var boundary = AfterItem(previous, column) with { DocColumn = TakesDoc(item) ? column : 0 };
            (_out.ItemColumn, _out.MemberColumn) = (column, 0);
            _out.Separate(boundary);
            Item(item);
            previous = item;
        }

        _out.Comments(AfterItem(previous, 0));
    }

    private static bool TakesDoc(ItemContext item) => item.Start.Type != STATEMENT_MARK;

    /// <summary>
    /// A comment that is deeper than the item before it belongs to it. A remark documents what begins in its column, so it
    /// must not get there, nor leave it.
    /// </summary>
    private static Boundary AfterItem(ItemContext? item, int nextColumn)
    {
        int column = item is null || item.Start.Type == STATEMENT_MARK ? int.MaxValue : ((SyntaxToken)item.Start).Column;
        int members = item?.member() is [var first, ..] ? ((SyntaxToken)first.Start).Column : int.MaxValue;
        return Boundary.Line with
        {
            IndentOf = comment =>
                comment.Kind == TriviaKind.Remark && comment.Column == nextColumn ? 0
                : comment.Column > column ? (comment.Column > members ? 2 * Step : Step)
                : comment.Kind == TriviaKind.Remark && nextColumn > 0 ? Step
                : 0,
        };
    }

    private void Item(ItemContext item)
    {
        switch (item.Start.Type)
        {
            case CLASS_MARK:
                Class(item);
                break;
            case EXTENSION_MARK:
                Extension(item.extension());
                break;
            case SCRIPT_METHOD_MARK:
                Method(item.method());
                break;
            default:
                _out.Open();
                Body(item.body(), Boundary.Statement);
                _out.Add(Group(_out.Close()));
                break;
        }
    }

    private void Class(ItemContext item)
    {
        var header = item.classHeader();
        for (int i = 0; i < header.ChildCount; i++)
        {
            if (header.GetChild(i) is ITerminalNode { Symbol.Type: SEPARATOR } period)
            {
                Period(period);
            }
            else
            {
                Plain(header.GetChild(i));
            }
        }

        _out.Open();
        MemberContext? previous = null;
        int firstColumn = item.member() is [var first, ..] ? ((SyntaxToken)first.Start).Column : 0;
        foreach (var member in item.member())
        {
            _out.MemberColumn = ((SyntaxToken)member.Start).Column;
            _out.Separate(BeforeMember(_out.ItemColumn, firstColumn, _out.MemberColumn, previous));
            Member(member);
            previous = member;
        }

        _out.Add(Indent(_out.Close()));
    }

    /// <summary>
    /// A comment in the members' column, which is the first one's (a further member may stand left of it), stands between
    /// them; a deeper one belongs to the method above.
    /// </summary>
    private static Boundary BeforeMember(int classColumn, int firstColumn, int column, MemberContext? previous) => Boundary.Line with
    {
        DocColumn = column,
        IndentOf = comment =>
            comment.Column == column || comment.Kind == TriviaKind.Doc ? Step
            : comment.Column > firstColumn ? (comment.Kind == TriviaKind.Remark || HasBody(previous) ? 2 * Step : Step)
            : comment.Column <= classColumn || comment.Kind == TriviaKind.Remark ? 0
            : Step,
    };

    private static bool HasBody(MemberContext? member) => member?.Start.Type == METHOD_MARK;

    private void Member(MemberContext member)
    {
        if (member.Start.Type == METHOD_MARK)
        {
            Method(member.method());
            return;
        }

        _out.Open();
        switch (member.Start.Type)
        {
            case VARIABLES_MARK:
                Variables(member);
                break;
            case DECLARATION_MARK:
                _out.Token(member.KEYWORD().Symbol);
                _out.Separate(Boundary.Word);
                Assigned(member.expression());
                break;
            default:
                _out.Token(member.KEYWORD().Symbol);
                _out.Separate(Boundary.Word);
                Bracketed(member.LBRACK(), member.RBRACK(), () => Elements(member.elements()));
                break;
        }

        Periods(member.SEPARATOR());
        _out.Add(Group(Indent(_out.Close())));
    }

    private void Variables(MemberContext member)
    {
        _out.Token(member.VARIABLES().Symbol);
        var boundary = member.variable().Length > 1 ? Boundary.Part with { Blanks = CommentBlanks.NotFirst } : Boundary.Word;
        bool lacksPeriod = false;
        foreach (var variable in member.variable())
        {
            int column = ((SyntaxToken)variable.Start).Column;
            _out.Separate(boundary with
            {
                Flat = lacksPeriod ? ". " : " ",
                IndentOf = comment =>
                    comment.Kind != TriviaKind.Remark || comment.Column == column ? null
                    : comment.Column <= _out.ItemColumn ? 0
                    : comment.Column == _out.MemberColumn ? Step
                    : 3 * Step,
                DocColumn = column,
            });
            lacksPeriod = Variable(variable);
            boundary = Boundary.Statement;
        }
    }

    private bool Variable(VariableContext variable)
    {
        bool lacksPeriod = false;
        for (int i = 0; i < variable.ChildCount; i++)
        {
            switch (variable.GetChild(i))
            {
                case ExpressionContext value:
                    _out.Separate(Boundary.Word);
                    Assigned(value);
                    break;
                case VariableSeparatorContext { Start.Type: SEPARATOR } separator:
                    lacksPeriod |= Period((ITerminalNode)separator.GetChild(0));
                    break;
                case ITerminalNode { Symbol.Type: NAME } name:
                    _out.Token(name.Symbol);
                    break;
                case var other:
                    Plain(other);
                    break;
            }
        }

        return lacksPeriod;
    }

    private void Extension(ExtensionContext extension)
    {
        if (extension.PATCH() is { } patch)
        {
            if (_modernizer is null)
            {
                _out.Token(patch.Symbol);
            }
            else
            {
                _out.Skip(patch.Symbol);
                _out.Separate(Boundary.None);
            }
        }

        Plain(extension.CLASS_NAME());
        Plain(extension.CLASS_SIDE());
        Plain(extension.SHIFT());
        _out.Separate(Boundary.Space);
        Method(extension.method());
    }

    private void Method(MethodContext method)
    {
        foreach (var modifier in method.methodModifier())
        {
            Modifier(modifier);
            _out.Separate(modifier.tool() is null ? Boundary.Space : Boundary.Word);
        }

        _out.Open();
        Plain(method.signature());
        _out.Separate(Boundary.Space);
        if (method.ARROW() is { } arrow)
        {
            _out.Token(arrow.Symbol);
            MethodBody(method);
        }
        else
        {
            BracedBody(method);
        }

        Periods(method.SEPARATOR());
        _out.Add(Group(_out.Close()));
    }

    private void MethodBody(MethodContext method)
    {
        _out.Open();
        _out.Separate(Boundary.BodyStart);
        Body(method.body(), Boundary.Statement);
        _out.Add(Indent(_out.Close()));
    }

    private void BracedBody(MethodContext method)
    {
        var opener = method.BODY_OPEN().Symbol;
        var closer = method.RBRACE().Symbol;
        _out.Token(opener, _modernizer is null ? null : "=>");
        if (_modernizer is not null)
        {
            MethodBody(method);
            _out.Skip(closer);
            return;
        }

        _out.Open();
        _out.Separate(Boundary.BodyStart);
        Body(method.body(), Boundary.Statement);
        var end = _out.Comments(Boundary.Closer with { Flat = " ", IsSoft = true });
        _out.Add(Indent(_out.Close()));
        _out.Add(end);
        _out.Token(closer);
    }

    private void Modifier(MethodModifierContext modifier)
    {
        if (modifier.tool() is not { } tool)
        {
            Plain(modifier);
            return;
        }

        _out.Token(tool.TOOL().Symbol);
        if (tool.LPAREN() is { } opener)
        {
            _out.Separate(Boundary.Space);
            Bracketed(opener, tool.RPAREN(), () => Listed(tool, tool.toolOption().Length, option =>
            {
                _out.Token(((ToolOptionContext)option).KEYWORD().Symbol);
                _out.Separate(Boundary.Word);
                Assigned(((ToolOptionContext)option).expression());
            }));
        }
    }
}
