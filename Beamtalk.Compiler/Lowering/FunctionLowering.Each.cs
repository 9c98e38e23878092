using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// <c>c do: [:e | x := x + e]</c> ⇒ <c>case … when is_list(C) -> L(C, X); … -> (message with a block)</c>. For the
/// block, the variables that it assigns are lent to it in cells and taken back after the message.
/// </summary>
public sealed partial class FunctionLowering
{
    private CoreExpr LowerEach(BoundEach loop, Run run, Use use)
    {
        CoreExpr receiver = Atom(loop.Receiver, run, Use.Touched);
        ImmutableArray<Variable> assigned = Assigned(loop.Body);
        if (assigned.IsEmpty || use != Use.Effect || _lent.Count > 0)
        {
            return MessageWithBlock(loop, receiver, assigned, run, use);
        }

        Environment before = _env;
        LoopResult(run, assigned, (name, variables) => If(
            Erlang("is_list", receiver),
            Branch(() => ListLoop(loop, receiver, name, variables)),
            Branch(() => Lent(loop, receiver, variables, before))));
        return Nil;
    }

    private CoreExpr Lent(BoundEach loop, CoreExpr receiver, ImmutableArray<Variable> assigned, Environment before) =>
        Nested(run =>
        {
            _env = before;
            run.Effect(MessageWithBlock(loop, receiver, assigned, run, Use.Effect));
            return LoopExit(assigned, null);
        });

    private CoreExpr MessageWithBlock(
        BoundEach loop, CoreExpr receiver, ImmutableArray<Variable> assigned, Run run, Use use)
    {
        ImmutableArray<(Variable Variable, CVar Cell)> cells =
            [.. assigned.Select(variable => (variable, NewCell(variable, _env[variable], run)))];
        Environment captured = cells.Aggregate(_env, (env, cell) => env.With(cell.Variable, cell.Cell));
        var code = new BoundCode
        {
            Name = _method.Selector,
            Span = loop.Body.Span,
            Parameters = [loop.Element],
            Body = loop.Body,
        };
        var inner = new FunctionLowering(_module, new VariableSupply(), _method, true) { _lent = _lent.Union(assigned) };
        ImmutableArray<Variable> used = [.. FreeVariables.Of(loop.Body, _returnTag).Where(_env.Holds)];
        CoreExpr block = run.Atom(MakeBlock(inner, code, used, captured, run));
        CoreExpr answer = SendTo(loop.Receiver, receiver, "do:", [block], At(loop.Span), use);
        if (cells.IsEmpty)
        {
            return answer;
        }

        answer = run.Bind("", answer);
        foreach ((Variable variable, CVar cell) in cells)
        {
            _env = _env.With(variable, run.Bind(variable.Name, Call("bt_cell", "get", cell)));
        }

        return answer;
    }

    private CoreExpr ListLoop(BoundEach loop, CoreExpr list, string name, ImmutableArray<Variable> assigned)
    {
        ImmutableArray<CoreExpr> first = [list, .. Present(assigned)];
        (CoreVar rest, CoreVar head, CoreVar tail) = (_supply.Fresh("list"), _supply.Fresh(loop.Element.Name), _supply.Fresh("tail"));
        ImmutableArray<CoreVar> parameters = [rest, .. AsParameters(assigned)];
        CoreExpr Round() => Nested(run =>
        {
            Introduce(loop.Element, Var(head), run);
            return BodyTail(loop.Body, Use.Effect, _ => Apply(name, [Var(tail), .. Present(assigned)]));
        });
        CoreExpr again = Branch(() => Twice(
            Specialization.OperandsOf(loop.Body, _env, loop.Element, head), Round));
        CoreExpr body = Case(Var(rest),
            Clause(new PCons(Bind(head), Bind(tail)), again),
            Clause(Ignored, LoopExit(assigned, null)));
        return Letrec(name, Fun(parameters, body), Apply(name, first));
    }
}

/// <summary>The variables that a body mentions, those of real blocks inside it included.</summary>
public static class FreeVariables
{
    public static IReadOnlyList<Variable> Of(BoundBody body, Variable returnTag)
    {
        var found = new List<Variable>();
        BoundWalker.Walk(body, node => found.AddRange(In(node, returnTag)));
        return [.. found.Distinct()];
    }

    private static IEnumerable<Variable> In(object node, Variable returnTag) => node switch
    {
        BoundVariable variable => [variable.Variable],
        BoundState state => [state.Self],
        BoundSuperSend send => [send.Self],
        BoundReturn { IsThrown: true } => [returnTag],
        BoundBlock block => block.Code.Captured,
        BoundDestructuring destructuring => Bindings(destructuring.Pattern),
        _ => [],
    };

    private static List<Variable> Bindings(BoundPattern pattern)
    {
        var found = new List<Variable>();
        BoundWalker.Walk(pattern, node =>
        {
            if (node is BoundBinding binding)
            {
                found.Add(binding.Variable);
            }
        });
        return found;
    }
}
