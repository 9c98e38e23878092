using System.Collections.Concurrent;

namespace Beamtalk.Cli.Repl;

/// <summary>
/// Lines that can be looked at before they are taken. Looking waits only for a moment: a program at the other end of
/// the pipe may want an answer before it sends more.
/// </summary>
public sealed class LineSource
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private readonly BlockingCollection<string> _lines = [];
    private string? _next;

    public LineSource(TextReader reader) => new Thread(() => Read(reader)) { IsBackground = true }.Start();

    /// <summary>The next line, or null at the end of the input; waits for it.</summary>
    public string? Take()
    {
        Fill(Timeout.InfiniteTimeSpan);
        string? line = _next;
        _next = null;
        return line;
    }

    /// <summary>The next line, left where it is, or null if there is none for a moment.</summary>
    public string? Peek()
    {
        Fill(Moment);
        return _next;
    }

    private void Fill(TimeSpan patience)
    {
        if (_next is null && _lines.TryTake(out string? line, patience))
        {
            _next = line;
        }
    }

    private void Read(TextReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            _lines.Add(line);
        }

        _lines.CompleteAdding();
    }
}
