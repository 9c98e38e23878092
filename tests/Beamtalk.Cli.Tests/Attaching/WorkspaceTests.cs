using System.Diagnostics;
using Beamtalk.Cli.Tests.Commands;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Attaching;

/// <summary>`workspace start|list|stop`, with a state directory of the test's own.</summary>
[TestFixture]
public sealed class WorkspaceTests : WorkspaceFixture
{
    [Test]
    public async Task A_workspace_outlives_sessions()
    {
        (await RunAsync("workspace", "start", "dev")).Output.ShouldMatch(@"\Aworkspace dev runs: dev-\w+@127\.0\.0\.1 ");
        (await RunAsync("workspace", "start", "dev")).Output.ShouldStartWith("workspace dev runs already: ");
        (await AttachAsync("Actor subclass: Kept\n  state: n = 0\n  next => self.n += 1\n\nk := Kept spawnAs: #kept\nk next\n"))
            .Output.ShouldEndWith("1\n");
        (await AttachAsync("(Actor named: #kept) next\n")).Output.ShouldBe("2\n");
        (await RunAsync("eval", "--node", "dev", "(Actor named: #kept) next")).Output.ShouldBe("3\n");
        (await RunAsync("workspace", "list")).Output.ShouldMatch(@"\Adev  dev-\w+@127\.0\.0\.1  process \d+  since \d{4}-");
        (await RunAsync("workspace", "stop", "dev")).Output.ShouldBe("workspace dev is stopped\n");
        (await RunAsync("workspace", "list")).Output.ShouldBeEmpty();
        (await RunAsync("attach", "dev")).Errors.ShouldContain("there is no workspace dev");
    }

    [Test]
    public async Task It_is_on_the_loopback_and_nobody_sees_its_cookie()
    {
        await RunAsync("workspace", "start", "dev");
        string file = Path.Combine(WorkspaceDirectory, ".erlang.cookie");
        string cookie = await File.ReadAllTextAsync(file);
        cookie.Length.ShouldBe(48);
        (File.GetUnixFileMode(file) & (UnixFileMode)0b000_111_111).ShouldBe(UnixFileMode.None);
        (File.GetUnixFileMode(WorkspaceDirectory) & (UnixFileMode)0b000_111_111).ShouldBe(UnixFileMode.None);
        await AttachAsync("nil foo\n");
        (await ProgramAsync("ps", "-eo", "args")).ShouldNotContain(cookie);
        foreach (string log in Directory.GetFiles(WorkspaceDirectory).Where(path => path != file))
        {
            (await File.ReadAllTextAsync(log)).ShouldNotContain(cookie);
        }

        string address = await AttachedAsync("Erlang application get_env: #kernel key: #inet_dist_use_interface\n");
        address.ShouldBe("{#ok, {127, 0, 0, 1}}\n");
    }

    [Test]
    public async Task A_dead_workspace_is_told_and_started_anew()
    {
        await RunAsync("workspace", "start", "dev");
        int process = int.Parse((await File.ReadAllLinesAsync(Path.Combine(WorkspaceDirectory, "node")))[1], null);
        using (Process node = Process.GetProcessById(process))
        {
            node.Kill();
            await node.WaitForExitAsync();
        }

        (await RunAsync("workspace", "list")).Output.ShouldStartWith("dev  is dead (see ");
        (await RunAsync("workspace", "start", "dev")).Output.ShouldStartWith("workspace dev runs: ");
        (await AttachAsync("6 * 7\n")).Output.ShouldBe("42\n");
    }

    [TestCase("start", "no name", "is no name for a workspace")]
    [TestCase("start", "../x", "is no name for a workspace")]
    [TestCase("stop", "nothing", "there is no workspace nothing")]
    public async Task Wrong_names_are_told(string action, string name, string message)
    {
        RunResult result = await RunAsync("workspace", action, name);
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain(message);
    }

    private async Task<string> AttachedAsync(string input) => (await AttachAsync(input)).Output;

    private static async Task<string> ProgramAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
