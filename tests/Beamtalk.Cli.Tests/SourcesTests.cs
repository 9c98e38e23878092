using System.Text;
using Beamtalk.Compiler.Diagnostics;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests;

[TestFixture]
public sealed class SourcesTests
{
    [Test]
    public void Directories_are_searched_but_not_hidden_or_built_ones()
    {
        using var directory = new TemporaryDirectory();
        string[] written =
            ["b.bt", "a.bt", "sub/c.bt", "_build/x.bt", ".hidden/y.bt", "node_modules/z.bt", "sub/notes.md"];
        foreach (string name in written)
        {
            directory.Write(name, "");
        }

        Sources.Find([directory.Path]).Select(file => Path.GetRelativePath(directory.Path, file))
            .ShouldBe(["a.bt", "b.bt", "sub/c.bt"]);
    }

    [Test]
    public void A_missing_path_is_the_users_error() =>
        Should.Throw<UserErrorException>(() => Sources.Find(["/nowhere/at/all"])).Message.ShouldContain("/nowhere/at/all");

    [Test]
    public void Bytes_that_are_no_text_are_located()
    {
        SourceSet set = Sources.FromBytes("x.bt", [.. "aé\n"u8, 0xFF, .. "b"u8]);
        Diagnostic diagnostic = set.Diagnostics.Single();
        diagnostic.Code.ShouldBe("BT0001");
        diagnostic.Source.PositionOf(diagnostic.Span.Start).Line.ShouldBe(2);
    }

    [Test]
    public void A_byte_order_mark_is_no_part_of_the_text() =>
        Sources.FromBytes("x.bt", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("π")]).Sources.Single().Text.ShouldBe("π");
}
