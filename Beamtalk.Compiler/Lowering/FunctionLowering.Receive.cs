using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// Selective receive: <c>letrec again/0 = fun () -> receive … after left(Deadline) -> … end in apply again()</c>; what
/// the run time has to do meanwhile ends in another <c>apply again()</c>.
/// </summary>
public sealed partial class FunctionLowering
{
    private CoreExpr LowerReceive(BoundReceive receive, Run run, Use use)
    {
        ImmutableArray<Variable> assigned = Results(use, [.. receive.Arms, receive.Expired]);
        int values = Shape(assigned, use);
        CoreExpr Result(BoundBody? body)
        {
            CoreExpr value = BranchValue(body, assigned, use, values == 1);
            return values == 1 ? value : AsTuple(value);
        }

        CoreExpr received = Receive(receive, run, Result);
        return Merge(values == 1 ? received : FromTuple(received, values), assigned, use, run);
    }

    private CoreExpr ReceiveTail(BoundReceive receive, Use use, Continuation? rest, Run run) => Joined(
        use, rest, Assigned([.. receive.Arms, receive.Expired]),
        join => Nested(inner => Receive(receive, inner, body => Branch(() => BranchTail(body, use, join)))));

    private CoreExpr Receive(BoundReceive receive, Run run, Func<BoundBody?, CoreExpr> result)
    {
        CoreExpr? deadline = receive.Timeout is null
            ? null
            : run.Bind("deadline", CallAt(
                At(receive.Timeout.Span), "bt_receive", "deadline", Atom(receive.Timeout, run, Use.Touched)));
        if (receive.Action is { } action)
        {
            Introduce(action.Variable, Atom(action.Value, run), run);
        }

        ImmutableArray<CClause> arms = [.. receive.Arms.Select(arm => ReceiveClause(arm, run, result))];
        string again = _supply.FreshFunction("receive");
        return Letrec(again, Fun([], Wait(again, arms, deadline, result(receive.Expired))), Apply(again));
    }

    private CoreExpr Wait(string again, ImmutableArray<CClause> arms, CoreExpr? deadline, CoreExpr expired)
    {
        var run = new Run(_supply);
        CoreExpr blocks = run.Bind("blocks", Call("bt_receive", "blocks"));
        CoreExpr left = deadline is null ? Infinity : run.Bind("left", Call("bt_receive", "left", deadline));
        ImmutableArray<CClause> hidden = HiddenMessages.Clauses(
            blocks, _supply, message => Seq(Call("bt_receive", "serve", Var(message)), Apply(again)));
        return run.Finish(new CReceive([.. hidden, .. arms], left, expired));
    }

    private CClause ReceiveClause(BoundArm arm, Run run, Func<BoundBody?, CoreExpr> result)
    {
        var parts = new LoweredPattern { IsReceive = true };
        CorePattern pattern = Lower(arm.Pattern, parts, run);
        if (arm.Guard is not null)
        {
            parts.Guards.Add(new ReceiveGuard(parts, outer => Outer(outer, run)).Lower(arm.Guard));
        }

        CoreExpr? guard = parts.Guard is { } test ? new CProtected(test) : null;
        return Clause(pattern, guard, Branch(() => ArmBody(parts, () => result(arm.Body))));
    }

    /// <summary>Literals, and what a guard mentions of the code around, read before the wait.</summary>
    private CoreExpr Outer(BoundExpr outer, Run run) => Awaited(outer, Atom(outer, run), run);

    /// <summary>
    /// An instance of a Value class or a subclass. A guard cannot ask for superclasses: the class that the message
    /// names must be a key of a map that is made before the wait.
    /// </summary>
    private PAlias ReceivedInstance(
        CoreVar whole, ClassSignature signature, ImmutableArray<(string, CorePattern)> fields, LoweredPattern parts, Run run)
    {
        CoreVar facade = _supply.Fresh("class");
        ImmutableArray<CoreExpr> known =
            [.. _module.Classes.KnownSubclasses(signature).Select(subclass => Symbol(subclass.Facade))];
        CoreExpr kinds = run.Bind("kinds", Call("bt_receive", "kinds", Symbol(signature.Facade), List(known)));
        parts.Guards.Add(Erlang("is_map_key", Var(facade), kinds));
        return new PAlias(whole, InstancePattern(Bind(facade), fields));
    }

    /// <summary>The checks of <see cref="ReceiveTests"/> leave Dictionary and Value classes.</summary>
    private PAlias LowerReceivedType(BoundTypedPattern typed, CoreVar whole, LoweredPattern parts, Run run)
    {
        ClassSignature signature = typed.Classes[0];
        if (!ReceiveTests.IsDictionary(signature))
        {
            return ReceivedInstance(whole, signature, [], parts, run);
        }

        parts.Guards.Add(NotInstance(Var(whole)));
        return new PAlias(whole, new PMap([]));
    }
}
