using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Commands;

/// <summary>Whatever a file holds: it compiles, or there is a diagnostic and exit status 2, and nothing is written.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class BadInputTests
{
    private static IEnumerable<TestCaseData> Inputs()
    {
        var random = new Random(1);
        byte[] garbage = new byte[100_000];
        random.NextBytes(garbage);
        yield return Bytes("binary garbage", garbage);
        yield return Bytes("zeros", new byte[1000]);
        yield return Bytes("invalid UTF-8", [.. "Transcript showCr: \""u8, 0xC3, 0x28, .. "\""u8]);
        yield return Text("unclosed everything", "foo := #( [ { #{ #[ ( \"{ \"{");
        yield return Text("an unclosed comment", "/* " + new string('x', 1000));
        yield return Text("deep parentheses", new string('(', 10_000) + "1" + new string(')', 10_000));
        yield return Text("deep brackets, open", new string('[', 10_000));
        yield return Text("deep collections", Repeat("#(", 10_000) + Repeat(")", 10_000));
        yield return Text("deep interpolation", Repeat("\"{", 3_000));
        yield return Text("a cycle of superclasses", "B subclass: A\n  x => 1\nA subclass: B\n  x => 1\n");
        yield return Text("a missing superclass", "Missing subclass: A\n  x => 1\n");
        yield return Text("two classes of one name", "Object subclass: A\n  x => 1\nObject subclass: A\n  x => 1\n");
        yield return Text("an undefined name", "Transcript showCr: undefined\n");
    }

    [TestCaseSource(nameof(Inputs))]
    public async Task Is_refused_with_a_diagnostic(byte[] content)
    {
        using var directory = new TemporaryDirectory();
        directory.Write("bad.bt", content);
        RunResult result = await Launcher.RunAsync(directory.Path, "build", "bad.bt", "-o", "out");
        result.ExitCode.ShouldBe(2, result.Errors);
        result.Errors.ShouldContain("bad.bt:");
        result.Errors.ShouldNotContain("internal error");
        result.Errors.ShouldNotContain("   at ");
        Directory.Exists(Path.Combine(directory.Path, "out")).ShouldBeFalse();
    }

    [Test]
    public async Task A_line_of_10_MB_runs()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("long.bt", $"x := \"{new string('x', 10_000_000)}\". Transcript showCr: x size");
        RunResult result = await Launcher.RunAsync(directory.Path, "run", "long.bt");
        result.ShouldBe(new RunResult("10000000\n", "", 0));
    }

    [Test]
    public async Task A_long_line_of_statements_ends_one_way_or_the_other()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("long.bt", Repeat("x := 1 + 2. ", 800_000));
        RunResult result = await Launcher.RunAsync(directory.Path, "check", "long.bt");
        result.ExitCode.ShouldBeOneOf(0, 2);
        result.Errors.ShouldNotContain("internal error");
    }

    [Test]
    public async Task A_failed_build_leaves_the_last_one_as_it_was()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("a.bt", "Object subclass: A\n  class x => 1\n");
        (await Launcher.RunAsync(directory.Path, "build", "a.bt", "-o", "out")).ExitCode.ShouldBe(0);
        Dictionary<string, DateTime> before = Times(directory);
        directory.Write("a.bt", "Object subclass: A\n  class x => undefinedName\n");
        (await Launcher.RunAsync(directory.Path, "build", "a.bt", "-o", "out")).ExitCode.ShouldBe(2);
        Times(directory).ShouldBe(before);
    }

    private static Dictionary<string, DateTime> Times(TemporaryDirectory directory) =>
        Directory.GetFiles(Path.Combine(directory.Path, "out")).ToDictionary(file => file, File.GetLastWriteTimeUtc);

    private static TestCaseData Text(string name, string content) => Bytes(name, System.Text.Encoding.UTF8.GetBytes(content));

    private static TestCaseData Bytes(string name, byte[] content) => new TestCaseData(content).SetName(name);

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
