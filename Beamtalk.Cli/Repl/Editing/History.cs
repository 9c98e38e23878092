namespace Beamtalk.Cli.Repl.Editing;

/// <summary>
/// What was typed in, the latest last, in this session and those before it. In the file an entry is a line; several
/// sessions may add to it at the same time. What begins with a space is not kept in the file.
/// </summary>
public sealed class History
{
    private const int Maximum = 10_000;

    private readonly string? _path;
    private readonly List<string> _entries = [];

    /// <summary>With the entries of a file, which need not exist; null keeps nothing.</summary>
    public History(string? path)
    {
        _path = path;
        if (path is not null && File.Exists(path))
        {
            _entries.AddRange(ReadLines(path).TakeLast(Maximum).Select(Unescape));
        }
    }

    public int Count => _entries.Count;

    public string this[int index] => _entries[index];

    /// <summary>By the convention for state that outlives a program and is no configuration.</summary>
    public static string DefaultPath()
    {
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        string directory = string.IsNullOrEmpty(state)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state")
            : state;
        return Path.Combine(directory, "beamtalk", "history");
    }

    public void Add(string entry)
    {
        if (string.IsNullOrWhiteSpace(entry) || (_entries.Count > 0 && _entries[^1] == entry))
        {
            return;
        }

        _entries.Add(entry);
        if (_path is not null && entry[0] != ' ')
        {
            Append(_path, Escape(entry));
        }
    }

    /// <summary>The latest entry before an index that contains the text; -1 if there is none.</summary>
    public int FindBefore(int index, string text)
    {
        for (int at = Math.Min(index, _entries.Count) - 1; at >= 0; at--)
        {
            if (_entries[at].Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>The earliest entry after an index that contains the text; -1 if there is none.</summary>
    public int FindAfter(int index, string text) =>
        _entries.FindIndex(Math.Min(index + 1, _entries.Count), entry => entry.Contains(text, StringComparison.OrdinalIgnoreCase));

    /// <summary>A history that cannot be kept is no reason not to work.</summary>
    private static void Append(string path, string line)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var writer = new StreamWriter(path, options);
            writer.Write(line + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Without the file there is still the list.
        }
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Escape(string entry) => entry.Replace("\\", "\\\\").Replace("\n", "\\n");

    private static string Unescape(string line) =>
        string.Join('\\', line.Split("\\\\").Select(part => part.Replace("\\n", "\n")));
}
