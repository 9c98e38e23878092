using System.Collections.Immutable;
using System.Text;
using Antlr4.Runtime;
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

    /// <summary>One <c>keyword: argument</c> of a message.</summary>
    private readonly record struct KeywordPart(SyntaxToken Keyword, BinaryContext Argument);

    private Expression BuildOperation(OperationContext operation, bool isReceiver)
    {
        var binary = (BinaryContext)operation.GetChild(0);
        return operation.ChildCount == 1
            ? BuildBinary(binary, isReceiver)
            : BuildKeywordMessage(BuildBinary(binary, isReceiver: true), KeywordParts(operation));
    }

    /// <summary>After a receiver or semicolon come keywords and arguments in turn.</summary>
    private static KeywordPart[] KeywordParts(ParserRuleContext message)
    {
        var parts = new KeywordPart[(message.ChildCount - 1) / 2];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = new KeywordPart(Token(message.GetChild((2 * i) + 1)), (BinaryContext)message.GetChild((2 * i) + 2));
        }

        return parts;
    }

    private Expression BuildKeywordMessage(Expression receiver, KeywordPart[] parts)
    {
        if (parts.Length > MaximumArguments)
        {
            diagnostics.Report(Catalog.TooManyArguments, parts[0].Keyword.Span, MaximumArguments);
            return new ErrorExpression(receiver.Span);
        }

        // r m: a whenResolved: b whenRejected: c  ⇒  (r m: a) whenResolved: b whenRejected: c
        int continuation = parts.Length;
        while (continuation > 0 && parts[continuation - 1].Keyword.Characters is "whenResolved:" or "whenRejected:")
        {
            continuation--;
        }

        var value = continuation == 0 ? receiver : BuildKeywordSend(receiver, parts.AsSpan(0, continuation));
        return continuation == parts.Length ? value : BuildKeywordSend(value, parts.AsSpan(continuation));
    }

    private Expression BuildKeywordSend(Expression receiver, ReadOnlySpan<KeywordPart> parts)
    {
        if (BuildArmsMessage(receiver, parts) is { } special)
        {
            return special;
        }

        var (selector, arguments) = BuildKeywordParts(parts);
        return new SendExpression(
            TextSpan.FromBounds(receiver.Span.Start, arguments[^1].Span.End), receiver, selector, parts[0].Keyword.Span,
            arguments);
    }

    private (string Selector, ImmutableArray<Expression> Arguments) BuildKeywordParts(ReadOnlySpan<KeywordPart> parts)
    {
        var arguments = ImmutableArray.CreateBuilder<Expression>(parts.Length);
        foreach (var part in parts)
        {
            arguments.Add(BuildBinary(part.Argument, isReceiver: false));
        }

        if (parts.Length == 1)
        {
            return (parts[0].Keyword.Text, arguments.MoveToImmutable());
        }

        var selector = new StringBuilder();
        foreach (var part in parts)
        {
            selector.Append(part.Keyword.Characters);
        }

        WarnAboutRunOn(parts, selector.ToString());
        return (selector.ToString(), arguments.MoveToImmutable());
    }

    /// <summary><c>value match: [arms]</c> and <c>Process receive: [arms] after: ms do: [block]</c>.</summary>
    private Expression? BuildArmsMessage(Expression receiver, ReadOnlySpan<KeywordPart> parts)
    {
        if (ArmsOf(parts[0].Argument) is not { } arms)
        {
            return null;
        }

        var span = TextSpan.FromBounds(receiver.Span.Start, SpanOf(parts[^1].Argument).End);
        bool isMatch = parts[0].Keyword.Characters is "match:";
        if (parts.Length == 1)
        {
            return isMatch
                ? new MatchExpression(span, receiver, BuildArms(arms))
                : new ReceiveExpression(span, BuildArms(arms), null, null);
        }

        if (!isMatch && parts is [_, { Keyword.Characters: "after:" } after, { Keyword.Characters: "do:" } action])
        {
            return new ReceiveExpression(
                span, BuildArms(arms), BuildBinary(after.Argument, false), BuildBinary(action.Argument, false));
        }

        diagnostics.Report(Catalog.StrayArms, SpanOf(arms));
        return new ErrorExpression(span);
    }

    private static ArmsContext? ArmsOf(BinaryContext binary) =>
        binary.ChildCount == 1 && binary.GetChild(0) is CompoundContext compound ? compound.arms() : null;

    private Expression BuildCascade(TextSpan span, Expression first, CascadeContext[] cascades)
    {
        if (first is not SendExpression send)
        {
            diagnostics.Report(Catalog.CascadeWithoutMessage, ((SyntaxToken)cascades[0].Start).Span);
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
        var token = Token(cascade.GetChild(1));
        var span = TextSpan.FromBounds(token.Start, SpanOf(cascade).End);
        if (token.Type == KEYWORD)
        {
            var (selector, arguments) = BuildKeywordParts(KeywordParts(cascade));
            return new CascadeMessage(span, selector, token.Span, arguments);
        }

        return new CascadeMessage(
            span, token.Text, token.Span, cascade.operand() is { } operand ? [BuildOperand(operand)] : []);
    }

    /// <summary>Operands with their unary messages, joined by operators: a flat list that precedence makes a tree.</summary>
    private Expression BuildBinary(BinaryContext binary, bool isReceiver)
    {
        int count = binary.ChildCount;
        if (count == 1)
        {
            return BuildFirst(binary.GetChild(0), isReceiver);
        }

        var value = Enter(count, binary) ? BuildChain(binary, isReceiver) : new ErrorExpression(SpanOf(binary));
        Leave(count);
        return value;
    }

    private Expression BuildChain(BinaryContext binary, bool isReceiver)
    {
        int i = 0;
        var operand = BuildUnaries(binary, ref i, isReceiver);
        if (i == binary.ChildCount)
        {
            return operand;
        }

        var climber = new PrecedenceClimber();
        climber.AddOperand(operand);
        while (i < binary.ChildCount)
        {
            climber.AddOperator(Token(binary.GetChild(i++)));
            climber.AddOperand(BuildUnaries(binary, ref i, isReceiver: false));
        }

        return climber.Finish();
    }

    /// <summary>An operand and the unary messages after it.</summary>
    private Expression BuildUnaries(ParserRuleContext list, ref int i, bool isReceiver)
    {
        bool isFirst = i == 0;
        int next = i + 1;
        bool receives = next < list.ChildCount && (isFirst || IsUnary(list.GetChild(next)));
        var operand = BuildFirst(list.GetChild(i++), receives || (isFirst && isReceiver));
        while (i < list.ChildCount && IsUnary(list.GetChild(i)))
        {
            operand = BuildUnary(operand, Token(list.GetChild(i++)));
        }

        return operand;
    }

    private Expression BuildFirst(IParseTree operand, bool isReceiver) => operand switch
    {
        ITerminalNode word => BuildWord((SyntaxToken)word.Symbol, isReceiver),
        WordContext word => BuildWord((SyntaxToken)word.Start, isReceiver),
        CompoundContext compound => BuildNested(compound),
        _ => throw new InvalidOperationException($"not an operand: {operand.GetType().Name}"),
    };

    private static bool IsUnary(IParseTree node) =>
        node is ITerminalNode { Symbol.Type: NAME or CLASS_NAME or SELF };

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
    private void WarnAboutRunOn(ReadOnlySpan<KeywordPart> parts, string selector)
    {
        string first = parts[0].Keyword.Text;
        for (int i = 1; i < parts.Length && !ControlSelectors.Contains(selector); i++)
        {
            string part = parts[i].Keyword.Text;
            if (ControlKeywords.Contains(part) || (i > 1 && part == first && part is not ("with:" or "value:")))
            {
                diagnostics.Report(Catalog.RunOn, parts[i].Keyword.Span, selector);
                return;
            }
        }
    }
}
