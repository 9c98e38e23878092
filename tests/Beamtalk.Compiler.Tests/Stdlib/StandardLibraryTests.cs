using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using NUnit.Framework;

namespace Beamtalk.Compiler.Tests.Stdlib;

/// <summary>What the house promises of its standard library, checked on the sources.</summary>
[TestFixture]
public sealed partial class StandardLibraryTests
{
    private const double LargestShareOfPrimitives = 0.30;
    private const int LongestMethod = 10;

    private static IEnumerable<string> Paths => LibrarySources.Files().Select(file => file.Path);

    [TestCaseSource(nameof(Paths))]
    public void EveryFileIsOneClassOfItsName(string path)
    {
        SourceText file = LibrarySources.Files().Single(source => source.Path == path);

        (CompilationUnit unit, ImmutableArray<Diagnostic> diagnostics) = Parser.Parse(file);

        Assert.That(diagnostics, Is.Empty);
        Assert.That(unit.Items, Has.Length.EqualTo(1));
        var declaration = (ClassDeclaration)unit.Items[0];
        Assert.That(declaration.Name.Name, Is.EqualTo(Path.GetFileNameWithoutExtension(path)));
        Assert.That(declaration.Doc, Is.Not.Null.And.Not.Empty, "a class says what it is for");
    }

    [Test]
    public void TheListOfPrimitivesIsWhatTheSourcesUse()
    {
        string list = File.ReadAllText(Path.Combine(LibrarySources.Root, "stdlib", "primitives.md"));
        var listed = ListedPrimitive().Matches(list).Select(entry => entry.Groups[1].Value);
        var used = LibrarySources.Files()
            .SelectMany(file => LibrarySources.PrimitivesIn(WithoutComments(file.Text)))
            .Distinct();

        Assert.That(listed.Order(StringComparer.Ordinal), Is.EqualTo(used.Order(StringComparer.Ordinal)));
    }

    [Test]
    public void MostMethodsAreWrittenInBeamtalk()
    {
        int all = LibrarySources.Methods.Length;
        int primitive = LibrarySources.Methods.Count(method => method.Primitives.Length > 0);

        TestContext.Out.WriteLine($"{primitive} of {all} methods call a primitive");
        Assert.That((double)primitive / all, Is.LessThan(LargestShareOfPrimitives));
    }

    [Test]
    public void EveryPublicMethodIsDocumented() =>
        Assert.That(
            LibrarySources.Methods.Where(method => method.Declaration.Doc is null && !method.IsPrivate && !IsLaterClause(method)),
            Is.Empty);

    /// <summary>The examples themselves are run by the tests of the documentation.</summary>
    [Test]
    public void EveryPublicMethodHasAnExample() =>
        Assert.That(
            LibrarySources.Methods.Where(method => method.Declaration.Doc is { } doc && !ExampleWithValue().IsMatch(doc)),
            Is.Empty);

    [Test]
    public void MethodsAreShort() =>
        Assert.That(LibrarySources.Methods.Where(method => LinesOfCode(method) > LongestMethod), Is.Empty);

    /// <summary>The clauses of one method share the doc comment of the first.</summary>
    private static bool IsLaterClause(LibraryMethod method)
    {
        int index = LibrarySources.Methods.IndexOf(method);
        return index > 0
            && LibrarySources.Methods[index - 1] is { } previous
            && previous.File.Path == method.File.Path
            && previous.Declaration.Selector == method.Declaration.Selector
            && previous.Declaration.IsClassSide == method.Declaration.IsClassSide;
    }

    private static int LinesOfCode(LibraryMethod method) =>
        method.Declaration.Source.Split('\n').Count(line => !string.IsNullOrWhiteSpace(line));

    private static string WithoutComments(string text) =>
        string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    [GeneratedRegex(@"^ {4}.*// =>", RegexOptions.Multiline)]
    private static partial Regex ExampleWithValue();

    [GeneratedRegex(@"^- `(bt_\w+:\w+)`", RegexOptions.Multiline)]
    private static partial Regex ListedPrimitive();
}
