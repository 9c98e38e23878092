namespace Beamtalk.Cli;

/// <summary>Elixir's own library, so that programs can call it where it is installed.</summary>
public static class ElixirLibrary
{
    /// <summary>The directories to append to a node's code path: one, or none without an Elixir.</summary>
    public static IEnumerable<string> CodePath(string? searchPath) =>
        (searchPath ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, "elixir"))
            .Where(File.Exists)
            .Select(EbinOf)
            .Where(Directory.Exists)
            .Take(1);

    /// <summary>The command, perhaps behind links, stands in <c>bin</c>; the library beside that.</summary>
    private static string EbinOf(string command)
    {
        string real = File.ResolveLinkTarget(command, returnFinalTarget: true)?.FullName ?? command;
        return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(real)!, "..", "lib", "elixir", "ebin"));
    }
}
