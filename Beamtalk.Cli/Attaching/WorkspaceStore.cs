using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Beamtalk.Cli.Attaching;

/// <summary>A workspace as its state directory describes it.</summary>
public sealed record WorkspaceEntry(string Name, string Directory)
{
    /// <summary>OTP looks for it in the directory that is the node's home.</summary>
    public string CookieFile => Path.Combine(Directory, ".erlang.cookie");

    public string Log => Path.Combine(Directory, "log");

    /// <summary>Written by the node when it is ready: its name, its process, and since when.</summary>
    public string NodeFile => Path.Combine(Directory, "node");

    /// <summary>What the node has written; null before it is ready.</summary>
    public WorkspaceNode? ReadNode()
    {
        try
        {
            return File.ReadAllLines(NodeFile) is [var node, var process, var started]
                && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                    ? new WorkspaceNode(node, id, started)
                    : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}

/// <summary>The node of a workspace.</summary>
public sealed record WorkspaceNode(string Node, int ProcessId, string Started)
{
    private string[] Parts => Node.Split('@', 2);

    /// <summary>Whether it is alive: a node that ends, however it does, is no longer registered.</summary>
    public async Task<bool> IsRunningAsync() =>
        (await Epmd.NamesAsync(Parts[1]).ConfigureAwait(false)).Contains(Parts[0]);
}

/// <summary>
/// The workspaces of this user: a directory for each under <c>$XDG_STATE_HOME/beamtalk/workspaces</c>, which nobody
/// else can read.
/// </summary>
public sealed partial class WorkspaceStore
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _root = Path.Combine(StateHome, "beamtalk", "workspaces");

    /// <summary>All that have a directory, by name.</summary>
    public ImmutableArray<WorkspaceEntry> All() => Directory.Exists(_root)
        ? [.. Directory.GetDirectories(_root).Order(StringComparer.Ordinal)
            .Select(directory => new WorkspaceEntry(Path.GetFileName(directory), directory))]
        : [];

    /// <summary>The workspace of that name, whether it exists or not.</summary>
    public WorkspaceEntry Entry(string name) => ValidName().IsMatch(name)
        ? new WorkspaceEntry(name, Path.Combine(_root, name))
        : throw new UserErrorException(
            $"{name} is no name for a workspace: a letter, then letters, digits, - and _, 40 at most");

    public bool Exists(string name) => ValidName().IsMatch(name) && Directory.Exists(Path.Combine(_root, name));

    /// <summary>A fresh directory with a new cookie.</summary>
    public static void Create(WorkspaceEntry entry)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("workspaces need the file modes of Unix");
        }

        Directory.CreateDirectory(entry.Directory, Private | UnixFileMode.UserExecute);
        File.Delete(entry.NodeFile);
        File.Delete(entry.CookieFile);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = Private,
        };
        using (var writer = new StreamWriter(entry.CookieFile, options))
        {
            writer.Write(Convert.ToHexString(RandomNumberGenerator.GetBytes(24)));
        }

        // As OTP does with the one it makes: who cannot write it cannot change it by accident.
        File.SetUnixFileMode(entry.CookieFile, UnixFileMode.UserRead);
    }

    /// <summary>The name of its node: another user's workspace of that name on this machine has another one.</summary>
    public static string NodeName(WorkspaceEntry entry, string host)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(entry.Directory));
        return $"{entry.Name}-{Convert.ToHexStringLower(hash)[..6]}@{host}";
    }

    private static string StateHome => Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } home
        ? home
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,39}$")]
    private static partial Regex ValidName();
}
