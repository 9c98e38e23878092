using System.Collections.Immutable;
using System.Text;
using Beamtalk.Cli.Building;

namespace Beamtalk.Cli.Running;

/// <summary>A compiled script: the directory of its beams, and its class.</summary>
public sealed record CachedScript(string Directory, string Facade);

/// <summary>
/// Compiled scripts under the user's cache directory, each in a directory named by the hash of the installation,
/// the path (it is in the stack traces) and the text. Entries appear whole, by a rename, and never change.
/// </summary>
public sealed class ScriptCache(Installation installation, ImmutableArray<string> libraries)
{
    private const string MainName = "main";

    private static readonly TimeSpan Unused = TimeSpan.FromDays(30);

    /// <summary>The compiled packages that the script may refer to, besides the standard library.</summary>
    public ImmutableArray<string> Libraries { get; } = libraries;

    private readonly string _root = Path.Combine(CacheHome(), "beamtalk", "run");

    public string KeyOf(IEnumerable<SourceFile> files)
    {
        ContentHash hash = new ContentHash().Add(installation.Root).Add(installation.Stamp);
        foreach (string index in Libraries.Select(library => Path.Combine(library, OutputDirectory.IndexName)).Where(File.Exists))
        {
            hash.Add(index).Add(File.ReadAllBytes(index));
        }

        foreach (SourceFile file in files)
        {
            hash.Add(file.Path).Add(file.Content);
        }

        return hash.ToString();
    }

    public CachedScript? Find(string key)
    {
        string main = Path.Combine(_root, key, MainName);
        return File.Exists(main) ? new CachedScript(Path.Combine(_root, key), File.ReadAllText(main)) : null;
    }

    public CachedScript Store(string key, string facade, BuildOutcome outcome)
    {
        Directory.CreateDirectory(_root);
        RemoveUnused();
        string path = Path.Combine(_root, key);
        IEnumerable<(string, byte[])> beams = outcome.Beams.Select(beam => (beam.Name + ".beam", beam.Code));
        AtomicFiles.CreateDirectory(path, beams.Append((MainName, Encoding.UTF8.GetBytes(facade))));
        return new CachedScript(path, facade);
    }

    private static string CacheHome()
    {
        string? home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!string.IsNullOrEmpty(home))
        {
            return home;
        }

        string user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return user.Length > 0 ? Path.Combine(user, ".cache") : Path.GetTempPath();
    }

    /// <summary>Entries are only ever added, so those of last month's edits go when a new one comes.</summary>
    private void RemoveUnused()
    {
        DateTime limit = DateTime.UtcNow - Unused;
        foreach (DirectoryInfo entry in new DirectoryInfo(_root).EnumerateDirectories())
        {
            // What another run has just renamed or removed reads as very old, but is not there any more.
            if (entry.LastWriteTimeUtc < limit && Directory.Exists(entry.FullName))
            {
                Remove(entry);
            }
        }
    }

    private static void Remove(DirectoryInfo entry)
    {
        try
        {
            entry.Delete(recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another run was faster.
        }
    }
}
