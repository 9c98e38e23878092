using System.Threading.Channels;
using Beamtalk.Cli.Repl.Editing;

namespace Beamtalk.Cli.Repl.Terminal;

/// <summary>
/// A terminal whose Ctrl-C goes to what runs, while something runs. All other keys wait for whoever reads next: one can
/// type ahead.
/// </summary>
public sealed class RoutedTerminal : ITerminal
{
    private readonly ITerminal _terminal;
    private readonly Channel<Key> _keys = Channel.CreateUnbounded<Key>();
    private volatile Action? _interrupt;

    public RoutedTerminal(ITerminal terminal)
    {
        _terminal = terminal;
        _ = Task.Run(RouteAsync);
    }

    public int Width => _terminal.Width;

    public int Height => _terminal.Height;

    public ChannelReader<Key> Keys => _keys.Reader;

    public void Write(string text) => _terminal.Write(text);

    /// <summary>Has Ctrl-C do this until the result is disposed.</summary>
    public IDisposable OnInterrupt(Action interrupt)
    {
        _interrupt = interrupt;
        return new Ending(() => _interrupt = null);
    }

    private async Task RouteAsync()
    {
        await foreach (Key key in _terminal.Keys.ReadAllAsync().ConfigureAwait(false))
        {
            if (key.IsControl('c') && _interrupt is { } interrupt)
            {
                interrupt();
            }
            else
            {
                _keys.Writer.TryWrite(key);
            }
        }

        _keys.Writer.Complete();
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
