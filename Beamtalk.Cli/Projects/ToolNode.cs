using System.ComponentModel;
using System.Diagnostics;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Running;

namespace Beamtalk.Cli.Projects;

/// <summary>Nodes that run a module of `beamtalk_tools`, with the code of a project on their path.</summary>
public static class ToolNode
{
    /// <summary>Runs `Module:main()` to its end; answers the exit status.</summary>
    public static int Run(Installation installation, Project project, string module, IEnumerable<string> arguments)
    {
        string[] all =
        [
            "-noinput", "-boot", "no_dot_erlang", "+fnu", "+pc", "unicode", .. Path(installation, project),
            "-s", module, "main", "-extra", .. arguments,
        ];
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("erl", all))!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            throw NoErlang();
        }
    }

    /// <summary>Becomes the node that runs the applications of a project, until a signal ends it.</summary>
    public static int Become(Installation installation, Project project, IEnumerable<string> arguments)
    {
        ProcessImage.Replace("erl",
        [
            .. NodeFlags.Script, .. NodeFlags.Compiler, .. Path(installation, project),
            "-s", "bt_project", "run", "-extra", .. arguments,
        ]);
        throw NoErlang();
    }

    private static IEnumerable<string> Path(Installation installation, Project project) =>
        installation.CodePath.Append(installation.ToolsEbin).Concat(project.Libraries)
            .SelectMany(directory => new[] { "-pa", directory });

    private static UserErrorException NoErlang() =>
        new("Erlang is not installed: there is no `erl` on PATH (see `beamtalk doctor`)");
}
