using System.Collections.Immutable;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Projects;

/// <summary>
/// Which lines of a project its tests have reached: the classes count (bt_cover), the node that ran the tests writes the
/// numbers to a file, and bt_cover_report makes a table, pages and an lcov file of them.
/// </summary>
public sealed class Coverage(Installation installation, Project project)
{
    /// <summary>Where classes that count are built, apart from those that do not.</summary>
    public const string Profile = "cover";

    private string Data => Path.Combine(project.BuildDirectory, "beamtalk.counts");

    /// <summary>Has the node of the tests write down what it has counted.</summary>
    public async Task ExportAsync(Toolchain toolchain)
    {
        string call = $"Erlang bt_cover export: '{Data.Replace("'", "''", StringComparison.Ordinal)}'";
        await new Workspace(toolchain).EvaluateAsync(new SourceText("cover", call)).ConfigureAwait(false);
    }

    /// <summary>Prints the share of each file, and writes the report; answers the exit status.</summary>
    public int Report()
    {
        if (!File.Exists(Data))
        {
            throw new UserErrorException("the tests have ended before the numbers of lines were written");
        }

        ImmutableArray<string> directories = [.. project.Own.Select(application => application.Ebin)];
        return ToolNode.Run(installation, project, "bt_cover_report", [Data, project.BuildDirectory, .. directories]);
    }
}
