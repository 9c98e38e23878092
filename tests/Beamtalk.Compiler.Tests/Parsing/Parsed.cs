using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>What the parser makes of a text, in forms that are easy to compare.</summary>
internal static class Parsed
{
    /// <summary>The printed tree of a text that has neither errors nor warnings.</summary>
    public static string Tree(string text)
    {
        var (unit, diagnostics) = Parse(text);
        diagnostics.Select(item => DiagnosticRenderer.Render(item)).ShouldBeEmpty();
        return SyntaxPrinter.Print(unit).TrimEnd();
    }

    /// <summary>The printed tree of a text with errors.</summary>
    public static string BrokenTree(string text) => SyntaxPrinter.Print(Parse(text).Unit).TrimEnd();

    /// <summary>The members of the class whose body this is, indented by two.</summary>
    public static string Members(string body) => Tree($"Object subclass: C\n{body}")
        .Replace("class C < Object\n", "", StringComparison.Ordinal).Replace("\n  ", "\n", StringComparison.Ordinal).Trim();

    /// <summary>Each diagnostic as <c>line:column code</c>.</summary>
    public static string[] Findings(string text) =>
    [
        .. Parse(text).Diagnostics.Select(item =>
        {
            LinePosition position = item.Source.PositionOf(item.Span.Start);
            return $"{position.Line}:{position.Column} {item.Code}";
        }),
    ];

    public static Diagnostic OnlyDiagnostic(string text) => Parse(text).Diagnostics.ShouldHaveSingleItem();

    public static (CompilationUnit Unit, ImmutableArray<Diagnostic> Diagnostics) Parse(string text) =>
        Parser.Parse(new SourceText("test.bt", text));
}
