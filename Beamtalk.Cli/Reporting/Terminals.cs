using Spectre.Console;

namespace Beamtalk.Cli.Reporting;

/// <summary>Consoles that are coloured only where somebody looks at them.</summary>
public static class Terminals
{
    public static IAnsiConsole Create(TextWriter output, bool isRedirected) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(output),
        Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
    });
}
