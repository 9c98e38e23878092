using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Parsing.Layout;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Formatting;

public sealed record FormatOptions
{
    public static readonly FormatOptions Default = new();

    /// <summary>Lines get longer only if there is no place to end them.</summary>
    public int Width { get; init; } = 120;

    /// <summary>Converts the classic spelling to the modern one.</summary>
    public bool Modern { get; init; }
}

/// <summary>
/// The formatted text; null if the source has errors, which are among the diagnostics, or if the formatter has failed:
/// then <see cref="Failure"/> says how, and the source must stay as it is.
/// </summary>
public sealed record FormatResult(string? Text, ImmutableArray<Diagnostic> Diagnostics, string? Failure)
{
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.IsError);
}

/// <summary>Lays a source text out anew, in the one way that is Beamtalk's. What it says is not changed, and that is checked.</summary>
public static class Formatter
{
    public static FormatResult Format(SourceText source, FormatOptions options)
    {
        var parsed = ParsedText.Read(source);
        if (parsed.Diagnostics.Any(diagnostic => diagnostic.IsError))
        {
            return new FormatResult(null, parsed.Diagnostics, null);
        }

        try
        {
            string text = Layout(parsed, options);
            FormatVerifier.Verify(parsed, ParsedText.Read(new SourceText(source.Path, text)), options.Modern);
            return new FormatResult(text, parsed.Diagnostics, null);
        }
        catch (FormatFailureException failure)
        {
            return new FormatResult(null, parsed.Diagnostics, failure.Message);
        }
    }

    private static string Layout(ParsedText parsed, FormatOptions options)
    {
        var modernizer = options.Modern ? new Modernizer(parsed.Tokens) : null;
        var doc = TreeLayout.Build(parsed.Source, parsed.Tokens, parsed.Unit, modernizer);
        var lines = DocRenderer.Render(doc, options.Width);
        string lineEnd = LineEndOf(parsed.Source.Text);
        return lines is [""] ? "" : string.Join(lineEnd, lines) + lineEnd;
    }

    /// <summary>That of the first line.</summary>
    private static string LineEndOf(string text) =>
        text.IndexOf('\n') is var end && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}
