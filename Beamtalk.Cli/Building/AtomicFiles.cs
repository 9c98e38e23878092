using System.Collections.Immutable;

namespace Beamtalk.Cli.Building;

/// <summary>Writes files so that each appears whole or not at all.</summary>
public static class AtomicFiles
{
    /// <summary>Writes all files beside the directory's others first, then renames them in the order given.</summary>
    public static void Write(string directory, IEnumerable<(string Name, byte[] Content)> files)
    {
        string staging = Path.Combine(directory, $".tmp-{Environment.ProcessId}");
        Directory.CreateDirectory(staging);
        try
        {
            ImmutableArray<string> names = [.. files.Select(file => Stage(staging, file.Name, file.Content))];
            foreach (string name in names)
            {
                File.Move(Path.Combine(staging, name), Path.Combine(directory, name), overwrite: true);
            }
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    /// <summary>
    /// Makes a new directory with these files appear at once. If another process was faster, its directory stays:
    /// directories are named by what is in them.
    /// </summary>
    public static void CreateDirectory(string path, IEnumerable<(string Name, byte[] Content)> files)
    {
        string staging = $"{path}.tmp-{Environment.ProcessId}";
        Directory.CreateDirectory(staging);
        try
        {
            foreach ((string name, byte[] content) in files)
            {
                Stage(staging, name, content);
            }

            Directory.Move(staging, path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    /// <summary>
    /// Replaces the content of a file, which keeps its permissions. Where the path is a link, the file behind it is meant.
    /// </summary>
    public static void Replace(string path, byte[] content)
    {
        string file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
        string staged = Path.Combine(
            Path.GetDirectoryName(file)!, $".{Path.GetFileName(file)}.tmp-{Environment.ProcessId}");
        try
        {
            File.WriteAllBytes(staged, content);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(staged, File.GetUnixFileMode(file));
            }

            File.Move(staged, file, overwrite: true);
        }
        finally
        {
            File.Delete(staged);
        }
    }

    private static string Stage(string staging, string name, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(staging, name), content);
        return name;
    }
}
