using System.Collections.Immutable;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler;

namespace Beamtalk.Cli.Running;

/// <summary>Compiles scripts into the cache that they are run from.</summary>
public sealed class ScriptCompiler(Toolchain toolchain, ScriptCache cache)
{
    /// <summary>The script of a directory in which several files have statements.</summary>
    private const string MainFile = "main";

    /// <summary>The files of a script: itself, or those of a directory.</summary>
    public static ImmutableArray<SourceFile> Read(string path)
    {
        IEnumerable<string> files = Directory.Exists(path) ? Sources.Find([path]) : [path];
        return [.. files.Select(file => new SourceFile(file, Sources.ReadBytes(file)))];
    }

    public Task<BuildOutcome> CompileAsync(ImmutableArray<SourceFile> files) =>
        toolchain.CompileAsync(Sources.FromFiles(files), toolchain.Known, new CompilationOptions());

    public CachedScript Store(string key, string path, BuildOutcome outcome) =>
        cache.Store(key, MainOf(outcome, path), outcome);

    private static string MainOf(BuildOutcome outcome, string path)
    {
        ImmutableArray<CompiledModule> scripts =
            [.. outcome.Result.Modules.Where(module => module.Kind == ModuleKind.Script)];
        CompiledModule? main = scripts.Length == 1
            ? scripts[0]
            : scripts.FirstOrDefault(module => Path.GetFileNameWithoutExtension(module.Source.Path) == MainFile);
        return main?.Facade ?? throw new UserErrorException(scripts.IsEmpty
            ? $"{path} has no statements to run"
            : $"several files of {path} have statements, and none of them is {MainFile}{Sources.Extension}");
    }
}
