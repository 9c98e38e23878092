using System.Collections.Immutable;
using Beamtalk.Compiler;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Building;

/// <summary>What became of one input, and the errors or warnings of its compilation.</summary>
public abstract record InputOutcome(ImmutableArray<Diagnostic> Diagnostics);

public sealed record NotCompiled(ImmutableArray<Diagnostic> Diagnostics) : InputOutcome(Diagnostics);

public sealed record Evaluated(EvaluationResult Result, ImmutableArray<Diagnostic> Diagnostics) : InputOutcome(Diagnostics);

/// <summary>
/// A sequence of inputs in one node, our own or the one that we are attached to: each is compiled with the classes
/// and variables of those before it. An input that does not compile, or raises an error, leaves them as they are.
/// </summary>
public sealed class Workspace(Toolchain toolchain)
{
    private ClassIndex _declared = ClassIndex.Empty;
    private ClassIndex _known = ClassIndex.Empty;
    private ErlangTerm _version = ErlangTerm.Nil;
    private ImmutableSortedSet<string> _variables = [];
    private ErlangSession? _session;

    /// <summary>The system that the inputs run in; null if it is our own node.</summary>
    public AttachedSystem? Target { get; private init; }

    /// <summary>
    /// Whether the inputs know all classes of their node, also those that other means have put there, and not only
    /// those of the inputs before them.
    /// </summary>
    public bool FollowsNode { get; init; }

    /// <summary>Attaches to a running system, and starts a session there.</summary>
    public static async Task<Workspace> AttachAsync(Toolchain toolchain, string target, string cookie)
    {
        ErlangNode node = await toolchain.NodeAsync().ConfigureAwait(false);
        AttachedSystem system = await ErlangBridge.AttachAsync(node, target, cookie).ConfigureAwait(false);
        return new Workspace(toolchain)
        {
            Target = system,
            FollowsNode = true,
            _session = await ErlangSession.StartAsync(node).ConfigureAwait(false),
        };
    }

    /// <summary>The names that the inputs have bound.</summary>
    public IReadOnlyCollection<string> Variables => _variables;

    /// <summary>The classes that an input may refer to.</summary>
    public ClassIndex Classes => toolchain.Known.With(_known);

    /// <summary>The session, started on first use.</summary>
    public async Task<ErlangSession> SessionAsync() =>
        _session ??= await ErlangSession.StartAsync(await toolchain.NodeAsync().ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Evaluates an input; with a format its value is shown in it.</summary>
    public async Task<InputOutcome> EvaluateAsync(SourceText source, ShowIn? format = null)
    {
        _ = toolchain.NodeAsync();
        await LearnClassesAsync().ConfigureAwait(false);
        CompilationResult compiled = Toolchain.OnLargeStack(() => Compile(source));
        BuildOutcome outcome = await toolchain.AssembleAsync(compiled).ConfigureAwait(false);
        if (outcome.HasErrors)
        {
            return new NotCompiled(outcome.Diagnostics);
        }

        ErlangSession session = await SessionAsync().ConfigureAwait(false);
        if (await session.LoadAsync(outcome.Beams).ConfigureAwait(false) is { } refused)
        {
            return new Evaluated(refused, outcome.Diagnostics);
        }

        _declared = _declared.With(compiled.Declared);
        _known = _known.With(compiled.Declared);
        EvaluationResult result = await EvaluateAsync(session, compiled, format).ConfigureAwait(false);
        return new Evaluated(result, outcome.Diagnostics);
    }

    /// <summary>Prints a line after what the inputs have printed: through their node, if there is one yet.</summary>
    public Task PrintAsync(string line) => _session?.PrintAsync(line) ?? Console.Out.WriteLineAsync(line);

    /// <summary>Waits for what the inputs have set going: futures with registered blocks.</summary>
    public Task SettleAsync() => _session?.SettleAsync() ?? Task.CompletedTask;

    /// <summary>
    /// Ends the session and takes the classes of the inputs away: another workspace of the node may have others of their
    /// names.
    /// </summary>
    public async Task CloseAsync()
    {
        if (_session is null)
        {
            return;
        }

        // A class of the library is among them if an input has extended it.
        ImmutableArray<string> facades = [.. _declared.Classes.Keys.Except(toolchain.Known.Classes.Keys)];
        await _session.ForgetAsync(facades).ConfigureAwait(false);
        await _session.CloseAsync().ConfigureAwait(false);
        _declared = _known = ClassIndex.Empty;
        _variables = [];
        _session = null;
    }

    /// <summary>Others change classes too: what runs there, and other sessions.</summary>
    private async Task LearnClassesAsync()
    {
        if (_session is null || !FollowsNode)
        {
            return;
        }

        try
        {
            if (await _session.ClassesAsync(_version).ConfigureAwait(false) is { } news)
            {
                (_version, _known) = news;
            }
        }
        catch (SessionEndedException)
        {
            // An input has ended the process a moment ago; the next input asks again.
        }
    }

    private CompilationResult Compile(SourceText source)
    {
        var input = new CompilationInput([source], toolchain.Known.With(_known), new CompilationOptions());
        return Compilation.CompileReplInput(input, _variables);
    }

    private async Task<EvaluationResult> EvaluateAsync(ErlangSession session, CompilationResult compiled, ShowIn? format)
    {
        CompiledModule? input = compiled.Modules.FirstOrDefault(module => module.Kind == ModuleKind.ReplInput);
        if (input is null)
        {
            return new NoValue();
        }

        try
        {
            (EvaluationResult result, ImmutableArray<string> bound) = await (format is not null
                ? session.ShowAsync(input.Generation, format)
                : session.EvaluateAsync(input.Generation)).ConfigureAwait(false);
            _variables = [.. bound];
            return compiled.HasValue || result is not PrintedValue ? result : new NoValue();
        }
        catch (SessionEndedException error)
        {
            return new RaisedError("process_ended", error.Message, error.Message);
        }
    }
}
