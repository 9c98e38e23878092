using System.Collections.Immutable;
using System.CommandLine;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Projects;
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

    private sealed record Request(ImmutableArray<string> Paths, bool AsJson, string? JUnit, TestSelection Selection, Project? Project, bool Cover);

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files and directories (default: .)", Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var junit = new Option<string?>("--junit") { Description = "Also write a report in JUnit's XML", HelpName = "FILE" };
        var filter = new Option<string?>("--filter") { Description = "Only tests whose `Class >> test` contains this", HelpName = "X" };
        var tags = new Option<string[]>("--tag") { Description = "Only tests with this tag, or one of several", HelpName = "T" };
        var without = new Option<string[]>("--without") { Description = "No tests with this tag", HelpName = "T" };
        var watch = new Option<bool>("--watch") { Description = "Run again what a saved file affects, until interrupted" };
        var cover = new Option<bool>("--cover") { Description = "Of a project: report which lines the tests reach" };
        var command = new Command("test", "Run the TestCase classes below PATH") { paths, json, junit, filter, tags, without, watch, cover };
        command.SetAction(async (parsed, cancellation) =>
        {
            Project? project = Project.Find(parsed.GetValue(cover) ? Coverage.Profile : "default");
            if (parsed.GetValue(cover) && project is null)
            {
                throw new UserErrorException("--cover is for projects: there is no src/*.app.src here or above");
            }

            var request = new Request(
                PathsOf(parsed.GetValue(paths) ?? [], project),
                parsed.GetValue(json),
                parsed.GetValue(junit),
                new TestSelection(parsed.GetValue(filter), [.. parsed.GetValue(tags) ?? []], [.. parsed.GetValue(without) ?? []]),
                project,
                parsed.GetValue(cover));
            return await (parsed.GetValue(watch) ? WatchAsync(request, cancellation) : TestAsync(request, _ => true)).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Of a project the tests are what is in its directories called `test`.</summary>
    private static ImmutableArray<string> PathsOf(string[] given, Project? project)
    {
        if (given.Length > 0 || project is null)
        {
            return given.Length > 0 ? [.. given] : ["."];
        }

        IEnumerable<string> directories = project.Own.Select(application => application.Directory)
            .Prepend(project.Root)
            .Distinct(StringComparer.Ordinal)
            .Select(directory => Path.Combine(directory, "test"))
            .Where(Directory.Exists);
        return [.. directories.Select(directory => Path.GetRelativePath(Environment.CurrentDirectory, directory))];
    }

    private static async Task<int> TestAsync(Request request, Func<string, bool> isWanted)
    {
        if (request.Project is { } sources && await ProjectCommands.BuildAsync(Installation.Find(), sources, request.Cover).ConfigureAwait(false) is not ExitCode.Success and var status)
        {
            return status;
        }

        TestReporter reporter = request.AsJson
            ? new JsonTestReporter(Console.Out)
            : new TextTestReporter(Terminals.Create(Console.Out, Console.IsOutputRedirected));

        // What tests write to the Transcript must not come between the lines of JSON.
        NodeOutput output = request.AsJson ? NodeOutput.StandardError : NodeOutput.StandardOutput;
        await using (var toolchain = new Toolchain(Installation.Find(), output, libraries: request.Project?.Libraries ?? []))
        {
            ImmutableArray<string> files = Sources.Find(request.Paths);
            await new TestRun(toolchain, reporter, request.Selection).RunAsync(files, isWanted).ConfigureAwait(false);
            await (CoverageOf(request)?.ExportAsync(toolchain) ?? Task.CompletedTask).ConfigureAwait(false);
        }

        // The node has ended, so that the numbers come after all that it printed.
        reporter.Finish();
        if (request.JUnit is { } report)
        {
            JUnitReport.Write(report, reporter.Results);
        }

        int reported = CoverageOf(request)?.Report() ?? ExitCode.Success;
        return reporter.FailedCount > 0 ? ExitCode.Failed : reported;
    }

    private static Coverage? CoverageOf(Request request) =>
        request is { Cover: true, Project: { } project } ? new Coverage(Installation.Find(), project) : null;

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
