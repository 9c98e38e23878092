using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>A behaviour of Erlang that a class says it implements, and where it says so.</summary>
public sealed record BehaviourClaim(string Name, TextSpan Span);

/// <summary>
/// <c>implements: #gen_server</c>, or a list of names. A name with a capital is that of a Protocol, which is for the
/// reader; Elixir's modules are written out, <c>#'Elixir.Plug'</c>.
/// </summary>
public static class Behaviours
{
    public const string Selector = "implements";

    private const string ElixirPrefix = "Elixir.";

    public static ImmutableArray<BehaviourClaim> Of(ClassDeclaration syntax) =>
        [.. Claims(syntax).OfType<SymbolLiteral>().Where(IsErlangs).Select(name => new BehaviourClaim(name.Value, name.Span))];

    /// <summary>What the declaration names has to be known when the class is compiled.</summary>
    public static void Check(ClassDeclaration syntax, DiagnosticBag diagnostics)
    {
        foreach (Expression claim in Claims(syntax).Where(claim => claim is not SymbolLiteral))
        {
            diagnostics.Report(Catalog.NoBehaviour, claim.Span);
        }
    }

    private static IEnumerable<Expression> Claims(ClassDeclaration syntax) => syntax.Members
        .OfType<DeclarationMember>()
        .Where(member => member.Name.Name == Selector)
        .SelectMany(member => member.Value is ListExpression list ? list.Elements : [member.Value]);

    private static bool IsErlangs(SymbolLiteral name) =>
        !char.IsUpper(name.Value, 0) || name.Value.StartsWith(ElixirPrefix, StringComparison.Ordinal);
}
