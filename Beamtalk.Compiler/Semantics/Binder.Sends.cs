using System.Collections.Immutable;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

public sealed partial class Binder
{
    /// <summary>An expression whose value may or may not be used, as a statement.</summary>
    private BoundExpr BindEffect(Expression expression, bool spine) => expression switch
    {
        SendExpression send when IsUpdate(send.Receiver, send.Selector) => BindUpdate(send),
        CascadeExpression cascade => BindCascade(cascade, true),
        _ => Bind(expression, spine),
    };

    private bool IsUpdate(Expression receiver, string selector) =>
        Classes.IsUpdating(selector) && receiver is NameExpression or StateExpression;

    private BoundUpdate BindUpdate(SendExpression send)
    {
        ImmutableArray<BoundExpr> arguments = BindAll(send.Arguments);
        return new BoundUpdate(send.Span, BindTarget(send.Receiver), send.Selector, arguments);
    }

    private BoundExpr BindSend(SendExpression send, bool spine)
    {
        if (send.Receiver is SuperExpression)
        {
            Use(_self);
            return new BoundSuperSend(send.Span, _self, send.Selector, BindAll(send.Arguments));
        }

        return BindErlangCall(send) ?? BindSpawn(send) ?? BindControlFlow(send, spine) ?? BindPlainSend(send);
    }

    private BoundExpr BindPlainSend(SendExpression send)
    {
        BoundExpr receiver = Bind(send.Receiver);
        ImmutableArray<BoundExpr> arguments = BindAll(send.Arguments);
        return Operators.IsOperator(send.Selector)
            ? new BoundOperator(send.Span, send.Selector, receiver, arguments[0])
            : new BoundSend(send.Span, send.SelectorSpan, receiver, send.Selector, arguments);
    }

    private BoundCast BindCast(CastExpression cast)
    {
        SendExpression send = cast.Send;
        return new BoundCast(cast.Span, new BoundSend(
            send.Span, send.SelectorSpan, Bind(send.Receiver), send.Selector, BindAll(send.Arguments)));
    }

    /// <summary>As a statement on something assignable, a cascade assigns it at each updating message.</summary>
    private BoundCascade BindCascade(CascadeExpression cascade, bool isStatement)
    {
        bool updates = isStatement
            && cascade.Messages.Any(message => IsUpdate(cascade.Receiver, message.Selector));
        BoundExpr receiver = cascade.Receiver is SuperExpression ? BindSuperReceiver(cascade) : Bind(cascade.Receiver);
        ImmutableArray<BoundMessage> messages = [.. cascade.Messages.Select(message => new BoundMessage(
            message.Span, message.Selector, BindAll(message.Arguments), updates && Classes.IsUpdating(message.Selector)))];
        BoundExpr? target = updates ? BindTarget(cascade.Receiver) : null;
        bool isSuper = cascade.Receiver is SuperExpression;
        return new BoundCascade(cascade.Span, receiver, target, messages) { IsSuper = isSuper };
    }

    private BoundVariable BindSuperReceiver(CascadeExpression cascade) => BindSelf(cascade.Receiver.Span);

    /// <summary><c>C spawn k1: v1 k2: v2</c>, without parentheses around <c>C spawn</c>.</summary>
    private BoundSpawn? BindSpawn(SendExpression send)
    {
        bool isSpawn = send.Receiver is SendExpression { Selector: "spawn" }
            && send.Selector.EndsWith(':')
            && !FutureProtocol.IsContinuation(send.Selector);
        if (!isSpawn)
        {
            return null;
        }

        BoundExpr receiver = Bind(((SendExpression)send.Receiver).Receiver);
        return new BoundSpawn(send.Span, receiver, Keywords(send.Selector), BindAll(send.Arguments));
    }

    private static ImmutableArray<string> Keywords(string selector) => [.. selector.TrimEnd(':').Split(':')];

    /// <summary><c>Erlang m f: a g: b</c> and <c>Elixir M f: a</c>.</summary>
    private BoundErlangCall? BindErlangCall(SendExpression send)
    {
        if (send.Receiver is not SendExpression { Arguments.IsEmpty: true } module || ModuleOf(module) is not { } name)
        {
            return null;
        }

        string function = send.Arguments.IsEmpty ? send.Selector : send.Selector[..send.Selector.IndexOf(':')];
        return new BoundErlangCall(send.Span, name, function, BindAll(send.Arguments));
    }

    private string? ModuleOf(SendExpression module) => module.Receiver switch
    {
        ClassReference { Name: { Package: null, Name: "Erlang" } name } when IsGateway(name) => module.Selector,
        ClassReference { Name: { Package: null, Name: "Elixir" } name } when IsGateway(name) =>
            $"Elixir.{module.Selector}",
        SendExpression { Arguments.IsEmpty: true } inner when char.IsUpper(module.Selector[0]) =>
            ModuleOf(inner) is { } prefix && prefix.StartsWith("Elixir.", StringComparison.Ordinal)
                ? $"{prefix}.{module.Selector}"
                : null,
        _ => null,
    };

    /// <summary>A user's class named Erlang is just a class.</summary>
    private bool IsGateway(ClassName name) =>
        Classes.Find(name) is not { } signature || signature.Package == ClassTable.StandardPackage;
}
