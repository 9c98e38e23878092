using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Cli.Repl.Terminal;

namespace Beamtalk.Cli.Agents;

/// <summary>
/// The live table: the whole screen, drawn anew each second. `s` sorts by something else, `q` ends it.
/// </summary>
public sealed class AgentScreen(IAgentSource source, ITerminal terminal, AgentOrder order, int? limit, TimeSpan pause)
{
    private const string OtherScreen = "\e[?1049h\e[?25l";
    private const string ScreenBefore = "\e[?25h\e[?1049l";

    /// <summary>The lines that are no rows: what there is in all, the head, the keys.</summary>
    private const int OtherLines = 3;

    private AgentOrder _order = order;
    private AgentReport _report = AgentReport.Empty;
    private bool _isLate;

    public async Task RunAsync()
    {
        terminal.Write(OtherScreen);
        try
        {
            while (true)
            {
                await AskAsync().ConfigureAwait(false);
                Draw();
                if (!await WaitAsync().ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        finally
        {
            terminal.Write(ScreenBefore);
        }
    }

    /// <summary>What was known stays on the screen while the node is too busy to answer.</summary>
    private async Task AskAsync()
    {
        int rows = Math.Max(terminal.Height - OtherLines, 1);
        AgentReport? report = await source.AskAsync(_order, Math.Min(rows, limit ?? rows)).ConfigureAwait(false);
        _isLate = report is null;
        _report = report ?? _report;
    }

    /// <summary>Until it is time to look again, or a key says so; false to end.</summary>
    private async Task<bool> WaitAsync()
    {
        using var time = new CancellationTokenSource(pause);
        try
        {
            while (await terminal.Keys.WaitToReadAsync(time.Token).ConfigureAwait(false))
            {
                while (terminal.Keys.TryRead(out Key key))
                {
                    switch (Read(key))
                    {
                        case false:
                            return false;
                        case true:
                            return true;
                    }
                }
            }

            return false; // the terminal is gone
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>Whether to go on at once or to end; null for a key that does nothing.</summary>
    private bool? Read(Key key)
    {
        if (key is { Code: KeyCode.Text, Text: "q" or "Q" } or { Code: KeyCode.Escape } || key.IsControl('c') || key.IsControl('d'))
        {
            return false;
        }

        if (key is { Code: KeyCode.Text, Text: "s" or "S" })
        {
            _order = (AgentOrder)(((int)_order + 1) % Enum.GetValues<AgentOrder>().Length);
            return true;
        }

        return key.Code == KeyCode.Resize ? true : null;
    }

    private void Draw()
    {
        ImmutableArray<string> table = AgentTable.Lines(_report.Rows, terminal.Width);
        var frame = new StringBuilder("\e[H");
        Put(frame, Style.None, Summary(), isLast: false);
        Put(frame, Style.Selected, table[0].PadRight(terminal.Width), isLast: false);
        for (int row = 0; row < _report.Rows.Length; row++)
        {
            Put(frame, StyleOf(_report.Rows[row].State), table[row + 1], isLast: false);
        }

        Put(frame, Style.Faint, Footer(), isLast: true);
        terminal.Write(frame.Append("\e[J").ToString());
    }

    private void Put(StringBuilder frame, string style, string text, bool isLast)
    {
        string shown = CellWidth.Of(text) <= terminal.Width ? text : text[..Math.Min(terminal.Width, text.Length)];
        frame.Append(Style.Apply(style, shown)).Append(shown.Length < terminal.Width ? "\e[K" : "").Append(isLast ? "" : "\r\n");
    }

    private string Summary()
    {
        IEnumerable<string> states = _report.States.OrderBy(pair => Rank(pair.Key))
            .Select(pair => $"{pair.Value.ToString("N0", CultureInfo.InvariantCulture)} {AgentTable.StateName(pair.Key)}");
        string all = _report.Count == 1 ? "1 agent" : $"{_report.Count.ToString("N0", CultureInfo.InvariantCulture)} agents";
        return $"{source.Name}  {all}  {Figures.Count(_report.Tokens)} tokens  ${Figures.Dollars(_report.Cost)}  {string.Join(", ", states)}"
            .TrimEnd();
    }

    private string Footer()
    {
        long more = _report.Count - _report.Rows.Length;
        string rest = more > 0 ? $"  and {more.ToString("N0", CultureInfo.InvariantCulture)} more" : "";
        string late = _isLate ? "  (the node does not answer)" : "";
        return $"q quits, s sorts (by {_order.ToString().ToLowerInvariant()}){rest}{late}";
    }

    /// <summary>What wants a person comes first, what does nothing last.</summary>
    private static int Rank(string state) =>
        ImmutableArray.Create("awaitingApproval", "tools", "thinking", "paused", "idle").IndexOf(state);

    private static string StyleOf(string state) => state switch
    {
        "awaitingApproval" => Style.Warning,
        "thinking" or "tools" => Style.Note,
        "paused" => Style.Faint,
        _ => Style.None,
    };
}
