using System.Collections;
using System.Runtime.InteropServices;

namespace Beamtalk.Cli.Running;

/// <summary>
/// Replaces this process by another program, as `exec` in a shell does: standard input, signals and the exit
/// status are then the program's own, and no process is left between it and its parent.
/// </summary>
public static partial class ProcessImage
{
    /// <summary>Does not return, unless the program cannot be started.</summary>
    public static void Replace(string program, IEnumerable<string> arguments)
    {
        string[] environment =
        [
            .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(pair => $"{pair.Key}={pair.Value}"),
        ];
        foreach (string candidate in Candidates(program))
        {
            Execute(candidate, [program, .. arguments, null], [.. environment, null]);
        }
    }

    private static IEnumerable<string> Candidates(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Where(directory => directory.Length > 0)
            .Select(directory => Path.Combine(directory, program))
            .Where(File.Exists);

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);
}
