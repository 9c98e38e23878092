using System.CommandLine;

namespace Beamtalk.Cli.Commands;

/// <summary>`version`: prints the version.</summary>
public static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine($"beamtalk {Installation.Version}");
            return ExitCode.Success;
        });
        return command;
    }
}
