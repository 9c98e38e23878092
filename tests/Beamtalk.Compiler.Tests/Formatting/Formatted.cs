using Beamtalk.Compiler.Formatting;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Tests.Parsing;
using Beamtalk.Compiler.Text;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Formatting;

/// <summary>What the formatter makes of a text, and checks that do not rely on its own.</summary>
internal static class Formatted
{
    /// <summary>The formatted text; formatting it again changes nothing.</summary>
    public static string Text(string text, FormatOptions? options = null)
    {
        string formatted = Once(text, options ?? FormatOptions.Default).ShouldNotBeNull();
        Once(formatted, options ?? FormatOptions.Default).ShouldBe(formatted);
        return formatted;
    }

    /// <summary>Null if the text has errors: then nothing else may come back.</summary>
    public static string? Once(string text, FormatOptions options)
    {
        var result = Formatter.Format(new SourceText("test.bt", text), options);
        result.Failure.ShouldBeNull();
        (result.Text is null).ShouldBe(result.HasErrors);
        return result.Text;
    }

    /// <summary>Only white space may differ, and the tree may not; what has errors is refused.</summary>
    public static void ShouldKeepAll(string text, FormatOptions options)
    {
        if (Once(text, options) is not { } formatted)
        {
            return;
        }

        WithoutSpace(formatted).ShouldBe(WithoutSpace(text));
        Tree(formatted).ShouldBe(Tree(text));
        Once(formatted, options).ShouldBe(formatted);
    }

    /// <summary>False if the formatter refuses a text without errors; what it does not refuse it keeps.</summary>
    public static bool KeepsAll(string text)
    {
        if (Formatter.Format(new SourceText("test.bt", text), FormatOptions.Default).Failure is not null)
        {
            return false;
        }

        ShouldKeepAll(text, FormatOptions.Default);
        return true;
    }

    private static string WithoutSpace(string text) =>
        string.Concat(text.Where(character => !char.IsWhiteSpace(character) && character != '\uFEFF'));

    private static string Tree(string text) => SyntaxPrinter.Print(Parsed.Parse(text).Unit);
}
