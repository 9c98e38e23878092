using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Tests.Stdlib;

/// <summary>One clause of a method of the standard library.</summary>
public sealed record LibraryMethod(SourceText File, MethodDeclaration Declaration)
{
    public int Line => File.LineOf(Declaration.Span.Start);

    /// <summary>The library's way to say that a method is for its own class only: a plain comment above it.</summary>
    public bool IsPrivate => Declaration.Doc is null && LineAbove.StartsWith("//", StringComparison.Ordinal);

    public ImmutableArray<string> Primitives => LibrarySources.PrimitivesIn(Declaration.Source);

    private string LineAbove
    {
        get
        {
            int header = File.LineOf(Declaration.SelectorSpan.Start);
            return header > 1 ? File.LineText(header - 1).Trim() : string.Empty;
        }
    }

    public override string ToString() => $"{File.Path}:{Line}: {Declaration.Selector}";
}

/// <summary>The sources of the standard library, parsed.</summary>
public static partial class LibrarySources
{
    private static readonly Lazy<ImmutableArray<LibraryMethod>> Parsed = new(() => [.. Files().SelectMany(MethodsOf)]);

    public static string Root { get; } = FindRoot();

    public static ImmutableArray<LibraryMethod> Methods => Parsed.Value;

    public static IEnumerable<SourceText> Files() =>
        Directory.EnumerateFiles(Path.Combine(Root, "stdlib", "src"), "*.bt")
            .Order(StringComparer.Ordinal)
            .Select(file => new SourceText(Path.GetRelativePath(Root, file), File.ReadAllText(file)));

    public static IEnumerable<ClassDeclaration> ClassesOf(SourceText file) =>
        Parser.Parse(file).Unit.Items.OfType<ClassDeclaration>();

    /// <summary><c>Erlang bt_prim_list at: …</c> is <c>bt_prim_list:at</c>.</summary>
    public static ImmutableArray<string> PrimitivesIn(string source) =>
        [.. RuntimeCall().Matches(source).Select(call => $"{call.Groups[1].Value}:{call.Groups[2].Value}")];

    private static IEnumerable<LibraryMethod> MethodsOf(SourceText file) =>
        ClassesOf(file)
            .SelectMany(declaration => declaration.Members.OfType<MethodDeclaration>())
            .Select(method => new LibraryMethod(file, method));

    [GeneratedRegex(@"\bErlang\s+(bt_\w+)\s+(\w+)")]
    private static partial Regex RuntimeCall();

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Beamtalk.slnx")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new DirectoryNotFoundException("no Beamtalk.slnx above the tests");
    }
}
