using Beamtalk.Cli.Attaching;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli.Agents;

/// <summary>Asks for agents, sorted, so many at most; null if there was no answer in time.</summary>
public interface IAgentSource
{
    string Name { get; }

    Task<AgentReport?> AskAsync(AgentOrder order, int? limit);
}

/// <summary>By what agents can be sorted.</summary>
public enum AgentOrder
{
    State,
    Tokens,
    Cost,
    Turn,
    Memory,
    Mailbox,
    Name,
}

/// <summary>The agents of a running system.</summary>
public sealed class AttachedAgents : IAgentSource
{
    private readonly ErlangNode _node;
    private readonly Target _target;

    private AttachedAgents(ErlangNode node, Target target) => (_node, _target) = (node, target);

    public string Name => _target.Node;

    public static async Task<AttachedAgents> AttachAsync(Toolchain toolchain, Target target)
    {
        ErlangNode node = await toolchain.NodeAsync().ConfigureAwait(false);
        await ErlangBridge.AttachAsync(node, target.Node, target.Cookie).ConfigureAwait(false);
        return new AttachedAgents(node, target);
    }

    public async Task<AgentReport?> AskAsync(AgentOrder order, int? limit)
    {
        ErlangTerm most = limit is { } number ? ErlangTerm.Integer(number) : ErlangTerm.Atom("all");
        ErlangTerm by = ErlangTerm.Atom(order.ToString().ToLowerInvariant());
        return await ErlangBridge.CallAsync(_node, "bt_agent_table", "report", by, most).ConfigureAwait(false) switch
        {
            Answered answer => AgentReport.Of(answer.Value),
            NoSuchFunction => throw new UserErrorException(
                $"{Name} has no agents: the library beamtalk_agents is not on its code path"),
            _ => null,
        };
    }
}
