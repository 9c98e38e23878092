using Beamtalk.Compiler.Diagnostics;

namespace Beamtalk.Cli.Reporting;

/// <summary>Prints diagnostics for people, on standard error.</summary>
public static class DiagnosticReporter
{
    public static void Print(IEnumerable<Diagnostic> diagnostics)
    {
        bool inColour = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
        foreach (Diagnostic diagnostic in diagnostics)
        {
            Console.Error.Write(DiagnosticRenderer.Render(diagnostic, inColour));
        }
    }
}
