using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Compiler.Backend;

/// <summary>Asks the node for the callbacks of the behaviours that a class implements, and whether it has them.</summary>
internal static class BehaviourCheck
{
    public static async Task<ImmutableArray<Diagnostic>> RunAsync(ErlangNode node, CompiledModule module)
    {
        var warnings = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (BehaviourClaim claim in module.Claims)
        {
            ErlangTerm request = ErlangTerm.Tuple(
                ErlangTerm.Atom("missing_callbacks"), ErlangTerm.Atom(claim.Name),
                ErlangTerm.List(module.Callbacks.Select(Term)));
            ErlangTerm reply = await node.RequestAsync(request).ConfigureAwait(false);
            warnings.AddRange(reply is ErlangAtom ? [Unknown(module, claim)] : Missing(module, claim, reply));
        }

        return warnings.ToImmutable();
    }

    private static ErlangTerm Term(FunctionName function) =>
        ErlangTerm.Tuple(ErlangTerm.Atom(function.Name), ErlangTerm.Integer(function.Arity));

    private static Diagnostic Unknown(CompiledModule module, BehaviourClaim claim) => Diagnostic.Create(
        Catalog.UnknownBehaviour, module.Source, claim.Span, null, claim.Name, ClassName(module));

    private static IEnumerable<Diagnostic> Missing(CompiledModule module, BehaviourClaim claim, ErlangTerm reply) => reply
        .AsElements()
        .Select(callback => callback is ErlangTuple { Elements: [ErlangAtom name, ErlangInteger arity] }
            ? Missing(module, claim, name.Name, (int)arity.Value)
            : throw new FormatException($"expected a callback, got {callback}"));

    private static Diagnostic Missing(CompiledModule module, BehaviourClaim claim, string name, int arity) =>
        Diagnostic.Create(
            Catalog.MissingCallback, module.Source, claim.Span, $"a class-side method: {Header(name, arity)}",
            ClassName(module), name, arity, claim.Name);

    /// <summary>The header of a method that would be the callback.</summary>
    private static string Header(string name, int arity) => arity == 0
        ? $"class {name} => …"
        : $"class {name}: a{string.Concat(Enumerable.Range(1, arity - 1).Select(i => $" with: {(char)('a' + i)}"))} => …";

    private static string ClassName(CompiledModule module) => module.Facade!.Split('.')[^1];
}
