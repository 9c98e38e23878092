using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Beamtalk.Cli.Agents;
using Beamtalk.Cli.Attaching;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Repl.Terminal;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli.Commands;

/// <summary>`agents [NODE]`: the agents of a running system, live at a terminal, else once.</summary>
public static class AgentsCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var name = new Argument<string?>("NODE")
        {
            Description = "A running node: NAME@HOST, or a workspace; without it, the workspace that runs",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> cookieFile = Target.CookieFile;
        var json = new Option<bool>("--json") { Description = "An object a line, once" };
        var once = new Option<bool>("--once") { Description = "Once, also at a terminal" };
        var sort = new Option<string>("--sort")
        {
            Description = "By state, tokens, cost, turn, memory, mailbox or name",
            HelpName = "ORDER",
            DefaultValueFactory = _ => "state",
        };
        var limit = new Option<string?>("--limit") { Description = "So many at most", HelpName = "N" };
        var command = new Command("agents", "Show the agents of a running system") { name, cookieFile, json, once, sort, limit };
        command.SetAction(async (parsed, _) =>
        {
            int? most = parsed.GetValue(limit) is { } text ? LimitOf(text) : null;
            AgentOrder order = OrderOf(parsed.GetRequiredValue(sort));
            Target target = await FindAsync(parsed.GetValue(name), parsed.GetValue(cookieFile)).ConfigureAwait(false);
            bool isLive = !parsed.GetValue(json) && !parsed.GetValue(once) && UnixTerminal.IsPresent;
            return isLive
                ? await WatchAsync(target, order, most).ConfigureAwait(false)
                : await PrintAsync(target, order, most, parsed.GetValue(json)).ConfigureAwait(false);
        });
        return command;
    }

    private static int LimitOf(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out int limit) && limit > 0
        ? limit
        : throw new UserErrorException($"--limit wants a number above 0, not {text}");

    private static AgentOrder OrderOf(string text) => Enum.GetValues<AgentOrder>().Cast<AgentOrder?>()
        .FirstOrDefault(order => order.ToString()!.Equals(text, StringComparison.OrdinalIgnoreCase))
        ?? throw new UserErrorException($"agents are sorted by state, tokens, cost, turn, memory, mailbox or name, not by {text}");

    private static async Task<Target> FindAsync(string? name, string? cookieFile)
    {
        if (name is not null)
        {
            return Target.Find(name, cookieFile);
        }

        var running = ImmutableArray.CreateBuilder<string>();
        foreach (WorkspaceEntry entry in new WorkspaceStore().All())
        {
            if (entry.ReadNode() is { } node && await node.IsRunningAsync().ConfigureAwait(false))
            {
                running.Add(entry.Name);
            }
        }

        return running switch
        {
            [var only] => Target.Find(only, cookieFile),
            [] => throw new UserErrorException("no workspace runs: say which node, NAME@HOST"),
            _ => throw new UserErrorException($"several workspaces run: say which, {string.Join(", ", running)}"),
        };
    }

    private static async Task<int> WatchAsync(Target target, AgentOrder order, int? limit)
    {
        // What our own node has to say would be written into the table.
        await using var toolchain = new Toolchain(Installation.Find(), NodeOutput.Captured) { Flags = NodeFlags.Bridge };
        AttachedAgents agents = await AttachedAgents.AttachAsync(toolchain, target).ConfigureAwait(false);
        await agents.AskAsync(order, 1).ConfigureAwait(false);
        using var terminal = new UnixTerminal();
        await new AgentScreen(agents, terminal, order, limit, Pause).RunAsync().ConfigureAwait(false);
        return ExitCode.Success;
    }

    private static async Task<int> PrintAsync(Target target, AgentOrder order, int? limit, bool isJson)
    {
        await using var toolchain = new Toolchain(Installation.Find()) { Flags = NodeFlags.Bridge };
        AttachedAgents agents = await AttachedAgents.AttachAsync(toolchain, target).ConfigureAwait(false);
        AgentReport report = await agents.AskAsync(order, limit).ConfigureAwait(false)
            ?? throw new UserErrorException($"{agents.Name} does not answer");
        IEnumerable<string> lines = isJson ? report.Rows.Select(AgentJson.Line) : AgentTable.Lines(report.Rows);
        foreach (string line in lines)
        {
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        return ExitCode.Success;
    }
}
