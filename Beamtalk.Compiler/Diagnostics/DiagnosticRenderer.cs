using System.Globalization;
using System.Text;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Diagnostics;

/// <summary>
/// A diagnostic as text: place and message, the line with a mark under the span, the hint.
/// <code>
/// counter.bt:3:20: error BT3001: value is not defined
///   3 |   getValue => self + valu
///     |                      ^^^^
///     = did you mean value?
/// </code>
/// </summary>
public static class DiagnosticRenderer
{
    /// <summary>As much of a line as is shown: garbage and generated code have very long ones.</summary>
    private const int Width = 100;

    /// <summary>As much as is shown of it before the mark, where the line is cut.</summary>
    private const int Before = 60;

    private const string Reset = "\e[0m";

    public static string Render(Diagnostic diagnostic, bool inColour = false)
    {
        LinePosition start = diagnostic.Source.PositionOf(diagnostic.Span.Start);
        string number = start.Line.ToString(CultureInfo.InvariantCulture);
        string margin = new(' ', number.Length);
        var text = new StringBuilder();
        text.Append(Header(diagnostic, start, inColour)).Append('\n');
        (string line, string mark) = Excerpt(diagnostic, start);
        if (line.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {number} | {line}\n");
            text.Append(CultureInfo.InvariantCulture, $"  {margin} | {Paint(mark, diagnostic.Severity, inColour)}\n");
        }

        if (diagnostic.Hint is { } hint)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {margin} = {hint}\n");
        }

        return text.ToString();
    }

    private static string Header(Diagnostic diagnostic, LinePosition start, bool inColour)
    {
        string severity = Paint(NameOf(diagnostic.Severity), diagnostic.Severity, inColour);
        return $"{diagnostic.Source.Path}:{start.Line}:{start.Column}: {severity} {diagnostic.Code}: {diagnostic.Message}";
    }

    /// <summary>The line, cut to what fits, and the mark under it: to the end of the line at most.</summary>
    private static (string Line, string Mark) Excerpt(Diagnostic diagnostic, LinePosition start)
    {
        string line = diagnostic.Source.LineText(start.Line);
        int column = Math.Min(start.Column - 1, line.Length);
        int from = column < Width ? 0 : column - Before;
        string shown = line.Substring(from, Math.Min(Width, line.Length - from));
        int length = Math.Clamp(diagnostic.Span.Length, 1, Math.Max(1, shown.Length - (column - from)));
        return (Printable(shown), new string(' ', column - from) + new string('^', length));
    }

    /// <summary>Nothing that a terminal could take for a command, and every character one column wide.</summary>
    private static string Printable(string text) =>
        string.Create(text.Length, text, static (target, source) =>
        {
            for (int i = 0; i < source.Length; i++)
            {
                target[i] = source[i] == '\t' ? ' ' : char.IsControl(source[i]) ? '\uFFFD' : source[i];
            }
        });

    private static string Paint(string text, Severity severity, bool inColour) =>
        inColour ? ColourOf(severity) + text + Reset : text;

    private static string NameOf(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "info",
    };

    private static string ColourOf(Severity severity) => severity switch
    {
        Severity.Error => "\e[1;31m",
        Severity.Warning => "\e[1;33m",
        _ => "\e[1;36m",
    };
}
