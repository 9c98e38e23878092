using System.CommandLine;

namespace Beamtalk.Cli.Commands;

/// <summary>`doctor`: what is installed, what is missing, how to get it.</summary>
public static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Show what is installed and what is missing");
        command.SetAction(_ => ExitCode.Success);
        return command;
    }
}
