using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Reporting;

/// <summary>Diagnostics for programs: an object a line.</summary>
public static class DiagnosticJson
{
    public static void Print(TextWriter output, IEnumerable<Diagnostic> diagnostics)
    {
        foreach (Diagnostic diagnostic in diagnostics)
        {
            output.WriteLine(JsonLine.Of(json => Write(json, diagnostic)));
        }
    }

    private static void Write(Utf8JsonWriter json, Diagnostic diagnostic)
    {
        LinePosition start = diagnostic.Source.PositionOf(diagnostic.Span.Start);
        LinePosition end = diagnostic.Source.PositionOf(diagnostic.Span.End);
        json.WriteString("code", diagnostic.Code);
        json.WriteString("severity", diagnostic.Severity.ToString().ToLowerInvariant());
        json.WriteString("message", diagnostic.Message);
        json.WriteString("hint", diagnostic.Hint);
        json.WriteString("file", diagnostic.Source.Path);
        json.WriteNumber("line", start.Line);
        json.WriteNumber("column", start.Column);
        json.WriteNumber("endLine", end.Line);
        json.WriteNumber("endColumn", end.Column);
    }
}

/// <summary>One JSON object on one line.</summary>
public static class JsonLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(Action<Utf8JsonWriter> writeProperties)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            writeProperties(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
