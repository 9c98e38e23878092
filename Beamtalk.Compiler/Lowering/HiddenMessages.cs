using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// The clauses with which every receive begins: messages of the run time are passed over, or, in a process that is
/// no actor, done at once where a registered block or a timer waits for them (docs/abi.md, "Receive").
/// </summary>
public static class HiddenMessages
{
    private static readonly PVar Any = Ignored;

    /// <summary>
    /// <paramref name="blocks"/>: a map of the blocks that this process has registered; an atom in an actor, which
    /// does such things between its messages only.
    /// </summary>
    public static ImmutableArray<CClause> Clauses(
        CoreExpr blocks, VariableSupply supply, Func<CoreVar, CoreExpr> serve)
    {
        CoreExpr serves = Erlang("is_map", blocks);
        CoreVar reference = supply.Fresh("");
        return
        [
            Served(Tagged("$bt_reply", Any, Literal(Symbol("settled"))), serves, supply, serve),
            Served(Tagged("$bt_timer", Any), serves, supply, serve),
            Served(Down(Bind(reference)), new CProtected(Erlang("is_map_key", Var(reference), blocks)), supply, serve),
            Skipped(Down(Any), Erlang("not", serves)),
            Skipped(Tagged("EXIT", Any, Any), Erlang("not", serves)),
            Skipped(Tagged("$gen_call", new PTuple([Any, Any]), Any), null),
            Skipped(Tagged("$gen_cast", Any), null),
            Skipped(Tagged("system", new PTuple([Any, Any]), Any), null),
            Tuples(supply.Fresh("")),
            Atoms(supply.Fresh("")),
        ];
    }

    /// <summary>A future is a value, although its tag is the run time's.</summary>
    private static CClause Tuples(CoreVar message)
    {
        CoreExpr tag = Erlang("element", Int(1), Var(message));
        return Skipped(Bind(message), new CProtected(And(IsOurs(tag), Erlang("=/=", tag, Symbol("$bt_future")))));
    }

    private static CClause Atoms(CoreVar message) => Skipped(Bind(message), IsOurs(Var(message)));

    /// <summary>Atoms are ordered by their text: these are the ones that begin with <c>$bt_</c>.</summary>
    private static CoreExpr IsOurs(CoreExpr tag) =>
        And(Erlang(">=", tag, Symbol("$bt_")), Erlang("<", tag, Symbol("$bt`")));

    private static PTuple Tagged(string tag, params ImmutableArray<CorePattern> rest) =>
        new([Literal(Symbol(tag)), .. rest]);

    private static PTuple Down(CorePattern reference) =>
        Tagged("DOWN", reference, Literal(Symbol("process")), Any, Any);

    private static CClause Served(
        CorePattern pattern, CoreExpr guard, VariableSupply supply, Func<CoreVar, CoreExpr> serve)
    {
        CoreVar message = supply.Fresh("message");
        return Clause(new PAlias(message, pattern), guard, serve(message));
    }

    private static CClause Skipped(CorePattern pattern, CoreExpr? guard) => Clause(pattern, guard, new CSkip());
}
