using System.Collections.Immutable;
using System.Text;
using Beamtalk.Compiler;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Text;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Backend;

[TestFixture]
public sealed class CompileServiceTests
{
    private ErlangNode _node = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _node = await ErlangNode.StartAsync(new Installation(Repository.Root).CodePath, []);

    [OneTimeTearDown]
    public async Task StopAsync() => await _node.DisposeAsync();

    [Test]
    public async Task A_class_becomes_a_generation_and_a_facade()
    {
        BeamOutcome outcome = await CompileOneAsync(Module("Sample", "'answer'/1 = fun (Self) -> 42"));
        outcome.Fault.ShouldBeNull();
        outcome.Beams.Select(beam => beam.Name).ShouldBe(["bt.app.Sample 1", "bt.app.Sample"]);
        outcome.Beams.Select(beam => Encoding.ASCII.GetString(beam.Code, 0, 4)).ShouldAllBe(magic => magic == "FOR1");
    }

    [Test]
    public async Task An_extension_has_no_facade()
    {
        BeamOutcome outcome = await CompileOneAsync(
            Module("Sample x", "'answer'/1 = fun (Self) -> 42") with { Facade = null });
        outcome.Beams.Length.ShouldBe(1);
    }

    [TestCase("'answer'/1 = fun (Self) -> Unbound")]
    [TestCase("'answer'/1 = fun (Self) ->")]
    [TestCase("'answer'/1 = fun (Self) -> \"unfinished")]
    public async Task A_fault_of_generated_code_is_told_in_words(string function)
    {
        BeamOutcome outcome = await CompileOneAsync(Module("Sample", function));
        outcome.Beams.ShouldBeEmpty();
        outcome.Fault.ShouldNotBeNullOrWhiteSpace();
    }

    [Test]
    public async Task Replies_find_their_requests()
    {
        ImmutableArray<CompiledModule> modules =
            [.. Enumerable.Range(1, 20).Select(n => Module($"Sample{n}", $"'answer'/1 = fun (Self) -> {n}"))];
        ImmutableArray<BeamOutcome> outcomes = await new CompileService(_node).CompileAsync(modules);
        outcomes.Select(outcome => outcome.Beams[1].Name).ShouldBe(modules.Select(module => module.Facade!));
    }

    private async Task<BeamOutcome> CompileOneAsync(CompiledModule module) =>
        (await new CompileService(_node).CompileAsync([module])).Single();

    private static CompiledModule Module(string name, string function) => new(
        ModuleKind.Class, $"bt.app.{name}", $"bt.app.{name} 1", "bt.stdlib.Object", false, [],
        $"module 'bt.app.{name} 1' ['answer'/1]\nattributes []\n{function}\nend\n",
        new SourceText("sample.bt", ""));
}
