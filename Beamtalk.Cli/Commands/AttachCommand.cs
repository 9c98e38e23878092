using System.CommandLine;
using Beamtalk.Cli.Attaching;
using Beamtalk.Cli.Building;

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
            AttachAsync(Target.Find(parsed.GetRequiredValue(name), parsed.GetValue(cookieFile))));
        return command;
    }

    private static async Task<int> AttachAsync(Target target)
    {
        await using var toolchain = new Toolchain(Installation.Find()) { Flags = NodeFlags.Bridge };
        Workspace workspace = await target.AttachAsync(toolchain).ConfigureAwait(false);
        return await ReplCommand.ReadAsync(workspace, Console.In).ConfigureAwait(false);
    }
}
