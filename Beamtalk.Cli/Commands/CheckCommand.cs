using System.Collections.Immutable;
using System.CommandLine;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Reporting;
using Beamtalk.Compiler;

namespace Beamtalk.Cli.Commands;

/// <summary>`check [PATH…] [--json]`: diagnostics only; needs no Erlang.</summary>
public static class CheckCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files and directories (default: .)", Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Description = "One JSON object a line" };
        var package = new Option<string>("--package") { Description = "The package of the classes", DefaultValueFactory = _ => "app" };
        var strict = new Option<bool>("--strict") { Description = "Type warnings are errors" };
        var command = new Command("check", "Report diagnostics, write nothing") { paths, json, package, strict };
        command.SetAction(parsed => Check(
            [.. parsed.GetValue(paths) is { Length: > 0 } given ? given : ["."]],
            new CompilationOptions { Package = parsed.GetRequiredValue(package), Strict = parsed.GetValue(strict) },
            parsed.GetValue(json)));
        return command;
    }

    private static int Check(ImmutableArray<string> paths, CompilationOptions options, bool json)
    {
        var toolchain = new Toolchain(Installation.Find());
        SourceSet sources = Sources.Read(Sources.Find(paths));
        CompilationResult result = Toolchain.Analyze(sources, toolchain.KnownTo(options.Package), options);
        if (json)
        {
            DiagnosticJson.Print(Console.Out, result.Diagnostics);
        }
        else
        {
            DiagnosticReporter.Print(result.Diagnostics);
        }

        return result.HasErrors ? ExitCode.NotCompiled : ExitCode.Success;
    }
}
