using System.Collections.Immutable;
using System.CommandLine;
using Beamtalk.Cli.Building;
using Beamtalk.Cli.Projects;
using Beamtalk.Cli.Reporting;
using Beamtalk.Compiler;

namespace Beamtalk.Cli.Commands;

/// <summary>What `build` was asked for.</summary>
public sealed record BuildRequest(
    ImmutableArray<string> Paths, string Output, string Package, string? Dump, bool WithCore, bool Strict)
{
    /// <summary>Directories of compiled packages that the sources may refer to.</summary>
    public ImmutableArray<string> Libraries { get; init; } = [];

    public bool Cover { get; init; }
}

/// <summary>`build [PATH…] [-o DIR]`: sources to beams, only what has changed.</summary>
public static class BuildCommand
{
    private static readonly string DefaultOutput = Path.Combine("_build", "ebin");

    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files and directories (default: .)", Arity = ArgumentArity.ZeroOrMore };
        var output = new Option<string>("--output", "-o") { Description = "Where the beams go", DefaultValueFactory = _ => DefaultOutput };
        var package = new Option<string>("--package") { Description = "The package of the classes", DefaultValueFactory = _ => "app" };
        var dump = new Option<string?>("--dump") { Description = $"Print the result of a pass: {string.Join(", ", PassDump.Passes)}", HelpName = "PASS" };
        dump.AcceptOnlyFromAmong([.. PassDump.Passes]);
        var core = new Option<bool>("--core") { Description = "Write the Core Erlang too" };
        var strict = new Option<bool>("--strict") { Description = "Type warnings are errors" };
        var use = new Option<string[]>("--use") { Description = "A directory of compiled classes that these may refer to", HelpName = "EBIN" };
        var cover = new Option<bool>("--cover") { Description = "Count how often each line runs" };
        var command = new Command("build", "Compile .bt to .beam, or the project") { paths, output, package, dump, core, strict, use, cover };
        command.SetAction(async (parsed, _) =>
        {
            var request = new BuildRequest(
                [.. parsed.GetValue(paths) ?? []],
                parsed.GetRequiredValue(output),
                parsed.GetRequiredValue(package),
                parsed.GetValue(dump),
                parsed.GetValue(core),
                parsed.GetValue(strict))
            {
                Libraries = [.. parsed.GetValue(use) ?? []],
                Cover = parsed.GetValue(cover),
            };
            return request.Paths.IsEmpty && Project.Find() is { } project
                ? await new ProjectBuild(Installation.Find(), project, request.Strict, request.Cover).RunAsync().ConfigureAwait(false)
                : await BuildAsync(request.Paths.IsEmpty ? request with { Paths = ["."] } : request).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Compiles what has changed since the last time; answers the exit status.</summary>
    public static async Task<int> BuildAsync(BuildRequest request)
    {
        var installation = Installation.Find();
        await using var toolchain = new Toolchain(installation, libraries: request.Libraries);
        SourceSet sources = Sources.Read(Sources.Find(request.Paths));
        var output = new OutputDirectory(request.Output);
        string inputs = InputsOf(request, sources, installation);
        if (request.Dump is null && !request.WithCore && output.IsCurrent(inputs))
        {
            return ExitCode.Success;
        }

        BuildOutcome outcome = await CompileAsync(request, sources, toolchain, output, installation).ConfigureAwait(false);
        DiagnosticReporter.Print(outcome.Diagnostics);
        Console.Out.Write(outcome.Result.Dump);
        if (outcome.HasErrors)
        {
            return ExitCode.NotCompiled;
        }

        output.Commit(outcome, outcome.Diagnostics.IsEmpty ? inputs : "", installation.BackendStamp, request.WithCore);
        return ExitCode.Success;
    }

    private static Task<BuildOutcome> CompileAsync(
        BuildRequest request, SourceSet sources, Toolchain toolchain, OutputDirectory output, Installation installation)
    {
        _ = toolchain.NodeAsync();
        var options = new CompilationOptions { Package = request.Package, Strict = request.Strict, Dump = request.Dump, Cover = request.Cover };
        return Progress.RunAsync("compiling", toolchain.CompileAsync(
            sources, toolchain.KnownTo(request.Package), options, module => !output.Has(module, installation.BackendStamp)));
    }

    private static string InputsOf(BuildRequest request, SourceSet sources, Installation installation)
    {
        ContentHash hash = new ContentHash()
            .Add(installation.StampFor(request.Package)).Add(request.Package).Add(request.Strict ? "strict" : "")
            .Add(request.Cover ? "cover" : "");
        foreach (string index in request.Libraries.Select(library => Path.Combine(library, OutputDirectory.IndexName)).Where(File.Exists))
        {
            hash.Add(index).Add(File.ReadAllBytes(index));
        }

        foreach (var source in sources.Sources)
        {
            hash.Add(source.Path).Add(source.Text);
        }

        return hash.ToString();
    }
}
