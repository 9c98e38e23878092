using System.Collections.Immutable;
using System.CommandLine;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Projects;
using Beamtalk.Cli.Reporting;
using Beamtalk.Cli.Running;

namespace Beamtalk.Cli.Commands;

/// <summary>
/// `run [--watch] FILE|DIRECTORY [ARG…]`: compiles a script, unless the cache has it, and becomes the node that runs
/// it. With --watch that node then loads what is saved (`bt_watch`).
/// </summary>
public static class RunCommand
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        var file = new Argument<string?>("FILE") { Description = "The script, or a directory with one (default: the project)", Arity = ArgumentArity.ZeroOrOne };
        var rest = new Argument<string[]>("ARG") { Description = "Arguments of the script", Arity = ArgumentArity.ZeroOrMore };
        var watch = new Option<bool>("--watch") { Description = "Load what is saved into the running script" };
        var command = new Command("run", "Compile and run a script") { watch, file, rest };
        command.SetAction((parsed, _) => parsed.GetValue(file) is { } path
            ? RunAsync(path, parsed.GetValue(rest) ?? [], parsed.GetValue(watch))
            : RunProjectAsync());
        return command;
    }

    /// <summary>Builds the project and becomes the node that runs its applications.</summary>
    private static async Task<int> RunProjectAsync()
    {
        Project project = Project.Find()
            ?? throw new UserErrorException("there is no project here: name a script, or make a project with `beamtalk new NAME`");
        var installation = Installation.Find();
        int status = await new ProjectBuild(installation, project, strict: false, cover: false).RunAsync().ConfigureAwait(false);
        return status == ExitCode.Success
            ? ToolNode.Become(installation, project, project.Own.Select(application => application.Name))
            : status;
    }

    public static async Task<int> RunAsync(string path, string[] arguments, bool watch)
    {
        var installation = Installation.Find();
        ImmutableArray<string> libraries = await ProjectCommands.LibrariesAsync(installation).ConfigureAwait(false);
        var cache = new ScriptCache(installation, libraries);
        ImmutableArray<SourceFile> files = ScriptCompiler.Read(path);
        string key = cache.KeyOf(files);
        CachedScript? script = cache.Find(key) ?? await CompileAsync(installation, cache, key, path, files).ConfigureAwait(false);
        while (script is null && watch)
        {
            (key, files) = await NextAsync(cache, path, key).ConfigureAwait(false);
            script = await CompileAsync(installation, cache, key, path, files).ConfigureAwait(false);
        }

        return script is null ? ExitCode.NotCompiled : Execute([.. installation.CodePath, .. libraries], script, arguments, watch ? path : null);
    }

    /// <summary>Waits until the sources have changed: the first attempt has not compiled.</summary>
    private static async Task<(string Key, ImmutableArray<SourceFile> Files)> NextAsync(ScriptCache cache, string path, string key)
    {
        while (true)
        {
            await Task.Delay(WatchInterval).ConfigureAwait(false);
            try
            {
                ImmutableArray<SourceFile> files = ScriptCompiler.Read(path);
                string next = cache.KeyOf(files);
                if (next != key)
                {
                    return (next, files);
                }
            }
            catch (UserErrorException)
            {
                // An editor may remove a file for a moment.
            }
        }
    }

    private static async Task<CachedScript?> CompileAsync(
        Installation installation, ScriptCache cache, string key, string path, ImmutableArray<SourceFile> files)
    {
        await using var toolchain = new Toolchain(installation, libraries: cache.Libraries);
        _ = toolchain.NodeAsync();
        var compiler = new ScriptCompiler(toolchain, cache);
        BuildOutcome outcome = await compiler.CompileAsync(files).ConfigureAwait(false);
        DiagnosticReporter.Print(outcome.Diagnostics);
        return outcome.HasErrors ? null : compiler.Store(key, path, outcome);
    }

    private static int Execute(string[] codePath, CachedScript script, string[] arguments, string? watched)
    {
        IEnumerable<string> path = codePath.Append(script.Directory).SelectMany(directory => new[] { "-pa", directory });
        string[] watch = watched is null ? [] : ["-beamtalk_watch", watched];
        ProcessImage.Replace("erl",
        [
            .. NodeFlags.Script, .. NodeFlags.Compiler, .. watch, .. path,
            "-s", "bt_launch", "main", "-extra", script.Facade, .. arguments,
        ]);
        throw new UserErrorException("Erlang is not installed: there is no `erl` on PATH (see `beamtalk doctor`)");
    }
}
