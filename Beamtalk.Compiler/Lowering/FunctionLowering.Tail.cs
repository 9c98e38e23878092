using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// Statements with early exits: <c>c ifTrue: [^ 1]. rest</c> ⇒ <c>case C of true -> 1; _ -> rest end</c>. The rest of
/// the function goes into the branches that continue, as a call of a join function where there are several.
/// </summary>
public sealed partial class FunctionLowering
{
    /// <summary>The whole of a body as one expression that ends in the continuation (or is the result).</summary>
    private CoreExpr BodyTail(BoundBody body, Use use, Continuation? continuation)
    {
        var run = new Run(_supply);
        EnterBody(body, run);
        return run.Finish(StatementsTail(body.Statements, 0, run, use, continuation));
    }

    private CoreExpr StatementsTail(
        ImmutableArray<BoundExpr> statements, int index, Run run, Use use, Continuation? continuation)
    {
        for (int i = index; i < statements.Length; i++)
        {
            BoundExpr statement = statements[i];
            bool last = i == statements.Length - 1;
            Count(statement, run);
            if (Exits.In(statement))
            {
                int next = i + 1;
                Continuation? rest = last
                    ? continuation
                    : _ => Nested(inner => StatementsTail(statements, next, inner, use, continuation));
                return ExitTail(statement, last ? use : Use.Effect, rest, run);
            }

            if (last)
            {
                return Continue(continuation, ValueFor(statement, run, use, continuation));
            }

            run.Effect(Lower(statement, run, Use.Effect));
        }

        return Continue(continuation, Nil);
    }

    private CoreExpr ValueFor(BoundExpr statement, Run run, Use use, Continuation? continuation)
    {
        CoreExpr value = Lower(statement, run, use);
        if (use == Use.Effect)
        {
            run.Effect(value);
            return Nil;
        }

        return continuation is null ? value : run.Atom(value);
    }

    private CoreExpr Nested(Func<Run, CoreExpr> lower)
    {
        var run = new Run(_supply);
        return run.Finish(lower(run));
    }

    /// <summary>A statement that contains an early exit on its spine.</summary>
    private CoreExpr ExitTail(BoundExpr expression, Use use, Continuation? rest, Run run) => expression switch
    {
        BoundReturn result => ReturnTail(result, run),
        BoundIf branch => IfTail(branch, use, rest, run),
        BoundIfNil branch => IfNilTail(branch, use, rest, run),
        BoundMatch match => MatchTail(match, use, rest, run),
        BoundReceive receive => ReceiveTail(receive, use, rest, run),
        BoundWhile loop => LoopTail(loop, rest, Assigned(loop.Condition, loop.Body)),
        BoundRepeat loop => Branch(() => Repeat(loop, _supply.FreshFunction("loop"), Assigned(loop.Body))),
        BoundCountLoop loop => CountTail(loop, rest, run),
        BoundAssignment assignment => ExitTail(assignment.Value, Use.Value, AssignThen(assignment, rest), run),
        BoundDestructuring destructuring => ExitTail(
            destructuring.Value, Use.Value, value => Nested(inner => DestructureThen(destructuring, value, rest, inner)), run),
        _ => throw new InvalidOperationException($"no early exit is expected in {expression.GetType().Name}"),
    };

    private CoreExpr ReturnTail(BoundReturn result, Run run) => Exits.In(result.Value)
        ? ExitTail(result.Value, Use.Tail, null, run)
        : Lower(result.Value, run, Use.Tail);

    private CoreExpr LowerThrownReturn(BoundReturn result, Run run)
    {
        if (!result.IsThrown)
        {
            throw new InvalidOperationException("an early exit is lowered with the statement it stands in");
        }

        CoreExpr value = Atom(result.Value, run);
        return CallAt(At(result.Span), "bt_nlr", "return", Read(_returnTag), value);
    }

    private Continuation AssignThen(BoundAssignment assignment, Continuation? rest) => value => Nested(run =>
    {
        value = run.Atom(value);
        Assign(assignment.Target, value, run);
        return Continue(rest, value);
    });

    private CoreExpr DestructureThen(BoundDestructuring destructuring, CoreExpr value, Continuation? rest, Run run)
    {
        value = run.Atom(value);
        Destructure(destructuring, value, run);
        return Continue(rest, value);
    }

    private CoreExpr IfTail(BoundIf branch, Use use, Continuation? rest, Run run)
    {
        CoreExpr condition = Condition(branch.Condition, branch.Selector, run);
        return Joined(use, rest, Assigned(branch.Then, branch.Else), join => IfTrue(
            condition,
            Branch(() => BranchTail(branch.Then, use, join)),
            Branch(() => BranchTail(branch.Else, use, join))));
    }

    private CoreExpr BranchTail(BoundBody? body, Use use, Continuation? join) =>
        body is null ? Continue(join, Nil) : BodyTail(body, use, join);

    private CoreExpr IfNilTail(BoundIfNil branch, Use use, Continuation? rest, Run run)
    {
        CoreExpr subject = run.Atom(Lower(branch.Subject, run, Use.Touched));
        subject = Awaited(branch.Subject, subject, run);
        return Joined(use, rest, Assigned(branch.IfNil, branch.IfNotNil), join => Case(
            subject,
            Clause(Literal(Nil), Branch(() => BranchTail(branch.IfNil, use, join))),
            Clause(Ignored, Branch(() => NotNilTail(branch, subject, use, join)))));
    }

    private CoreExpr NotNilTail(BoundIfNil branch, CoreExpr subject, Use use, Continuation? join)
    {
        if (branch.IfNotNil is null)
        {
            return Continue(join, subject);
        }

        return Nested(run =>
        {
            if (branch.Parameter is { } parameter)
            {
                Introduce(parameter, subject, run);
            }

            return BodyTail(branch.IfNotNil, use, join);
        });
    }

    private CoreExpr LoopTail(BoundWhile loop, Continuation? rest, ImmutableArray<Variable> assigned) =>
        Branch(() => While(loop, _supply.FreshFunction("loop"), assigned, rest ?? (value => value)));

    private CoreExpr CountTail(BoundCountLoop loop, Continuation? rest, Run run)
    {
        (CoreExpr start, CoreExpr stop) = Bounds(loop, run);
        CoreExpr answer = loop.Selector == "timesRepeat:" ? stop : start;
        return Branch(() => Count(
            loop, start, stop, _supply.FreshFunction("loop"), Assigned(loop.Body), _ => Continue(rest, answer)));
    }

    /// <summary>
    /// Lowers branches that go on with <paramref name="rest"/>: as calls of one local function, whose parameters are
    /// the value and the variables that the branches assign.
    /// </summary>
    private CoreExpr Joined(
        Use use, Continuation? rest, ImmutableArray<Variable> assigned, Func<Continuation?, CoreExpr> branches)
    {
        if (rest is null)
        {
            return branches(null);
        }

        string name = _supply.FreshFunction("join");
        bool hasValue = use != Use.Effect;
        CFun join = JoinFunction(rest, assigned, hasValue);
        CoreExpr body = branches(value => hasValue
            ? Apply(name, [value, .. Present(assigned)])
            : Apply(name, Present(assigned)));
        return Letrec(name, join, body);
    }

    private CFun JoinFunction(Continuation rest, ImmutableArray<Variable> assigned, bool hasValue)
    {
        Environment saved = _env;
        ImmutableArray<CoreVar> own = hasValue ? [_supply.Fresh("")] : [];
        ImmutableArray<CoreVar> parameters = [.. own, .. AsParameters(assigned)];
        CoreExpr body = rest(hasValue ? Var(own[0]) : Nil);
        _env = saved;
        return Fun(parameters, body);
    }
}

/// <summary>Finds returns that leave the function without unwinding.</summary>
public static class Exits
{
    public static bool In(BoundExpr? expression) => expression switch
    {
        BoundReturn result => !result.IsThrown || In(result.Value),
        BoundIf branch => In(branch.Then) || In(branch.Else),
        BoundIfNil branch => In(branch.IfNil) || In(branch.IfNotNil),
        BoundMatch match => match.Arms.Any(arm => In(arm.Body)),
        BoundReceive receive => receive.Arms.Any(arm => In(arm.Body)) || In(receive.Expired),
        BoundWhile loop => In(loop.Body),
        BoundRepeat loop => In(loop.Body),
        BoundCountLoop loop => In(loop.Body),
        BoundAssignment assignment => In(assignment.Value),
        BoundDestructuring destructuring => In(destructuring.Value),
        _ => false,
    };

    private static bool In(BoundBody? body) => body is not null && body.Statements.Any(In);
}
