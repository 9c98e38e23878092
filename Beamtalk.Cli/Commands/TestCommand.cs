using System.CommandLine;

namespace Beamtalk.Cli.Commands;

/// <summary>`test [PATH…]`.</summary>
public static class TestCommand
{
    public static Command Create()
    {
        var command = new Command("test", "Run the TestCase classes below PATH");
        return command;
    }
}
