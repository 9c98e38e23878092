using System.Collections.Immutable;

namespace Beamtalk.Cli.Projects;

/// <summary>What several commands do in a project.</summary>
public static class ProjectCommands
{
    /// <summary>
    /// The compiled packages that what is typed or run here may refer to: those of the project that the current directory
    /// is in, built if need be. What does not compile there is reported, and is as it was built last.
    /// </summary>
    public static async Task<ImmutableArray<string>> LibrariesAsync(Installation installation)
    {
        if (Project.Find() is not { } project)
        {
            return [];
        }

        await BuildAsync(installation, project, cover: false).ConfigureAwait(false);
        return [.. project.Libraries.Where(Directory.Exists)];
    }

    /// <summary>Builds a project for a command whose paths are those of the current directory; answers the exit status.</summary>
    public static async Task<int> BuildAsync(Installation installation, Project project, bool cover)
    {
        string directory = Environment.CurrentDirectory;
        try
        {
            return await new ProjectBuild(installation, project, strict: false, cover).RunAsync().ConfigureAwait(false);
        }
        finally
        {
            Environment.CurrentDirectory = directory;
        }
    }
}
