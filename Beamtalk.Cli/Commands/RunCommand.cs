using System.CommandLine;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Reporting;
using Beamtalk.Cli.Running;
using Beamtalk.Compiler;

namespace Beamtalk.Cli.Commands;

/// <summary>`run FILE [ARG…]`: compiles a script, unless the cache has it, and becomes the node that runs it.</summary>
public static class RunCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The script" };
        var rest = new Argument<string[]>("ARG") { Description = "Arguments of the script", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("run", "Compile and run a script") { file, rest };
        command.SetAction((parsed, _) => RunAsync(parsed.GetRequiredValue(file), parsed.GetValue(rest) ?? []));
        return command;
    }

    public static async Task<int> RunAsync(string file, string[] arguments)
    {
        var installation = Installation.Find();
        var cache = new ScriptCache(installation);
        byte[] content = Sources.ReadBytes(file);
        string key = cache.KeyOf(file, content);
        CachedScript? script = cache.Find(key) ?? await CompileAsync(installation, cache, key, file, content).ConfigureAwait(false);
        return script is null ? ExitCode.NotCompiled : Execute(installation, script, arguments);
    }

    private static async Task<CachedScript?> CompileAsync(
        Installation installation, ScriptCache cache, string key, string file, byte[] content)
    {
        await using var toolchain = new Toolchain(installation);
        _ = toolchain.NodeAsync();
        BuildOutcome outcome = await toolchain.CompileAsync(
            Sources.FromBytes(file, content), toolchain.Stdlib, new CompilationOptions()).ConfigureAwait(false);
        DiagnosticReporter.Print(outcome.Diagnostics);
        if (outcome.HasErrors)
        {
            return null;
        }

        CompiledModule main = outcome.Result.Modules.FirstOrDefault(module => module.Kind == ModuleKind.Script)
            ?? throw new UserErrorException($"{file} has no statements to run");
        return cache.Store(key, main.Facade!, outcome);
    }

    private static int Execute(Installation installation, CachedScript script, string[] arguments)
    {
        IEnumerable<string> path = installation.CodePath.Append(script.Directory).SelectMany(directory => new[] { "-pa", directory });
        ProcessImage.Replace(
            "erl", [.. NodeFlags.Script, .. path, "-s", "bt_launch", "main", "-extra", script.Facade, .. arguments]);
        throw new UserErrorException("Erlang is not installed: there is no `erl` on PATH (see `beamtalk doctor`)");
    }
}
