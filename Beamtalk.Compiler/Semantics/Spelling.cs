namespace Beamtalk.Compiler.Semantics;

/// <summary>Finds the name that was probably meant.</summary>
public static class Spelling
{
    /// <summary>
    /// The candidate with the smallest edit distance, if that is small for the name's length and they have anything
    /// in common.
    /// </summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        int limit = Math.Max(1, name.Length / 3);
        return candidates
            .Where(candidate => candidate != name && Math.Abs(candidate.Length - name.Length) <= limit)
            .Select(candidate => (candidate, distance: Distance(name, candidate)))
            .Where(pair => pair.distance <= limit && pair.distance < name.Length)
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    public static string? Hint(string name, IEnumerable<string> candidates) =>
        Nearest(name, candidates) is { } nearest ? $"did you mean {nearest}?" : null;

    /// <summary>Edits (insert, delete, replace, swap of neighbours) from one to the other.</summary>
    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                table[i, j] = Cell(table, a, b, i, j);
            }
        }

        return table[a.Length, b.Length];
    }

    private static int Cell(int[,] table, string a, string b, int i, int j)
    {
        if (i == 0 || j == 0)
        {
            return i + j;
        }

        int cost = a[i - 1] == b[j - 1] ? 0 : 1;
        int best = Math.Min(table[i - 1, j - 1] + cost, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
        bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(best, table[i - 2, j - 2] + 1) : best;
    }
}
