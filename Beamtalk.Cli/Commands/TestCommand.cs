using System.Collections.Immutable;
using System.CommandLine;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Reporting;
using Beamtalk.Cli.Testing;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli.Commands;

/// <summary>`test [PATH…] [--json] [--filter X]`: runs the TestCase classes below PATH.</summary>
public static class TestCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files and directories (default: .)", Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var filter = new Option<string?>("--filter") { Description = "Only tests whose `Class >> test` contains this", HelpName = "X" };
        var command = new Command("test", "Run the TestCase classes below PATH") { paths, json, filter };
        command.SetAction((parsed, _) => TestAsync(
            [.. parsed.GetValue(paths) is { Length: > 0 } given ? given : ["."]],
            parsed.GetValue(json),
            parsed.GetValue(filter)));
        return command;
    }

    private static async Task<int> TestAsync(ImmutableArray<string> paths, bool json, string? filter)
    {
        TestReporter reporter = json
            ? new JsonTestReporter(Console.Out)
            : new TextTestReporter(Terminals.Create(Console.Out, Console.IsOutputRedirected));

        // What tests write to the Transcript must not come between the lines of JSON.
        NodeOutput output = json ? NodeOutput.StandardError : NodeOutput.StandardOutput;
        await using (var toolchain = new Toolchain(Installation.Find(), output))
        {
            await new TestRun(toolchain, reporter, filter).RunAsync(Sources.Find(paths)).ConfigureAwait(false);
        }

        // The node has ended, so that the numbers come after all that it printed.
        reporter.Finish();
        return reporter.FailedCount > 0 ? ExitCode.Failed : ExitCode.Success;
    }
}
