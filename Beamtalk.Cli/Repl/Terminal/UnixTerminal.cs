using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Beamtalk.Cli.Repl.Editing;
using Microsoft.Win32.SafeHandles;

namespace Beamtalk.Cli.Repl.Terminal;

/// <summary>
/// The terminal at standard input and output, in raw mode: keys come one by one and are not echoed, Ctrl-C is a key.
/// <c>System.Console</c> is left alone, because it has a terminal mode of its own.
/// </summary>
public sealed class UnixTerminal : ITerminal, IDisposable
{
    private const string BracketedPaste = "\e[?2004h";
    private const string NoBracketedPaste = "\e[?2004l";

    /// <summary>As long as the rest of an escape sequence may take.</summary>
    private const int EscapeMilliseconds = 50;

    private readonly Channel<Key> _keys = Channel.CreateUnbounded<Key>();
    private readonly FileStream _output = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, 0);
    private readonly Lock _writing = new();
    private readonly RawMode _mode;
    private readonly PosixSignalRegistration _resized;
    private readonly PosixSignalRegistration _continued;

    public UnixTerminal()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException();
        }

        // The runtime keeps the terminal's mode for its end when it is first asked for a signal: before it is ours.
        _resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Changed());
        _continued = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Resume());
        _mode = RawMode.Enter();
        AppDomain.CurrentDomain.ProcessExit += Restore;
        Write(BracketedPaste);
        Measure();
        new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
    }

    public int Width { get; private set; } = 80;

    public int Height { get; private set; } = 24;

    public ChannelReader<Key> Keys => _keys.Reader;

    /// <summary>Whether both standard input and output are one.</summary>
    public static bool IsPresent => !OperatingSystem.IsWindows()
        && NativeTerminal.IsTerminal(0) == 1 && NativeTerminal.IsTerminal(1) == 1
        && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";

    public void Write(string text)
    {
        lock (_writing)
        {
            _output.Write(Encoding.UTF8.GetBytes(text));
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= Restore;
        Restore(this, EventArgs.Empty);
        _resized.Dispose();
        _continued.Dispose();
        _output.Dispose();
    }

    private void Restore(object? sender, EventArgs arguments)
    {
        Write(NoBracketedPaste);
        _mode.Leave();
    }

    private void Changed()
    {
        Measure();
        _keys.Writer.TryWrite(new Key(KeyCode.Resize));
    }

    /// <summary>After a stop the shell has set the terminal as it likes it.</summary>
    private void Resume()
    {
        _mode.Again();
        Write(BracketedPaste);
        Changed();
    }

    private void Measure()
    {
        if (NativeTerminal.Size() is ( > 0, > 0) size)
        {
            (Width, Height) = size;
        }
    }

    private void ReadKeys()
    {
        var decoder = new KeyDecoder();
        byte[] buffer = new byte[4096];
        while (true)
        {
            if (decoder.IsWaiting && !NativeTerminal.HasInput(EscapeMilliseconds))
            {
                Send(decoder.Flush());
            }

            int count = NativeTerminal.Read(buffer);
            if (count <= 0)
            {
                _keys.Writer.Complete();
                return;
            }

            Send(decoder.Feed(buffer.AsSpan(0, count)));
        }
    }

    private void Send(IReadOnlyList<Key> keys)
    {
        foreach (Key key in keys)
        {
            _keys.Writer.TryWrite(key);
        }
    }
}
