using Beamtalk.Cli.Repl.Interactive;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Repl;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class ColonCommandTests
{
    [TestCase(":load a b.bt", "Workspace load: \"a b.bt\"")]
    [TestCase(":load \"x{y}.bt\"", "Workspace load: \"x\\{y}.bt\"")]
    [TestCase(":reload", "Workspace reload")]
    [TestCase(":reload Counter", "Counter reload")]
    [TestCase(":actors", "Workspace actors")]
    [TestCase(":actors Counter", "(Counter) allSubInstances")]
    [TestCase(":inspect counter", "(counter) inspect")]
    [TestCase(":trace counter", "Trace on: (counter)")]
    [TestCase(":trace off", "Trace off")]
    [TestCase(":methods Counter", "Counter methods")]
    [TestCase(":methods Counter class", "Counter class methods")]
    [TestCase(":methods x", "(x) class methods")]
    [TestCase(":source Integer gcd:", "(Integer >> #gcd:) source")]
    [TestCase(":source Dictionary >> #at:put:", "(Dictionary >> #at:put:) source")]
    [TestCase(":source Number +", "(Number >> #+) source")]
    [TestCase(":source Counter class >> new", "(Counter class >> #new) source")]
    [TestCase(":doc Integer", "Integer doc")]
    [TestCase(":doc Integer gcd:", "Integer docForMethod: #gcd:")]
    [TestCase(":time 1 + 1", "[1 + 1] timeToRun")]
    [TestCase(":bench x foo", "[x foo] bench")]
    [TestCase(":bindings", "Workspace bindings")]
    [TestCase("  :bi  ", "Workspace bindings")]
    [TestCase(":save", "Workspace save")]
    public void Commands_are_messages(string input, string statement) =>
        ColonCommand.Parse(input).ShouldBeOfType<Send>().Statement.ShouldBe(statement);

    [TestCase(":load")]
    [TestCase(":inspect")]
    [TestCase(":doc 1 + 2")]
    [TestCase(":")]
    [TestCase(":nonsense")]
    [TestCase(":b")]
    [TestCase(":help")]
    public void What_cannot_be_done_is_explained(string input) =>
        ColonCommand.Parse(input).ShouldBeOfType<Tell>().Text.ShouldNotBeEmpty();

    [Test]
    public void The_inputs_go_to_a_file() =>
        ColonCommand.Parse(":save notes.bt").ShouldBe(new SaveInputs("notes.bt"));

    [Test]
    public void The_end() => ColonCommand.Parse(":q").ShouldBeOfType<Quit>();

    [Test]
    public void Help_names_every_command()
    {
        string help = ColonCommand.Parse(":help").ShouldBeOfType<Tell>().Text;
        ColonCommand.All.ShouldAllBe(command => help.Contains($":{command.Name} ", StringComparison.Ordinal));
    }
}
