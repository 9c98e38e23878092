namespace Beamtalk.Cli.Repl.Editing;

/// <summary>What can stand in place of the text from an offset up to the cursor.</summary>
public sealed record Completion(int Start, IReadOnlyList<string> Candidates)
{
    public static Completion None { get; } = new(0, []);

    /// <summary>How all candidates begin.</summary>
    public string CommonPrefix => Candidates.Count == 0 ? "" : Candidates.Aggregate(Common);

    private static string Common(string one, string other)
    {
        int length = 0;
        while (length < one.Length && length < other.Length && one[length] == other[length])
        {
            length++;
        }

        return one[..length];
    }
}

/// <summary>Finds completions for the text before the cursor.</summary>
public delegate Task<Completion> Completer(string textBeforeCursor);

/// <summary>Candidates in columns, as many rows as there is room for.</summary>
public static class CandidateList
{
    public static IReadOnlyList<string> Rows(IReadOnlyList<string> candidates, int selected, int width, int height)
    {
        int column = Math.Min(candidates.Max(candidate => CellWidth.Of(candidate)) + 2, width);
        int columns = Math.Max(width / column, 1);
        int rows = (candidates.Count + columns - 1) / columns;
        int room = Math.Clamp(height / 2, 1, 12);
        int first = Math.Clamp((Math.Max(selected, 0) / columns) - room + 1, 0, Math.Max(rows - room, 0));
        var lines = Enumerable.Range(first, Math.Min(rows, room)).Select(row => Line(candidates, selected, row * columns, columns, column));
        int shown = Math.Min((first + room) * columns, candidates.Count);
        return shown == candidates.Count ? [.. lines] : [.. lines, $"({candidates.Count - shown} more)"];
    }

    private static string Line(IReadOnlyList<string> candidates, int selected, int start, int columns, int width) =>
        string.Concat(Enumerable.Range(start, Math.Min(columns, candidates.Count - start)).Select(index =>
        {
            string mark = index == selected ? ">" : " ";
            return mark + candidates[index] + new string(' ', Math.Max(width - 1 - CellWidth.Of(candidates[index]), 0));
        })).TrimEnd();
}
