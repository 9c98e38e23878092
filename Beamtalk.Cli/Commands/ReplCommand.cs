using System.CommandLine;

namespace Beamtalk.Cli.Commands;

/// <summary>`repl`.</summary>
public static class ReplCommand
{
    public static Command Create()
    {
        var command = new Command("repl", "Read statements from standard input");
        return command;
    }
}
