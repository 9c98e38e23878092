using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// <c>match:</c> and the clauses of methods. Arms that Core can decide become clauses of one case; behind an arm
/// whose guard needs calls, the rest is a local function that the arm goes on to.
/// </summary>
public sealed partial class FunctionLowering
{
    /// <summary>One arm: patterns for all subjects, guard, and its body once its variables are bound.</summary>
    private sealed record Arm(ImmutableArray<BoundPattern> Patterns, BoundExpr? Guard, Func<CoreExpr> Body);

    private CoreExpr LowerMatch(BoundMatch match, Run run, Use use)
    {
        CoreExpr subject = MatchSubject(match.Subject, run);
        ImmutableArray<Variable> assigned = Results(use, [.. match.Arms]);
        bool single = Shape(assigned, use) == 1;
        bool asTuple = !single && match.Arms.Any(arm => arm.Guard is not null || NeedsTests(arm.Pattern));
        CoreExpr Result(BoundArm arm)
        {
            CoreExpr value = BranchValue(arm.Body, assigned, use, single);
            return asTuple ? AsTuple(value) : value;
        }

        Func<CoreExpr> fail = () => Failure(match, subject, single || asTuple ? 1 : Shape(assigned, use));
        CoreExpr arms = Arms([subject], [.. match.Arms.Select(arm => new Arm([arm.Pattern], arm.Guard, () => Result(arm)))],
            0, fail, run);
        return Merge(asTuple ? FromTuple(arms, Shape(assigned, use)) : arms, assigned, use, run);
    }

    private CoreExpr MatchSubject(BoundExpr subject, Run run) =>
        Awaited(subject, Atom(subject, run, Use.Touched), run);

    /// <summary>Several values cannot leave a function: the arms' local functions answer a tuple instead.</summary>
    private static CoreExpr AsTuple(CoreExpr value) => value switch
    {
        CValues values => Tuple(values.Elements),
        CLet let => let with { Body = AsTuple(let.Body) },
        CLetValues let => let with { Body = AsTuple(let.Body) },
        _ => value,
    };

    private CoreExpr FromTuple(CoreExpr value, int count)
    {
        ImmutableArray<CoreVar> elements = [.. Enumerable.Range(0, count).Select(_ => _supply.Fresh(""))];
        CoreVar other = _supply.Fresh("");
        return Case(value,
            Clause(new PTuple([.. elements.Select(element => (CorePattern)new PVar(element))]),
                new CValues([.. elements.Select(element => (CoreExpr)Var(element))])),
            Clause(Bind(other), new CValues([.. elements.Select(_ => (CoreExpr)Var(other))])));
    }

    private CoreExpr Failure(BoundMatch match, CoreExpr subject, int values)
    {
        CoreExpr error = CallAt(At(match.Span), "bt_error", "match_error", subject);
        return values == 1
            ? error
            : Let(_supply.Fresh(""), error, new CValues([.. Enumerable.Repeat<CoreExpr>(Nil, values)]));
    }

    private CoreExpr MatchTail(BoundMatch match, Use use, Continuation? rest, Run run)
    {
        CoreExpr subject = MatchSubject(match.Subject, run);
        return Joined(use, rest, Assigned([.. match.Arms]), join => Arms(
            [subject],
            [.. match.Arms.Select(arm => new Arm([arm.Pattern], arm.Guard, () => BodyTail(arm.Body, use, join)))],
            0, () => Failure(match, subject, 1), run));
    }

    private static bool NeedsTests(BoundPattern pattern)
    {
        bool needs = false;
        BoundWalker.Walk(pattern, node => needs |= node switch
        {
            BoundConstructorPattern { Fields.IsEmpty: false } => true,
            BoundConstructorPattern constructor => TypeGuards.For(constructor.Class, Nil) is null,
            BoundTypedPattern typed => typed.Classes.Any(signature => TypeGuards.For(signature, Nil) is null),
            _ => false,
        });
        return needs;
    }

    /// <summary>The arms from an index on, over the subjects; <paramref name="fail"/> where none matches.</summary>
    private CoreExpr Arms(
        ImmutableArray<CoreExpr> subjects, ImmutableArray<Arm> arms, int index, Func<CoreExpr> fail, Run run)
    {
        var clauses = ImmutableArray.CreateBuilder<CClause>();
        for (int i = index; i < arms.Length; i++)
        {
            Arm arm = arms[i];
            var parts = new LoweredPattern();
            ImmutableArray<CorePattern> patterns = LowerAll(arm.Patterns, parts, run);
            bool needsCode = arm.Guard is not null || parts.Tests.Count > 0;
            if (needsCode)
            {
                return Guarded(subjects, clauses, patterns, parts, arm, () => Arms(subjects, arms, index: i + 1, fail, run));
            }

            clauses.Add(new CClause(patterns, parts.Guard, Branch(() => ArmBody(parts, arm.Body))));
            if (parts.Guard is null && patterns.All(pattern => pattern is PVar))
            {
                return new CCase(subjects, clauses.ToImmutable());
            }
        }

        clauses.Add(Otherwise(subjects, fail()));
        return new CCase(subjects, clauses.ToImmutable());
    }

    private static CClause Otherwise(ImmutableArray<CoreExpr> subjects, CoreExpr body) =>
        new([.. subjects.Select(_ => (CorePattern)Ignored)], null, body);

    private CoreExpr Guarded(
        ImmutableArray<CoreExpr> subjects, ImmutableArray<CClause>.Builder clauses, ImmutableArray<CorePattern> patterns,
        LoweredPattern parts, Arm arm, Func<CoreExpr> others)
    {
        string name = _supply.FreshFunction("next");
        CoreExpr next = Branch(others);
        CoreExpr body = Branch(() => ArmBody(parts, () => Tested(parts, arm, Apply(name))));
        clauses.Add(new CClause(patterns, parts.Guard, body));
        clauses.Add(Otherwise(subjects, Apply(name)));
        return Letrec(name, Fun([], next), new CCase(subjects, clauses.ToImmutable()));
    }

    private CoreExpr ArmBody(LoweredPattern parts, Func<CoreExpr> body) => Nested(run =>
    {
        foreach ((Variable variable, CoreVar value) in parts.Bindings)
        {
            Introduce(variable, Var(value), run);
        }

        return body();
    });

    private CoreExpr Tested(LoweredPattern parts, Arm arm, CoreExpr next)
    {
        CoreExpr body = arm.Guard is null
            ? arm.Body()
            : Nested(run => IfTrue(run.Atom(Condition(arm.Guard, "when:", run)), arm.Body(), next));
        return parts.Tests.AsEnumerable().Reverse().Aggregate(body, (inner, test) => IfTrue(test, inner, next));
    }
}
