using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Emit;

/// <summary>The methods that a Value class has for each field.</summary>
public static class Accessors
{
    private static readonly CoreVar Self = new(0, "self");
    private static readonly CoreVar Value = new(1, "value");

    /// <summary><c>x</c> answers the field.</summary>
    public static CoreFunction Reader(string field) => new(
        new FunctionName(field, 1), new CFun([Self], Erlang("map_get", Symbol(field), Var(Self))), true, null);

    /// <summary><c>withX: v</c> answers a copy with another value.</summary>
    public static CoreFunction With(string selector, string field) => new(
        new FunctionName(selector, 2),
        new CFun([Self, Value], MapUpdate(Var(Self), (Symbol(field), Var(Value)))), true, null);

    /// <summary>What a reader tells of itself; <paramref name="type"/> is the field's, as written.</summary>
    public static MethodMeta ReaderMeta(string field, string? type) =>
        new() { Selector = field, Function = field, Returns = type, IsAccessor = true };

    public static MethodMeta WithMeta(string selector, string field, string? type) =>
        new() { Selector = selector, Function = selector, Parameters = [new ParameterMeta(field, type)], IsAccessor = true };
}
