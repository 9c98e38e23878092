namespace Beamtalk.Compiler.Tests;

/// <summary>Where the sources are: golden files are read and rewritten in place.</summary>
internal static class RepositoryRoot
{
    public static string Directory { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Directory, .. parts]);

    private static string Find()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Beamtalk.slnx")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new DirectoryNotFoundException("no Beamtalk.slnx above the tests");
    }
}
