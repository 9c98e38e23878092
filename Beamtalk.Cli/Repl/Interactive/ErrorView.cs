using System.Text;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Parsing;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>An error as it is shown: message, the line of the input with its spot marked, hint, stack.</summary>
public static class ErrorView
{
    /// <summary>The <paramref name="inputs"/> are those of the session, by name.</summary>
    public static string Of(RaisedError error, IReadOnlyDictionary<string, string> inputs)
    {
        string[] lines = error.Report.Split('\n');
        var text = new StringBuilder(Style.Apply(Style.Error, lines[0]));
        if (error.Place is { } place && inputs.TryGetValue(place.Input, out string? input))
        {
            AddSource(text, place, input);
        }

        foreach (string line in lines.Skip(1))
        {
            text.Append('\n').Append(Style.Apply(Style.Faint, line));
        }

        return text.ToString();
    }

    private static void AddSource(StringBuilder text, ErrorPlace place, string input)
    {
        string[] lines = input.Split('\n');
        if (place.Line > lines.Length)
        {
            return;
        }

        string line = lines[place.Line - 1];
        (int start, int end) = Spot(line, place.Selector);
        string margin = $"  {place.Line} | ";
        string indentation = new(' ', margin.Length + CellWidth.Of(line.AsSpan(0, start)));
        text.Append('\n').Append(Style.Apply(Style.Faint, margin)).Append(BeamtalkLanguage.Coloured(line))
            .Append('\n').Append(indentation)
            .Append(Style.Apply(Style.Error, new string('^', Math.Max(CellWidth.Of(line.AsSpan(start, end - start)), 1))));
    }

    /// <summary>The message in the line, if it stands there; else the whole statement.</summary>
    private static (int Start, int End) Spot(string line, string selector)
    {
        string first = selector.IndexOf(':') is >= 0 and var colon ? selector[..(colon + 1)] : selector;
        Word[] found = [.. SourceHighlighter.Classify(line).Where(word => line[word.Span.Start..word.Span.End] == first)];
        int start = line.Length - line.TrimStart().Length;
        return first.Length > 0 && found is [var word, ..]
            ? (word.Span.Start, word.Span.End)
            : (start, Math.Max(line.TrimEnd().Length, start));
    }
}
