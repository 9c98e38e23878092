using System.CommandLine;
using System.CommandLine.Help;
using Beamtalk.Cli.Commands;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli;

/// <summary>The commands, and what happens to errors that none of them handles.</summary>
public static class CommandLine
{
    /// <summary>Set to see the stack trace of a fault of the compiler itself.</summary>
    private const string TraceVariable = "BEAMTALK_TRACE";

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        try
        {
            return await DispatchAsync(arguments).ConfigureAwait(false);
        }
        catch (ErlangNodeException error) when (error.ExitCode is { } exitCode)
        {
            return exitCode; // the program halted its node: its status is ours
        }
        catch (Exception error)
        {
            await Console.Error.WriteLineAsync(Describe(error)).ConfigureAwait(false);
            return ExitCode.NotCompiled;
        }
    }

    /// <summary>`run` goes past the parser of options: it must start fast, and all after FILE is the script's.</summary>
    private static Task<int> DispatchAsync(string[] arguments) => arguments switch
    {
        ["run", "--watch", var file, .. var rest] => RunCommand.RunAsync(file, rest, watch: true),
        ["run", var file, .. var rest] when !file.StartsWith('-') => RunCommand.RunAsync(file, rest, watch: false),
        _ => ParseAsync(arguments),
    };

    private static async Task<int> ParseAsync(string[] arguments)
    {
        ParseResult parsed = Root().Parse(arguments);
        if (parsed.Errors.Count == 0)
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
            return await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        }

        foreach (var error in parsed.Errors)
        {
            await Console.Error.WriteLineAsync($"beamtalk: {error.Message}").ConfigureAwait(false);
        }

        await Console.Error.WriteLineAsync("beamtalk: try `beamtalk --help`").ConfigureAwait(false);
        return ExitCode.NotCompiled;
    }

    /// <summary>No RootCommand: its name would be that of the file that runs, which nobody types.</summary>
    private static Command Root() => new("beamtalk", "Beamtalk, a live Smalltalk for the BEAM")
    {
        new HelpOption(),
        new VersionOption(),
        RunCommand.Create(),
        PrepareCommand.Create(),
        BuildCommand.Create(),
        CheckCommand.Create(),
        FmtCommand.Create(),
        TestCommand.Create(),
        NewCommand.Create(),
        InitCommand.Create(),
        ReleaseCommand.Create(),
        EvalCommand.Create(),
        ReplCommand.Create(),
        AttachCommand.Create(),
        WorkspaceCommand.Create(),
        AgentsCommand.Create(),
        CompilerCommand.Create(),
        DoctorCommand.Create(),
        VersionCommand.Create(),
    };

    private static string Describe(Exception error) => error switch
    {
        UserErrorException or IOException or UnauthorizedAccessException or ErlangNodeException =>
            $"beamtalk: {error.Message}",
        AttachException { Hint: { } hint } => $"beamtalk: {error.Message}\n  = {hint}",
        AttachException => $"beamtalk: {error.Message}",
        _ when Environment.GetEnvironmentVariable(TraceVariable) is not null => $"beamtalk: {error}",
        _ => $"beamtalk: internal error: {error.Message} (set {TraceVariable}=1 for its trace, and please report it)",
    };
}
