using System.Runtime.Versioning;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Commands;

[UnsupportedOSPlatform("windows")]
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FmtTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task Files_are_formatted_in_place()
    {
        string untidy = _directory.Write("src/a.bt", "x:=1");
        string tidy = _directory.Write("src/b.bt", "x := 1\n");
        DateTime written = File.GetLastWriteTimeUtc(tidy);
        File.SetUnixFileMode(untidy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (await RunAsync("fmt")).ShouldBe(new RunResult("formatted src/a.bt\n", "", 0));
        File.ReadAllText(untidy).ShouldBe("x := 1\n");
        File.GetUnixFileMode(untidy).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
        File.GetLastWriteTimeUtc(tidy).ShouldBe(written);
        Directory.GetFiles(Path.Combine(_directory.Path, "src")).Length.ShouldBe(2);
    }

    [Test]
    public async Task A_link_stays_one()
    {
        string target = _directory.Write("target.bt", "x:=1");
        string link = Path.Combine(_directory.Path, "link.bt");
        File.CreateSymbolicLink(link, target);
        (await RunAsync("fmt", "link.bt")).ExitCode.ShouldBe(0);
        File.ReadAllText(target).ShouldBe("x := 1\n");
        File.ResolveLinkTarget(link, false).ShouldNotBeNull();
    }

    [Test]
    public async Task A_check_writes_nothing()
    {
        string file = _directory.Write("a.bt", "x:=1");
        (await RunAsync("fmt", "--check", "a.bt")).ShouldBe(new RunResult("would format a.bt\n", "", 1));
        File.ReadAllText(file).ShouldBe("x:=1");
        await RunAsync("fmt", "a.bt");
        (await RunAsync("fmt", "--check", "a.bt")).ShouldBe(new RunResult("", "", 0));
    }

    [Test]
    public async Task Errors_are_shown_and_other_files_formatted()
    {
        string bad = _directory.Write("a.bt", "x := (1");
        string good = _directory.Write("b.bt", "x:=1");
        RunResult result = await RunAsync("fmt", "a.bt", "b.bt");
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain("a.bt:1:6: error BT1010");
        File.ReadAllText(bad).ShouldBe("x := (1");
        File.ReadAllText(good).ShouldBe("x := 1\n");
        (await RunAsync("fmt", "--check", "a.bt")).ExitCode.ShouldBe(2);
    }

    [Test]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        _directory.Write("a.bt", [0x78, 0xFF]);
        RunResult result = await RunAsync("fmt", "a.bt");
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain("UTF-8");
    }

    [Test]
    public async Task What_is_not_there_is_named()
    {
        RunResult result = await RunAsync("fmt", "none.bt");
        result.ShouldBe(new RunResult("", "beamtalk: no such file or directory: none.bt\n", 2));
    }

    [TestCase("-")]
    [TestCase("--stdin")]
    public async Task Standard_input_goes_to_standard_output(string argument)
    {
        (await Launcher.RunWithInputAsync("'x'   foo.\ny", _directory.Path, "fmt", argument)).ShouldBe(new RunResult("'x' foo.\ny\n", "", 0));
        (await Launcher.RunWithInputAsync("'x'   foo.\ny", _directory.Path, "fmt", "--modern", argument)).Output.ShouldBe("\"x\" foo\ny\n");
        (await Launcher.RunWithInputAsync("x  foo", _directory.Path, "fmt", "--check", argument)).ShouldBe(new RunResult("", "", 1));
        RunResult wrong = await Launcher.RunWithInputAsync("x := (", _directory.Path, "fmt", argument);
        (wrong.Output, wrong.ExitCode).ShouldBe(("", 2));
        wrong.Errors.ShouldContain("<stdin>:1:");
    }

    [Test]
    public async Task Standard_input_and_files_at_once_are_refused()
    {
        _directory.Write("a.bt", "x:=1");
        (await RunAsync("fmt", "-", "a.bt")).ExitCode.ShouldBe(2);
    }

    private Task<RunResult> RunAsync(params string[] arguments) => Launcher.RunAsync(_directory.Path, arguments);
}
