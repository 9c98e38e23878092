using System.CommandLine;
using Beamtalk.Cli.Building;
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
        var command = new Command("eval", "Print the value of an expression") { expression };
        command.SetAction((parsed, _) => EvalAsync(parsed.GetRequiredValue(expression)));
        return command;
    }

    private static async Task<int> EvalAsync(string expression)
    {
        await using var toolchain = new Toolchain(Installation.Find());
        var workspace = new Workspace(toolchain);
        InputOutcome outcome = await workspace.EvaluateAsync(new SourceText("eval", expression)).ConfigureAwait(false);
        int status = Print(outcome);
        await workspace.SettleAsync().ConfigureAwait(false);
        return status;
    }

    private static int Print(InputOutcome outcome)
    {
        DiagnosticReporter.Print(outcome.Diagnostics);
        switch (outcome)
        {
            case NotCompiled:
                return ExitCode.NotCompiled;
            case Evaluated { Result: RaisedError error }:
                Console.Error.WriteLine(error.Report);
                return ExitCode.Failed;
            case Evaluated { Result: PrintedValue value }:
                Console.Out.WriteLine(value.Text);
                return ExitCode.Success;
            default:
                return ExitCode.Success;
        }
    }
}
