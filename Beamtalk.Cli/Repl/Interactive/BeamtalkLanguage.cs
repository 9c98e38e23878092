using Beamtalk.Cli.Building;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Compiler.Parsing;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>What the editor knows of Beamtalk.</summary>
public static class BeamtalkLanguage
{
    /// <summary>A text of this length is shown without colours: they would cost more than a key may take.</summary>
    private const int LongestColoured = 20_000;

    public static IReadOnlyList<StyledSpan> StylesOf(string text) => text.Length > LongestColoured || ColonCommand.IsOne(text)
        ? []
        : [.. SourceHighlighter.Classify(text).Select(word => new StyledSpan(word.Span.Start, word.Span.End, StyleOf(word.Class)))];

    /// <summary>A text in its colours.</summary>
    public static string Coloured(string text)
    {
        var output = new System.Text.StringBuilder();
        int at = 0;
        foreach (StyledSpan span in StylesOf(text))
        {
            output.Append(text, at, span.Start - at).Append(Style.Apply(span.Style, text[span.Start..span.End]));
            at = span.End;
        }

        return output.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>
    /// Whether Enter ends the input. What may still go on, a class or a method, ends with an empty line, and so does
    /// what cannot end: so one gets out of every mistake.
    /// </summary>
    public static bool IsComplete(string text)
    {
        if (ColonCommand.IsOne(text) || string.IsNullOrWhiteSpace(text))
        {
            return true;
        }

        string lastLine = text[(text.LastIndexOf('\n') + 1)..];
        return StateOf(text) switch
        {
            InputState.Finished => true,
            InputState.Definition => string.IsNullOrWhiteSpace(lastLine) || IsWholeMethod(text),
            InputState.OnlyComments => true,
            _ => string.IsNullOrWhiteSpace(lastLine),
        };
    }

    /// <summary>The parser goes as deep as the brackets do; what is too deep for it is for the compiler to refuse.</summary>
    private static InputState StateOf(string text)
    {
        try
        {
            return Toolchain.OnLargeStack(() => InputProbe.StateOf(text));
        }
        catch (InsufficientExecutionStackException)
        {
            return InputState.Finished;
        }
    }

    /// <summary>The indentation of the line that follows.</summary>
    public static string Indentation(string textBefore)
    {
        string line = textBefore[(textBefore.LastIndexOf('\n') + 1)..];
        int spaces = line.TakeWhile(c => c == ' ').Count();
        string code = line.TrimEnd();
        bool opens = code.EndsWith("=>", StringComparison.Ordinal) || code is [.., '[' or '(' or '{']
            || (spaces == 0 && line.Contains("subclass:", StringComparison.Ordinal));
        return string.IsNullOrWhiteSpace(line) ? "" : new string(' ', spaces + (opens ? 2 : 0));
    }

    /// <summary>`Integer >> double => self * 2` on one line is seldom meant to go on.</summary>
    private static bool IsWholeMethod(string text) =>
        !text.Contains('\n') && text.Contains("=>", StringComparison.Ordinal) && text.Contains(">>", StringComparison.Ordinal);

    private static string StyleOf(WordClass word) => word switch
    {
        WordClass.Comment => "2;3",
        WordClass.Text => "32",
        WordClass.Number or WordClass.Symbol => "36",
        WordClass.ClassName => "33",
        WordClass.PseudoVariable or WordClass.Modifier => "35",
        WordClass.Selector => "34",
        _ => Style.None,
    };
}
