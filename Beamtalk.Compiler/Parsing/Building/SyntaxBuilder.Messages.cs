using System.Collections.Immutable;
using Antlr4.Runtime.Tree;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Parsing.Building;

internal sealed partial class SyntaxBuilder
{
    /// <summary>More than any program needs, less than Erlang's limit for a function.</summary>
    private const int MaximumArguments = 200;

    private Expression BuildOperation(OperationContext operation, bool isReceiver)
    {
        var parts = operation.keywordPart();
        var receiver = BuildBinary(operation.binary(), isReceiver || parts.Length > 0);
        return parts.Length == 0 ? receiver : BuildKeywordMessage(receiver, parts);
    }

    private Expression BuildKeywordMessage(Expression receiver, KeywordPartContext[] parts)
    {
        if (parts.Length > MaximumArguments)
        {
            diagnostics.Report(Catalog.TooManyArguments, SpanOf(parts[0]), MaximumArguments);
            return new ErrorExpression(receiver.Span);
        }

        // r m: a whenResolved: b whenRejected: c  ⇒  (r m: a) whenResolved: b whenRejected: c
        int continuation = parts.Length;
        while (continuation > 0 && parts[continuation - 1].Start is SyntaxToken
            { Characters: "whenResolved:" or "whenRejected:" })
        {
            continuation--;
        }

        var value = continuation == 0 ? receiver : BuildKeywordSend(receiver, parts.AsSpan(0, continuation));
        return continuation == parts.Length ? value : BuildKeywordSend(value, parts.AsSpan(continuation));
    }

    private Expression BuildKeywordSend(Expression receiver, ReadOnlySpan<KeywordPartContext> parts)
    {
        if (BuildArmsMessage(receiver, parts) is { } special)
        {
            return special;
        }

        var (selector, arguments) = BuildKeywordParts(parts);
        var first = (SyntaxToken)parts[0].Start;
        return new SendExpression(
            TextSpan.FromBounds(receiver.Span.Start, arguments[^1].Span.End), receiver, selector, first.Span, arguments);
    }

    private (string Selector, ImmutableArray<Expression> Arguments) BuildKeywordParts(
        ReadOnlySpan<KeywordPartContext> parts)
    {
        var arguments = ImmutableArray.CreateBuilder<Expression>(parts.Length);
        foreach (var part in parts)
        {
            arguments.Add(BuildBinary(part.binary(), isReceiver: false));
        }

        string selector = parts.Length == 1 ? parts[0].Start.Text : JoinSelector(parts);
        if (parts.Length > 1)
        {
            WarnAboutRunOn(parts, selector);
        }

        return (selector, arguments.MoveToImmutable());
    }

    private static string JoinSelector(ReadOnlySpan<KeywordPartContext> parts)
    {
        var selector = new System.Text.StringBuilder();
        foreach (var part in parts)
        {
            selector.Append(((SyntaxToken)part.Start).Characters);
        }

        return selector.ToString();
    }

    /// <summary><c>value match: [arms]</c> and <c>Process receive: [arms] after: ms do: [block]</c>.</summary>
    private Expression? BuildArmsMessage(Expression receiver, ReadOnlySpan<KeywordPartContext> parts)
    {
        if (ArmsOf(parts[0].binary()) is not { } arms)
        {
            return null;
        }

        var span = TextSpan.FromBounds(receiver.Span.Start, SpanOf(parts[^1]).End);
        string keyword = parts[0].Start.Text;
        if (parts.Length == 1)
        {
            return keyword == "match:"
                ? new MatchExpression(span, receiver, BuildArms(arms))
                : new ReceiveExpression(span, BuildArms(arms), null, null);
        }

        if (keyword == "receive:" && parts is [_, { Start.Text: "after:" } after, { Start.Text: "do:" } action])
        {
            return new ReceiveExpression(
                span, BuildArms(arms), BuildBinary(after.binary(), false), BuildBinary(action.binary(), false));
        }

        diagnostics.Report(Catalog.StrayArms, SpanOf(arms));
        return new ErrorExpression(span);
    }

    private static ArmsContext? ArmsOf(BinaryContext binary) =>
        binary.ChildCount == 1 && binary.GetChild(0) is OperandContext operand ? operand.arms() : null;

    private Expression BuildCascade(TextSpan span, Expression first, CascadeContext[] cascades)
    {
        if (first is not SendExpression send)
        {
            diagnostics.ReportWithHint(
                Catalog.Expected, cascades[0].Start is SyntaxToken semicolon ? semicolon.Span : span,
                "a cascade sends further messages to the receiver of the message before it", "a message before ;", "none");
            return new ErrorExpression(span);
        }

        var messages = ImmutableArray.CreateBuilder<CascadeMessage>(cascades.Length + 1);
        messages.Add(new CascadeMessage(
            TextSpan.FromBounds(send.SelectorSpan.Start, send.Span.End), send.Selector, send.SelectorSpan, send.Arguments));
        foreach (var cascade in cascades)
        {
            messages.Add(BuildCascadeMessage(cascade));
        }

        return new CascadeExpression(
            TextSpan.FromBounds(send.Span.Start, messages[^1].Span.End), send.Receiver, messages.MoveToImmutable());
    }

    private CascadeMessage BuildCascadeMessage(CascadeContext cascade)
    {
        var parts = cascade.keywordPart();
        var token = TokenAt(cascade, 1);
        var span = TextSpan.FromBounds(token.Start, SpanOf(cascade).End);
        if (parts.Length > 0)
        {
            var (selector, arguments) = BuildKeywordParts(parts);
            return new CascadeMessage(span, selector, token.Span, arguments);
        }

        if (cascade.operand() is not { } operand)
        {
            return new CascadeMessage(span, token.Text, token.Span, []);
        }

        var argument = BuildOperand(operand, isReceiver: cascade.ChildCount > 3);
        for (int i = 3; i < cascade.ChildCount; i++)
        {
            argument = BuildUnary(argument, Token(cascade.GetChild(i)));
        }

        return new CascadeMessage(span, token.Text, token.Span, [argument]);
    }

    private static SyntaxToken TokenAt(Antlr4.Runtime.ParserRuleContext context, int index) =>
        context.GetChild(index) is ITerminalNode terminal
            ? (SyntaxToken)terminal.Symbol
            : (SyntaxToken)((Antlr4.Runtime.ParserRuleContext)context.GetChild(index)).Start;

    /// <summary>Operands with their unary messages, joined by operators: a flat list that precedence makes a tree.</summary>
    private Expression BuildBinary(BinaryContext binary, bool isReceiver)
    {
        if (binary.ChildCount == 1)
        {
            return BuildOperand((OperandContext)binary.GetChild(0), isReceiver);
        }

        int levels = binary.ChildCount;
        if (!Enter(levels, binary))
        {
            Leave(levels);
            return new ErrorExpression(SpanOf(binary));
        }

        var climber = new PrecedenceClimber();
        for (int i = 0; i < binary.ChildCount;)
        {
            var operand = BuildOperandWithMessages(binary, ref i, isReceiver);
            climber.AddOperand(operand);
            if (i < binary.ChildCount)
            {
                climber.AddOperator(TokenAt(binary, i++));
            }
        }

        Leave(levels);
        return climber.Finish();
    }

    private Expression BuildOperandWithMessages(BinaryContext binary, ref int i, bool isReceiver)
    {
        var context = (OperandContext)binary.GetChild(i++);
        bool receives = i < binary.ChildCount || (isReceiver && i == 1);
        var operand = BuildOperand(context, receives);
        while (i < binary.ChildCount && binary.GetChild(i) is ITerminalNode name)
        {
            operand = BuildUnary(operand, (SyntaxToken)name.Symbol);
            i++;
        }

        return operand;
    }

    private SendExpression BuildUnary(Expression receiver, SyntaxToken name)
    {
        if (name.Type != NAME && !NamesModule(receiver))
        {
            diagnostics.Report(Catalog.NotAMessage, name.Span, name.Text);
        }

        return new SendExpression(
            TextSpan.FromBounds(receiver.Span.Start, name.End), receiver, name.Text, name.Span, []);
    }

    /// <summary><c>Erlang</c> and <c>Elixir</c> take module names, which may look like classes.</summary>
    private static bool NamesModule(Expression receiver) => receiver switch
    {
        ClassReference { Name.Name: "Erlang" or "Elixir" } => true,
        SendExpression { Arguments.IsEmpty: true } send => NamesModule(send.Receiver),
        _ => false,
    };

    private static readonly HashSet<string> ControlKeywords =
    [
        "ifTrue:", "ifFalse:", "ifNil:", "ifNotNil:", "timesRepeat:", "match:", "and:", "or:",
    ];

    private static readonly HashSet<string> ControlSelectors =
        ["ifTrue:ifFalse:", "ifFalse:ifTrue:", "ifNil:ifNotNil:", "ifNotNil:ifNil:", "between:and:"];

    /// <summary>
    /// <c>x foo: a ifTrue: b</c> and <c>d at: 1 put: a at: 2 put: b</c> are one message each, which is hardly meant.
    /// </summary>
    private void WarnAboutRunOn(ReadOnlySpan<KeywordPartContext> parts, string selector)
    {
        string first = parts[0].Start.Text;
        for (int i = 1; i < parts.Length && !ControlSelectors.Contains(selector); i++)
        {
            string part = parts[i].Start.Text;
            if (ControlKeywords.Contains(part) || (i > 1 && part == first && part is not ("with:" or "value:")))
            {
                diagnostics.Report(Catalog.RunOn, ((SyntaxToken)parts[i].Start).Span, selector);
                return;
            }
        }
    }
}
