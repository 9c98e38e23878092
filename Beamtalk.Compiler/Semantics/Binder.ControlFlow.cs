using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>
/// The inlining table: messages with literal blocks that become control flow. A row applies only where nobody can
/// tell: no class outside the standard library defines the selector.
/// </summary>
public sealed partial class Binder
{
    private BoundExpr? BindControlFlow(SendExpression send, bool spine)
    {
        if (!_context.Inline || Classes.IsUserDefined(send.Selector))
        {
            return null;
        }

        BlockExpression? first = Plain(send, 0);
        BlockExpression? second = Plain(send, 1);
        return (send.Selector, first, second) switch
        {
            ("ifTrue:", { } then, _) => If(send, then, null, spine),
            ("ifFalse:", { } otherwise, _) => If(send, null, otherwise, spine),
            ("ifTrue:ifFalse:", { } then, { } otherwise) => If(send, then, otherwise, spine),
            ("ifFalse:ifTrue:", { } otherwise, { } then) => If(send, then, otherwise, spine),
            ("not", _, _) => Negation(send),
            ("and:", { } right, _) => new BoundLogical(send.Span, true, Bind(send.Receiver), BindInlined(right, false)),
            ("or:", { } right, _) => new BoundLogical(send.Span, false, Bind(send.Receiver), BindInlined(right, false)),
            ("isNil", _, _) => NilTest(send, true),
            ("notNil", _, _) => NilTest(send, false),
            ("ifNil:", { } nil, _) => IfNil(send, nil, null, spine),
            ("ifNil:ifNotNil:", { } nil, _) when Handler(send, 1) is { } other => IfNil(send, nil, other, spine),
            ("ifNotNil:", _, _) when Handler(send, 0) is { } other => IfNil(send, null, other, spine),
            ("ifNotNil:ifNil:", _, { } nil) when Handler(send, 0) is { } other => IfNotNilFirst(send, other, nil, spine),
            ("whileTrue:", { } body, _) => While(send, body, false, spine),
            ("whileFalse:", { } body, _) => While(send, body, true, spine),
            ("whileTrue", _, _) => While(send, null, false, spine),
            ("whileFalse", _, _) => While(send, null, true, spine),
            ("repeat", _, _) when Receiver(send) is { } body => new BoundRepeat(send.Span, BindInlined(body, spine)),
            ("timesRepeat:", { } body, _) => TimesRepeat(send, body, spine),
            ("to:do:", _, _) when Loop(send, 1) is { } body => CountLoop(send, null, body, spine),
            ("to:by:do:", _, _) when Loop(send, 2) is { } body => CountLoop(send, Step(send), body, spine),
            ("do:", _, _) when Loop(send, 0) is { } body => Each(send, body),
            _ => null,
        };
    }

    private static BlockExpression? Plain(SendExpression send, int index) =>
        index < send.Arguments.Length && send.Arguments[index] is BlockExpression { Parameters.IsEmpty: true } block
            ? block
            : null;

    private static BlockExpression? Handler(SendExpression send, int index) =>
        send.Arguments[index] is BlockExpression { Parameters.Length: 0 or 1 } block ? block : null;

    private static BlockExpression? Loop(SendExpression send, int index) =>
        send.Arguments[index] is BlockExpression { Parameters.Length: 1 } block ? block : null;

    private static BlockExpression? Receiver(SendExpression send) =>
        send.Receiver is BlockExpression { Parameters.IsEmpty: true } block ? block : null;

    private static IntegerLiteral? Step(SendExpression send) => send.Arguments[1] as IntegerLiteral;

    private static BoundBody Answer(TextSpan span, string atom) => new(span, [], [new BoundAtom(span, atom)]);

    private BoundIf If(SendExpression send, BlockExpression? then, BlockExpression? otherwise, bool spine)
    {
        BoundExpr condition = Bind(send.Receiver);
        bool elseFirst = then is not null && otherwise is not null && otherwise.Span.Start < then.Span.Start;
        BoundBody? elseBody = elseFirst ? BindInlined(otherwise!, spine) : null;
        BoundBody? thenBody = then is null ? null : BindInlined(then, spine);
        elseBody ??= otherwise is null ? null : BindInlined(otherwise, spine);
        return new BoundIf(send.Span, send.Selector, condition, thenBody, elseBody);
    }

    private BoundIf Negation(SendExpression send) => new(
        send.Span, send.Selector, Bind(send.Receiver), Answer(send.Span, "false"), Answer(send.Span, "true"));

    private BoundIfNil NilTest(SendExpression send, bool whenNil) => new(
        send.Span, Bind(send.Receiver), Answer(send.Span, whenNil ? "true" : "false"),
        Answer(send.Span, whenNil ? "false" : "true"), null);

    private BoundIfNil IfNil(SendExpression send, BlockExpression? nil, BlockExpression? other, bool spine)
    {
        BoundExpr subject = Bind(send.Receiver);
        BoundBody? nilBody = nil is null ? null : BindInlined(nil, spine);
        return WithHandler(send, subject, nilBody, other, spine);
    }

    private BoundIfNil IfNotNilFirst(SendExpression send, BlockExpression other, BlockExpression nil, bool spine)
    {
        BoundExpr subject = Bind(send.Receiver);
        BoundIfNil result = WithHandler(send, subject, null, other, spine);
        return result with { IfNil = BindInlined(nil, spine) };
    }

    private BoundIfNil WithHandler(
        SendExpression send, BoundExpr subject, BoundBody? nilBody, BlockExpression? other, bool spine)
    {
        BoundBody? otherBody = other is null ? null : BindInlined(other, spine);
        Variable? parameter = other is { Parameters.Length: 1 } ? ParameterOf(other) : null;
        return new BoundIfNil(send.Span, subject, nilBody, otherBody, parameter);
    }

    private BoundWhile? While(SendExpression send, BlockExpression? body, bool until, bool spine)
    {
        if (Receiver(send) is not { } condition)
        {
            return null;
        }

        BoundBody test = BindInlined(condition, false);
        return new BoundWhile(
            send.Span, send.Selector, test, until, body is null ? null : BindInlined(body, spine));
    }

    private BoundCountLoop TimesRepeat(SendExpression send, BlockExpression body, bool spine)
    {
        BoundExpr stop = Bind(send.Receiver);
        var one = new BoundInteger(send.Span, 1);
        return new BoundCountLoop(send.Span, send.Selector, one, stop, one, Anonymous(), BindInlined(body, spine));
    }

    /// <summary>
    /// A List is looped over in line; other collections of the library get a block, which none of them keeps.
    /// </summary>
    private BoundEach Each(SendExpression send, BlockExpression block)
    {
        BoundExpr receiver = Bind(send.Receiver);
        BoundBody body = BindInlined(block, false);
        return new BoundEach(send.Span, receiver, ParameterOf(block), body);
    }

    /// <summary>A step that is not a literal may have either sign: that loop is left to the library.</summary>
    private BoundCountLoop? CountLoop(SendExpression send, IntegerLiteral? step, BlockExpression body, bool spine)
    {
        bool hasStep = send.Selector == "to:by:do:";
        if (hasStep && (step is null || step.Value.IsZero))
        {
            return null;
        }

        BoundExpr start = Bind(send.Receiver);
        BoundExpr stop = Bind(send.Arguments[0]);
        var by = new BoundInteger(send.Span, step?.Value ?? 1);
        BoundBody bound = BindInlined(body, spine);
        return new BoundCountLoop(send.Span, send.Selector, start, stop, by, ParameterOf(body), bound);
    }
}
