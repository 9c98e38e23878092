using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Syntax;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Emit;

/// <summary>
/// Annotations as Erlang specs, in the abstract format that a <c>-spec</c> attribute has. Only methods with an
/// annotation get one; what is not annotated, and every class that is not a plain Erlang type, is <c>any()</c>.
/// </summary>
public static class SpecBuilder
{
    public static ImmutableArray<(Atom Name, CoreExpr Value)> Specs(IEnumerable<BoundMember> members) =>
        [.. members.Where(IsAnnotated).Select(member => (new Atom("spec"), List(Spec(member))))];

    private static bool IsAnnotated(BoundMember member) => member.Clauses is [var only]
        && (only.ReturnType is not null || only.Parameters.Any(parameter => parameter.Pattern is TypedPattern));

    private static CoreExpr Spec(BoundMember member)
    {
        MethodDeclaration method = member.Clauses[0];
        ImmutableArray<CoreExpr> parameters =
            [BuiltIn("any"), .. method.Parameters.Select(parameter => Of((parameter.Pattern as TypedPattern)?.Type))];
        CoreExpr product = Type("product", List(parameters));
        CoreExpr function = Type("fun", List(product, Of(method.ReturnType)));
        return Tuple(Tuple(Symbol(member.Function), Int(parameters.Length)), List(function));
    }

    private static CoreExpr Of(TypeSyntax? type) => type switch
    {
        SymbolType symbol => Tuple(Symbol("atom"), Int(0), Symbol(symbol.Value)),
        UnionType union => Type("union", List([.. union.Alternatives.Select(Of)])),
        NamedType named => OfClass(named.Name.Name),
        _ => BuiltIn("any"),
    };

    /// <summary>A future may stand wherever a value is expected: only results and literals are surely plain.</summary>
    private static CoreExpr OfClass(string name) => name switch
    {
        "Integer" => OrFuture("integer"),
        "Float" => OrFuture("float"),
        "Number" => OrFuture("number"),
        "String" => OrFuture("binary"),
        "Symbol" => OrFuture("atom"),
        "Boolean" => OrFuture("boolean"),
        "List" => OrFuture("list"),
        "Dictionary" => OrFuture("map"),
        "Actor" => OrFuture("pid"),
        _ => BuiltIn("any"),
    };

    private static CoreExpr OrFuture(string name)
    {
        CoreExpr nil = Tuple(Symbol("atom"), Int(0), Symbol("nil"));
        CoreExpr future = Tuple(Symbol("type"), Int(0), Symbol("tuple"), Symbol("any"));
        CoreExpr type = name == "map" ? Tuple(Symbol("type"), Int(0), Symbol("map"), Symbol("any")) : BuiltIn(name);
        return Type("union", List(type, nil, future));
    }

    private static CoreExpr BuiltIn(string name) => Type(name, EmptyList);

    private static CoreExpr Type(string name, CoreExpr arguments) =>
        Tuple(Symbol("type"), Int(0), Symbol(name), arguments);
}
