using System.CommandLine;
using Beamtalk.Cli.Building;

namespace Beamtalk.Cli.Attaching;

/// <summary>A running system that somebody wants to work in: where it is, and what it takes to get in.</summary>
public sealed record Target(string Node, string Cookie)
{
    /// <summary>The option for all commands that attach.</summary>
    public static Option<string?> CookieFile => new("--cookie-file")
    {
        Description = "The file with the cookie of the node; else $BEAMTALK_COOKIE, $RELEASE_COOKIE, ~/.erlang.cookie",
        HelpName = "FILE",
    };

    /// <summary>What somebody typed: NODE@HOST, or the name of a workspace.</summary>
    public static Target Find(string name, string? cookieFile)
    {
        var store = new WorkspaceStore();
        return NodeName.IsFull(name) ? new Target(name, Cookies.Find(cookieFile, name))
            : store.Exists(name) ? OfWorkspace(store.Entry(name))
            : throw new UserErrorException($"there is no workspace {name} (and a node is named NAME@HOST)");
    }

    private static Target OfWorkspace(WorkspaceEntry entry) => entry.ReadNode() is { } node
        ? new Target(node.Node, Cookies.Read(entry.CookieFile))
        : throw new UserErrorException($"the workspace {entry.Name} is dead (see {entry.Log}); start it again");

    public Task<Workspace> AttachAsync(Toolchain toolchain) => Workspace.AttachAsync(toolchain, Node, Cookie);

    /// <summary>Nothing that prints a target may print its cookie.</summary>
    public override string ToString() => Node;
}
