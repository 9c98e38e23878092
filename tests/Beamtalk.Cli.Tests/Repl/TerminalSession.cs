using System.Diagnostics;
using System.Text;

namespace Beamtalk.Cli.Tests.Repl;

/// <summary>The REPL as somebody has it who sits at a terminal: in a pseudo terminal, which `script` makes.</summary>
internal sealed class TerminalSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryDirectory _state = new();
    private readonly VirtualTerminal _screen;
    private readonly Process _process;

    public TerminalSession(int width = 80, int height = 24)
    {
        _screen = new VirtualTerminal(width, height);
        string program = Path.Combine(Repository.Root, "beamtalk");
        var start = new ProcessStartInfo(
            "script", ["-q", "-e", "-c", $"stty cols {width} rows {height}; exec '{program}' repl", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["XDG_STATE_HOME"] = _state.Path;
        _process = Process.Start(start)!;
        _ = Task.Run(ReadAsync);
    }

    public string Screen => string.Join('\n', _screen.Lines);

    /// <summary>What is below the last prompt at which something was typed.</summary>
    public async Task<string> EvaluateAsync(string input)
    {
        int prompts = Prompts;
        await TypeAsync(input + "\r");
        await UntilAsync(() => Prompts > prompts && _screen.Lines[^1] == "bt>", input);
        string[] lines = _screen.Lines[..^1];
        int last = Array.FindLastIndex(lines, line => line.StartsWith("bt> ", StringComparison.Ordinal));
        return string.Join('\n', lines[(last + 1)..]);
    }

    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    public Task ShowsAsync(string text) => UntilAsync(() => Screen.Contains(text, StringComparison.Ordinal), text);

    /// <summary>The status with which it ends.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _state.Dispose();
    }

    private int Prompts => _screen.Lines.Count(line => line.StartsWith("bt>", StringComparison.Ordinal));

    private async Task ReadAsync()
    {
        char[] buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and int count)
        {
            _screen.Write(new string(buffer, 0, count));
        }
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"waited for {what}; the screen is\n{Screen}");
            }

            await Task.Delay(20);
        }
    }
}
