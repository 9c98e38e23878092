using System.Collections.Immutable;
using System.Numerics;

namespace Beamtalk.Compiler.Core;

/// <summary>
/// Short names for building Core; meant for <c>using static</c>. Long runs of bindings, effects or list elements are
/// passed whole, as arrays: the writer and the verifier walk nested bodies without recursion, too.
/// </summary>
public static class CoreFactory
{
    public static readonly CoreExpr True = new CAtom(new Atom("true"));
    public static readonly CoreExpr False = new CAtom(new Atom("false"));

    /// <summary>Beamtalk's <c>nil</c>; the empty list is <see cref="EmptyList"/>.</summary>
    public static readonly CoreExpr Nil = new CAtom(new Atom("nil"));
    public static readonly CoreExpr Ok = new CAtom(new Atom("ok"));
    public static readonly CoreExpr Infinity = new CAtom(new Atom("infinity"));
    public static readonly CoreExpr EmptyList = new CNil();

    public static CoreExpr Symbol(string text) => new CAtom(new Atom(text));

    public static CoreExpr Bool(bool value) => value ? True : False;

    public static CoreExpr Int(BigInteger value) => new CInt(value);

    public static CoreExpr Float(double value) => new CFloat(value);

    /// <summary>A UTF-8 binary.</summary>
    public static CoreExpr Binary(string value) => new CString(value);

    public static CoreExpr Var(CoreVar variable) => new CVar(variable);

    public static CoreExpr Tuple(params ImmutableArray<CoreExpr> elements) => new CTuple(elements);

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

    public static CoreExpr Map(params ImmutableArray<(CoreExpr Key, CoreExpr Value)> entries) => new CMap(null, entries);

    public static CoreExpr MapUpdate(CoreExpr map, params ImmutableArray<(CoreExpr Key, CoreExpr Value)> entries) =>
        new CMap(map, entries);

    /// <summary><c>call 'module':'function'(…)</c> without a location.</summary>
    public static CoreExpr Call(string module, string function, params ImmutableArray<CoreExpr> arguments) =>
        new CCall(Symbol(module), Symbol(function), arguments, null);

    /// <summary><c>call 'module':'function'(…)</c> that shows its line in stack traces.</summary>
    public static CoreExpr CallAt(
        CoreLocation? location, string module, string function, params ImmutableArray<CoreExpr> arguments) =>
        new CCall(Symbol(module), Symbol(function), arguments, location);

    /// <summary>A call of a module and function known at run time only.</summary>
    public static CoreExpr DynamicCall(
        CoreExpr module, CoreExpr function, CoreLocation? location, params ImmutableArray<CoreExpr> arguments) =>
        new CCall(module, function, arguments, location);

    /// <summary><c>apply 'function'/n(…)</c>.</summary>
    public static CoreExpr Apply(string function, params ImmutableArray<CoreExpr> arguments) =>
        new CApplyLocal(new FunctionName(function, arguments.Length), arguments, null);

    public static CoreExpr ApplyAt(
        CoreLocation? location, string function, params ImmutableArray<CoreExpr> arguments) =>
        new CApplyLocal(new FunctionName(function, arguments.Length), arguments, location);

    public static CoreExpr ApplyFun(CoreExpr function, params ImmutableArray<CoreExpr> arguments) =>
        new CApply(function, arguments, null);

    public static CoreExpr Primop(string name, params ImmutableArray<CoreExpr> arguments) =>
        new CPrimop(new Atom(name), arguments);

    public static CFun Fun(ImmutableArray<CoreVar> parameters, CoreExpr body) => new(parameters, body);

    public static CoreExpr Letrec(string name, CFun function, CoreExpr body) =>
        new CLetrec([(new FunctionName(name, function.Parameters.Length), function)], body);

    public static CoreExpr Let(CoreVar variable, CoreExpr value, CoreExpr body) =>
        new CLet([(variable, value)], body);

    public static CoreExpr Let(ImmutableArray<(CoreVar Variable, CoreExpr Value)> bindings, CoreExpr body) =>
        bindings.IsEmpty ? body : new CLet(bindings, body);

    public static CoreExpr Values(params ImmutableArray<CoreExpr> values) => new CValues(values);

    public static CoreExpr LetValues(ImmutableArray<CoreVar> variables, CoreExpr value, CoreExpr body) =>
        new CLetValues(variables, value, body);

    /// <summary>All but the last for their effects, the value of the last.</summary>
    public static CoreExpr Seq(params ImmutableArray<CoreExpr> expressions) => expressions.Length switch
    {
        0 => throw new ArgumentException("a sequence needs a result", nameof(expressions)),
        1 => expressions[0],
        _ => new CSeq(expressions[..^1], expressions[^1]),
    };

    /// <summary>A choice by a guard expression; one that fails counts as false.</summary>
    public static CoreExpr If(CoreExpr guard, CoreExpr then, CoreExpr otherwise) =>
        new CCase([], [new CClause([], guard, then), new CClause([], null, otherwise)]);

    /// <summary>A choice by a value that is known to be <c>'true'</c> or <c>'false'</c>.</summary>
    public static CoreExpr IfTrue(CoreExpr condition, CoreExpr then, CoreExpr otherwise) =>
        Case(condition, Clause(Literal(True), then), Clause(Ignored, otherwise));

    public static CoreExpr Case(CoreExpr subject, params ImmutableArray<CClause> clauses) => new CCase([subject], clauses);

    public static CClause Clause(CorePattern pattern, CoreExpr body) => new([pattern], null, body);

    public static CClause Clause(CorePattern pattern, CoreExpr? guard, CoreExpr body) => new([pattern], guard, body);

    /// <summary>A pattern that matches anything and binds nothing that a body may use; written <c>_</c>.</summary>
    public static readonly PVar Ignored = new(new CoreVar(-1, ""));

    public static PVar Bind(CoreVar variable) => new(variable);

    public static PLiteral Literal(CoreExpr literal) => new(literal);

    /// <summary><c>call 'erlang':Name(…)</c>: guard functions, operators, the process dictionary.</summary>
    public static CoreExpr Erlang(string function, params ImmutableArray<CoreExpr> arguments) =>
        Call("erlang", function, arguments);

    public static CoreExpr And(CoreExpr left, CoreExpr right) => Erlang("and", left, right);

    /// <summary>All guards hold; <c>'true'</c> for none.</summary>
    public static CoreExpr AllOf(params ImmutableArray<CoreExpr> guards) =>
        guards.IsEmpty ? True : guards[1..].Aggregate(guards[0], And);
}
