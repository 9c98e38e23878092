using System.CommandLine;
using Beamtalk.Cli.Compiling;

namespace Beamtalk.Cli.Commands;

/// <summary>`compiler`: serves a running node that was asked to compile; not for people.</summary>
public static class CompilerCommand
{
    public const string Name = "compiler";

    public static Command Create()
    {
        var command = new Command(Name, "Compile for a running node (used by bt_compiler)") { Hidden = true };
        command.SetAction((_, _) => ServeAsync());
        return command;
    }

    private static async Task<int> ServeAsync()
    {
        await using Stream input = Console.OpenStandardInput();
        await using Stream output = Console.OpenStandardOutput();
        Console.SetOut(Console.Error); // standard output carries replies and nothing else
        var service = new NodeCompiler(Building.OutputDirectory.ReadIndex(Installation.Find().StdlibEbin));
        await new PortServer(input, output, service.Handle).RunAsync().ConfigureAwait(false);
        return ExitCode.Success;
    }
}
