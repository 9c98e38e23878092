using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Beamtalk.Cli.Tests.Attaching;

/// <summary>
/// A system that is there already when somebody attaches: a node with a shell, which the test types into. It listens on
/// the loopback only.
/// </summary>
public sealed class RunningSystem : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private RunningSystem(Process process, string node, string cookie)
    {
        (_process, Node, Cookie) = (process, node, cookie);
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Node { get; }

    public string Cookie { get; }

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>The directories that a system needs to run Beamtalk.</summary>
    public static string[] BeamtalkPath { get; } =
    [
        Path.Combine(Repository.Root, "_build", "lib", "beamtalk_runtime", "ebin"),
        Path.Combine(Repository.Root, "_build", "lib", "beamtalk_stdlib", "ebin"),
    ];

    /// <summary>`iex`, with these directories on its code path.</summary>
    public static RunningSystem Elixir(string name, params string[] path) => Start(
        "iex", name, ["--erl", "-kernel inet_dist_use_interface {127,0,0,1}"],
        node => ["--name", node], cookie => ["--cookie", cookie], path);

    /// <summary>`erl`, with these directories on its code path.</summary>
    public static RunningSystem Erlang(string name, params string[] path) => Start(
        "erl", name, ["-kernel", "inet_dist_use_interface", "{127,0,0,1}"],
        node => ["-name", node], cookie => ["-setcookie", cookie], path);

    /// <summary>Types lines, and waits until the output has a match that was not there before.</summary>
    public async Task<Match> AskAsync(string lines, string pattern)
    {
        int before = Output.Length;
        await _process.StandardInput.WriteAsync(lines + "\n");
        await _process.StandardInput.FlushAsync();
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (Regex.Match(Output[before..], pattern) is { Success: true } match)
            {
                return match;
            }

            await Task.Delay(20);
        }

        throw new TimeoutException($"{Node} did not answer {lines} with {pattern}, but {Output[before..]}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static RunningSystem Start(
        string program, string name, string[] flags, Func<string, string[]> named, Func<string, string[]> secret, string[] path)
    {
        string node = $"{name}-{Environment.ProcessId}@127.0.0.1";
        string cookie = $"cookie-{Guid.NewGuid():n}";
        var start = new ProcessStartInfo(
            program, [.. named(node), .. secret(cookie), .. flags, .. path.SelectMany(directory => new[] { "-pa", directory })])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        return new RunningSystem(Process.Start(start)!, node, cookie);
    }

    private void Append(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}
