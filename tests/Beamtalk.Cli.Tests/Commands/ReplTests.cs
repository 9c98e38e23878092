using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Commands;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class ReplTests
{
    [Test]
    public async Task Bindings_live_on() =>
        (await ReplAsync("x := 41", "x + 1", "x := x + 2", "x")).ShouldBe("41\n42\n43\n43\n");

    [Test]
    public async Task Errors_are_told_and_it_goes_on() =>
        (await ReplAsync("nil foo", "undefinedName", "2")).ShouldMatch(
            @"\AERROR does_not_understand: nil does not understand #foo\nERROR compile_error: .*undefinedName.*\n2\n\z");

    [Test]
    public async Task An_error_leaves_the_variables_as_they_were() =>
        (await ReplAsync("x := 1", "x := nil foo", "x")).ShouldBe("1\nERROR does_not_understand: nil does not understand #foo\n1\n");

    [Test]
    public async Task Classes_are_defined_and_used() => (await ReplAsync(
        "Actor subclass: Counter", "  state: value = 0", "  increment => self.value += 1", "", "  value => self.value",
        "c := Counter spawn", "c increment", "c increment", "c value"))
        .ShouldMatch(@"\Aa Counter <[\d.]+>\n1\n2\n2\n\z");

    [Test]
    public async Task A_class_can_be_defined_again() => (await ReplAsync(
        "Object subclass: Greeter", "  class greet => \"one\"", "Greeter greet",
        "Object subclass: Greeter", "  class greet => \"two\"", "Greeter greet"))
        .ShouldBe("\"one\"\n\"two\"\n");

    [Test]
    public async Task Classes_can_be_extended() =>
        (await ReplAsync("Integer >> double => self * 2", "21 double")).ShouldBe("42\n");

    [Test]
    public async Task Extensions_are_known_to_the_inputs_after_them()
    {
        const string input = "String >> shout => self uppercase\n\"a\" shout\n";
        (await Launcher.RunWithInputAsync(input, Repository.Root, "repl")).Errors.ShouldBeEmpty();
    }

    [Test]
    public async Task An_input_goes_on_while_it_is_unfinished() => (await ReplAsync(
        "x := #(1,", "2,", "3)", "x inject: 0", "  into: [:a :b |", "a + b", "]", "1 +", "2"))
        .ShouldBe("#(1, 2, 3)\n6\n3\n");

    [Test]
    public async Task A_missing_bracket_costs_one_input() =>
        (await ReplAsync("x := (1 + 2", "", "3")).ShouldMatch(@"\AERROR compile_error: .*\n3\n\z");

    [Test]
    public async Task Comments_and_blank_lines_print_nothing() =>
        (await ReplAsync("// a comment", "", "1", "", "", "2")).ShouldBe("1\n2\n");

    [Test]
    public async Task Output_and_values_come_in_order() =>
        (await ReplAsync("Transcript showCr: \"a\"", "1", "Transcript showCr: \"b\"", "2")).ShouldMatch(@"\Aa\n.*\n1\nb\n.*\n2\n\z");

    private static async Task<string> ReplAsync(params string[] lines)
    {
        RunResult result = await Launcher.RunWithInputAsync(string.Join('\n', lines) + "\n", Repository.Root, "repl");
        result.ExitCode.ShouldBe(0, result.Errors);
        return result.Output;
    }
}
