using System.Collections.Immutable;
using Beamtalk.Compiler;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Cli.Building;

/// <summary>
/// A directory of compiled modules. Everything is written beside its place first and then renamed, so that
/// whoever reads the directory, or an interrupted build, never meets half a file. A manifest tells what each
/// beam was made from, and an index what later compilations need to know of the classes.
/// </summary>
public sealed class OutputDirectory
{
    public const string IndexName = "classes.json";

    private const string ManifestName = ".manifest";

    private readonly string _path;
    private readonly Manifest _old;

    public OutputDirectory(string path)
    {
        _path = path;
        _old = Manifest.Read(Path.Combine(path, ManifestName));
    }

    public static ClassIndex ReadIndex(string directory)
    {
        string path = Path.Combine(directory, IndexName);
        return File.Exists(path) ? ClassIndex.FromJson(File.ReadAllBytes(path)) : ClassIndex.Empty;
    }

    /// <summary>Nothing that this directory was built from has changed.</summary>
    public bool IsCurrent(string inputs) => _old.Inputs == inputs && _old.Modules.Values.All(AllExist);

    /// <summary>The beams of this module are here, made from the same text.</summary>
    public bool Has(CompiledModule module, string stamp) =>
        _old.Modules.TryGetValue(module.Generation, out ManifestEntry? entry)
        && entry.Hash == HashOf(module, stamp)
        && AllExist(entry);

    /// <summary>Puts the new beams into place, keeps those that are up to date, removes those of vanished modules.</summary>
    public void Commit(BuildOutcome outcome, string inputs, string stamp, bool withCore)
    {
        Directory.CreateDirectory(_path);
        var fresh = outcome.Outcomes.ToDictionary(one => one.Module.Generation);
        var entries = ImmutableDictionary.CreateBuilder<string, ManifestEntry>();
        foreach (CompiledModule module in outcome.Result.Modules)
        {
            entries[module.Generation] = fresh.TryGetValue(module.Generation, out BeamOutcome? made)
                ? new ManifestEntry(HashOf(module, stamp), [.. made.Beams.Select(FileName)])
                : _old.Modules[module.Generation];
        }

        var files = outcome.Beams.Select(beam => (FileName(beam), beam.Code)).ToList();
        if (withCore)
        {
            files.AddRange(outcome.Result.Modules.Select(module =>
                (module.Generation + ".core", System.Text.Encoding.UTF8.GetBytes(module.CoreText))));
        }

        files.Add((IndexName, outcome.Result.Declared.Merge(outcome.Result.Extended).ToJson()));
        var manifest = new Manifest(inputs, entries.ToImmutable());
        files.Add((ManifestName, manifest.ToBytes()));
        AtomicFiles.Write(_path, files);
        RemoveVanished(manifest);
    }

    private static string FileName(BeamModule beam) => beam.Name + ".beam";

    private static string HashOf(CompiledModule module, string stamp) => new ContentHash()
        .Add(stamp)
        .Add(module.CoreText)
        .Add($"{module.Facade};{module.Superclass};{module.IsActor}")
        .Add(string.Join(';', module.Inherited))
        .ToString();

    private bool AllExist(ManifestEntry entry) => entry.Files.All(file => File.Exists(Path.Combine(_path, file)));

    private void RemoveVanished(Manifest current)
    {
        var kept = current.Modules.Values.SelectMany(entry => entry.Files).ToHashSet();
        foreach (string file in _old.Modules.Values.SelectMany(entry => entry.Files).Where(file => !kept.Contains(file)))
        {
            File.Delete(Path.Combine(_path, file));
        }
    }
}
