using System.Collections.Immutable;
using Beamtalk.Compiler;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Building;

/// <summary>What a compilation came to: the beams are complete unless <see cref="HasErrors"/>.</summary>
public sealed record BuildOutcome(
    CompilationResult Result, ImmutableArray<BeamOutcome> Outcomes, ImmutableArray<Diagnostic> Diagnostics)
{
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.IsError);

    public IEnumerable<BeamModule> Beams => Outcomes.SelectMany(outcome => outcome.Beams);
}

/// <summary>
/// The compiler and its Erlang node, for one command. <paramref name="libraries"/> are directories of compiled
/// packages that the sources may refer to, besides the standard library.
/// </summary>
public sealed class Toolchain(
    Installation installation, NodeOutput output = NodeOutput.StandardOutput, Action<string>? captured = null,
    ImmutableArray<string> libraries = default) : IAsyncDisposable
{
    /// <summary>Source nested as deeply as the parser allows recurses deeply in every pass.</summary>
    private const int StackSize = 512 * 1024 * 1024;

    private readonly Lock _starting = new();
    private Task<ErlangNode>? _node;
    private readonly ImmutableArray<string> _libraries = libraries.IsDefault ? [] : libraries;
    private ClassIndex? _known;

    /// <summary>Flags of the node besides the usual ones.</summary>
    public string[] Flags { get; init; } = [];

    /// <summary>The classes of the standard library, and of the other libraries.</summary>
    public ClassIndex Known => _known ??= ReadIndex([.. installation.ClassLibraries, .. _libraries]);

    /// <summary>The classes that the sources of a package may refer to: its own are not among them.</summary>
    public ClassIndex KnownTo(string package) => package == Installation.StdlibPackage
        ? ClassIndex.Empty
        : ReadIndex([.. installation.ClassLibraries.Remove(installation.EbinOf(package)), .. _libraries]);

    /// <summary>The node, started on first use: call it early, the node boots while the sources are parsed.</summary>
    public Task<ErlangNode> NodeAsync()
    {
        lock (_starting)
        {
            return _node ??= Task.Run(() => ErlangNode.StartAsync(
                [.. installation.CodePath, .. _libraries], [.. NodeFlags.Resident, .. NodeFlags.Compiler, .. Flags], output, captured));
        }
    }

    /// <summary>The front end alone.</summary>
    public static CompilationResult Analyze(SourceSet sources, ClassIndex known, CompilationOptions options) =>
        OnLargeStack(() => Compile(sources, known, options));

    /// <summary>Front end and back end; only the modules that are <paramref name="wanted"/> reach the Erlang compiler.</summary>
    public async Task<BuildOutcome> CompileAsync(
        SourceSet sources, ClassIndex known, CompilationOptions options, Func<CompiledModule, bool>? wanted = null)
    {
        CompilationResult result = Analyze(sources, known, options);
        return await AssembleAsync(result, wanted).ConfigureAwait(false);
    }

    /// <summary>The back end for the result of a front end.</summary>
    public async Task<BuildOutcome> AssembleAsync(CompilationResult result, Func<CompiledModule, bool>? wanted = null)
    {
        ImmutableArray<CompiledModule> modules =
            result.HasErrors ? [] : [.. result.Modules.Where(module => wanted?.Invoke(module) ?? true)];
        if (modules.IsEmpty)
        {
            return new BuildOutcome(result, [], result.Diagnostics);
        }

        var service = new CompileService(await NodeAsync().ConfigureAwait(false));
        ImmutableArray<BeamOutcome> outcomes = await service.CompileAsync(modules).ConfigureAwait(false);
        IEnumerable<Diagnostic> faults = outcomes.Where(outcome => outcome.Fault is not null).Select(ToDiagnostic);
        IEnumerable<Diagnostic> warnings = outcomes.SelectMany(outcome => outcome.Warnings);
        return new BuildOutcome(result, outcomes, [.. result.Diagnostics, .. faults, .. warnings]);
    }

    /// <summary>Runs the work on a thread whose stack is deep enough for the passes.</summary>
    public static T OnLargeStack<T>(Func<T> work)
    {
        var completion = new TaskCompletionSource<T>();
        var thread = new Thread(
            () =>
            {
                try
                {
                    completion.SetResult(work());
                }
                catch (Exception error)
                {
                    completion.SetException(error);
                }
            },
            StackSize);
        thread.Start();
        return completion.Task.GetAwaiter().GetResult();
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is { IsFaulted: false } starting)
        {
            ErlangNode node = await starting.ConfigureAwait(false);
            await node.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static ClassIndex ReadIndex(ImmutableArray<string> directories) =>
        directories.Aggregate(ClassIndex.Empty, (index, directory) => index.Merge(OutputDirectory.ReadIndex(directory)));

    /// <summary>Text that could not be read is not compiled: its other diagnostics would only be noise.</summary>
    private static CompilationResult Compile(SourceSet sources, ClassIndex known, CompilationOptions options)
    {
        if (sources.Diagnostics.Any(diagnostic => diagnostic.IsError))
        {
            return new CompilationResult([], sources.Diagnostics, ClassIndex.Empty, null);
        }

        return Compilation.Compile(new CompilationInput(sources.Sources, known, options));
    }

    private static Diagnostic ToDiagnostic(BeamOutcome outcome) => Diagnostic.Create(
        Catalog.InternalFault, outcome.Module.Source, TextSpan.None, null,
        outcome.Module.Facade ?? outcome.Module.Generation, outcome.Fault!.TrimEnd());
}
