namespace Beamtalk.Cli.Tests;

/// <summary>The checkout that the tests run in.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Beamtalk.slnx")))
        {
            at = at.Parent ?? throw new DirectoryNotFoundException("no Beamtalk.slnx above the tests");
        }

        return at.FullName;
    }
}
