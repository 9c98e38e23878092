using Beamtalk.Cli.Tests.Commands;
using NUnit.Framework;

namespace Beamtalk.Cli.Tests.Attaching;

/// <summary>Tests of a workspace <c>dev</c>, each with a state directory of its own.</summary>
public abstract class WorkspaceFixture
{
    private TemporaryDirectory _state = null!;

    /// <summary>Where the workspace keeps its cookie, its logs and what tells its node.</summary>
    protected string WorkspaceDirectory => Path.Combine(_state.Path, "beamtalk", "workspaces", "dev");

    private Dictionary<string, string?> Environment => new() { ["XDG_STATE_HOME"] = _state.Path };

    [SetUp]
    public void MakeState() => _state = new TemporaryDirectory();

    [TearDown]
    public async Task StopAsync()
    {
        await RunAsync("workspace", "stop", "dev");
        _state.Dispose();
    }

    protected Task<RunResult> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    protected Task<RunResult> AttachAsync(string input) => RunWithInputAsync(input, "attach", "dev");

    private Task<RunResult> RunWithInputAsync(string input, params string[] arguments) =>
        Launcher.RunInAsync(Environment, input, Repository.Root, arguments);
}
