using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Commands;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class EvalTests
{
    [TestCase("1 + 2", "3")]
    [TestCase("\"a\" , \"b\"", "\"ab\"")]
    [TestCase("x := 20. x * 2 + 2", "42")]
    [TestCase("#(1, 2) collect: [:x | x * x]", "#(1, 4)")]
    [TestCase("nil", "nil")]
    [TestCase("\"π\" size", "1")]
    public async Task Prints_the_value(string expression, string printed)
    {
        RunResult result = await EvaluateAsync(expression);
        result.ShouldBe(new RunResult(printed + "\n", "", 0));
    }

    [Test]
    public async Task What_the_expression_prints_comes_before_its_value() =>
        (await EvaluateAsync("Transcript showCr: \"first\". 2")).Output.ShouldBe("first\n2\n");

    [Test]
    public async Task An_error_ends_with_1()
    {
        RunResult result = await EvaluateAsync("nil foo");
        result.Output.ShouldBe("");
        result.Errors.ShouldContain("nil does not understand #foo");
        result.ExitCode.ShouldBe(1);
    }

    [Test]
    public async Task What_does_not_compile_ends_with_2()
    {
        RunResult result = await EvaluateAsync("1 +");
        result.Output.ShouldBe("");
        result.Errors.ShouldContain("BT1");
        result.ExitCode.ShouldBe(2);
    }

    [Test]
    public async Task The_status_of_a_halted_node_is_passed_on() =>
        (await EvaluateAsync("Erlang erlang halt: 7")).ExitCode.ShouldBe(7);

    private static Task<RunResult> EvaluateAsync(string expression) =>
        Launcher.RunAsync(Repository.Root, "eval", expression);
}
