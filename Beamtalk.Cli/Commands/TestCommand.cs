using System.Collections.Immutable;
using System.CommandLine;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Reporting;
using Beamtalk.Cli.Testing;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli.Commands;

/// <summary>
/// `test [PATH…] [--json] [--junit FILE] [--filter X] [--tag T] [--without T] [--watch]`: runs the TestCase classes
/// below PATH.
/// </summary>
public static class TestCommand
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);

    private sealed record Request(ImmutableArray<string> Paths, bool AsJson, string? JUnit, TestSelection Selection);

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files and directories (default: .)", Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var junit = new Option<string?>("--junit") { Description = "Also write a report in JUnit's XML", HelpName = "FILE" };
        var filter = new Option<string?>("--filter") { Description = "Only tests whose `Class >> test` contains this", HelpName = "X" };
        var tags = new Option<string[]>("--tag") { Description = "Only tests with this tag, or one of several", HelpName = "T" };
        var without = new Option<string[]>("--without") { Description = "No tests with this tag", HelpName = "T" };
        var watch = new Option<bool>("--watch") { Description = "Run again what a saved file affects, until interrupted" };
        var command = new Command("test", "Run the TestCase classes below PATH") { paths, json, junit, filter, tags, without, watch };
        command.SetAction((parsed, cancellation) =>
        {
            var request = new Request(
                [.. parsed.GetValue(paths) is { Length: > 0 } given ? given : ["."]],
                parsed.GetValue(json),
                parsed.GetValue(junit),
                new TestSelection(parsed.GetValue(filter), [.. parsed.GetValue(tags) ?? []], [.. parsed.GetValue(without) ?? []]));
            return parsed.GetValue(watch) ? WatchAsync(request, cancellation) : TestAsync(request, _ => true);
        });
        return command;
    }

    private static async Task<int> TestAsync(Request request, Func<string, bool> isWanted)
    {
        TestReporter reporter = request.AsJson
            ? new JsonTestReporter(Console.Out)
            : new TextTestReporter(Terminals.Create(Console.Out, Console.IsOutputRedirected));

        // What tests write to the Transcript must not come between the lines of JSON.
        NodeOutput output = request.AsJson ? NodeOutput.StandardError : NodeOutput.StandardOutput;
        await using (var toolchain = new Toolchain(Installation.Find(), output))
        {
            ImmutableArray<string> files = Sources.Find(request.Paths);
            await new TestRun(toolchain, reporter, request.Selection).RunAsync(files, isWanted).ConfigureAwait(false);
        }

        // The node has ended, so that the numbers come after all that it printed.
        reporter.Finish();
        if (request.JUnit is { } report)
        {
            JUnitReport.Write(report, reporter.Results);
        }

        return reporter.FailedCount > 0 ? ExitCode.Failed : ExitCode.Success;
    }

    /// <summary>Runs everything once, and after that what a change affects; answers how the last run went.</summary>
    private static async Task<int> WatchAsync(Request request, CancellationToken cancellation)
    {
        SourceSnapshot before = SourceSnapshot.Take(Sources.Find(request.Paths));
        int status = await TestAsync(request, _ => true).ConfigureAwait(false);
        while (await ChangeAsync(request, before, cancellation).ConfigureAwait(false) is { } now)
        {
            ImmutableHashSet<string> affected = now.AffectedBy(now.ChangedSince(before), before);
            Console.Error.WriteLine($"changed: {string.Join(", ", now.ChangedSince(before).Order(StringComparer.Ordinal))}");
            status = await TestAsync(request, affected.Contains).ConfigureAwait(false);
            before = now;
        }

        return status;
    }

    /// <summary>The sources once they are different and have stayed so for a moment; null when interrupted.</summary>
    private static async Task<SourceSnapshot?> ChangeAsync(Request request, SourceSnapshot before, CancellationToken cancellation)
    {
        SourceSnapshot last = before;
        while (!cancellation.IsCancellationRequested)
        {
            await Task.Delay(WatchInterval, CancellationToken.None).ConfigureAwait(false);
            SourceSnapshot now = SourceSnapshot.Take(Sources.Find(request.Paths));
            if (!now.ChangedSince(before).IsEmpty && now.ChangedSince(last).IsEmpty)
            {
                return now;
            }

            last = now;
        }

        return null;
    }
}
