using Medallion.Shell;
using NUnit.Framework;

[assembly: LevelOfParallelism(2)]

namespace Beamtalk.EndToEnd;

/// <summary>Runs programs as a user would, through the <c>beamtalk</c> command.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Children)]
public sealed class ProgramTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private static readonly string Root = FindRoot();

    private static IEnumerable<string> RulesOfTheLanguage => ProgramCase.Below(Root, "tests/e2e");

    private static IEnumerable<string> Examples => ProgramCase.Below(Root, "examples");

    /// <summary>
    /// Compiles together what compiles without a word: to start the compiler for each would take most of the time. What
    /// has errors or warnings is compiled when it runs.
    /// </summary>
    [OneTimeSetUp]
    public static async Task PrepareAsync()
    {
        using Command command = Command.Run(
            Path.Combine(Root, "beamtalk"),
            ["prepare", .. RulesOfTheLanguage, .. Examples],
            options => options.WorkingDirectory(Root).Timeout(TimeSpan.FromMinutes(10)));
        command.StandardInput.Close();
        CommandResult result = await command.Task.ConfigureAwait(false);
        Assert.That(result.StandardError, Does.Not.Contain("internal error"));
    }

    [TestCaseSource(nameof(RulesOfTheLanguage))]
    public Task RuleHolds(string file) => CheckAsync(file);

    [TestCaseSource(nameof(Examples))]
    public Task ExamplePrintsWhatItSays(string file) => CheckAsync(file);

    [Test]
    public void EveryExampleSaysWhatItPrints()
    {
        IEnumerable<string> silent = Directory
            .EnumerateFiles(Path.Combine(Root, "examples"), "*.bt", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/testing/", StringComparison.Ordinal))
            .Where(file => !File.Exists(Path.ChangeExtension(file, ".expected")));
        Assert.That(silent, Is.Empty);
    }

    private static async Task CheckAsync(string file)
    {
        var program = ProgramCase.Read(Root, file);
        ProgramRun run = await RunAsync(program).ConfigureAwait(false);
        string[] failures = program.Refute(run).ToArray();
        Assert.That(failures, Is.Empty, $"{string.Join('\n', failures)}\nstandard error:\n{run.Error}");
    }

    private static async Task<ProgramRun> RunAsync(ProgramCase program)
    {
        using Command command = Command.Run(
            Path.Combine(Root, "beamtalk"),
            ["run", program.File],
            options => options.WorkingDirectory(Root).Timeout(Patience));
        await command.StandardInput.WriteAsync(program.Input).ConfigureAwait(false);
        command.StandardInput.Close();
        CommandResult result = await command.Task.ConfigureAwait(false);
        return new ProgramRun(result.ExitCode, result.StandardOutput, result.StandardError);
    }

    internal static string FindRoot()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Beamtalk.slnx")))
        {
            at = at.Parent ?? throw new DirectoryNotFoundException("no Beamtalk.slnx above the tests");
        }

        return at.FullName;
    }
}
