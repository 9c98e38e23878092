using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// What each variable is at one point of the code: its present value or, for a celled variable, its cell; and which
/// Core variables are known to be integers here.
/// </summary>
public sealed record Environment(
    ImmutableDictionary<Variable, CoreExpr> Values, ImmutableHashSet<CoreVar> Integers)
{
    public static readonly Environment Empty = new(
        ImmutableDictionary.Create<Variable, CoreExpr>(ReferenceEqualityComparer.Instance), []);

    public CoreExpr this[Variable variable] => Values.TryGetValue(variable, out CoreExpr? value)
        ? value
        : throw new InvalidOperationException($"variable {variable} is not bound where it is used");

    public bool Holds(Variable variable) => Values.ContainsKey(variable);

    public Environment With(Variable variable, CoreExpr value) => this with { Values = Values.SetItem(variable, value) };

    public Environment WithIntegers(IEnumerable<CoreVar> variables) => this with { Integers = Integers.Union(variables) };

    public bool IsInteger(CoreExpr value) => value switch
    {
        CInt => true,
        CVar variable => Integers.Contains(variable.Variable),
        _ => false,
    };
}
