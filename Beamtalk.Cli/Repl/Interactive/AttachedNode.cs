using Beamtalk.Cli.Attaching;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>A running system elsewhere. What our own node prints, which connects us with it, is what comes from there.</summary>
public sealed class AttachedNode(Target target) : IReplHost
{
    private Toolchain? _toolchain;

    public string Greeting => $"Beamtalk {Installation.Version} at {target}. :help tells what there is, Ctrl-D detaches.";

    public bool OwnsNode => false;

    public Task<Workspace> ConnectAsync(Action<string> captured)
    {
        _toolchain = new Toolchain(Installation.Find(), NodeOutput.Captured, captured) { Flags = NodeFlags.Bridge };
        return target.AttachAsync(_toolchain);
    }

    public ValueTask DisposeAsync() => _toolchain?.DisposeAsync() ?? ValueTask.CompletedTask;
}
