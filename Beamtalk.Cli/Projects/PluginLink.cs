namespace Beamtalk.Cli.Projects;

/// <summary>
/// A project names its plugin in `rebar.config`, without a place; where it is on this machine says a link in
/// `_checkouts`, which git does not keep. A plugin of that name from a package registry would do as well.
/// </summary>
public static class PluginLink
{
    public const string Name = "rebar3_beamtalk";

    /// <summary>Answers whether the link is new.</summary>
    public static bool Make(Installation installation, string root)
    {
        string link = Path.Combine(root, "_checkouts", Name);
        if (new FileInfo(link).LinkTarget is { } target && target == installation.Plugin)
        {
            return false;
        }

        if (Directory.Exists(link) && new FileInfo(link).LinkTarget is null)
        {
            throw new UserErrorException($"{link} is a directory: take it away, or leave it as the plugin");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.Delete(link);
        Directory.CreateSymbolicLink(link, installation.Plugin);
        return true;
    }
}
