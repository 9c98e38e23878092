using System.Collections.Immutable;

namespace Beamtalk.Compiler.Formatting;

/// <summary>A finished line: its code, where that ends, and the comment behind it.</summary>
internal sealed record RenderedLine(string Code, int Width, TrailingDoc? Trailing);

/// <summary>Comments behind code on neighbouring lines that stood in one column do so again.</summary>
internal static class CommentAlignment
{
    public static ImmutableArray<string> Align(List<RenderedLine> lines)
    {
        var result = ImmutableArray.CreateBuilder<string>(lines.Count);
        for (int i = 0; i < lines.Count;)
        {
            int end = EndOfRun(lines, i);
            int column = ColumnOf(lines, i, end);
            for (; i < end; i++)
            {
                result.Add(Finish(lines[i], column));
            }
        }

        return result.MoveToImmutable();
    }

    private static int EndOfRun(List<RenderedLine> lines, int start)
    {
        int end = start + 1;
        while (end < lines.Count && lines[end].Trailing is { } next && lines[end - 1].Trailing is { } previous
            && next.Column == previous.Column && next.Line == previous.Line + 1)
        {
            end++;
        }

        return end;
    }

    private static int ColumnOf(List<RenderedLine> lines, int start, int end)
    {
        var run = lines.GetRange(start, end - start);
        return run.Max(line => line.Width) + run.Min(line => line.Trailing?.Gap ?? 0);
    }

    private static string Finish(RenderedLine line, int column) => line.Trailing is { } comment
        ? line.Code + new string(' ', Math.Max(1, column - line.Width)) + comment.Text
        : line.Code;
}
