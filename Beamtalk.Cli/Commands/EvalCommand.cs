using System.Collections.Immutable;
using System.CommandLine;
using Beamtalk.Cli.Attaching;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Projects;
using Beamtalk.Cli.Reporting;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Commands;

/// <summary>`eval EXPR`: prints the printString of the value.</summary>
public static class EvalCommand
{
    public static Command Create()
    {
        var expression = new Argument<string>("EXPR") { Description = "Statements; the last one's value is printed" };
        var node = new Option<string?>("--node")
        {
            Description = "Evaluate in this node, NAME@HOST, or in this workspace",
            HelpName = "NODE",
        };
        Option<string?> cookieFile = Target.CookieFile;
        var command = new Command("eval", "Print the value of an expression") { expression, node, cookieFile };
        command.SetAction((parsed, _) => parsed.GetValue(node) is { } name
            ? EvalThereAsync(parsed.GetRequiredValue(expression), Target.Find(name, parsed.GetValue(cookieFile)))
            : EvalHereAsync(parsed.GetRequiredValue(expression)));
        return command;
    }

    private static async Task<int> EvalHereAsync(string expression)
    {
        var installation = Installation.Find();
        ImmutableArray<string> libraries = await ProjectCommands.LibrariesAsync(installation).ConfigureAwait(false);
        await using var toolchain = new Toolchain(installation, libraries: libraries);
        return await EvalAsync(expression, new Workspace(toolchain)).ConfigureAwait(false);
    }

    private static async Task<int> EvalThereAsync(string expression, Target target)
    {
        await using var toolchain = new Toolchain(Installation.Find()) { Flags = NodeFlags.Bridge };
        return await EvalAsync(expression, await target.AttachAsync(toolchain).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static async Task<int> EvalAsync(string expression, Workspace workspace)
    {
        InputOutcome outcome = await workspace.EvaluateAsync(new SourceText("eval", expression)).ConfigureAwait(false);
        DiagnosticReporter.Print(outcome.Diagnostics);
        int status = await PrintAsync(outcome, workspace).ConfigureAwait(false);
        await workspace.SettleAsync().ConfigureAwait(false);
        return status;
    }

    private static async Task<int> PrintAsync(InputOutcome outcome, Workspace workspace)
    {
        switch (outcome)
        {
            case NotCompiled:
                return ExitCode.NotCompiled;
            case Evaluated { Result: RaisedError error }:
                await Console.Error.WriteLineAsync(error.Report).ConfigureAwait(false);
                return ExitCode.Failed;
            case Evaluated { Result: PrintedValue value }:
                await workspace.PrintAsync(value.Text).ConfigureAwait(false);
                return ExitCode.Success;
            default:
                return ExitCode.Success;
        }
    }
}
