using System.Collections.Immutable;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli.Agents;

/// <summary>An agent as the node that it runs in describes it. Cost is in dollars, memory in bytes.</summary>
public sealed record AgentRow(
    string Pid, string Class, string? Name, string State, string? Model, long Turn, long Round, long Waiting,
    long InputTokens, long OutputTokens, double Cost, long Memory, long Mailbox, long Milliseconds)
{
    public long Tokens => InputTokens + OutputTokens;

    internal static AgentRow Of(ErlangTerm term) => term.AsElements() switch
    {
        [var pid, var type, var name, var state, var model, var turn, var round, var waiting, var input, var output, var cost,
            var memory, var mailbox, var age] => new AgentRow(
            pid.AsText(), type.AsText(), Optional(name), state.AsText(), Optional(model), Number(turn), Number(round),
            Number(waiting), Number(input), Number(output), Dollars(cost), Number(memory), Number(mailbox), Number(age)),
        _ => throw new FormatException($"unexpected agent {term}"),
    };

    internal static long Number(ErlangTerm term) => term is ErlangInteger { Value: var value }
        ? (long)value
        : throw new FormatException($"expected a number, got {term}");

    internal static double Dollars(ErlangTerm term) => term is ErlangFloat { Value: var value }
        ? value
        : throw new FormatException($"expected a float, got {term}");

    private static string? Optional(ErlangTerm term) => term == ErlangTerm.Nil ? null : Printable(term.AsText());

    /// <summary>Names are data: what would move the cursor of a terminal does not reach it.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Select(character => char.IsControl(character) ? '\uFFFD' : character));
}

/// <summary>What runs in a node: all agents counted, and some of them row by row.</summary>
public sealed record AgentReport(
    long Count, ImmutableSortedDictionary<string, long> States, long Tokens, double Cost, ImmutableArray<AgentRow> Rows)
{
    public static AgentReport Empty { get; } = new(0, ImmutableSortedDictionary<string, long>.Empty, 0, 0, []);

    /// <summary>Reads what `bt_agent_table:report/2` answers.</summary>
    public static AgentReport Of(ErlangTerm term) => term.AsElements() switch
    {
        [ErlangTuple { Elements: [var count, var states, var input, var output, var cost] }, var rows] => new AgentReport(
            AgentRow.Number(count),
            states.AsElements().Select(pair => pair.AsElements()).ToImmutableSortedDictionary(
                pair => pair[0].AsText(), pair => AgentRow.Number(pair[1])),
            AgentRow.Number(input) + AgentRow.Number(output), AgentRow.Dollars(cost),
            [.. rows.AsElements().Select(AgentRow.Of)]),
        _ => throw new FormatException($"unexpected report {term}"),
    };
}
