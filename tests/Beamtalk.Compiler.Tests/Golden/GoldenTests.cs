using System.Collections.Immutable;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Golden;

/// <summary>
/// <c>tests/golden/&lt;case&gt;/main.bt</c> beside what the compiler makes of it: the tree (<c>main.syntax</c>), the
/// diagnostics (<c>main.diagnostics</c>, none if empty) and the Core Erlang (<c>main.core</c>, none with errors). The
/// classes that the cases refer to are those of <c>tests/golden/library.bt</c>, not the real ones, so that
/// the cases stay as they are while the library grows.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Folder = RepositoryRoot.PathOf("tests", "golden");

    private static readonly Lazy<ClassIndex> Library = new(CompileLibrary);

    private static IEnumerable<string> Cases => Directory.GetDirectories(Folder).Select(path => Path.GetFileName(path)!)
        .Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Cases))]
    public void Syntax(string name) =>
        GoldenFile.Check(PathOf(name, "main.syntax"), SyntaxPrinter.Print(Parser.Parse(SourceOf(name)).Unit));

    [TestCaseSource(nameof(Cases))]
    public void Diagnostics(string name)
    {
        IEnumerable<string> messages = Compile(name).Diagnostics.Select(item => DiagnosticRenderer.Render(item).TrimEnd() + "\n");
        string text = string.Join("\n", messages);
        GoldenFile.Check(PathOf(name, "main.diagnostics"), text.Length == 0 ? null : text);
    }

    [TestCaseSource(nameof(Cases))]
    public void Core(string name)
    {
        CompilationResult result = Compile(name);
        IEnumerable<string> texts = result.Modules.Select(module => module.CoreText.TrimEnd() + "\n");
        GoldenFile.Check(PathOf(name, "main.core"), result.HasErrors ? null : string.Join("\n", texts));
        foreach (CompiledModule module in result.Modules)
        {
            ErlangNode.Instance.Load(module.CoreText).ShouldStartWith("{ok,", customMessage: module.Generation);
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Compiling_twice_gives_the_same(string name) =>
        Compile(name).Modules.Select(module => module.CoreText)
            .ShouldBe(Compile(name).Modules.Select(module => module.CoreText));

    private static CompilationResult Compile(string name) =>
        Compilation.Compile(new CompilationInput([SourceOf(name)], Library.Value, new CompilationOptions()));

    private static SourceText SourceOf(string name) => new("main.bt", File.ReadAllText(PathOf(name, "main.bt")));

    private static string PathOf(string name, string file) => Path.Combine(Folder, name, file);

    private static ClassIndex CompileLibrary()
    {
        SourceText source = new("library.bt", File.ReadAllText(Path.Combine(Folder, "library.bt")));
        CompilationResult result = Compilation.Compile(new CompilationInput(
            [source], ClassIndex.Empty, new CompilationOptions { Package = "stdlib" }));
        result.Diagnostics.Where(item => item.IsError).Select(item => DiagnosticRenderer.Render(item)).ShouldBeEmpty();
        return result.Declared;
    }
}
