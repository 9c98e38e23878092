using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;

namespace Beamtalk.Compiler.Backend;

/// <summary>Where the standard output of the node goes.</summary>
public enum NodeOutput
{
    StandardOutput,
    StandardError,

    /// <summary>To whoever started it, with its standard error: the terminal is not the node's to write to.</summary>
    Captured,
}

/// <summary>The node could not be started, or ended while it was needed.</summary>
public sealed class ErlangNodeException(string message, int? exitCode = null) : Exception(message)
{
    /// <summary>The exit status of a node that halted.</summary>
    public int? ExitCode { get; } = exitCode;
}

/// <summary>
/// A resident Erlang node that runs <c>bt_compile_server</c>. Requests are pipelined: each has a number, and
/// replies may come in any order. The node inherits standard output and error, so that what programs print
/// goes out directly; control goes over a Unix socket, and closing it ends the node.
/// </summary>
public sealed class ErlangNode : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    /// <summary>As long as whoever reads the output of a node that has ended may take.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<ErlangTerm>> _pending = new();
    private readonly Task _reading;
    private int _lastId;
    private volatile bool _isClosed;

    private ErlangNode(Process process, Socket socket)
    {
        _process = process;
        _stream = new NetworkStream(socket, ownsSocket: true);
        AppDomain.CurrentDomain.ProcessExit += KillProcess;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Starts a node whose code path begins with the given directories.</summary>
    public static async Task<ErlangNode> StartAsync(
        IEnumerable<string> codePath, IEnumerable<string> flags, NodeOutput output = NodeOutput.StandardOutput,
        Action<string>? captured = null)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("bt-");
        try
        {
            string path = Path.Combine(directory.FullName, "node");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(1);
            Process process = StartProcess(Arguments(codePath, flags, path), output);
            if (output == NodeOutput.Captured)
            {
                Capture(process.StandardOutput, captured);
                Capture(process.StandardError, captured);
            }

            return new ErlangNode(process, await AcceptAsync(listener, process).ConfigureAwait(false));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Sends a request; the task ends with the node's reply.</summary>
    public async Task<ErlangTerm> RequestAsync(ErlangTerm request)
    {
        int id = Interlocked.Increment(ref _lastId);
        var completion = new TaskCompletionSource<ErlangTerm>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = completion;
        byte[] body = TermWriter.ToBytes(ErlangTerm.Tuple(ErlangTerm.Integer(id), request));
        byte[] frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        await WriteAsync(frame).ConfigureAwait(false);
        if (_reading.IsCompleted)
        {
            completion.TrySetException(Ended());
        }

        return await completion.Task.ConfigureAwait(false);
    }

    /// <summary>Ends the node, which first writes what it still has to print.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await _stream.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(EndTimeout)).ConfigureAwait(false);
        KillProcess(this, EventArgs.Empty);
        AppDomain.CurrentDomain.ProcessExit -= KillProcess;
        _process.Dispose();
    }

    private static string[] Arguments(IEnumerable<string> codePath, IEnumerable<string> flags, string socketPath) =>
    [
        "-noinput", "-boot", "no_dot_erlang", "+Bi", "+stbt", "db", "+fnu", "+pc", "unicode",
        .. flags,
        .. codePath.SelectMany(directory => new[] { "-pa", directory }),
        "-s", "bt_compile_server", "main", "-extra", socketPath,
    ];

    private static Process StartProcess(string[] arguments, NodeOutput output)
    {
        // Only a shell can let a child's standard output be our standard error.
        ProcessStartInfo start = output == NodeOutput.StandardError
            ? new ProcessStartInfo("sh", ["-c", "exec erl \"$@\" 1>&2", "erl", .. arguments])
            : new ProcessStartInfo("erl", arguments);
        bool isCaptured = output == NodeOutput.Captured;
        start.RedirectStandardInput = isCaptured;
        start.RedirectStandardOutput = isCaptured;
        start.RedirectStandardError = isCaptured;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new ErlangNodeException("Erlang is not installed: there is no `erl` on PATH (see `beamtalk doctor`)");
        }
    }

    private static void Capture(StreamReader stream, Action<string>? captured) => _ = Task.Run(async () =>
    {
        char[] buffer = new char[4096];
        while (await stream.ReadAsync(buffer).ConfigureAwait(false) is > 0 and int count)
        {
            captured?.Invoke(new string(buffer, 0, count));
        }
    });

    private static async Task<Socket> AcceptAsync(Socket listener, Process process)
    {
        using var timeout = new CancellationTokenSource(StartTimeout);
        Task<Socket> accepting = listener.AcceptAsync(timeout.Token).AsTask();
        Task exited = process.WaitForExitAsync(timeout.Token);
        if (await Task.WhenAny(accepting, exited).ConfigureAwait(false) == accepting && accepting.IsCompletedSuccessfully)
        {
            return accepting.Result;
        }

        if (process.HasExited)
        {
            throw new ErlangNodeException(
                $"the Erlang node ended with status {process.ExitCode} before it was ready (see `beamtalk doctor`)");
        }

        process.Kill(entireProcessTree: true);
        throw new ErlangNodeException(
            $"the Erlang node was not ready after {StartTimeout.TotalSeconds} seconds: is this machine very busy?");
    }

    private async Task WriteAsync(byte[] frame)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            await _stream.WriteAsync(frame).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The reading side notices too, and says what became of the node.
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            byte[] header = new byte[4];
            while (true)
            {
                await _stream.ReadExactlyAsync(header).ConfigureAwait(false);
                byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
                await _stream.ReadExactlyAsync(body).ConfigureAwait(false);
                Complete(TermReader.Read(body));
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            await FailPendingAsync().ConfigureAwait(false);
        }
    }

    private void Complete(ErlangTerm message)
    {
        if (message is ErlangTuple { Elements: [ErlangInteger id, var reply] } && _pending.TryRemove((int)id.Value, out var completion))
        {
            completion.SetResult(reply);
        }
    }

    private async Task FailPendingAsync()
    {
        if (!_isClosed)
        {
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }

        foreach (TaskCompletionSource<ErlangTerm> completion in _pending.Values)
        {
            completion.TrySetException(Ended());
        }
    }

    private ErlangNodeException Ended() => new("the Erlang node ended", _isClosed ? null : _process.ExitCode);

    private void KillProcess(object? sender, EventArgs arguments)
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }
}
