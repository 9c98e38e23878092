namespace Beamtalk.Cli.Repl.Editing;

/// <summary>A search backwards through the history, of which the text grows while somebody types.</summary>
public sealed class HistorySearch(History history)
{
    private int _index = history.Count;

    public string Query { get; private set; } = "";

    /// <summary>There is no entry with the text.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The entry that is found, if one is.</summary>
    public string? Found => _index < history.Count ? history[_index] : null;

    /// <summary>Where the text is in what is found.</summary>
    public int Place => Math.Max(Found?.IndexOf(Query, StringComparison.OrdinalIgnoreCase) ?? 0, 0);

    public string Line => $"({(HasFailed ? "nothing" : "search")}: {Query})";

    public void Type(string text)
    {
        Query += text;
        Find(history.FindBefore(Math.Min(_index + 1, history.Count), Query));
    }

    /// <summary>Takes the last character back, and begins at the latest entry again.</summary>
    public void Backspace()
    {
        Query = Query.Length > 0 ? Query[..^1] : "";
        Find(history.FindBefore(history.Count, Query));
    }

    public void Older() => Find(history.FindBefore(_index, Query));

    public void Newer() => Find(history.FindAfter(_index, Query));

    private void Find(int index)
    {
        HasFailed = index < 0;
        _index = index < 0 ? _index : index;
    }
}
