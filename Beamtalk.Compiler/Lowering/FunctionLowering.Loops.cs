using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// Loops in line: a local function whose parameters are the variables that the loop assigns.
/// <c>[c] whileTrue: [x := e]</c> ⇒ <c>letrec L = fun (X) -> case C of true -> L(E); _ -> X in L(X0)</c>.
/// </summary>
public sealed partial class FunctionLowering
{
    private CoreExpr LowerWhile(BoundWhile loop, Run run)
    {
        LoopResult(run, Assigned(loop.Condition, loop.Body), (name, assigned) => While(loop, name, assigned, null));
        return Nil;
    }

    private CoreExpr LowerRepeat(BoundRepeat loop, Run run)
    {
        LoopResult(run, Assigned(loop.Body), (name, assigned) => Repeat(loop, name, assigned));
        return Nil;
    }

    private CoreExpr LowerCountLoop(BoundCountLoop loop, Run run)
    {
        (CoreExpr start, CoreExpr stop) = Bounds(loop, run);
        LoopResult(run, Assigned(loop.Body), (name, assigned) => Count(loop, start, stop, name, assigned, null));
        return loop.Selector == "timesRepeat:" ? stop : start;
    }

    /// <summary>Runs the loop as a call whose result is the assigned variables: one as it is, several as a tuple.</summary>
    private void LoopResult(
        Run run, ImmutableArray<Variable> assigned, Func<string, ImmutableArray<Variable>, CoreExpr> lower)
    {
        Environment before = _env;
        CVar result = run.Bind("loop", lower(_supply.FreshFunction("loop"), assigned));
        _env = before;
        for (int i = 0; i < assigned.Length; i++)
        {
            CoreExpr value = assigned.Length == 1
                ? result
                : run.Bind(assigned[i].Name, Element(i + 1, result.Variable));
            _env = _env.With(assigned[i], value);
        }
    }

    private CoreExpr LoopExit(ImmutableArray<Variable> assigned, Continuation? exit) => exit is not null
        ? exit(Nil)
        : assigned.Length switch
        {
            0 => Nil,
            1 => _env[assigned[0]],
            _ => Tuple([.. assigned.Select(variable => _env[variable])]),
        };

    private ImmutableArray<CoreExpr> Present(ImmutableArray<Variable> assigned) =>
        [.. assigned.Select(variable => _env[variable])];

    /// <summary>Parameters of a loop or join function: from here on the variables' present values.</summary>
    private ImmutableArray<CoreVar> AsParameters(ImmutableArray<Variable> assigned)
    {
        ImmutableArray<CoreVar> parameters = [.. assigned.Select(variable => _supply.Fresh(variable.Name))];
        for (int i = 0; i < assigned.Length; i++)
        {
            _env = _env.With(assigned[i], Var(parameters[i]));
        }

        return parameters;
    }

    private CoreExpr While(BoundWhile loop, string name, ImmutableArray<Variable> assigned, Continuation? exit)
    {
        ImmutableArray<CoreExpr> first = Present(assigned);
        ImmutableArray<CoreVar> parameters = AsParameters(assigned);
        var run = new Run(_supply);
        CoreExpr condition = TestOf(loop, run);
        CoreExpr again = Branch(() => loop.Body is null
            ? Apply(name, Present(assigned))
            : BodyTail(loop.Body, Use.Effect, _ => Apply(name, Present(assigned))));
        CoreExpr done = LoopExit(assigned, exit);
        CoreExpr test = loop.Until ? IfTrue(condition, done, again) : IfTrue(condition, again, done);
        return Letrec(name, Fun(parameters, run.Finish(test)), Apply(name, first));
    }

    private CoreExpr TestOf(BoundWhile loop, Run run)
    {
        EnterBody(loop.Condition, run);
        ImmutableArray<BoundExpr> statements = loop.Condition.Statements;
        foreach (BoundExpr statement in statements.SkipLast(1))
        {
            run.Effect(Lower(statement, run, Use.Effect));
        }

        CoreExpr value = statements.IsEmpty
            ? CallAt(At(loop.Span), "bt_op", "condition", Nil, Symbol(loop.Selector))
            : Condition(statements[^1], loop.Selector, run);
        return run.Atom(value);
    }

    private CoreExpr Repeat(BoundRepeat loop, string name, ImmutableArray<Variable> assigned)
    {
        ImmutableArray<CoreExpr> first = Present(assigned);
        ImmutableArray<CoreVar> parameters = AsParameters(assigned);
        CoreExpr body = BodyTail(loop.Body, Use.Effect, _ => Apply(name, Present(assigned)));
        return Letrec(name, Fun(parameters, body), Apply(name, first));
    }

    private (CoreExpr Start, CoreExpr Stop) Bounds(BoundCountLoop loop, Run run)
    {
        CoreExpr start = Atom(loop.Start, run, Use.Touched);
        CoreExpr stop = Atom(loop.Stop, run, Use.Touched);
        string stopCheck = loop.Selector == "timesRepeat:" ? "number" : "limit";
        return (Number("number", start, loop, run), Number(stopCheck, stop, loop, run));
    }

    /// <summary>A receiver that is no number does not understand the message; a limit is of the wrong type.</summary>
    private CoreExpr Number(string check, CoreExpr value, BoundCountLoop loop, Run run) =>
        _env.IsInteger(value)
            ? value
            : run.Bind("", If(Erlang("is_integer", value), value,
                CallAt(At(loop.Span), "bt_op", check, value, Symbol(loop.Selector))));

    private CoreExpr Count(
        BoundCountLoop loop, CoreExpr start, CoreExpr stop, string name, ImmutableArray<Variable> assigned,
        Continuation? exit)
    {
        ImmutableArray<CoreExpr> first = [start, .. Present(assigned)];
        CoreVar index = _supply.Fresh(loop.Counter.Name);
        ImmutableArray<CoreVar> parameters = [index, .. AsParameters(assigned)];
        if (_env.IsInteger(start))
        {
            _env = _env.WithIntegers([index]);
        }

        CoreExpr step = Int(((BoundInteger)loop.Step).Value);
        bool upwards = ((BoundInteger)loop.Step).Value > 0;
        CoreExpr more = Erlang(upwards ? "=<" : ">=", Var(index), stop);
        CoreExpr again = Branch(() => Iteration(loop, index, step, name, assigned));
        CoreExpr done = LoopExit(assigned, exit);
        return Letrec(name, Fun(parameters, If(more, again, done)), Apply(name, first));
    }

    private CoreExpr Iteration(
        BoundCountLoop loop, CoreVar index, CoreExpr step, string name, ImmutableArray<Variable> assigned)
    {
        CoreExpr Round()
        {
            var run = new Run(_supply);
            Introduce(loop.Counter, Var(index), run);
            CVar next = run.Bind(loop.Counter.Name, Erlang("+", Var(index), step));
            return run.Finish(BodyTail(loop.Body, Use.Effect, _ => Apply(name, [next, .. Present(assigned)])));
        }

        return Twice(Specialization.OperandsOf(loop.Body, _env, loop.Counter, index), Round);
    }

    /// <summary>One round; where the body calculates, lowered twice: for integers without any test, and in general.</summary>
    private CoreExpr Twice(ImmutableArray<CoreVar> operands, Func<CoreExpr> round)
    {
        if (operands.IsEmpty)
        {
            return round();
        }

        CoreExpr guard = AllOf([.. operands.Select(operand => Erlang("is_integer", Var(operand)))]);
        CoreExpr fast = Branch(() =>
        {
            _env = _env.WithIntegers(operands);
            return round();
        });
        return If(guard, fast, Branch(round));
    }
}
