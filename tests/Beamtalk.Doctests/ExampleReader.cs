using System.Collections.Immutable;

namespace Beamtalk.Doctests;

/// <summary>Finds the examples in documentation.</summary>
public static class ExampleReader
{
    private const string DocComment = "///";
    private const string Fence = "```";
    private const string Indentation = "    ";

    /// <summary>
    /// The examples in the <c>///</c> comments of a source: what is indented by four spaces, and fenced blocks. Those
    /// of one comment make one example each.
    /// </summary>
    public static IEnumerable<DocExample> InSource(IEnumerable<string> source) =>
        Comments(source).SelectMany(InComment);

    /// <summary>The fenced blocks of a Markdown text that are marked as Beamtalk, without <c>no-run</c>.</summary>
    public static IEnumerable<DocExample> InMarkdown(IEnumerable<string> text) =>
        Read(Number(text), indented: false);

    private static IEnumerable<DocExample> InComment(ImmutableArray<DocLine> comment) => Read(comment, indented: true);

    /// <summary>Each run of lines that begin with <c>///</c>, without the mark and one space.</summary>
    private static IEnumerable<ImmutableArray<DocLine>> Comments(IEnumerable<string> source)
    {
        var comment = ImmutableArray.CreateBuilder<DocLine>();
        foreach (DocLine line in Number(source.Append(string.Empty)))
        {
            string text = line.Text.TrimStart();
            if (text.StartsWith(DocComment, StringComparison.Ordinal))
            {
                string rest = text[DocComment.Length..];
                comment.Add(line with { Text = rest.StartsWith(' ') ? rest[1..] : rest });
            }
            else if (comment.Count > 0)
            {
                yield return comment.DrainToImmutable();
            }
        }
    }

    private static IEnumerable<DocExample> Read(ImmutableArray<DocLine> lines, bool indented)
    {
        int at = 0;
        while (at < lines.Length)
        {
            if (IsFence(lines[at]))
            {
                int end = EndOfFence(lines, at + 1);
                if (IsToRun(lines[at].Text))
                {
                    yield return DocExample.Of(lines[(at + 1)..end]);
                }

                at = end + 1;
            }
            else if (indented && IsIndented(lines[at]))
            {
                int end = EndOfIndented(lines, at);
                yield return DocExample.Of(lines[at..end].Select(Unindent));
                at = end;
            }
            else
            {
                at++;
            }
        }
    }

    private static bool IsFence(DocLine line) => line.Text.TrimStart().StartsWith(Fence, StringComparison.Ordinal);

    private static bool IsToRun(string fence)
    {
        string[] words = fence.Trim()[Fence.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is ["beamtalk", ..] && !words.Contains("no-run");
    }

    private static bool IsIndented(DocLine line) =>
        !line.IsBlank && line.Text.StartsWith(Indentation, StringComparison.Ordinal);

    private static DocLine Unindent(DocLine line) =>
        line.IsBlank ? line : line with { Text = line.Text[Indentation.Length..] };

    private static int EndOfFence(ImmutableArray<DocLine> lines, int at)
    {
        while (at < lines.Length && !IsFence(lines[at]))
        {
            at++;
        }

        return at;
    }

    private static int EndOfIndented(ImmutableArray<DocLine> lines, int at)
    {
        while (at < lines.Length && (IsIndented(lines[at]) || lines[at].IsBlank))
        {
            at++;
        }

        return at;
    }

    private static ImmutableArray<DocLine> Number(IEnumerable<string> lines) =>
        [.. lines.Select((text, index) => new DocLine(text, index + 1))];
}
