using System.CommandLine;
using Beamtalk.Cli.Attaching;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Repl.Interactive;
using Beamtalk.Cli.Repl.Terminal;

namespace Beamtalk.Cli.Commands;

/// <summary>`attach NODE@HOST`: the REPL, but in a running system.</summary>
public static class AttachCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NODE") { Description = "A running node: NAME@HOST, or a workspace" };
        Option<string?> cookieFile = Target.CookieFile;
        var command = new Command("attach", "Read statements and evaluate them in a running system") { name, cookieFile };
        command.SetAction((parsed, _) =>
        {
            Target target = Target.Find(parsed.GetRequiredValue(name), parsed.GetValue(cookieFile));
            return UnixTerminal.IsPresent ? ReplCommand.TalkAsync(new AttachedNode(target)) : AttachAsync(target);
        });
        return command;
    }

    private static async Task<int> AttachAsync(Target target)
    {
        await using var toolchain = new Toolchain(Installation.Find()) { Flags = NodeFlags.Bridge };
        Workspace workspace = await target.AttachAsync(toolchain).ConfigureAwait(false);
        return await ReplCommand.ReadAsync(workspace, Console.In).ConfigureAwait(false);
    }
}
