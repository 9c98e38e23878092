using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Architecture;

/// <summary>The stages of the compiler depend in one direction: each folder uses only those before it.</summary>
public sealed partial class NamespaceArrowTests
{
    private static readonly string[] Stages =
        ["Text", "Diagnostics", "Syntax", "Parsing", "Formatting", "Semantics", "Core", "Lowering", "Emit", "Backend"];

    [TestCaseSource(nameof(Stages))]
    public void A_stage_uses_only_stages_before_it(string stage)
    {
        string folder = RepositoryRoot.PathOf("Beamtalk.Compiler", stage);
        string[] files = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories);
        files.ShouldNotBeEmpty();
        files.SelectMany(file => UpwardReferences(stage, file)).ShouldBeEmpty();
    }

    [Test]
    public void Every_folder_is_a_stage() =>
        Directory.GetDirectories(RepositoryRoot.PathOf("Beamtalk.Compiler")).Select(Path.GetFileName)
            .Where(name => name is not ("bin" or "obj")).ShouldBe(Stages, ignoreOrder: true);

    [Test]
    public void A_reference_upwards_is_found()
    {
        UpwardReferencesIn("Core", "x.cs", "using Beamtalk.Compiler.Emit;").ShouldBe(["x.cs uses Emit"]);
        UpwardReferencesIn("Core", "x.cs", "using static Beamtalk.Compiler.Lowering.X;").ShouldBe(["x.cs uses Lowering"]);
        UpwardReferencesIn("Core", "x.cs", "using Beamtalk.Compiler.Text;").ShouldBeEmpty();
        UpwardReferencesIn("Core", "x.cs", "var x = Emit.ModuleRenderer.Warm();").ShouldBe(["x.cs uses Emit"]);
        UpwardReferencesIn("Text", "x.cs", "namespace Beamtalk.Compiler.Core;").ShouldBe(["x.cs uses Core"]);
    }

    private static IEnumerable<string> UpwardReferences(string stage, string file) =>
        UpwardReferencesIn(stage, Path.GetRelativePath(RepositoryRoot.Directory, file), File.ReadAllText(file));

    private static IEnumerable<string> UpwardReferencesIn(string stage, string file, string source)
    {
        string code = Comment().Replace(source, "");
        HashSet<string> later = [.. Stages.SkipWhile(other => other != stage).Skip(1)];
        return Qualified().Matches(code).Select(match => match.Groups["stage"].Value)
            .Where(later.Contains).Distinct().Select(other => $"{file} uses {other}");
    }

    /// <summary>A full name, or a type by way of the stage's own name, which the common root namespace allows.</summary>
    [GeneratedRegex(@"Beamtalk\.Compiler\.(?<stage>\w+)|(?<![\w.])(?<stage>(Parsing|Semantics|Lowering|Emit|Backend))\.[A-Z]")]
    private static partial Regex Qualified();

    [GeneratedRegex("//.*")]
    private static partial Regex Comment();
}
