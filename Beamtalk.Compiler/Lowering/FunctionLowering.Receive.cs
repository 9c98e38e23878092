using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>Selective receive: arms whose guards Core can test.</summary>
public sealed partial class FunctionLowering
{
    private CoreExpr LowerReceive(BoundReceive receive, Run run, Use use)
    {
        CoreExpr timeout = receive.Timeout is null
            ? Infinity
            : Awaited(receive.Timeout, Atom(receive.Timeout, run, Use.Touched), run);
        CoreExpr timeoutBlock = receive.TimeoutBlock is null ? Nil : Atom(receive.TimeoutBlock, run);
        ImmutableArray<CClause> clauses = [.. receive.Arms.Select(arm => ReceiveClause(arm, run, use))];
        CoreExpr expired = receive.TimeoutBlock is null
            ? Nil
            : Message(VerbFor(use), timeoutBlock, "value", [], At(receive.Span));
        return new CReceive(clauses, timeout, expired);
    }

    private CClause ReceiveClause(BoundArm arm, Run run, Use use) => throw new NotSupportedException(
        $"receive: has no lowering yet ({arm.Span.Start}, {run}, {use})");
}
