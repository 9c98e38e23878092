using System.Threading.Channels;
using Beamtalk.Cli.Repl.Editing;

namespace Beamtalk.Cli.Repl.Terminal;

/// <summary>A terminal of which each key is read, and nothing is shown but what is written.</summary>
public interface ITerminal
{
    int Width { get; }

    int Height { get; }

    /// <summary>The keys that are pressed, until the terminal is closed.</summary>
    ChannelReader<Key> Keys { get; }

    /// <summary>Writes text with escape sequences; a line's end is `\r\n`.</summary>
    void Write(string text);
}
