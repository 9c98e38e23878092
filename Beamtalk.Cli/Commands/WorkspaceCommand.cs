using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Beamtalk.Cli.Attaching;

namespace Beamtalk.Cli.Commands;

/// <summary>`workspace start|list|stop`: nodes that outlive the sessions in them.</summary>
public static class WorkspaceCommand
{
    public static Command Create() => new("workspace", "Nodes that outlive the sessions in them")
    {
        CreateStart(), CreateList(), CreateStop(),
    };

    private static Command CreateStart()
    {
        Argument<string> name = Name();
        var listen = new Option<string>("--listen")
        {
            Description = "The IPv4 address at which other nodes can connect (this machine only)",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => WorkspaceLauncher.Loopback,
        };
        var command = new Command("start", "Start a workspace, unless it runs") { name, listen };
        command.SetAction((parsed, _) => StartAsync(
            parsed.GetRequiredValue(name), AddressOf(parsed.GetRequiredValue(listen))));
        return command;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "List the workspaces");
        command.SetAction((_, _) => ListAsync());
        return command;
    }

    private static Command CreateStop()
    {
        Argument<string> name = Name();
        var command = new Command("stop", "End a workspace and all that runs in it") { name };
        command.SetAction((parsed, _) => StopAsync(parsed.GetRequiredValue(name)));
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The name of the workspace" };

    private static async Task<int> StartAsync(string name, IPAddress address)
    {
        var store = new WorkspaceStore();
        WorkspaceEntry entry = store.Entry(name);
        Directory.CreateDirectory(Path.GetDirectoryName(entry.Directory)!);
        await using FileStream theOnlyOne = await LockAsync(entry).ConfigureAwait(false);
        if (await RunningAsync(entry).ConfigureAwait(false) is { } running)
        {
            Console.WriteLine($"workspace {name} runs already: {running.Node}");
            return ExitCode.Success;
        }

        WorkspaceStore.Create(entry);
        WorkspaceNode node = await WorkspaceLauncher.StartAsync(entry, address, Installation.Find()).ConfigureAwait(false);
        Console.WriteLine($"workspace {name} runs: {node.Node} (attach with `beamtalk attach {name}`)");
        return ExitCode.Success;
    }

    private static async Task<int> ListAsync()
    {
        foreach (WorkspaceEntry entry in new WorkspaceStore().All())
        {
            WorkspaceNode? node = await RunningAsync(entry).ConfigureAwait(false);
            Console.WriteLine(node is null
                ? $"{entry.Name}  is dead (see {entry.Log})"
                : $"{entry.Name}  {node.Node}  process {node.ProcessId}  since {node.Started}");
        }

        return ExitCode.Success;
    }

    private static async Task<int> StopAsync(string name)
    {
        var store = new WorkspaceStore();
        WorkspaceEntry entry = store.Entry(name);
        if (!store.Exists(name))
        {
            throw new UserErrorException($"there is no workspace {name}");
        }

        await using FileStream theOnlyOne = await LockAsync(entry).ConfigureAwait(false);
        WorkspaceNode? running = await RunningAsync(entry).ConfigureAwait(false);
        if (running is not null)
        {
            await WorkspaceLauncher.StopAsync(running).ConfigureAwait(false);
        }

        Directory.Delete(entry.Directory, recursive: true);
        Console.WriteLine(running is null ? $"workspace {name} was dead already" : $"workspace {name} is stopped");
        return ExitCode.Success;
    }

    private static async Task<WorkspaceNode?> RunningAsync(WorkspaceEntry entry) =>
        entry.ReadNode() is { } node && await node.IsRunningAsync().ConfigureAwait(false) ? node : null;

    /// <summary>Of two commands for one workspace at the same time the second waits.</summary>
    private static async Task<FileStream> LockAsync(WorkspaceEntry entry)
    {
        while (true)
        {
            try
            {
                return new FileStream(
                    $"{entry.Directory}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1,
                    FileOptions.DeleteOnClose);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50)).ConfigureAwait(false);
            }
        }
    }

    private static IPAddress AddressOf(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetwork
            ? address
            : throw new UserErrorException($"{text} is no IPv4 address");
}
