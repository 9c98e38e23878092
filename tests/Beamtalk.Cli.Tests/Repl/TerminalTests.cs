using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Repl;

/// <summary>The REPL in a pseudo terminal, with its node.</summary>
[TestFixture]
public sealed class TerminalTests
{
    [Test]
    public async Task Values_errors_and_definitions()
    {
        await using var session = new TerminalSession();
        await session.ShowsAsync("bt>");
        (await session.EvaluateAsync("x := \"日本語 🎉\"")).ShouldBe("\"日本語 🎉\"");
        (await session.EvaluateAsync("x size")).ShouldBe("5");
        (await session.EvaluateAsync("3 foo")).ShouldContain("DoesNotUnderstand: Integer does not understand #foo\n  1 | 3 foo\n        ^^^");
        (await session.EvaluateAsync("1 +\r2")).ShouldEndWith("3");
        (await session.EvaluateAsync("Integer >> double => self * 2\r21 double")).ShouldEndWith("42");
        (await session.EvaluateAsync("Transcript show: \"a\"")).ShouldBe("a\nnil");
        (await session.EvaluateAsync(":bindings")).ShouldBe("#{#x => \"日本語 🎉\"}");
        (await session.EvaluateAsync("(1 to: 40) asList")).Split('\n').Length.ShouldBe(2);
        await session.TypeAsync("x asUpp\t\r");
        await session.ShowsAsync("bt> x asUppercase\n\"日本語 🎉\"");
        await session.TypeAsync("\u0004");
        (await session.EndAsync()).ShouldBe(0);
    }

    [Test]
    public async Task Control_C_ends_what_runs_and_the_variables_stay()
    {
        await using var session = new TerminalSession();
        await session.ShowsAsync("bt>");
        await session.EvaluateAsync("x := 41. b := [x := x + 1]. 0");
        foreach (string input in new[] { "[true] whileTrue: [x]", "Timer sleep: 600000", "[true] whileTrue: [Transcript show: \"\"]" })
        {
            await session.TypeAsync(input + "\r");
            await Task.Delay(500);
            (await session.EvaluateAsync("\u0003")).ShouldStartWith("interrupted", Case.Sensitive, input);
        }

        (await session.EvaluateAsync("b value")).ShouldBe("42");
        (await session.EvaluateAsync("x")).ShouldBe("42");
        (await session.EvaluateAsync("Erlang erlang exit: (Erlang erlang self) with: #kill")).ShouldContain("the process was ended: killed");
        (await session.EvaluateAsync("x")).ShouldBe("42");
        (await session.EvaluateAsync("System halt: 3")).ShouldContain("The node has ended with status 3");
        (await session.EvaluateAsync("3 + 4")).ShouldBe("7");
    }

    [Test]
    public async Task Others_print_above_what_is_typed_and_futures_are_told()
    {
        await using var session = new TerminalSession(width: 60);
        await session.ShowsAsync("bt>");
        await session.EvaluateAsync("Actor subclass: Slow\r  work => \r    Timer sleep: 1500\r    Transcript showCr: \"worked\"\r    7\r\r");
        await session.EvaluateAsync("s := Slow spawn");
        (await session.EvaluateAsync("s work")).ShouldBe("a Future (pending) [1]: shown when it is settled");
        await session.TypeAsync("half typ");
        await session.ShowsAsync("worked\n[1] resolved: 7\nbt> half typ");
        session.Screen.Split('\n')[^1].ShouldBe("bt> half typ");
    }

    [Test]
    public async Task A_paste_of_200_lines()
    {
        await using var session = new TerminalSession(width: 60, height: 20);
        await session.ShowsAsync("bt>");
        string methods = string.Concat(Enumerable.Range(1, 198).Select(n => $"  m{n} => {n}\r"));
        await session.TypeAsync($"\e[200~Object subclass: Big\r{methods}\e[201~\r");
        await session.ShowsAsync("m198 => 198\n  |\nbt>");
        (await session.EvaluateAsync("Big new m198 + Big new m1")).ShouldBe("199");
    }
}
