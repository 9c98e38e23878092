using Antlr4.Runtime;
using Antlr4.Runtime.Tree;
using Beamtalk.Compiler.Parsing;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Formatting;

/// <summary>Bodies, statements, messages.</summary>
internal sealed partial class TreeLayout
{
    /// <summary>Statements after the boundary before the first one.</summary>
    private void Body(BodyContext? body, Boundary between)
    {
        bool isFirst = true;
        bool lacksPeriod = false;
        for (int i = 0; i < (body?.ChildCount ?? 0); i++)
        {
            switch (body!.GetChild(i))
            {
                case ITerminalNode separator:
                    lacksPeriod |= Period(separator);
                    break;
                case var part:
                    if (!isFirst)
                    {
                        _out.Separate(lacksPeriod && part is StatementContext ? between with { Flat = ". " } : between);
                    }

                    BodyPart(part);
                    (isFirst, lacksPeriod) = (false, false);
                    break;
            }
        }
    }

    private void BodyPart(IParseTree part)
    {
        if (part is StatementContext statement)
        {
            Assigned(statement);
        }
        else
        {
            Plain(part);
        }
    }

    /// <summary>A statement or expression; answers where a bracket that it ends with may be broken.</summary>
    private BreakDoc? Assigned(ParserRuleContext context)
    {
        BreakDoc? hugPoint = null;
        var first = _out.Next;
        _out.Open();
        for (int i = 0; i < context.ChildCount; i++)
        {
            switch (context.GetChild(i))
            {
                case TargetContext target:
                    Target(target);
                    break;
                case OperationContext operation:
                    hugPoint = Operation(operation, first);
                    break;
                case CascadeContext cascade:
                    Cascade(cascade);
                    break;
                case ITerminalNode mark:
                    Mark((SyntaxToken)mark.Symbol);
                    break;
            }
        }

        bool isCascade = context.GetChild(context.ChildCount - 1) is CascadeContext;
        var content = Indent(_out.Close());
        _out.Add(isCascade ? Group(content) : content);
        return isCascade ? null : hugPoint;
    }

    /// <summary><c>^</c> before a value or <c>!</c> after a message.</summary>
    private void Mark(SyntaxToken token)
    {
        _out.Token(token);
        if (token.Type == CARET)
        {
            _out.Separate(Boundary.None);
        }
    }

    private void Target(TargetContext target)
    {
        if (target.pattern() is { } pattern)
        {
            Plain(pattern);
        }
        else
        {
            _out.Token(target.Start);
        }

        _out.Separate(Boundary.Space);
        _out.Token(target.Stop);
        _out.Separate(Boundary.Word);
    }

    private BreakDoc? Operation(OperationContext operation, SyntaxToken? statementStart)
    {
        var receiver = (BinaryContext)operation.GetChild(0);
        if (operation.ChildCount == 1)
        {
            return Binary(receiver, statementStart).HugPoint;
        }

        _out.Open();
        bool isWord = receiver.ChildCount == 1 && receiver.GetChild(0) is ITerminalNode;
        Binary(receiver, statementStart);
        var hugPoint = KeywordMessage(operation, 1, isWord && operation.ChildCount == 3, statementStart);
        _out.Add(Group(Indent(_out.Close()), hugPoint));
        return hugPoint;
    }

    /// <summary>
    /// Keywords and arguments. Where the last argument alone is a block or a collection, it is broken rather than the
    /// message; a message of one keyword stays with a receiver of one word.
    /// </summary>
    private BreakDoc? KeywordMessage(ParserRuleContext message, int start, bool staysTogether, SyntaxToken? statementStart)
    {
        BreakDoc? hugPoint = null;
        bool mayHug = true;
        for (int i = start; i < message.ChildCount; i += 2)
        {
            bool isJoined = staysTogether || (i == 1 && EndsLoneString(statementStart)) || message is CascadeContext && i == start;
            _out.Separate(isJoined ? Boundary.Word : Boundary.Part);
            _out.Token(((ITerminalNode)message.GetChild(i)).Symbol);
            _out.Separate(Boundary.Word);
            var (point, isBracket) = Binary((BinaryContext)message.GetChild(i + 1), null);
            mayHug &= !isBracket || i + 2 >= message.ChildCount;
            hugPoint = point;
        }

        return mayHug ? hugPoint : null;
    }

    /// <summary>Behind a string that begins a statement a line end would make it a remark.</summary>
    private bool EndsLoneString(SyntaxToken? statementStart) =>
        statementStart is { Type: STRING or STRING_START or RAW_STRING } && _out.PreviousStart == statementStart;

    private void Cascade(CascadeContext cascade)
    {
        _out.Separate(Boundary.Joint);
        _out.Token(cascade.Start);
        _out.Separate(Boundary.Part);
        if (((ITerminalNode)cascade.GetChild(1)).Symbol.Type == KEYWORD)
        {
            _out.Open();
            var hugPoint = KeywordMessage(cascade, 1, false, null);
            _out.Add(Group(Indent(_out.Close()), hugPoint));
            return;
        }

        Plain(cascade.GetChild(1));
        if (cascade.operand() is { } operand)
        {
            _out.Separate(Boundary.Word);
            Operand(operand, 0, operand.ChildCount);
        }
    }

    /// <summary>Operands and operators; answers where a sole operand may be broken, and whether it has brackets.</summary>
    private (BreakDoc? HugPoint, bool IsBracket) Binary(BinaryContext binary, SyntaxToken? statementStart)
    {
        if (binary.ChildCount == 1)
        {
            return First(binary.GetChild(0));
        }

        Chain(binary, 0, binary.ChildCount, statementStart);
        return (null, false);
    }

    /// <summary>The loosest operators of a chain are those before which lines end first.</summary>
    private void Chain(BinaryContext binary, int from, int to, SyntaxToken? statementStart)
    {
        int loosest = 0;
        for (int i = from; i < to; i++)
        {
            loosest = Math.Max(loosest, LevelOf(binary.GetChild(i)));
        }

        if (loosest == 0)
        {
            Operand(binary, from, to);
            return;
        }

        _out.Open();
        int start = from;
        for (int i = from; i <= to; i++)
        {
            if (i == to || LevelOf(binary.GetChild(i)) == loosest)
            {
                Chain(binary, start, i, statementStart);
                Operator(i < to ? binary.GetChild(i) : null, statementStart);
                start = i + 1;
            }
        }

        _out.Add(Group(Indent(_out.Close())));
    }

    private void Operator(IParseTree? node, SyntaxToken? statementStart)
    {
        if (node is ITerminalNode symbol)
        {
            _out.Separate(ListsClasses(symbol) ? Boundary.Joint : EndsLoneString(statementStart) ? Boundary.Word : Boundary.Part);
            _out.Token(symbol.Symbol);
            _out.Separate(Boundary.Word);
        }
    }

    /// <summary><c>on: ZeroDivide, KeyNotFound do:</c> reads as a list.</summary>
    private bool ListsClasses(ITerminalNode symbol)
    {
        int index = ((SyntaxToken)symbol.Symbol).TokenIndex;
        return _tokens[index] is { Type: OPERATOR, Characters: [','] }
            && _tokens[index - 1].Type == CLASS_NAME && _tokens[index + 1].Type == CLASS_NAME;
    }

    private static int LevelOf(IParseTree node) =>
        node is ITerminalNode { Symbol: SyntaxToken { Type: OPERATOR or EQUALS or MAPS_TO } token }
            ? Parsing.Building.PrecedenceClimber.LevelOf(token)
            : 0;

    /// <summary>An operand and its unary messages.</summary>
    private void Operand(ParserRuleContext list, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            if (i > from)
            {
                _out.Separate(Boundary.Word);
            }

            First(list.GetChild(i));
        }
    }

    private (BreakDoc? HugPoint, bool IsBracket) First(IParseTree node)
    {
        switch (node)
        {
            case CompoundContext compound:
                return Text.DeepStack.Run((this, compound), state => state.Item1.Compound(state.compound));
            case WordContext word:
                return First(word.GetChild(0));
            default:
                var token = (SyntaxToken)((ITerminalNode)node).Symbol;
                _out.Token(token, _modernizer?.Spell(token, ((ITerminalNode)node).Parent));
                return (null, false);
        }
    }
}
