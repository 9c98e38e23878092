using Beamtalk.Compiler.Syntax;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>Programs that are cut off or damaged at random never make the parser throw; the seed is fixed.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Scraps =
    [
        "(", ")", "[", "]", "{", "}", "#{", "\"", "'", ":", ":=", "=>", "->", ".", ",", ";", "^", "|", "\n", "\n  ", "::", "#",
        "$", "!", "...", "class ", "tool ", "patch ", "state: ", "match: [", "subclass: ", "\\", "/*", "//", "\u0000", "\ud800",
    ];

    private static IEnumerable<string> Examples =>
        Directory.GetFiles(RepositoryRoot.PathOf("examples"), "*.bt", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(RepositoryRoot.PathOf("tests", "golden"), "*.bt", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(RepositoryRoot.Directory, path)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Examples))]
    public void Every_prefix_gives_a_tree(string example)
    {
        string text = File.ReadAllText(RepositoryRoot.PathOf(example));
        for (int length = 0; length <= text.Length; length++)
        {
            Check(text[..length]);
        }
    }

    [TestCaseSource(nameof(Examples))]
    public void Damaged_programs_give_a_tree(string example)
    {
        string text = File.ReadAllText(RepositoryRoot.PathOf(example));
        var random = new Random(example.Length);
        for (int i = 0; i < 100; i++)
        {
            Check(Damage(text, random));
        }
    }

    private static string Damage(string text, Random random)
    {
        for (int i = random.Next(1, 6); i > 0 && text.Length > 0; i--)
        {
            int at = random.Next(text.Length);
            int length = Math.Min(random.Next(1, 20), text.Length - at);
            text = random.Next(3) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Scraps[random.Next(Scraps.Length)]),
                _ => text.Insert(at, text.Substring(random.Next(text.Length - length + 1), length)),
            };
        }

        return text;
    }

    private static void Check(string text)
    {
        try
        {
            var (unit, diagnostics) = Parsed.Parse(text);
            SyntaxPrinter.Print(unit).ShouldNotBeNull();
            // Not ShouldAllBe, which compiles its expression each time: here that is half of the work.
            diagnostics.Where(item => item.Span.Start < 0 || item.Span.End > text.Length).ShouldBeEmpty();
        }
        catch (Exception e) when (e is not ShouldAssertException)
        {
            throw new AssertionException($"the parser threw {e.Message} on:\n{text}", e);
        }
    }
}
