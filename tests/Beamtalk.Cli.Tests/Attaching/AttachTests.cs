using System.Diagnostics;
using Beamtalk.Cli.Tests.Commands;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Attaching;

/// <summary>Sessions in an Erlang node that knows Beamtalk, but did not start it.</summary>
[TestFixture]
public sealed class AttachTests
{
    private RunningSystem _system = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _system = RunningSystem.Erlang("attach", RunningSystem.BeamtalkPath);
        await _system.AskAsync("1 + 1.", @"\b2\b");
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _system.DisposeAsync();

    [Test]
    public async Task Inputs_run_there_and_write_here()
    {
        RunResult result = await AttachAsync(
            "x := 40", "x + 2", "Erlang erlang node", "Transcript showCr: \"seen\"", "Erlang io format: \"~w~n\" x: #(1)", "nil foo");
        result.ExitCode.ShouldBe(0, result.Errors);
        result.Output.ShouldStartWith($"40\n42\n#'{_system.Node}'\nseen\nnil\n");
        result.Output.ShouldEndWith("ERROR does_not_understand: nil does not understand #foo\n");
        _system.Output.ShouldNotContain("seen");
    }

    [Test]
    public async Task Sessions_have_variables_of_their_own()
    {
        Task<RunResult> one = AttachAsync("x := 1", "Erlang timer sleep: 300", "x");
        Task<RunResult> other = AttachAsync("x := 2", "Erlang timer sleep: 300", "x");
        (await one).Output.ShouldBe("1\n#ok\n1\n");
        (await other).Output.ShouldBe("2\n#ok\n2\n");
    }

    [Test]
    public async Task The_compiler_is_on_the_side_of_the_caller()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("shop.bt", "Actor subclass: Shop\n  state: stock = 3\n  stock => self.stock\n");
        RunResult result = await AttachFromAsync(
            directory.Path, "Workspace load: \"shop.bt\"", "s := Shop spawn", "s stock",
            "Shop compile: \"stock => 1000\"", "s stock", "patch Shop >> #stock { 7 }", "s stock",
            "Shop compile: \"stock => slef\"", "Shop reload", "s stock", "Workspace load: \"none.bt\"", "s stop", "Shop removeFromSystem");
        result.Output.ShouldMatch(
            @"\A#\(Shop\)\na Shop <[\d.]+>\n3\n#stock\n1000\n7\nERROR compile_error: .*slef.*\n#\(Shop\)\n3\nERROR compile_error: none.bt .*\n");
    }

    [Test]
    public async Task What_was_not_running_is_not_running_afterwards()
    {
        // A node of its own: in the other one somebody may be attached.
        await using RunningSystem system = RunningSystem.Erlang("borrowed", RunningSystem.BeamtalkPath);
        const string count = "length([M || {M, _} <- code:all_loaded(), lists:prefix(\"bt.repl\", atom_to_list(M))])";
        const string snapshot =
            "{length(processes()), length(ets:all()), erlang:phash2(code:get_path()), " + count + ", " +
            "lists:keymember(beamtalk_runtime, 1, application:which_applications())}.";
        string before = (await system.AskAsync(snapshot, @"\{\d+,\d+,\d+,0,(true|false)\}")).Value;
        before.ShouldEndWith("false}");
        RunResult result = await Launcher.RunInAsync(
            Cookie(system), "x := [:n | n + 1]\nx value: 1\n", Repository.Root, "attach", system.Node);
        result.Output.ShouldEndWith("2\n");
        await EventuallyAsync(async () => (await system.AskAsync(snapshot, @"\{\d+,\d+,\d+,\d+,\w+\}")).Value, before);
    }

    [Test]
    public async Task A_session_ends_with_its_bridge_even_when_it_is_busy()
    {
        const string sessions = "{sessions, length(bt_session_guard:sessions())}.";
        await AttachAsync("1"); // starts the runtime
        using var process = Launcher.Start(Repository.Root, ["attach", _system.Node], environment: Cookie(_system));
        await process.StandardInput.WriteAsync("[true] whileTrue: [Erlang timer sleep: 50]\n");
        await process.StandardInput.FlushAsync();
        await _system.AskAsync("timer:sleep(3000), application:ensure_all_started(beamtalk_runtime).", "ok");
        process.Kill(entireProcessTree: true);
        await EventuallyAsync(async () => (await _system.AskAsync(sessions, @"\{sessions,(\d+)\}")).Groups[1].Value, "0");
    }

    [Test]
    public async Task What_was_started_there_goes_on_and_writes_there()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("bell.bt", "Actor subclass: Bell\n  ring => Transcript showCr: \"ding\"\n");
        RunResult result = await AttachFromAsync(
            directory.Path, "Workspace load: \"bell.bt\"", "b := Bell spawnAs: #bell", "b ring await");
        result.Output.ShouldContain("ding");
        await _system.AskAsync("bt_actor:call(whereis(bell), ring, []).", "ding");
        await _system.AskAsync("exit(whereis(bell), kill).", "true");
    }

    [TestCase("wrong", "refuses the connection: the cookie is not its cookie")]
    public async Task A_wrong_cookie_is_told(string cookie, string message)
    {
        RunResult result = await Launcher.RunInAsync(
            Cookie(cookie), "1\n", Repository.Root, "attach", _system.Node);
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain(message);
        result.Errors.ShouldNotContain(cookie + "\n");
    }

    [TestCase("nobody@127.0.0.1", "there is no node nobody@127.0.0.1")]
    [TestCase("x@no-such-host.invalid", "the host no-such-host.invalid is not known")]
    [TestCase("nowhere", "there is no workspace nowhere")]
    [TestCase("a b@c", "there is no workspace a b@c")]
    public async Task A_node_that_is_not_there_is_told(string node, string message)
    {
        RunResult result = await Launcher.RunInAsync(Cookie(_system), "1\n", Repository.Root, "attach", node);
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain(message);
    }

    [Test]
    public async Task A_system_without_the_runtime_is_told_what_it_needs()
    {
        await using RunningSystem plain = RunningSystem.Erlang("plain");
        await plain.AskAsync("1 + 1.", @"\b2\b");
        RunResult result = await Launcher.RunInAsync(Cookie(plain), "1\n", Repository.Root, "attach", plain.Node);
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain($"the Beamtalk runtime is not on the code path of {plain.Node}");
        result.Errors.ShouldContain("-pa ");
    }

    [Test]
    public async Task A_cookie_is_read_from_a_file()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.Write("cookie", _system.Cookie + "\n");
        RunResult result = await Launcher.RunInAsync(
            Cookie("wrong"), "", Repository.Root, "eval", "6 * 7", "--node", _system.Node, "--cookie-file", file);
        result.Output.ShouldBe("42\n");
    }

    [Test]
    public async Task The_bridge_neither_listens_nor_shows_the_cookie()
    {
        using var process = Launcher.Start(Repository.Root, ["attach", _system.Node], environment: Cookie(_system));
        await process.StandardInput.WriteAsync("1\n2\n");
        await process.StandardInput.FlushAsync();
        (await process.StandardOutput.ReadLineAsync()).ShouldBe("1");
        string programs = await ProgramAsync("ps", "-eo", "args");
        programs.ShouldContain(" -nocookie ");
        programs.Split('\n').Where(line => line.Contains(_system.Cookie, StringComparison.Ordinal))
            .ShouldAllBe(line => line.Contains($"-name {_system.Node} ", StringComparison.Ordinal));
        (await Epmd()).ShouldNotContain("beamtalk_");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
    }

    [Test]
    public async Task A_lost_connection_ends_the_command()
    {
        await using RunningSystem system = RunningSystem.Erlang("lost", RunningSystem.BeamtalkPath);
        await system.AskAsync("1 + 1.", @"\b2\b");
        RunResult result = await Launcher.RunInAsync(
            Cookie(system), "1\nErlang erlang halt: 0\n2\n", Repository.Root, "attach", system.Node);
        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBe("1\n");
        result.Errors.ShouldContain($"the connection to {system.Node} is lost");
    }

    private static async Task<string> Epmd() =>
        string.Join(' ', await Beamtalk.Cli.Attaching.Epmd.NamesAsync("127.0.0.1"));

    private static async Task<string> ProgramAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    private Task<RunResult> AttachAsync(params string[] lines) => AttachFromAsync(Repository.Root, lines);

    private Task<RunResult> AttachFromAsync(string directory, params string[] lines) => Launcher.RunInAsync(
        Cookie(_system), string.Join('\n', lines) + "\n", directory, "attach", _system.Node);

    private static Dictionary<string, string?> Cookie(RunningSystem system) => Cookie(system.Cookie);

    private static Dictionary<string, string?> Cookie(string cookie) => new() { ["BEAMTALK_COOKIE"] = cookie };

    private static async Task EventuallyAsync(Func<Task<string>> actual, string expected)
    {
        for (int attempt = 0; attempt < 100 && await actual() != expected; attempt++)
        {
            await Task.Delay(100);
        }

        (await actual()).ShouldBe(expected);
    }
}
