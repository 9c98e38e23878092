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

    /// <summary>What somebody typed: NODE@HOST.</summary>
    public static Target Find(string name, string? cookieFile) => NodeName.IsFull(name)
        ? new Target(name, Cookies.Find(cookieFile, name))
        : throw new UserErrorException($"{name} is no name of a node: NODE@HOST");

    public Task<Workspace> AttachAsync(Toolchain toolchain) => Workspace.AttachAsync(toolchain, Node, Cookie);

    /// <summary>Nothing that prints a target may print its cookie.</summary>
    public override string ToString() => Node;
}
