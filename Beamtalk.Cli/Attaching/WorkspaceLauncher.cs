using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Beamtalk.Cli.Building;

namespace Beamtalk.Cli.Attaching;

/// <summary>Starts the nodes of workspaces, and ends them.</summary>
public static partial class WorkspaceLauncher
{
    public const string Loopback = "127.0.0.1";

    private const int Terminate = 15;
    private const int Kill = 9;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The node must outlive us and our terminal: it gets a session of its own, and its output goes to a file.
    /// Arguments: the file, then those of `erl`.
    /// </summary>
    private const string Script =
        "log=$1; shift; umask 077; exec < /dev/null >> \"$log\" 2>&1; " +
        "if command -v setsid > /dev/null; then exec setsid erl \"$@\"; else exec nohup erl \"$@\"; fi";

    /// <summary>Starts the node and waits until it is ready.</summary>
    public static async Task<WorkspaceNode> StartAsync(WorkspaceEntry entry, IPAddress address, Installation installation)
    {
        using Process shell = Process.Start(StartInfo(entry, address, installation))!;
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StartPatience)
        {
            if (entry.ReadNode() is { } node)
            {
                return node;
            }

            if (shell.HasExited)
            {
                break;
            }

            await Task.Delay(Pause).ConfigureAwait(false);
        }

        throw new UserErrorException($"the workspace {entry.Name} does not start: see {entry.Log}{Tail(entry.Log)}");
    }

    /// <summary>Ends the node as an operating system would; if it does not end, by force.</summary>
    public static async Task StopAsync(WorkspaceNode node)
    {
        _ = Signal(node.ProcessId, Terminate);
        if (!await EndsAsync(node).ConfigureAwait(false))
        {
            _ = Signal(node.ProcessId, Kill);
            await EndsAsync(node).ConfigureAwait(false);
        }
    }

    private static async Task<bool> EndsAsync(WorkspaceNode node)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < StopPatience)
        {
            if (!await node.IsRunningAsync().ConfigureAwait(false) && Signal(node.ProcessId, 0) != 0)
            {
                return true;
            }

            await Task.Delay(Pause).ConfigureAwait(false);
        }

        return false;
    }

    private static ProcessStartInfo StartInfo(WorkspaceEntry entry, IPAddress address, Installation installation)
    {
        var start = new ProcessStartInfo("sh", ["-c", Script, "sh", entry.Log, .. Arguments(entry, address, installation)]);
        start.Environment["BEAMTALK_USER_HOME"] = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        start.Environment["HOME"] = entry.Directory;
        start.Environment["ERL_CRASH_DUMP"] = Path.Combine(entry.Directory, "erl_crash.dump");
        start.Environment["ERL_EPMD_ADDRESS"] = address.Equals(IPAddress.Loopback) ? Loopback : $"{Loopback},{address}";
        return start;
    }

    private static string[] Arguments(WorkspaceEntry entry, IPAddress address, Installation installation) =>
    [
        "-noinput", "-boot", "no_dot_erlang", "+Bd", "+stbt", "db", "+fnu", "+pc", "unicode",
        .. NodeFlags.Resident, .. NodeFlags.Compiler,
        "-name", WorkspaceStore.NodeName(entry, address.ToString()),
        "-kernel", "inet_dist_use_interface", $"{{{address.ToString().Replace('.', ',')}}}",
        .. installation.CodePath.SelectMany(directory => new[] { "-pa", directory }),
        "-s", "bt_workspace_node", "main", "-extra", entry.Directory,
    ];

    private static string Tail(string log) => File.Exists(log)
        ? string.Concat(File.ReadLines(log).TakeLast(5).Select(line => $"\n  {line}"))
        : "";

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
