using System.Collections.Immutable;
using System.Numerics;

namespace Beamtalk.Compiler.Core;

/// <summary>
/// Short names for building Core; meant for <c>using static</c>. Long runs of bindings, effects or list elements are
/// passed whole, as arrays: the writer and the verifier walk nested bodies without recursion, too.
/// </summary>
public static class CoreFactory
{
    public static readonly CAtom True = new(new Atom("true"));
    public static readonly CAtom False = new(new Atom("false"));

    /// <summary>Beamtalk's <c>nil</c>; the empty list is <see cref="EmptyList"/>.</summary>
    public static readonly CAtom Nil = new(new Atom("nil"));
    public static readonly CAtom Ok = new(new Atom("ok"));
    public static readonly CAtom Infinity = new(new Atom("infinity"));
    public static readonly CNil EmptyList = new();

    public static CAtom Symbol(string text) => new(new Atom(text));

    public static CAtom Bool(bool value) => value ? True : False;

    public static CInt Int(BigInteger value) => new(value);

    public static CFloat Float(double value) => new(value);

    /// <summary>A UTF-8 binary.</summary>
    public static CString Text(string value) => new(value);

    public static CVar Var(CoreVar variable) => new(variable);

    public static CTuple Tuple(params ImmutableArray<CoreExpr> elements) => new(elements);

    public static CoreExpr List(params ImmutableArray<CoreExpr> elements) => ListWithTail(elements, EmptyList);

    public static CoreExpr ListWithTail(ImmutableArray<CoreExpr> elements, CoreExpr tail)
    {
        var list = tail;
        for (var i = elements.Length - 1; i >= 0; i--)
        {
            list = new CCons(elements[i], list);
        }

        return list;
    }

    public static CMap Map(params ImmutableArray<(CoreExpr Key, CoreExpr Value)> entries) => new(null, entries);

    public static CMap MapUpdate(CoreExpr map, params ImmutableArray<(CoreExpr Key, CoreExpr Value)> entries) =>
        new(map, entries);

    /// <summary><c>call 'module':'function'(…)</c> without a location.</summary>
    public static CCall Call(string module, string function, params ImmutableArray<CoreExpr> arguments) =>
        new(Symbol(module), Symbol(function), arguments, null);

    /// <summary><c>call 'module':'function'(…)</c> that shows its line in stack traces.</summary>
    public static CCall CallAt(
        CoreLocation? location, string module, string function, params ImmutableArray<CoreExpr> arguments) =>
        new(Symbol(module), Symbol(function), arguments, location);

    /// <summary>A call of a module and function known at run time only.</summary>
    public static CCall DynamicCall(
        CoreExpr module, CoreExpr function, CoreLocation? location, params ImmutableArray<CoreExpr> arguments) =>
        new(module, function, arguments, location);

    /// <summary><c>apply 'function'/n(…)</c>.</summary>
    public static CApplyLocal Apply(string function, params ImmutableArray<CoreExpr> arguments) =>
        new(new FunctionName(function, arguments.Length), arguments, null);

    public static CApplyLocal ApplyAt(
        CoreLocation? location, string function, params ImmutableArray<CoreExpr> arguments) =>
        new(new FunctionName(function, arguments.Length), arguments, location);

    public static CApply ApplyFun(CoreExpr function, params ImmutableArray<CoreExpr> arguments) =>
        new(function, arguments, null);

    public static CPrimop Primop(string name, params ImmutableArray<CoreExpr> arguments) =>
        new(new Atom(name), arguments);

    public static CFun Fun(ImmutableArray<CoreVar> parameters, CoreExpr body) => new(parameters, body);

    public static CLetrec Letrec(string name, CFun function, CoreExpr body) =>
        new([(new FunctionName(name, function.Parameters.Length), function)], body);

    public static CoreExpr Let(CoreVar variable, CoreExpr value, CoreExpr body) =>
        new CLet([(variable, value)], body);

    public static CoreExpr Let(ImmutableArray<(CoreVar Variable, CoreExpr Value)> bindings, CoreExpr body) =>
        bindings.IsEmpty ? body : new CLet(bindings, body);

    /// <summary>All but the last for their effects, the value of the last.</summary>
    public static CoreExpr Seq(params ImmutableArray<CoreExpr> expressions) => expressions.Length switch
    {
        0 => throw new ArgumentException("a sequence needs a result", nameof(expressions)),
        1 => expressions[0],
        _ => new CSeq(expressions[..^1], expressions[^1]),
    };

    /// <summary>A choice by a guard expression; one that fails counts as false.</summary>
    public static CCase If(CoreExpr guard, CoreExpr then, CoreExpr otherwise) =>
        new([], [new CClause([], guard, then), new CClause([], null, otherwise)]);

    /// <summary>A choice by a value that is known to be <c>'true'</c> or <c>'false'</c>.</summary>
    public static CCase IfTrue(CoreExpr condition, CoreExpr then, CoreExpr otherwise) =>
        Case(condition, Clause(Literal(True), then), Clause(Ignored, otherwise));

    public static CCase Case(CoreExpr subject, params ImmutableArray<CClause> clauses) => new([subject], clauses);

    public static CClause Clause(CorePattern pattern, CoreExpr body) => new([pattern], null, body);

    public static CClause Clause(CorePattern pattern, CoreExpr? guard, CoreExpr body) => new([pattern], guard, body);

    /// <summary>A pattern that matches anything and binds nothing that a body may use; written <c>_</c>.</summary>
    public static readonly PVar Ignored = new(new CoreVar(-1, ""));

    public static PVar Bind(CoreVar variable) => new(variable);

    public static PLiteral Literal(CoreExpr literal) => new(literal);

    /// <summary><c>call 'erlang':Name(…)</c>: guard functions, operators, the process dictionary.</summary>
    public static CCall Erlang(string function, params ImmutableArray<CoreExpr> arguments) =>
        Call("erlang", function, arguments);

    public static CCall And(CoreExpr left, CoreExpr right) => Erlang("and", left, right);

    /// <summary>All guards hold; <c>'true'</c> for none.</summary>
    public static CoreExpr AllOf(params ImmutableArray<CoreExpr> guards) =>
        guards.IsEmpty ? True : guards[1..].Aggregate(guards[0], And);
}
