using Beamtalk.Compiler.Diagnostics;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>The code blocks of the documents that Beamtalk began with parse as they were written.</summary>
public sealed class FoundingDocumentTests
{
    private static readonly string Folder =
        RepositoryRoot.PathOf("tests", "Beamtalk.Compiler.Tests", "Parsing", "Founding");

    private static IEnumerable<string> Blocks => Directory.GetFiles(Folder, "*.bt").Select(Path.GetFileName).Order()!;

    [TestCaseSource(nameof(Blocks))]
    public void Parses(string name)
    {
        string text = File.ReadAllText(Path.Combine(Folder, name));
        Parsed.Parse(text).Diagnostics.Select(item => DiagnosticRenderer.Render(item)).ShouldBeEmpty();
        Parsed.Parse(text).Unit.Items.ShouldNotBeEmpty();
    }
}
