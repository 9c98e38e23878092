using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Reporting;

/// <summary>Prints diagnostics for people, on standard error.</summary>
public static class DiagnosticReporter
{
    public static void Print(IEnumerable<Diagnostic> diagnostics)
    {
        foreach (Diagnostic diagnostic in diagnostics)
        {
            LinePosition at = diagnostic.Source.PositionOf(diagnostic.Span.Start);
            Console.Error.WriteLine(
                $"{diagnostic.Source.Path}:{at.Line}:{at.Column}: {diagnostic.Severity.ToString().ToLowerInvariant()} {diagnostic.Code}: {diagnostic.Message}");
            if (diagnostic.Hint is { } hint)
            {
                Console.Error.WriteLine($"  hint: {hint}");
            }
        }
    }
}
