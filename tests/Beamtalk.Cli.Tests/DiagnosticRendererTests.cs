using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Text;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests;

[TestFixture]
public sealed class DiagnosticRendererTests
{
    private static readonly DiagnosticDescriptor Descriptor = new("BT9999", Severity.Error, "something is wrong");

    [Test]
    public void Shows_place_line_mark_and_hint() =>
        Render("a\n  bcd e\n", new TextSpan(4, 3), "try another").ShouldBe("""
            x.bt:2:3: error BT9999: something is wrong
              2 |   bcd e
                |   ^^^
                = try another

            """);

    [Test]
    public void A_span_of_several_lines_is_marked_to_the_end_of_the_first() =>
        Render("ab\ncd", new TextSpan(1, 4), null).ShouldContain("  1 | ab\n    |  ^\n");

    [Test]
    public void The_end_of_the_text_can_be_marked() =>
        Render("ab", new TextSpan(2, 0), null).ShouldContain("  1 | ab\n    |   ^\n");

    [Test]
    public void An_empty_text_has_no_line_to_show() =>
        Render("", TextSpan.None, null).ShouldBe("x.bt:1:1: error BT9999: something is wrong\n");

    [Test]
    public void Of_a_long_line_the_part_around_the_mark_is_shown()
    {
        string text = new string('a', 5000) + "!" + new string('b', 5000);
        string rendered = Render(text, new TextSpan(5000, 1), null);
        rendered.Length.ShouldBeLessThan(400);
        string[] lines = rendered.Split('\n');
        lines[1][lines[2].IndexOf('^')].ShouldBe('!');
    }

    [Test]
    public void Control_characters_do_not_reach_the_terminal() =>
        Render("\e[31m\0", new TextSpan(0, 1), null).ShouldNotContain("\e");

    private static string Render(string text, TextSpan span, string? hint) =>
        DiagnosticRenderer.Render(Diagnostic.Create(Descriptor, new SourceText("x.bt", text), span, hint));
}
