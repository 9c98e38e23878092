using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Reporting;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Formatting;

namespace Beamtalk.Cli.Commands;

/// <summary>
/// `fmt [PATH…] [--check] [--modern]`: lays out sources in place, or standard input to standard output; needs no Erlang.
/// </summary>
public static class FmtCommand
{
    private const string StandardInput = "-";

    private enum Outcome
    {
        Same,
        Changed,
        Refused,
    }

    private sealed record Settings(FormatOptions Options, bool ChecksOnly);

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Files and directories (default: .), or - for standard input",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var check = new Option<bool>("--check") { Description = "Write nothing; exit status 1 if a file would change" };
        var stdin = new Option<bool>("--stdin") { Description = "Format standard input to standard output, like -" };
        var modern = new Option<bool>("--modern") { Description = "Convert the classic spelling to the modern one" };
        var command = new Command("fmt", "Format sources") { paths, check, stdin, modern };
        command.SetAction(parsed =>
        {
            var given = parsed.GetValue(paths) ?? [];
            var options = FormatOptions.Default with { Modern = parsed.GetValue(modern) };
            var settings = new Settings(options, parsed.GetValue(check));
            return parsed.GetValue(stdin) || given.Contains(StandardInput)
                ? FormatInput([.. given.Where(path => path != StandardInput)], settings)
                : FormatFiles(given is [] ? ["."] : [.. given], settings);
        });
        return command;
    }

    private static int FormatInput(ImmutableArray<string> others, Settings settings)
    {
        if (!others.IsEmpty)
        {
            throw new UserErrorException($"standard input and files cannot be formatted at once: {others[0]}");
        }

        using var content = new MemoryStream();
        using (var input = Console.OpenStandardInput())
        {
            input.CopyTo(content);
        }

        var (outcome, result) = Format("<stdin>", content.ToArray(), settings.Options);
        if (outcome != Outcome.Refused && !settings.ChecksOnly)
        {
            using var output = Console.OpenStandardOutput();
            output.Write(result);
        }

        return ExitCodeOf(outcome, settings);
    }

    private static int FormatFiles(ImmutableArray<string> paths, Settings settings)
    {
        var files = Sources.Find(paths);
        var outcomes = files.Select(file => FormatFile(file, settings)).ToImmutableArray();
        return outcomes.IsEmpty ? ExitCode.Success : outcomes.Max(outcome => ExitCodeOf(outcome, settings));
    }

    private static Outcome FormatFile(string file, Settings settings)
    {
        var (outcome, result) = Format(file, Sources.ReadBytes(file), settings.Options);
        if (outcome == Outcome.Changed)
        {
            if (!settings.ChecksOnly)
            {
                AtomicFiles.Replace(file, result);
            }

            Console.Out.WriteLine(settings.ChecksOnly ? $"would format {file}" : $"formatted {file}");
        }

        return outcome;
    }

    private static (Outcome Outcome, byte[] Content) Format(string path, byte[] content, FormatOptions options)
    {
        SourceSet sources = Sources.FromBytes(path, content);
        if (!sources.Diagnostics.IsEmpty)
        {
            return Refuse(sources.Diagnostics, content);
        }

        var result = Formatter.Format(sources.Sources[0], options);
        if (result.Failure is { } failure)
        {
            Console.Error.WriteLine(
                $"beamtalk: internal error: fmt left {path} as it is: {failure} (please report it, with the file)");
            return (Outcome.Refused, content);
        }

        if (result.Text is not { } text)
        {
            return Refuse([.. result.Diagnostics.Where(diagnostic => diagnostic.IsError)], content);
        }

        byte[] formatted = Encoding.UTF8.GetBytes(text);
        return (formatted.AsSpan().SequenceEqual(content) ? Outcome.Same : Outcome.Changed, formatted);
    }

    private static (Outcome Outcome, byte[] Content) Refuse(IEnumerable<Diagnostic> diagnostics, byte[] content)
    {
        DiagnosticReporter.Print(diagnostics);
        return (Outcome.Refused, content);
    }

    private static int ExitCodeOf(Outcome outcome, Settings settings) => outcome switch
    {
        Outcome.Refused => ExitCode.NotCompiled,
        Outcome.Changed when settings.ChecksOnly => ExitCode.Failed,
        _ => ExitCode.Success,
    };
}
