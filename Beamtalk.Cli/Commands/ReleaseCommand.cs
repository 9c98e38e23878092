using System.CommandLine;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Projects;

namespace Beamtalk.Cli.Commands;

/// <summary>`release`: a directory with Erlang's emulator, the project, and all it needs (bt_release).</summary>
public static class ReleaseCommand
{
    public static Command Create()
    {
        var output = new Option<string?>("--output", "-o") { Description = "Where it goes (default: _build/release/NAME)", HelpName = "DIR" };
        var archive = new Option<bool>("--tar") { Description = "Also write NAME-VERSION.tar.gz beside it" };
        var noErts = new Option<bool>("--no-erts") { Description = "Without the emulator: it runs on the Erlang of the machine" };
        var command = new Command("release", "Make a release of the project that runs on its own") { output, archive, noErts };
        command.SetAction((parsed, _) => MakeAsync(
            parsed.GetValue(output), parsed.GetValue(archive), !parsed.GetValue(noErts)));
        return command;
    }

    private static async Task<int> MakeAsync(string? output, bool archive, bool withErts)
    {
        Project project = Project.Find() ?? throw new UserErrorException("there is no project here: no src/*.app.src");
        var installation = Installation.Find();
        string target = output is null ? "" : Path.GetFullPath(output);
        int status = await new ProjectBuild(installation, project, strict: false, cover: false).RunAsync().ConfigureAwait(false);
        if (status != ExitCode.Success)
        {
            return status;
        }

        IEnumerable<string> applications = project.Own.Select(application => application.Name);
        string[] options = [archive ? "tar" : "notar", withErts ? "erts" : "noerts", string.Join(' ', NodeFlags.Release)];
        return ToolNode.Run(installation, project, "bt_release", [project.Root, target, .. options, .. applications])
            is ExitCode.Success ? ExitCode.Success : ExitCode.NotCompiled;
    }
}
