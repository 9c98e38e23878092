using System.Text.Json;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Commands;

[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class CheckAndBuildTests : IDisposable
{
    private const string Class = "Object subclass: A\n  class x => 1\n";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task A_diagnostic_is_an_object_with_its_place()
    {
        _directory.Write("a.bt", "Object subclass: A\n  class x => undefinedName\n");
        RunResult result = await RunAsync("check", "a.bt", "--json");
        JsonElement diagnostic = JsonDocument.Parse(result.Output).RootElement;
        diagnostic.GetProperty("code").GetString()!.ShouldStartWith("BT");
        diagnostic.GetProperty("severity").GetString().ShouldBe("error");
        diagnostic.GetProperty("message").GetString()!.ShouldContain("undefinedName");
        diagnostic.GetProperty("file").GetString().ShouldBe("a.bt");
        diagnostic.GetProperty("line").GetInt32().ShouldBe(2);
        diagnostic.GetProperty("column").GetInt32().ShouldBe(14);
        diagnostic.GetProperty("endLine").GetInt32().ShouldBe(2);
        diagnostic.GetProperty("endColumn").GetInt32().ShouldBe(27);
        result.ExitCode.ShouldBe(2);
    }

    [Test]
    public async Task A_good_file_has_nothing_to_say()
    {
        _directory.Write("a.bt", Class);
        (await RunAsync("check", "--json")).ShouldBe(new RunResult("", "", 0));
        Directory.GetFileSystemEntries(_directory.Path).Length.ShouldBe(1);
    }

    [Test]
    public async Task A_build_writes_beams_and_core_where_asked()
    {
        _directory.Write("a.bt", Class);
        (await RunAsync("build", "-o", "out", "--core")).ExitCode.ShouldBe(0);
        foreach (string name in (string[])["bt.app.A.beam", "bt.app.A 1.beam", "bt.app.A 1.core", "classes.json"])
        {
            File.Exists(Path.Combine(_directory.Path, "out", name)).ShouldBeTrue(name);
        }
    }

    [Test]
    public async Task Only_what_has_changed_is_built_again()
    {
        _directory.Write("a.bt", Class);
        _directory.Write("b.bt", Class.Replace('A', 'B'));
        await RunAsync("build", "-o", "out");
        DateTime first = File.GetLastWriteTimeUtc(Path.Combine(_directory.Path, "out", "bt.app.A.beam"));
        _directory.Write("b.bt", Class.Replace('A', 'B').Replace('1', '2'));
        (await RunAsync("build", "-o", "out")).ExitCode.ShouldBe(0);
        File.GetLastWriteTimeUtc(Path.Combine(_directory.Path, "out", "bt.app.A.beam")).ShouldBe(first);
        File.GetLastWriteTimeUtc(Path.Combine(_directory.Path, "out", "bt.app.B.beam")).ShouldBeGreaterThan(first);
    }

    [Test]
    public async Task What_a_behaviour_wants_and_a_class_does_not_have_is_a_warning()
    {
        _directory.Write("a.bt", "Object subclass: A\n  implements: #gen_server\n  class init: x => {#ok, x}\n");
        RunResult result = await RunAsync("build", "-o", "out");
        result.ExitCode.ShouldBe(0);
        result.Errors.ShouldContain("a.bt:2:15: warning BT2015: A does not have the callback handle_call/3 of gen_server");
        result.Errors.ShouldContain("A does not have the callback handle_cast/2 of gen_server");
        result.Errors.ShouldNotContain("init/1");
    }

    [Test]
    public async Task A_behaviour_that_is_not_at_hand_is_a_warning()
    {
        _directory.Write("a.bt", "Object subclass: A\n  implements: #no_behaviour\n");
        RunResult result = await RunAsync("build", "-o", "out");
        result.ExitCode.ShouldBe(0);
        result.Errors.ShouldContain("warning BT2014: the behaviour no_behaviour is not at hand");
    }

    [Test]
    public async Task A_pass_is_dumped_on_request()
    {
        _directory.Write("a.bt", Class);
        (await RunAsync("build", "a.bt", "-o", "out", "--dump=core")).Output.ShouldContain("module 'bt.app.A 1'");
    }

    [Test]
    public async Task A_wrong_command_line_ends_with_2()
    {
        RunResult result = await RunAsync("biuld");
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain("biuld");
    }

    [TestCase("run")]
    [TestCase("build")]
    [TestCase("check")]
    [TestCase("fmt")]
    [TestCase("test")]
    [TestCase("eval")]
    [TestCase("repl")]
    [TestCase("doctor")]
    [TestCase("version")]
    public async Task Help_names_the_command(string command) =>
        (await RunAsync("--help")).Output.ShouldContain($"  {command} ");

    [Test]
    public async Task The_version_is_printed() => (await RunAsync("version")).Output.ShouldMatch(@"\Abeamtalk \d+\.\d+\.\d+\n");

    [Test]
    public async Task The_doctor_lists_what_is_there()
    {
        RunResult result = await RunAsync("doctor");
        result.Output.ShouldContain("ok       Erlang/OTP");
        result.ExitCode.ShouldBe(0);
    }

    private Task<RunResult> RunAsync(params string[] arguments) => Launcher.RunAsync(_directory.Path, arguments);
}
