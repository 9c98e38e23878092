using System.Diagnostics;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Commands;

[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RunTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task A_script_prints_and_ends_with_0()
    {
        RunResult result = await RunAsync("Transcript showCr: \"hello π\"");
        result.ShouldBe(new RunResult("hello π\n", "", 0));
    }

    [Test]
    public async Task Arguments_are_the_scripts_own_in_every_run()
    {
        const string script = "Transcript showCr: System arguments printString";
        (await RunAsync(script, "a b", "--help", "-x", "π")).Output.ShouldBe("#(\"a b\", \"--help\", \"-x\", \"π\")\n");
        (await RunAsync(script, "other")).Output.ShouldBe("#(\"other\")\n");
    }

    [Test]
    public async Task An_uncaught_error_is_reported_with_its_place_and_ends_with_1()
    {
        RunResult result = await RunAsync("Transcript showCr: \"before\"\nnil foo\n");
        result.Output.ShouldBe("before\n");
        result.Errors.ShouldContain("nil does not understand #foo");
        result.Errors.ShouldContain("script.bt:2");
        result.ExitCode.ShouldBe(1);
    }

    [Test]
    public async Task A_script_that_does_not_compile_ends_with_2_and_prints_nothing()
    {
        RunResult result = await RunAsync("Transcript showCr: \"before\"\nx := (1 + \n");
        result.Output.ShouldBe("");
        result.Errors.ShouldContain("script.bt:2");
        result.ExitCode.ShouldBe(2);
    }

    [Test]
    public async Task Standard_input_reaches_the_script()
    {
        string file = _directory.Write("script.bt", "Transcript show: (Erlang unicode characters_to_binary: (Erlang io get_line: \"\"))");
        (await Launcher.RunWithInputAsync("a line\n", _directory.Path, "run", file)).Output.ShouldBe("a line\n");
    }

    [Test]
    public async Task The_second_run_compiles_nothing()
    {
        const string script = "Transcript showCr: \"cached\"";
        using var cache = new TemporaryDirectory();
        await RunCachedAsync(cache, script);
        string[] entries = Directory.GetFileSystemEntries(cache.Path, "*", SearchOption.AllDirectories);
        DateTime[] times = [.. entries.Select(File.GetLastWriteTimeUtc)];
        (await RunCachedAsync(cache, script)).Output.ShouldBe("cached\n");
        Directory.GetFileSystemEntries(cache.Path, "*", SearchOption.AllDirectories).ShouldBe(entries, ignoreOrder: true);
        entries.Select(File.GetLastWriteTimeUtc).ShouldBe(times);
    }

    [Test]
    public async Task What_is_prepared_is_not_compiled_when_it_runs()
    {
        using var cache = new TemporaryDirectory();
        string[] files =
        [
            _directory.Write("good.bt", "Transcript showCr: \"good\""),
            _directory.Write("warned.bt", "x := 1\nTranscript show: 2 foo\n"),
            _directory.Write("bad.bt", "Transcript showCr: (1 +\n"),
            _directory.Write("empty.bt", "// nothing\n"),
            Path.Combine(_directory.Path, "missing.bt"),
        ];
        RunResult result = await Launcher.RunAsync(cache, _directory.Path, ["prepare", .. files]);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Errors.ShouldContain("warned.bt:2");
        result.Errors.ShouldContain("bad.bt:1");
        result.Errors.ShouldContain("empty.bt has no statements to run");
        result.Errors.ShouldContain("no such file");
        string runs = Path.Combine(cache.Path, "beamtalk", "run");
        string prepared = Directory.GetDirectories(runs).ShouldHaveSingleItem();
        (await Launcher.RunAsync(cache, _directory.Path, "run", files[0])).Output.ShouldBe("good\n");
        Directory.GetDirectories(runs).ShouldBe([prepared]);
    }

    [Test]
    public async Task A_changed_script_is_compiled_again()
    {
        (await RunAsync("Transcript showCr: 1")).ShouldBe(new RunResult("1\n", "", 0));
        (await RunAsync("Transcript showCr: 2")).ShouldBe(new RunResult("2\n", "", 0));
    }

    [Test]
    public async Task Runs_at_the_same_time_do_not_disturb_each_other()
    {
        string file = _directory.Write("script.bt", $"Transcript showCr: \"{Guid.NewGuid()}\"");
        RunResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Launcher.RunAsync(_directory.Path, "run", file)));
        results.Select(result => result.ExitCode).ShouldAllBe(status => status == 0);
        results.Select(result => result.Output).Distinct().Count().ShouldBe(1);
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    public async Task A_signal_ends_the_script_and_leaves_nothing_behind(string signal)
    {
        string file = _directory.Write("script.bt", "Transcript showCr: \"ready\"\nTimer sleep: 60000");
        using Process process = Launcher.Start(_directory.Path, ["run", file]);
        (await process.StandardOutput.ReadLineAsync()).ShouldBe("ready");
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        process.ExitCode.ShouldNotBe(0);
        Directory.Exists($"/proc/{process.Id}").ShouldBeFalse();
    }

    [Test]
    public async Task It_works_through_a_symbolic_link_from_another_directory()
    {
        string link = Path.Combine(_directory.Path, "bt");
        File.CreateSymbolicLink(link, Path.Combine(Repository.Root, "beamtalk"));
        _directory.Write("script.bt", "Transcript showCr: 42");
        var start = new ProcessStartInfo(link, ["run", "script.bt"])
        {
            WorkingDirectory = _directory.Path,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        (await process.StandardOutput.ReadToEndAsync()).ShouldBe("42\n");
    }

    [Test]
    public async Task A_missing_file_is_named()
    {
        RunResult result = await Launcher.RunAsync(_directory.Path, "run", "missing.bt");
        result.Errors.ShouldBe("beamtalk: no such file: missing.bt\n");
        result.ExitCode.ShouldBe(2);
    }

    private Task<RunResult> RunAsync(string script, params string[] arguments)
    {
        _directory.Write("script.bt", script);
        return Launcher.RunAsync(_directory.Path, ["run", "script.bt", .. arguments]);
    }

    private Task<RunResult> RunCachedAsync(TemporaryDirectory cache, string script)
    {
        string file = _directory.Write("script.bt", script);
        return Launcher.RunAsync(cache, _directory.Path, "run", file);
    }
}
