using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// Conditionals in line. A branch that assigns variables answers them beside its value:
/// <c>c ifTrue: [x := 1]</c> ⇒ <c>let &lt;X2&gt; = case C of true -> &lt;1&gt;; _ -> &lt;X&gt;</c>.
/// </summary>
public sealed partial class FunctionLowering
{
    private static BoundIf AsIf(BoundLogical logical)
    {
        var constant = new BoundBody(logical.Span, [], [new BoundAtom(logical.Span, logical.IsAnd ? "false" : "true")]);
        return logical.IsAnd
            ? new BoundIf(logical.Span, "and:", logical.Left, logical.Right, constant)
            : new BoundIf(logical.Span, "or:", logical.Left, constant, logical.Right);
    }

    private CoreExpr LowerIf(BoundIf branch, Run run, Use use)
    {
        CoreExpr condition = Condition(branch.Condition, branch.Selector, run);
        ImmutableArray<Variable> assigned = Results(use, branch.Then, branch.Else);
        bool single = Shape(assigned, use) == 1;
        CoreExpr then = BranchValue(branch.Then, assigned, use, single);
        CoreExpr otherwise = BranchValue(branch.Else, assigned, use, single);
        return Merge(IfTrue(condition, then, otherwise), assigned, use, run);
    }

    private CoreExpr LowerIfNil(BoundIfNil branch, Run run, Use use)
    {
        CoreExpr subject = run.Atom(Lower(branch.Subject, run, Use.Touched));
        subject = Awaited(branch.Subject, subject, run);
        ImmutableArray<Variable> assigned = Results(use, branch.IfNil, branch.IfNotNil);
        bool single = Shape(assigned, use) == 1;
        CoreExpr whenNil = BranchValue(branch.IfNil, assigned, use, single);
        CoreExpr other = Branch(() => NotNilValue(branch, subject, assigned, use, single));
        return Merge(Case(subject, Clause(Literal(Nil), whenNil), Clause(Ignored, other)), assigned, use, run);
    }

    private CoreExpr NotNilValue(
        BoundIfNil branch, CoreExpr subject, ImmutableArray<Variable> assigned, Use use, bool single)
    {
        if (branch.IfNotNil is null)
        {
            return Pack(subject, assigned, use, single);
        }

        var run = new Run(_supply);
        if (branch.Parameter is { } parameter)
        {
            Introduce(parameter, subject, run);
        }

        CoreExpr value = LowerBody(branch.IfNotNil, run, use);
        return Close(run, value, assigned, use, single);
    }

    /// <summary>The variables that must come out of a construct: none when nothing follows.</summary>
    private ImmutableArray<Variable> Results(Use use, params ReadOnlySpan<object?> code) =>
        use == Use.Tail ? [] : Assigned(code);

    private static int Shape(ImmutableArray<Variable> assigned, Use use) =>
        assigned.Length + (use == Use.Effect && !assigned.IsEmpty ? 0 : 1);

    private CoreExpr BranchValue(BoundBody? body, ImmutableArray<Variable> assigned, Use use, bool single) => Branch(() =>
    {
        var run = new Run(_supply);
        CoreExpr value = body is null ? Nil : LowerBody(body, run, use);
        return Close(run, value, assigned, use, single);
    });

    private CoreExpr Close(Run run, CoreExpr value, ImmutableArray<Variable> assigned, Use use, bool single)
    {
        if (assigned.IsEmpty)
        {
            return run.Finish(value);
        }

        if (use == Use.Effect)
        {
            run.Effect(value);
            value = Nil;
        }

        value = run.Atom(value);
        return run.Finish(Pack(value, assigned, use, single));
    }

    /// <summary>The value (where it is used) and the present values of the assigned variables.</summary>
    private CoreExpr Pack(CoreExpr value, ImmutableArray<Variable> assigned, Use use, bool single)
    {
        ImmutableArray<CoreExpr> own = use == Use.Effect && !assigned.IsEmpty ? [] : [value];
        ImmutableArray<CoreExpr> all = [.. own, .. assigned.Select(variable => _env[variable])];
        return single ? all[0] : new CValues(all);
    }

    /// <summary>Takes the results of the branches apart again and makes the assigned variables' values the present ones.</summary>
    private CoreExpr Merge(CoreExpr branches, ImmutableArray<Variable> assigned, Use use, Run run)
    {
        if (assigned.IsEmpty)
        {
            return branches;
        }

        ImmutableArray<CoreVar> own = use == Use.Effect ? [] : [_supply.Fresh("")];
        ImmutableArray<CoreVar> fresh = [.. assigned.Select(variable => _supply.Fresh(variable.Name))];
        run.BindValues([.. own, .. fresh], branches);
        for (int i = 0; i < assigned.Length; i++)
        {
            _env = _env.With(assigned[i], Var(fresh[i]));
        }

        return own.IsEmpty ? Nil : Var(own[0]);
    }
}
