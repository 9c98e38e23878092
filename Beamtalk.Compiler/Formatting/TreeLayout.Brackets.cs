using Antlr4.Runtime;
using Antlr4.Runtime.Tree;
using Beamtalk.Compiler.Parsing;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Formatting;

/// <summary>What stands in brackets.</summary>
internal sealed partial class TreeLayout
{
    private (BreakDoc? HugPoint, bool IsBracket) Compound(CompoundContext compound)
    {
        switch (compound.Start.Type)
        {
            case STRING_START:
                Plain(compound.interpolatedString());
                return (null, false);
            case LPAREN:
                var point = Bracketed(compound.LPAREN(), compound.RPAREN(), () => Inner(() => Assigned(compound.expression())));
                return (point, false);
            case LBRACK:
                return (Block(compound.block()), true);
            case ARMS_OPEN:
                return (Arms(compound.arms()), true);
            case HASH_BRACE:
                return (Bracketed(compound.HASH_BRACE(), compound.RBRACE(), () => Entries(compound.entries())), true);
            default:
                var opener = (ITerminalNode)compound.GetChild(0);
                var closer = (ITerminalNode)compound.GetChild(2);
                return (Bracketed(opener, closer, () => Elements(compound.elements())), true);
        }
    }

    /// <summary>A closing bracket on a line of its own is not indented further than the line of the opening one.</summary>
    private BreakDoc? Bracketed(
        ITerminalNode opener, ITerminalNode closer, Func<BreakDoc?> inner, Boundary? beforeCloser = null)
    {
        _out.Open();
        _out.Token(opener.Symbol);
        _out.Open();
        var hugPoint = inner();
        var end = _out.Comments(beforeCloser ?? Boundary.Closer);
        _out.Add(Indent(_out.Close()));
        _out.Add(end);
        _out.Token(closer.Symbol);
        _out.Add(new IndentDoc(0, _out.Close()));
        return hugPoint;
    }

    private BreakDoc? Inner(Func<BreakDoc?> content)
    {
        var start = _out.Separate(Boundary.Joint);
        return content() is { } point ? (start ?? point) : null;
    }

    private BreakDoc? Block(BlockContext block)
    {
        _out.Open();
        var hugPoint = Bracketed(block.LBRACK(), block.RBRACK(), () =>
        {
            foreach (var parameter in block.blockParameter())
            {
                Plain(parameter);
            }

            if (block.BAR() is { } bar)
            {
                _out.Separate(Boundary.Space);
                _out.Token(bar.Symbol);
            }

            return block.body() is { ChildCount: > 0 } body ? BlockBody(body, block.BAR() is null ? "" : " ") : null;
        });
        _out.Add(Group(_out.Close()));
        return hugPoint;
    }

    private BreakDoc? BlockBody(BodyContext body, string before)
    {
        var start = _out.Separate(Boundary.BodyStart with { Flat = before });
        Body(body, Boundary.Statement);
        return start;
    }

    private BreakDoc? Arms(ArmsContext arms)
    {
        _out.Open();
        var hugPoint = Bracketed(
            arms.ARMS_OPEN(), arms.RBRACK(), () => ArmList(arms), Boundary.Closer with { IsSoft = true });
        _out.Add(Group(_out.Close()));
        return hugPoint;
    }

    private BreakDoc? ArmList(ArmsContext arms)
    {
        BreakDoc? start = null;
        var boundary = Boundary.BodyStart with { Flat = "" };
        for (int i = 1; i < arms.ChildCount - 1; i++)
        {
            switch (arms.GetChild(i))
            {
                case ITerminalNode separator:
                    Period(separator);
                    break;
                case ArmSeparatorContext { Start.Type: SEPARATOR } separator:
                    bool lacksPeriod = Period((ITerminalNode)separator.GetChild(0));
                    boundary = lacksPeriod ? Boundary.Statement with { Flat = "; " } : boundary;
                    break;
                case ArmSeparatorContext separator:
                    _out.Token(separator.Start);
                    break;
                case ArmContext arm:
                    var end = _out.Separate(boundary);
                    start ??= end;
                    Arm(arm);
                    boundary = Boundary.Statement;
                    break;
            }
        }

        return start;
    }

    private void Arm(ArmContext arm)
    {
        _out.Open();
        for (int i = 0; i < arm.ChildCount; i++)
        {
            switch (arm.GetChild(i))
            {
                case OperationContext operation:
                    _out.Separate(Boundary.Word);
                    Operation(operation, null);
                    break;
                case TargetContext target:
                    _out.Separate(Boundary.Word);
                    Target(target);
                    break;
                case BlockContext guard:
                    _out.Separate(Boundary.Word);
                    Block(guard);
                    break;
                case var part:
                    Plain(part);
                    break;
            }
        }

        _out.Add(Indent(_out.Close()));
    }

    private BreakDoc? Elements(ElementsContext elements) => Listed(elements, elements.element().Length, node =>
    {
        var element = (ElementContext)node;
        if (element.KEYWORD() is { } keyword)
        {
            _out.Token(keyword.Symbol);
            _out.Separate(Boundary.Word);
        }

        Assigned(element.expression());
    });

    private BreakDoc? Entries(EntriesContext entries) => Listed(entries, entries.entry().Length, node =>
    {
        var entry = (EntryContext)node;
        _out.Open();
        Assigned(entry.expression(0));
        _out.Separate(Boundary.Space);
        _out.Token(entry.ARROW().Symbol);
        _out.Separate(Boundary.Word);
        Assigned(entry.expression(1));
        _out.Add(Indent(_out.Close()));
    });

    /// <summary>Elements and commas: as many on each line as fit. Answers the first place where a line may end.</summary>
    private BreakDoc? Listed(ParserRuleContext list, int count, Action<ParserRuleContext> element)
    {
        BreakDoc? start = null;
        var boundary = Boundary.Joint with { Blanks = CommentBlanks.NotFirst };
        _out.Open();
        for (int i = 0; i < list.ChildCount && count > 0; i++)
        {
            switch (list.GetChild(i))
            {
                case ITerminalNode { Symbol.Type: COMMA } comma:
                    _out.Separate(Boundary.Joint);
                    _out.Token(comma.Symbol);
                    boundary = Boundary.Element;
                    break;
                case ParserRuleContext part:
                    var end = _out.Separate(boundary);
                    start ??= end;
                    element(part);
                    break;
            }
        }

        _out.Add(new GroupDoc(_out.Close(), true, null));
        return start;
    }
}
