using System.Diagnostics;
using System.Text;

namespace Beamtalk.Cli.Tests.Commands;

/// <summary>What a run of ./beamtalk printed, and its exit status.</summary>
public sealed record RunResult(string Output, string Errors, int ExitCode);

/// <summary>Runs ./beamtalk as a user does.</summary>
public static class Launcher
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

    private static readonly string Program = Path.Combine(Repository.Root, "beamtalk");

    public static Task<RunResult> RunAsync(string directory, params string[] arguments) =>
        RunWithInputAsync("", directory, arguments);

    /// <summary>With a cache of its own.</summary>
    public static Task<RunResult> RunAsync(TemporaryDirectory cache, string directory, params string[] arguments) =>
        RunAsync(() => Start(directory, arguments, cache.Path), "");

    public static Task<RunResult> RunWithInputAsync(string input, string directory, params string[] arguments) =>
        RunAsync(() => Start(directory, arguments), input);

    /// <summary>With other environment variables.</summary>
    public static Task<RunResult> RunInAsync(
        IReadOnlyDictionary<string, string?> environment, string input, string directory, params string[] arguments) =>
        RunAsync(() => Start(directory, arguments, environment: environment), input);

    private static async Task<RunResult> RunAsync(Func<Process> start, string input)
    {
        using Process process = start();
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(timeout.Token);
            await WriteAsync(process, input);
            await process.WaitForExitAsync(timeout.Token);
            return new RunResult(await output, await errors, process.ExitCode);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"beamtalk {string.Join(' ', process.StartInfo.ArgumentList)} ran for more than {Patience}");
        }
    }

    public static Process Start(
        string directory, string[] arguments, string? cache = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        // A build server may start its jobs with SIGINT ignored, and every child inherits that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Program, .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["XDG_CACHE_HOME"] = cache ?? Path.Combine(Repository.Root, "_build", "test-cache");
        foreach ((string variable, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[variable] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task WriteAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input.
        }
    }
}
