using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;

namespace Beamtalk.Compiler.Backend;

/// <summary>A loadable module: its name and the contents of its <c>.beam</c> file.</summary>
public sealed record BeamModule(string Name, byte[] Code);

/// <summary>
/// The beams of one module (generation first, then its facade), or the fault that the Erlang compiler found
/// in the generated code.
/// </summary>
public sealed record BeamOutcome(CompiledModule Module, ImmutableArray<BeamModule> Beams, string? Fault)
{
    /// <summary>Of what only the node knows: the callbacks that behaviours want.</summary>
    public ImmutableArray<Diagnostic> Warnings { get; init; } = [];
}

/// <summary>Turns Core Erlang into beams, in the resident node.</summary>
public sealed class CompileService(ErlangNode node)
{
    public async Task<ImmutableArray<BeamOutcome>> CompileAsync(IEnumerable<CompiledModule> modules) =>
        [.. await Task.WhenAll(modules.Select(CompileAsync)).ConfigureAwait(false)];

    private async Task<BeamOutcome> CompileAsync(CompiledModule module)
    {
        ErlangTerm request = ErlangTerm.Tuple(ErlangTerm.Atom("compile"), UnitTerm.Of(module));
        ErlangTerm reply = await node.RequestAsync(request).ConfigureAwait(false);
        return reply is ErlangTuple { Elements: [ErlangAtom { Name: "ok" }, var beams] }
            ? new BeamOutcome(module, [.. beams.AsElements().Select(ToBeam)], null)
            {
                Warnings = await BehaviourCheck.RunAsync(node, module).ConfigureAwait(false),
            }
            : new BeamOutcome(module, [], reply.AsElements()[1].AsText());
    }

    private static BeamModule ToBeam(ErlangTerm pair) =>
        pair is ErlangTuple { Elements: [ErlangAtom name, ErlangBinary code] }
            ? new BeamModule(name.Name, code.Bytes)
            : throw new FormatException($"expected a module and its code, got {pair}");
}
