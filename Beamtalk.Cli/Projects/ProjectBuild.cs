using System.Collections.Immutable;
using System.Globalization;
using Beamtalk.Cli.Commands;

namespace Beamtalk.Cli.Projects;

/// <summary>
/// Builds a project without rebar3: the classes of each application, then, where anything Erlang has changed, its
/// modules and its <c>.app</c> (bt_project).
/// </summary>
public sealed class ProjectBuild(Installation installation, Project project, bool strict, bool cover)
{
    private const string StampName = ".beamtalk-build";

    /// <summary>Answers the exit status; what is wrong is on standard error.</summary>
    public async Task<int> RunAsync()
    {
        Environment.CurrentDirectory = project.Root;
        foreach (ProjectApplication application in project.All)
        {
            int status = await BuildClassesAsync(application).ConfigureAwait(false);
            if (status != ExitCode.Success)
            {
                return status;
            }
        }

        return BuildErlang();
    }

    private Task<int> BuildClassesAsync(ProjectApplication application)
    {
        Directory.CreateDirectory(application.Ebin);
        LinkPrivate(application);
        bool own = project.Own.Contains(application);
        var request = new BuildRequest(
            [Path.GetRelativePath(project.Root, application.Sources)], application.Ebin, application.Name, null, false, strict && own)
        {
            Libraries = project.Libraries.Remove(application.Ebin),
            Cover = cover && own,
        };
        return BuildCommand.BuildAsync(request);
    }

    /// <summary>`code:priv_dir/1` looks beside `ebin`.</summary>
    private static void LinkPrivate(ProjectApplication application)
    {
        string source = Path.Combine(application.Directory, "priv");
        string link = Path.Combine(application.Output, "priv");
        if (Directory.Exists(source) && !Path.Exists(link))
        {
            Directory.CreateSymbolicLink(link, source);
        }
    }

    private int BuildErlang()
    {
        string stamp = Path.Combine(project.BuildDirectory, StampName);
        string state = ErlangState();
        if (File.Exists(stamp) && File.ReadAllText(stamp) == state)
        {
            return ExitCode.Success;
        }

        IEnumerable<string> applications =
            project.All.SelectMany(application => new[] { application.Directory, application.Ebin });
        int status = ToolNode.Run(installation, project, "bt_project", ["build", project.Root, .. applications]);
        if (status != ExitCode.Success)
        {
            return ExitCode.NotCompiled;
        }

        // The modules that have come now are part of the next look.
        File.WriteAllText(stamp, ErlangState());
        return ExitCode.Success;
    }

    /// <summary>The Erlang sources with their times, and which modules there are.</summary>
    private string ErlangState()
    {
        var hash = new ContentHash();
        hash.Add(Describe(Path.Combine(project.Root, "rebar.config"))).Add(Describe(Path.Combine(installation.ToolsEbin, "bt_project.beam")));
        foreach (ProjectApplication application in project.All)
        {
            foreach (string file in ErlangSources(application))
            {
                hash.Add(Describe(file));
            }

            foreach (string beam in Directory.EnumerateFiles(application.Ebin, "*.beam").Order(StringComparer.Ordinal))
            {
                hash.Add(beam);
            }

            hash.Add(Describe(Path.Combine(application.Ebin, application.Name + ".app")));
        }

        return hash.ToString();
    }

    private static ImmutableArray<string> ErlangSources(ProjectApplication application) =>
    [
        .. new[] { "src", "include" }
            .Select(directory => Path.Combine(application.Directory, directory))
            .Where(Directory.Exists)
            .SelectMany(directory => Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) != Sources.Extension)
            .Order(StringComparer.Ordinal),
    ];

    private static string Describe(string file)
    {
        var info = new FileInfo(file);
        return string.Create(CultureInfo.InvariantCulture, $"{file};{(info.Exists ? info.LastWriteTimeUtc.Ticks : 0)}");
    }
}
