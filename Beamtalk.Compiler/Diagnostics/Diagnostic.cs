using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Diagnostics;

public enum Severity
{
    Error,
    Warning,
    Info,
}

/// <summary>An entry of the catalog: a stable code (BTnnnn, first digit = stage), a severity and a message format.</summary>
public sealed record DiagnosticDescriptor(string Code, Severity Severity, string Format, string? Hint = null);

/// <summary>One finding about one place of one source text.</summary>
public sealed record Diagnostic(
    DiagnosticDescriptor Descriptor,
    SourceText Source,
    TextSpan Span,
    string Message,
    string? Hint)
{
    public string Code => Descriptor.Code;

    public Severity Severity => Descriptor.Severity;

    public bool IsError => Severity == Severity.Error;

    /// <summary>The name that it is about, if it is about one.</summary>
    public string? Subject { get; init; }

    public static Diagnostic Create(
        DiagnosticDescriptor descriptor, SourceText source, TextSpan span, string? hint, params object[] arguments) =>
        new(descriptor, source, span,
            string.Format(System.Globalization.CultureInfo.InvariantCulture, descriptor.Format, arguments),
            hint ?? descriptor.Hint)
        {
            Subject = arguments.Length > 0 ? arguments[0] as string : null,
        };
}
