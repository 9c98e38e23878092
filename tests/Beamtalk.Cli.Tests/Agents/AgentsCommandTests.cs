using System.Text.Json;
using Beamtalk.Cli.Tests.Attaching;
using Beamtalk.Cli.Tests.Commands;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Agents;

/// <summary>`beamtalk agents`, with a state directory of the test's own.</summary>
[TestFixture]
public sealed class AgentsCommandTests : WorkspaceFixture
{
    [Test]
    public async Task Agents_of_a_workspace()
    {
        (await RunAsync("agents")).Errors.ShouldContain("no workspace runs");
        await RunAsync("workspace", "start", "dev");
        (await RunAsync("agents")).Output.ShouldStartWith("STATE ");
        const string input = "FakeLLM script: #(\"Hello!\") as: #example\n"
            + "a := Agent spawn: #{#name => \"help\\u{1b}er\", #model => #example}\n(a ask: \"Hi\") await\nb := Agent spawnAs: #quiet\n";
        (await AttachAsync(input)).Output.ShouldContain("\"Hello!\"");

        string[] lines = (await RunAsync("agents", "dev", "--sort", "tokens")).Output.TrimEnd().Split('\n');
        lines.Length.ShouldBe(3);
        lines[1].ShouldMatch(@"^idle +\d+s +help\uFFFDer +Agent +example +1 .* <\d+\.\d+\.\d+>$");
        lines[2].ShouldMatch("^idle +0s +quiet +Agent ");

        string json = (await RunAsync("agents", "--json", "--limit", "1", "--sort", "tokens")).Output;
        using JsonDocument row = JsonDocument.Parse(json);
        row.RootElement.GetProperty("state").GetString().ShouldBe("idle");
        row.RootElement.GetProperty("turn").GetInt32().ShouldBe(1);
        row.RootElement.GetProperty("inputTokens").GetInt32().ShouldBeGreaterThan(0);
    }

    [TestCase("--sort", "beauty", "not by beauty")]
    [TestCase("--limit", "0", "above 0")]
    [TestCase("--limit", "-3", "above 0")]
    [TestCase("--limit", "many", "above 0, not many")]
    public async Task Wrong_options_are_told(string option, string value, string message)
    {
        RunResult result = await RunAsync("agents", "dev", option, value);
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain(message);
    }

    [Test]
    public async Task A_system_without_the_library_is_told()
    {
        await using RunningSystem system = RunningSystem.Erlang("agentless", RunningSystem.BeamtalkPath);
        await system.AskAsync("1 + 1.", @"\b2\b");
        var environment = new Dictionary<string, string?> { ["BEAMTALK_COOKIE"] = system.Cookie };
        RunResult result = await Launcher.RunInAsync(environment, "", Repository.Root, "agents", system.Node);
        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain("has no agents");
    }
}
