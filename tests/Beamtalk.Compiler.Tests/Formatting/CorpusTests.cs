using System.Diagnostics;
using Beamtalk.Compiler.Formatting;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Formatting;

/// <summary>All sources of the repository, whole and cut off anywhere.</summary>
public sealed class CorpusTests
{
    private const int SampledPrefixes = 6;

    private static readonly string[] WholeSamples =
    [
        "tests/e2e/01-remarks.bt", "tests/e2e/01-remarks-and-values.bt", "tests/e2e/04-method-headers.bt",
        "tests/e2e/02-class-body-layout.bt", "tests/Beamtalk.Compiler.Tests/Parsing/Founding/readme-01.bt",
        "tests/Beamtalk.Compiler.Tests/Parsing/Founding/for-agents-03.bt", "examples/supervised.bt", "stdlib/src/Boolean.bt",
    ];

    public static IEnumerable<string> Files() =>
        new[] { "bench", "examples", "stdlib", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(RepositoryRoot.PathOf(folder), "*.bt", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(RepositoryRoot.Directory, file))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "_build"))
            .Order(StringComparer.Ordinal);

    [Test]
    public void There_are_many_files() => Files().Count().ShouldBeGreaterThan(500);

    [TestCaseSource(nameof(Files))]
    public void Nothing_is_lost(string file) => Formatted.ShouldKeepAll(Read(file), FormatOptions.Default);

    // Narrow lines end wherever they can.
    [TestCaseSource(nameof(Files))]
    public void Nothing_is_lost_on_narrow_lines(string file)
    {
        foreach (int width in (int[])[60, 30, 1])
        {
            Formatted.ShouldKeepAll(Read(file), FormatOptions.Default with { Width = width });
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Nothing_is_lost_with_carriage_returns(string file) =>
        Formatted.ShouldKeepAll(Read(file).ReplaceLineEndings("\r\n"), FormatOptions.Default);

    [TestCaseSource(nameof(Files))]
    public void The_modern_spelling_is_reached_at_once(string file)
    {
        var modern = FormatOptions.Default with { Modern = true };
        if (Formatted.Once(Read(file), modern) is { } formatted)
        {
            Formatted.Once(formatted, modern).ShouldBe(formatted);
            Formatted.Once(formatted, FormatOptions.Default).ShouldBe(formatted);
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Some_prefixes_are_refused_or_kept(string file)
    {
        string text = Read(file);
        var random = new Random(text.Length);
        for (int i = 0; i < SampledPrefixes; i++)
        {
            ShouldKeepPrefix(text, random.Next(text.Length + 1));
        }
    }

    // Comments stand where nobody puts them, such as amid the words of a header. Most such programs have errors; some few
    // of the others are refused, because their comments could not be kept.
    [TestCaseSource(nameof(WholeSamples))]
    public void Comments_anywhere_are_kept_or_refused(string file)
    {
        string text = Read(file);
        string[] comments = [" /* c */ ", "// c\n", "\n// c\n  ", "\n/// c\n", " \"r\" ", " \"r\".\n", "\n  \"r\"\n"];
        string[] variants =
        [
            .. from comment in comments
               from place in Enumerable.Range(0, text.Length)
               where text[place] is ' ' or '\n'
               select text.Insert(place, comment),
        ];
        variants.Count(variant => !Formatted.KeepsAll(variant)).ShouldBeLessThanOrEqualTo(variants.Length / 25);
    }

    [TestCaseSource(nameof(WholeSamples))]
    public void All_prefixes_are_refused_or_kept(string file)
    {
        string text = Read(file);
        for (int length = 0; length <= text.Length; length++)
        {
            ShouldKeepPrefix(text, length);
        }
    }

    [Test]
    public void Ten_thousand_lines_take_less_than_two_seconds()
    {
        string library = string.Concat(Files().Where(file => file.StartsWith("stdlib/src", StringComparison.Ordinal)).Select(Read));
        string[] lines = library.Split('\n');
        lines.Length.ShouldBeGreaterThan(10_000);
        string text = string.Join('\n', lines.Take(10_000));
        int end = text.LastIndexOf("\n\n", StringComparison.Ordinal);

        // The best of some runs, in processor time: others may be at work, too.
        Enumerable.Range(0, 5).Min(_ => TimeToFormat(text[..end])).ShouldBeLessThan(TimeSpan.FromSeconds(2));
    }

    private static TimeSpan TimeToFormat(string text)
    {
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        Formatted.Once(text, FormatOptions.Default).ShouldNotBeNull();
        return Process.GetCurrentProcess().TotalProcessorTime - before;
    }

    private static void ShouldKeepPrefix(string text, int length)
    {
        try
        {
            Formatted.ShouldKeepAll(text[..length], FormatOptions.Default);
        }
        catch (Exception error) when (error is not AssertionException)
        {
            throw new AssertionException($"a prefix of {length} characters: {error.Message}", error);
        }
    }

    private static string Read(string file) => File.ReadAllText(RepositoryRoot.PathOf(file));
}
