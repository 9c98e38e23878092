using System.Collections.Immutable;
using System.CommandLine;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Projects;
using Beamtalk.Cli.Repl;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Cli.Repl.Interactive;
using Beamtalk.Cli.Repl.Terminal;
using Beamtalk.Cli.Reporting;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Commands;

/// <summary>
/// `repl`: at a terminal the interactive REPL. From a pipe it reads inputs until the end, prints the value of each, or
/// its error, and goes on.
/// </summary>
public static class ReplCommand
{
    public static Command Create()
    {
        var command = new Command("repl", "Read statements, at a terminal or from a pipe, and print their values");
        command.SetAction((_, _) => UnixTerminal.IsPresent ? TalkAsync() : ReadAsync(Console.In));
        return command;
    }

    private static async Task<int> TalkAsync()
    {
        var installation = Installation.Find();
        ImmutableArray<string> libraries = await ProjectCommands.LibrariesAsync(installation).ConfigureAwait(false);
        return await TalkAsync(new OwnNode(installation, libraries)).ConfigureAwait(false);
    }

    /// <summary>The REPL at a terminal.</summary>
    public static async Task<int> TalkAsync(IReplHost host)
    {
        await using var disposing = host;
        using var terminal = new UnixTerminal();
        await new InteractiveRepl(host, terminal, new History(History.DefaultPath())).RunAsync().ConfigureAwait(false);
        return ExitCode.Success;
    }

    private static async Task<int> ReadAsync(TextReader input)
    {
        var installation = Installation.Find();
        ImmutableArray<string> libraries = await ProjectCommands.LibrariesAsync(installation).ConfigureAwait(false);
        await using var toolchain = new Toolchain(installation, libraries: libraries);
        _ = toolchain.NodeAsync();
        return await ReadAsync(new Workspace(toolchain) { FollowsNode = true }, input).ConfigureAwait(false);
    }

    /// <summary>The same in any workspace: our own, or one that is attached.</summary>
    public static async Task<int> ReadAsync(Workspace workspace, TextReader input)
    {
        var reader = new InputReader(new LineSource(input));
        while (Toolchain.OnLargeStack(reader.Read) is { } text)
        {
            InputOutcome outcome = await workspace.EvaluateAsync(new SourceText("repl", text)).ConfigureAwait(false);
            DiagnosticReporter.Print(outcome.Diagnostics);
            if (Describe(outcome) is { } line)
            {
                await workspace.PrintAsync(line).ConfigureAwait(false);
            }
        }

        await workspace.SettleAsync().ConfigureAwait(false);
        return ExitCode.Success;
    }

    private static string? Describe(InputOutcome outcome) => outcome switch
    {
        NotCompiled rejected =>
            $"ERROR compile_error: {OneLine(rejected.Diagnostics.First(diagnostic => diagnostic.IsError).Message)}",
        Evaluated { Result: RaisedError raised } => $"ERROR {raised.Kind}: {OneLine(raised.Message)}",
        Evaluated { Result: PrintedValue value } => value.Text,
        _ => null,
    };

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
