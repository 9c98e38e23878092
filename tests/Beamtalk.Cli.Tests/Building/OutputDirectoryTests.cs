using System.Collections.Immutable;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Building;

[TestFixture]
public sealed class OutputDirectoryTests
{
    private const string Stamp = "1";

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void CreateDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void DeleteDirectory() => _directory.Dispose();

    [Test]
    public void A_commit_leaves_beams_index_and_manifest_and_nothing_else()
    {
        Commit("inputs", Module("A", "code"));
        Files().ShouldBe([".manifest", "bt.app.A 1.beam", "bt.app.A.beam", "classes.json"]);
    }

    [Test]
    public void Only_the_same_text_made_in_the_same_way_is_up_to_date()
    {
        Commit("inputs", Module("A", "code"));
        var output = new OutputDirectory(_directory.Path);
        output.Has(Module("A", "code"), Stamp).ShouldBeTrue();
        output.Has(Module("A", "other code"), Stamp).ShouldBeFalse();
        output.Has(Module("A", "code") with { IsActor = true }, Stamp).ShouldBeFalse();
        output.Has(Module("A", "code"), "2").ShouldBeFalse();
        output.Has(Module("B", "code"), Stamp).ShouldBeFalse();
        output.IsCurrent("inputs").ShouldBeTrue();
        output.IsCurrent("other inputs").ShouldBeFalse();
    }

    [Test]
    public void A_beam_that_was_deleted_is_made_again()
    {
        Commit("inputs", Module("A", "code"));
        File.Delete(Path.Combine(_directory.Path, "bt.app.A.beam"));
        var output = new OutputDirectory(_directory.Path);
        output.Has(Module("A", "code"), Stamp).ShouldBeFalse();
        output.IsCurrent("inputs").ShouldBeFalse();
    }

    [Test]
    public void Beams_of_vanished_classes_go()
    {
        Commit("inputs", Module("A", "code"), Module("B", "code"));
        Commit("inputs", Module("B", "code"));
        Files().ShouldNotContain("bt.app.A.beam");
        Files().ShouldContain("bt.app.B.beam");
    }

    [Test]
    public void Files_that_are_not_ours_stay()
    {
        _directory.Write("mine.beam", "x");
        Commit("inputs", Module("A", "code"));
        Commit("inputs", Module("B", "code"));
        Files().ShouldContain("mine.beam");
    }

    private string[] Files() =>
        [.. Directory.EnumerateFileSystemEntries(_directory.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private void Commit(string inputs, params ImmutableArray<CompiledModule> modules)
    {
        var result = new CompilationResult(modules, [], ClassIndex.Empty, null);
        ImmutableArray<BeamOutcome> outcomes = [.. modules.Select(Beams)];
        new OutputDirectory(_directory.Path).Commit(new BuildOutcome(result, outcomes, []), inputs, Stamp, withCore: false);
    }

    private static BeamOutcome Beams(CompiledModule module) =>
        new(module, [new BeamModule(module.Generation, [1]), new BeamModule(module.Facade!, [2])], null);

    private static CompiledModule Module(string name, string core) => new(
        ModuleKind.Class, $"bt.app.{name}", $"bt.app.{name} 1", null, false, [], core, new SourceText($"{name}.bt", ""));
}
