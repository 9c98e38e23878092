using System.Collections.Immutable;
using Beamtalk.Cli.Agents;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Cli.Tests.Repl;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Agents;

[TestFixture]
public sealed class AgentScreenTests
{
    private readonly VirtualTerminal _terminal = new(80, 8);
    private readonly FakeAgents _agents = new();

    [Test]
    public async Task It_fills_the_screen_and_says_what_is_left_out()
    {
        Task running = Run();
        await ShowsAsync("and 9,995 more");
        _terminal.Lines[0].ShouldBe("shop@here  10,000 agents  1.2M tokens  $3.50  3 approval, 9,997 thinking");
        _terminal.Lines.Length.ShouldBe(8);
        _terminal.Lines[^1].ShouldBe("q quits, s sorts (by state)  and 9,995 more");
        _terminal.Type("q");
        await running;
    }

    [Test]
    public async Task A_key_changes_the_order()
    {
        Task running = Run();
        await ShowsAsync("by state");
        _terminal.Type("s");
        await ShowsAsync("by tokens");
        _agents.Asked.ShouldContain((AgentOrder.Tokens, 5));
        _terminal.Press(Key.Control('c'));
        await running;
    }

    [Test]
    public async Task What_was_known_stays_while_there_is_no_answer()
    {
        Task running = Run();
        await ShowsAsync("and 9,995 more");
        _agents.IsLate = true;
        await ShowsAsync("(the node does not answer)");
        _terminal.Lines[2].ShouldStartWith("thinking helper");
        _terminal.Close();
        await running;
    }

    private Task Run() => new AgentScreen(_agents, _terminal, AgentOrder.State, null, TimeSpan.FromMilliseconds(10)).RunAsync();

    private async Task ShowsAsync(string text)
    {
        for (int attempt = 0; attempt < 500 && !_terminal.Lines.Any(line => line.Contains(text)); attempt++)
        {
            await Task.Delay(10);
        }

        string.Join('\n', _terminal.Lines).ShouldContain(text);
    }

    private sealed class FakeAgents : IAgentSource
    {
        public List<(AgentOrder Order, int? Limit)> Asked { get; } = [];

        public bool IsLate { get; set; }

        public string Name => "shop@here";

        public Task<AgentReport?> AskAsync(AgentOrder order, int? limit)
        {
            Asked.Add((order, limit));
            ImmutableSortedDictionary<string, long> states = ImmutableSortedDictionary<string, long>.Empty
                .Add("awaitingApproval", 3).Add("thinking", 9_997);
            ImmutableArray<AgentRow> rows = [.. Enumerable.Repeat(AgentTableTests.Row, limit ?? 0)];
            return Task.FromResult(IsLate ? null : new AgentReport(10_000, states, 1_200_000, 3.5, rows));
        }
    }
}
