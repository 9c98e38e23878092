using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>Reads and writes of variables, fields, actor state and class variables; updating messages.</summary>
public sealed partial class FunctionLowering
{
    private static CoreExpr StateKey(BoundState state) => Symbol($"@{state.Name}");

    private CoreExpr ReadState(BoundState state, Run run) => state.Kind switch
    {
        StateKind.Actor when _inBlock => Call("bt_actor", "get_var", run.Atom(Read(_self)), StateKey(state)),
        StateKind.Actor => Erlang("get", StateKey(state)),
        StateKind.Field => Erlang("map_get", Symbol(state.Name), run.Atom(Read(_self))),
        StateKind.ClassVariable => Call("bt_class", "var_get", Symbol(state.DeclaringFacade), Symbol(state.Name)),
        _ => throw new InvalidOperationException($"unknown state {state.Kind}"),
    };

    private void Assign(BoundExpr target, CoreExpr value, Run run)
    {
        switch (target)
        {
            case BoundVariable variable:
                Write(variable.Variable, value, run);
                break;
            case BoundState { Kind: StateKind.Field } field:
                CoreExpr copy = MapUpdate(run.Atom(Read(_self)), (Symbol(field.Name), value));
                Write(_self, run.Bind("self", copy), run);
                break;
            case BoundState { Kind: StateKind.Actor } state when _inBlock:
                run.Effect(Call("bt_actor", "put_var", run.Atom(Read(_self)), StateKey(state), value));
                break;
            case BoundState { Kind: StateKind.Actor } state:
                run.Effect(Erlang("put", StateKey(state), value));
                break;
            case BoundState state:
                run.Effect(Call(
                    "bt_class", "var_put", Symbol(state.DeclaringFacade), Symbol(state.Name), value));
                break;
            default:
                // The binder has reported that nothing of that name can be assigned.
                break;
        }
    }

    private CoreExpr LowerAssignment(BoundAssignment assignment, Run run)
    {
        string hint = assignment.Target is BoundVariable variable ? variable.Variable.Name : "";
        CoreExpr value = run.Atom(Lower(assignment.Value, run, Use.Value), hint);
        Assign(assignment.Target, value, run);
        return value;
    }

    /// <summary><c>x += e</c> ⇒ <c>x := x + e</c>; on a class variable one atomic step.</summary>
    private CoreExpr LowerCompound(BoundCompoundAssignment assignment, Run run)
    {
        if (assignment.Target is BoundState { Kind: StateKind.ClassVariable } state)
        {
            CoreExpr operand = Atom(assignment.Value, run);
            return UpdateClassVariable(
                state, run, old => CallAt(At(assignment.Span), "bt_op", assignment.Operator, old, operand));
        }

        CoreExpr value = run.Atom(LowerOperator(
            new BoundOperator(assignment.Span, assignment.Operator, assignment.Target, assignment.Value), run));
        Assign(assignment.Target, value, run);
        return value;
    }

    private CoreExpr UpdateClassVariable(BoundState state, Run run, Func<CoreExpr, CoreExpr> change)
    {
        CoreVar old = _supply.Fresh("old");
        return run.Bind(state.Name, Call(
            "bt_class", "var_update", Symbol(state.DeclaringFacade), Symbol(state.Name),
            run.Bind("change", Fun([old], change(Var(old))))));
    }

    /// <summary>
    /// <c>x add: e</c> as a statement ⇒ <c>X2 = bt_send:upcast(X, 'add:', E)</c>; as the last one, whose value counts,
    /// <c>{V, X2} = bt_send:update(X, 'add:', E)</c>.
    /// </summary>
    private CoreExpr LowerUpdate(BoundUpdate update, Run run, Use use)
    {
        ImmutableArray<CoreExpr> arguments = [];
        if (update.Target is BoundState { Kind: StateKind.ClassVariable } state)
        {
            arguments = Atoms(update.Arguments, run);
            return UpdateClassVariable(
                state, run, old => Message("upcast", old, update.Selector, arguments, At(update.Span)));
        }

        CoreExpr receiver = run.Atom(Lower(update.Target, run, Use.Touched));
        arguments = Atoms(update.Arguments, run);
        return UpdateTarget(update.Target, receiver, update.Selector, arguments, At(update.Span), run, use);
    }

    private CoreExpr UpdateTarget(
        BoundExpr target, CoreExpr receiver, string selector, ImmutableArray<CoreExpr> arguments,
        CoreLocation location, Run run, Use use)
    {
        string hint = target is BoundVariable variable ? variable.Variable.Name : "";
        if (use == Use.Effect)
        {
            Assign(target, run.Bind(hint, Message("upcast", receiver, selector, arguments, location)), run);
            return Nil;
        }

        CVar pair = run.Bind("pair", Message("update", receiver, selector, arguments, location));
        Assign(target, run.Bind(hint, Element(2, pair.Variable)), run);
        return Element(1, pair.Variable);
    }
}
