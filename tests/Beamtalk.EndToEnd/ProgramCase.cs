using System.Globalization;

namespace Beamtalk.EndToEnd;

/// <summary>
/// A program and what it does: the exact standard output stands in a file beside it (<c>.expected</c>), lines that
/// standard error must contain in another (<c>.stderr</c>), the exit status in a third (<c>.exit</c>) unless it is 0, and
/// what is typed, if anything, in a fourth (<c>.in</c>).
/// </summary>
public sealed record ProgramCase(
    string File, string Input, string Output, IReadOnlyList<string> ErrorLines, int ExitCode)
{
    private const string ExpectedExtension = ".expected";

    /// <summary>The programs below a directory that say what they print, by their paths relative to the root.</summary>
    public static IEnumerable<string> Below(string root, string directory) =>
        Directory.EnumerateFiles(Path.Combine(root, directory), "*" + ExpectedExtension, SearchOption.AllDirectories)
            .Select(file => Path.ChangeExtension(Path.GetRelativePath(root, file), ".bt"))
            .Order(StringComparer.Ordinal);

    public static ProgramCase Read(string root, string file)
    {
        string path = Path.Combine(root, file);
        return new ProgramCase(
            file,
            TextOf(Path.ChangeExtension(path, ".in")),
            System.IO.File.ReadAllText(Path.ChangeExtension(path, ExpectedExtension)),
            LinesOf(Path.ChangeExtension(path, ".stderr")),
            int.Parse(LinesOf(Path.ChangeExtension(path, ".exit")).FirstOrDefault("0"), CultureInfo.InvariantCulture));
    }

    /// <summary>What is wrong with a run of the program; empty if nothing is.</summary>
    public IEnumerable<string> Refute(ProgramRun run)
    {
        if (run.ExitCode != ExitCode)
        {
            yield return $"exit status {run.ExitCode} instead of {ExitCode}";
        }

        if (run.Output != Output)
        {
            yield return $"printed\n{run.Output}\ninstead of\n{Output}";
        }

        foreach (string line in ErrorLines.Where(line => !run.Error.Contains(line, StringComparison.Ordinal)))
        {
            yield return $"standard error does not contain '{line}'";
        }
    }

    private static string TextOf(string path) => System.IO.File.Exists(path) ? System.IO.File.ReadAllText(path) : "";

    private static string[] LinesOf(string path) =>
        System.IO.File.Exists(path)
            ? System.IO.File.ReadAllLines(path).Where(line => line.Length > 0).ToArray()
            : [];
}

/// <summary>What a program wrote, and the status it ended with.</summary>
public sealed record ProgramRun(int ExitCode, string Output, string Error);
