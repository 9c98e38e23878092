using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Syntax;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkLexer;

namespace Beamtalk.Compiler.Formatting;

/// <summary>
/// Holds what the formatter made against what it was given: the same tokens, the same comments, the same tree. A formatter
/// that loses a comment or changes a program is worse than none.
/// </summary>
internal static partial class FormatVerifier
{
    public static void Verify(ParsedText before, ParsedText after, bool isModern)
    {
        if (after.Diagnostics.FirstOrDefault(diagnostic => diagnostic.IsError) is { } error)
        {
            throw new FormatFailureException(
                $"the result does not parse: {error.Message} (line {after.Source.LineOf(error.Span.Start)} of it)");
        }

        if (!isModern)
        {
            Compare("token", WordsOf(before), WordsOf(after));
        }

        Compare("comment", CommentsOf(before, isModern), CommentsOf(after, isModern));
        Compare("line of the tree", TreeOf(before, isModern), TreeOf(after, isModern));
    }

    private static void Compare(string what, IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        for (int i = 0; i < Math.Max(before.Count, after.Count); i++)
        {
            string expected = i < before.Count ? before[i] : "nothing";
            string actual = i < after.Count ? after[i] : "nothing";
            if (expected != actual)
            {
                throw new FormatFailureException($"{what} {i + 1} is {actual} instead of {expected}");
            }
        }
    }

    /// <summary>
    /// All tokens, and the marks of items. Separators that were line ends, and the marks of top-level statements, depend on
    /// which statements share a line.
    /// </summary>
    private static List<string> WordsOf(ParsedText parsed) =>
    [
        .. parsed.Tokens.Where(token => !token.IsInserted || token.Type is not (SEPARATOR or STATEMENT_MARK or END_MARK))
            .Select(token => token.IsInserted ? DefaultVocabulary.GetSymbolicName(token.Type) : $"{token.Type} {token.Text}"),
    ];

    private static List<string> CommentsOf(ParsedText parsed, bool isModern)
    {
        var comments = TriviaReader.ReadGaps(parsed.Source, TriviaReader.Visible(parsed.Tokens)).SelectMany(gap => gap.Trivia);
        return isModern
            ? [.. comments.SelectMany(WordsOf)]
            : [.. comments.Select(comment => $"{comment.Kind} {comment.Text}")];
    }

    /// <summary>The words of a comment, whatever its marks are.</summary>
    private static IEnumerable<string> WordsOf(Trivia comment)
    {
        string text = comment.Kind switch
        {
            TriviaKind.Remark => Modernizer.TextOf(comment.Text),
            TriviaKind.Block => comment.Text[2..^2],
            TriviaKind.Doc => comment.Text[3..],
            TriviaKind.Line => comment.Text[2..],
            _ => comment.Text,
        };
        return Space().Split(text).Where(word => word.Length > 0);
    }

    /// <summary>In the modern spelling the lines of a documentation are indented otherwise, and a patch is an extension.</summary>
    private static ImmutableArray<string> TreeOf(ParsedText parsed, bool isModern)
    {
        var lines = SyntaxPrinter.Print(parsed.Tree).Split('\n').Select(line => line.TrimEnd());
        return isModern ? [.. lines.Select(Relax)] : [.. lines];
    }

    private static string Relax(string line) => line.TrimStart() switch
    {
        ['/', '/', '/', .. var doc] => Space().Replace(doc, " "),
        ['p', 'a', 't', 'c', 'h', ' ', .. var target] => $"extend {target}",
        var other => other,
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
