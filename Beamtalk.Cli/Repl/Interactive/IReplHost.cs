using System.Collections.Immutable;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>Where the inputs of a REPL run. A node of our own can be had anew when it has ended.</summary>
public interface IReplHost : IAsyncDisposable
{
    /// <summary>What to say first.</summary>
    string Greeting { get; }

    /// <summary>Whether all that the node prints is the REPL's to show.</summary>
    bool OwnsNode { get; }

    /// <summary>Makes a workspace; what its node writes past the session goes to <paramref name="captured"/>.</summary>
    Task<Workspace> ConnectAsync(Action<string> captured);
}

/// <summary>A node of our own, which ends with the REPL; it has the classes of these libraries, a project's say.</summary>
public sealed class OwnNode(Installation installation, ImmutableArray<string> libraries) : IReplHost
{
    private Toolchain? _toolchain;

    public string Greeting => $"Beamtalk {Installation.Version}. :help tells what there is, Ctrl-D ends the session.";

    public bool OwnsNode => true;

    public async Task<Workspace> ConnectAsync(Action<string> captured)
    {
        await DisposeAsync().ConfigureAwait(false);
        _toolchain = new Toolchain(installation, NodeOutput.Captured, captured, libraries);
        return new Workspace(_toolchain) { FollowsNode = true };
    }

    public ValueTask DisposeAsync() => _toolchain?.DisposeAsync() ?? ValueTask.CompletedTask;
}
