using System.Collections.Immutable;
using Beamtalk.Cli;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Metamorphic;

/// <summary>Compiles programs together and evaluates their expressions, all in one node.</summary>
internal sealed class FragmentRunner : IAsyncDisposable
{
    /// <summary>
    /// What fragments may send messages to (each of them spawns its own helper), and what their classes inherit.
    /// </summary>
    private static readonly string MetaHelper = $"""
        Actor subclass: MetaHelper
          double: n => n + n
          after: n add: block => block value: n
          crash: n => Error signal: "crashed"

        Object subclass: MetaTools
          class apply: block to: x => block value: x
          class calculate: x with: op with: y => x perform: op with: y
          class when: condition do: block =>
            condition ifTrue: [^ block value]
            0
          class new: n collect: block => #(n) inject: 1 into: [:sum :each | (block value: sum + each) % 97]
          class protect: block =>
            [^ block value] ensure: [2]

        {Placement.Bases}
        """;

    /// <summary>Stands between the results; no fragment makes such a text.</summary>
    private const string Separator = " ~~ ";

    private readonly Toolchain _toolchain = new(Installation.Find());
    private ErlangSession? _session;
    private ClassIndex _known = ClassIndex.Empty;

    public async Task StartAsync()
    {
        _session = await ErlangSession.StartAsync(await _toolchain.NodeAsync());
        _known = _toolchain.Known;
        BuildOutcome outcome = await LoadAsync([new SourceText("meta_helper.bt", MetaHelper)], isInline: true);
        _known = _known.With(outcome.Result.Declared);
    }

    /// <summary>What each program's expression comes to, as text: a value or an error.</summary>
    public async Task<ImmutableArray<string>> RunAsync(ImmutableArray<Program> programs, bool isInline)
    {
        BuildOutcome outcome = await LoadAsync([.. programs.Select(ToSource)], isInline);
        ClassIndex known = _known.With(outcome.Result.Declared);
        IEnumerable<string> results = programs.Select(program => Guarded(program.Expression));
        string text = await EvaluateAsync($"#({string.Join(",\n", results)}) join: \"{Separator}\"", known);
        return [.. text.Trim('"').Split(Separator)];
    }

    public ValueTask DisposeAsync() => _toolchain.DisposeAsync();

    private static string Guarded(string expression) =>
        $"([({expression}) printString] on: Error do: [:e | \"{{e class}}: {{e message}}\"])";

    private static SourceText ToSource(Program program) => new(program.File, program.Source);

    private async Task<BuildOutcome> LoadAsync(ImmutableArray<SourceText> sources, bool isInline)
    {
        BuildOutcome outcome = await _toolchain.CompileAsync(
            new SourceSet(sources, []), _known, new CompilationOptions { Inline = isInline });
        if (outcome.Diagnostics.FirstOrDefault(item => item.IsError) is { } error)
        {
            throw new InvalidOperationException($"{DiagnosticRenderer.Render(error)}\n{error.Source.Text}");
        }

        await _session!.LoadAsync(outcome.Beams);
        return outcome;
    }

    private async Task<string> EvaluateAsync(string expression, ClassIndex known)
    {
        var input = new CompilationInput([new SourceText("metamorphic", expression)], known, new CompilationOptions());
        CompilationResult compiled = Compilation.CompileReplInput(input, []);
        BuildOutcome outcome = await _toolchain.AssembleAsync(compiled);
        await _session!.LoadAsync(outcome.Beams);
        CompiledModule module = compiled.Modules.Single(item => item.Kind == ModuleKind.ReplInput);
        (EvaluationResult result, _) = await _session.EvaluateAsync(module.Generation);
        return result is PrintedValue value ? value.Text : throw new InvalidOperationException(result.ToString());
    }
}
