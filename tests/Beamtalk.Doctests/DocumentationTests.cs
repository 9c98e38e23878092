using Beamtalk.Cli;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler.Text;
using NUnit.Framework;

namespace Beamtalk.Doctests;

/// <summary>Every example in the documentation does what it says. One node runs them all, one after the other.</summary>
[TestFixture]
public sealed class DocumentationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private Toolchain? _toolchain;

    private static string Root => Installation.Find().Root;

    [OneTimeSetUp]
    public void StartNode() => _toolchain = new Toolchain(Installation.Find());

    [OneTimeTearDown]
    public async Task StopNode() => await _toolchain!.DisposeAsync();

    [TestCaseSource(nameof(LibrarySources))]
    public Task ExamplesOfDocCommentsHold(string file) =>
        CheckAsync(file, ExampleReader.InSource(File.ReadLines(Path.Combine(Root, file))), sharesVariables: false);

    [TestCaseSource(nameof(MarkdownFiles))]
    public Task ExamplesOfMarkdownHold(string file) =>
        CheckAsync(file, ExampleReader.InMarkdown(File.ReadLines(Path.Combine(Root, file))), sharesVariables: true);

    private static IEnumerable<string> LibrarySources() =>
        Files("stdlib/src", "*.bt").Concat(Files("agents/src", "*.bt"));

    private static IEnumerable<string> MarkdownFiles() =>
        Files("docs", "*.md").Concat(Files(".", "README.md", SearchOption.TopDirectoryOnly));

    private static IEnumerable<string> Files(
        string directory, string pattern, SearchOption option = SearchOption.AllDirectories) =>
        Directory.EnumerateFiles(Path.Combine(Root, directory), pattern, option)
            .Select(file => Path.GetRelativePath(Root, file))
            .Order(StringComparer.Ordinal);

    private async Task CheckAsync(string file, IEnumerable<DocExample> examples, bool sharesVariables)
    {
        var failures = new List<string>();
        var shared = new Workspace(_toolchain!);
        foreach (DocExample example in examples)
        {
            Workspace workspace = sharesVariables ? shared : new Workspace(_toolchain!);
            foreach (DocStep step in example.Steps)
            {
                Task<InputOutcome> evaluating = workspace.EvaluateAsync(new SourceText(file, step.Code));
                InputOutcome outcome = await evaluating.WaitAsync(Patience);
                if (Expectation.Refute(step, outcome) is { } failure)
                {
                    failures.Add($"{file}:{step.Line}: {failure}");
                }
            }

            if (!sharesVariables)
            {
                await workspace.CloseAsync();
            }
        }

        await shared.CloseAsync();

        Assert.That(failures, Is.Empty, string.Join('\n', failures));
    }
}
