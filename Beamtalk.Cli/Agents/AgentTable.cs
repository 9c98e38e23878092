using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Beamtalk.Cli.Repl.Editing;

namespace Beamtalk.Cli.Agents;

/// <summary>Lays agents out in columns: as many as fit, the names shortened if they must be.</summary>
public static class AgentTable
{
    /// <summary>As narrow as a column of names may become.</summary>
    private const int Narrowest = 8;

    private static readonly ImmutableArray<Column> Columns =
    [
        new("STATE", row => StateName(row.State)),
        new("FOR", row => Figures.Age(row.Milliseconds), 100, IsNumber: true),
        new("AGENT", row => row.Name ?? row.Class) { IsFlexible = true },
        new("CLASS", row => row.Class, 120) { IsFlexible = true },
        new("MODEL", row => row.Model ?? "-") { IsFlexible = true },
        new("TURN", row => Figures.Count(row.Turn), IsNumber: true),
        new("ROUND", row => Figures.Count(row.Round), 140, IsNumber: true),
        new("WAITING", row => Figures.Count(row.Waiting), 140, IsNumber: true),
        new("TOKENS", row => Figures.Count(row.Tokens), IsNumber: true),
        new("IN", row => Figures.Count(row.InputTokens), 160, IsNumber: true),
        new("OUT", row => Figures.Count(row.OutputTokens), 160, IsNumber: true),
        new("COST", row => Figures.Dollars(row.Cost), IsNumber: true),
        new("MEMORY", row => Figures.Count(row.Memory), IsNumber: true),
        new("MAIL", row => Figures.Count(row.Mailbox), IsNumber: true),
        new("PID", row => row.Pid),
    ];

    /// <summary>The head and a line for each row, none wider than so many columns of a terminal.</summary>
    public static ImmutableArray<string> Lines(ImmutableArray<AgentRow> rows, int width = int.MaxValue)
    {
        ImmutableArray<Column> columns = [.. Columns.Where(column => column.From <= width)];
        string[][] cells = [[.. columns.Select(column => column.Title)], .. rows.Select(row => columns.Select(column => column.Text(row)).ToArray())];
        string gap = width < 100 ? " " : "  ";
        int[] widths = Widths(columns, cells, width == int.MaxValue ? width : width - (gap.Length * (columns.Length - 1)));
        return [.. cells.Select(row => Line(columns, row, widths, gap))];
    }

    /// <summary>What is in a state, in words that fit a column.</summary>
    public static string StateName(string state) => state == "awaitingApproval" ? "approval" : state;

    private static int[] Widths(ImmutableArray<Column> columns, string[][] cells, int room)
    {
        int[] widths = [.. columns.Select((_, index) => cells.Max(row => CellWidth.Of(row[index])))];
        while (widths.Sum(width => (long)width) > room && Widest(columns, widths) is { } index)
        {
            widths[index]--;
        }

        return widths;
    }

    /// <summary>The widest column that may be made narrower.</summary>
    private static int? Widest(ImmutableArray<Column> columns, int[] widths)
    {
        int[] flexible = [.. Enumerable.Range(0, widths.Length).Where(index => columns[index].IsFlexible && widths[index] > Narrowest)];
        return flexible.Length == 0 ? null : flexible.MaxBy(index => widths[index]);
    }

    private static string Line(ImmutableArray<Column> columns, string[] row, int[] widths, string gap)
    {
        IEnumerable<string> cells = row.Select((text, index) => Fitted(text, widths[index], columns[index].IsNumber));
        return string.Join(gap, cells).TrimEnd();
    }

    private static string Fitted(string text, int width, bool isNumber)
    {
        string shown = CellWidth.Of(text) <= width ? text : Cut(text, width);
        string padding = new(' ', Math.Max(width - CellWidth.Of(shown), 0));
        return isNumber ? padding + shown : shown + padding;
    }

    private static string Cut(string text, int width)
    {
        var kept = new StringBuilder();
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        int column = 0;
        while (elements.MoveNext() && column + CellWidth.OfElement(elements.GetTextElement()) < width)
        {
            column += CellWidth.OfElement(elements.GetTextElement());
            kept.Append(elements.GetTextElement());
        }

        return kept.Append('…').ToString();
    }

    /// <summary>A column, shown where a line has at least <paramref name="From"/> places.</summary>
    private sealed record Column(string Title, Func<AgentRow, string> Text, int From = 0, bool IsNumber = false)
    {
        public bool IsFlexible { get; init; }
    }
}
