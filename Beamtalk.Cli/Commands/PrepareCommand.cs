using System.Collections.Immutable;
using System.CommandLine;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Projects;
using Beamtalk.Cli.Reporting;
using Beamtalk.Cli.Running;

namespace Beamtalk.Cli.Commands;

/// <summary>
/// `prepare FILE…`: compiles scripts into the cache of `run`, so that they start at once. What there is to say about
/// one is said again when it runs: only what compiles without a word is stored.
/// </summary>
public static class PrepareCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "The scripts, or directories with one", Arity = ArgumentArity.OneOrMore };
        var command = new Command("prepare", "Compile scripts ahead of their first run") { files };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(files)!));
        return command;
    }

    private static async Task<int> RunAsync(string[] paths)
    {
        var installation = Installation.Find();
        ImmutableArray<string> libraries = await ProjectCommands.LibrariesAsync(installation).ConfigureAwait(false);
        var cache = new ScriptCache(installation, libraries);
        await using var toolchain = new Toolchain(installation, libraries: libraries);
        _ = toolchain.NodeAsync();
        _ = toolchain.Known;
        var compiler = new ScriptCompiler(toolchain, cache);
        int failures = 0;
        await Parallel.ForEachAsync(paths, async (path, _) =>
        {
            if (!await PrepareAsync(compiler, cache, path).ConfigureAwait(false))
            {
                Interlocked.Increment(ref failures);
            }
        }).ConfigureAwait(false);
        return failures == 0 ? ExitCode.Success : ExitCode.NotCompiled;
    }

    /// <summary>False if the script would not run.</summary>
    private static async Task<bool> PrepareAsync(ScriptCompiler compiler, ScriptCache cache, string path)
    {
        try
        {
            ImmutableArray<SourceFile> files = ScriptCompiler.Read(path);
            string key = cache.KeyOf(files);
            return cache.Find(key) is not null || await CompileAsync(compiler, key, path, files).ConfigureAwait(false);
        }
        catch (UserErrorException error)
        {
            await Console.Error.WriteLineAsync($"beamtalk: {error.Message}").ConfigureAwait(false);
            return false;
        }
    }

    private static async Task<bool> CompileAsync(
        ScriptCompiler compiler, string key, string path, ImmutableArray<SourceFile> files)
    {
        BuildOutcome outcome = await compiler.CompileAsync(files).ConfigureAwait(false);
        DiagnosticReporter.Print(outcome.Diagnostics);
        if (outcome.Diagnostics.IsEmpty)
        {
            compiler.Store(key, path, outcome);
        }

        return !outcome.HasErrors;
    }
}
