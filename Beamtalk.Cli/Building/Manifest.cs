using System.Collections.Immutable;
using System.Text;

namespace Beamtalk.Cli.Building;

/// <summary>What one generation was made from, and the files that came of it.</summary>
public sealed record ManifestEntry(string Hash, ImmutableArray<string> Files);

/// <summary>
/// What a directory was built from: a hash of all inputs (empty if the build had warnings, which the next one
/// repeats), and an entry for each generation. One line each, fields separated by tabs.
/// </summary>
public sealed record Manifest(string Inputs, ImmutableDictionary<string, ManifestEntry> Modules)
{
    private static readonly Manifest Empty = new("", ImmutableDictionary<string, ManifestEntry>.Empty);

    public static Manifest Read(string path)
    {
        if (!File.Exists(path))
        {
            return Empty;
        }

        string[] lines = File.ReadAllLines(path);
        return new Manifest(
            lines.FirstOrDefault(""),
            lines.Skip(1).Select(line => line.Split('\t')).Where(fields => fields.Length >= 2).ToImmutableDictionary(
                fields => fields[0],
                fields => new ManifestEntry(fields[1], [.. fields[2..]])));
    }

    public byte[] ToBytes()
    {
        var text = new StringBuilder(Inputs).Append('\n');
        foreach ((string generation, ManifestEntry entry) in Modules.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.AppendJoin('\t', [generation, entry.Hash, .. entry.Files]).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
