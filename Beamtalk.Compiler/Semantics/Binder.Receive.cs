using System.Collections.Immutable;
using Beamtalk.Compiler.Syntax;

namespace Beamtalk.Compiler.Semantics;

public sealed partial class Binder
{
    private BoundReceive BindReceive(ReceiveExpression receive, bool spine)
    {
        ImmutableArray<BoundArm> arms = [.. receive.Arms.Select(arm => BindArm(arm, spine))];
        foreach (BoundArm arm in arms)
        {
            ReceiveTests.Check(arm, Diagnostics);
        }

        BoundExpr? timeout = receive.Timeout is null ? null : Bind(receive.Timeout);
        return receive.TimeoutBlock switch
        {
            null => new BoundReceive(receive.Span, arms, timeout, null, null),
            BlockExpression { Parameters.IsEmpty: true } block =>
                new BoundReceive(receive.Span, arms, timeout, null, BindInlined(block, spine)),
            { } action => WithAction(receive, arms, timeout, Bind(action)),
        };
    }

    private BoundReceive WithAction(
        ReceiveExpression receive, ImmutableArray<BoundArm> arms, BoundExpr? timeout, BoundExpr action)
    {
        Variable variable = Anonymous();
        var send = new BoundSend(action.Span, action.Span, new BoundVariable(action.Span, variable), "value", []);
        return new BoundReceive(
            receive.Span, arms, timeout, (variable, action), new BoundBody(action.Span, [], [send]));
    }
}
