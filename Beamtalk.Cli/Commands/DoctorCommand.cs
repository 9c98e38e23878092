using System.CommandLine;
using Beamtalk.Cli.Running;

namespace Beamtalk.Cli.Commands;

/// <summary>
/// `doctor`: what is installed, what is missing, how to get it. The launcher's own list, because it has to work
/// where this program cannot even be built.
/// </summary>
public static class DoctorCommand
{
    private const string Script = ". \"$BEAMTALK_HOME/tools/requirements.sh\" && doctor";

    public static Command Create()
    {
        var command = new Command("doctor", "Show what is installed and what is missing");
        command.SetAction(_ => Show());
        return command;
    }

    private static int Show()
    {
        Environment.SetEnvironmentVariable(Installation.HomeVariable, Installation.Find().Root);
        ProcessImage.Replace("sh", ["-c", Script]);
        throw new UserErrorException("there is no `sh` on PATH");
    }
}
