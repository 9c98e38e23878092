using System.Collections.Immutable;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Cli.Repl.Interactive;
using Beamtalk.Compiler.Backend;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Repl;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class ReplCompleterTests
{
    [TestCase("cou", "counter")]
    [TestCase("x := Cou", "Counter")]
    [TestCase("counter inc", "increment")]
    [TestCase("counter ", "increment", "value")]
    [TestCase("Counter sp", "spawn", "spawn:")]
    [TestCase("3 gc", "gcd:")]
    [TestCase("(3) gc", "gcd:")]
    [TestCase("#(1, 2) in", "inject:")]
    [TestCase("#(1, 2) inject: 0 in", "into:")]
    [TestCase("#(1, 2) inject: (3 gcd: 4) ", "into:")]
    [TestCase("x := counter inc", "increment")]
    [TestCase("counter increment inj", "inject:")]
    [TestCase(":inspect coun", "counter")]
    [TestCase(":bin", "bindings")]
    [TestCase("tr", "true")]
    public async Task Candidates(string text, params string[] expected)
    {
        Completion completion = await new ReplCompleter(new Source()).CompleteAsync(text);
        expected.ShouldBeSubsetOf(completion.Candidates);
        completion.Candidates.ShouldAllBe(candidate => candidate.StartsWith(text.Substring(completion.Start)));
    }

    [TestCase("counter gc")]
    [TestCase("\"text inc")]
    [TestCase("// cou")]
    [TestCase("zzz")]
    [TestCase("")]
    public async Task Where_there_is_nothing_to_say(string text) =>
        (await new ReplCompleter(new Source()).CompleteAsync(text)).Candidates
            .Where(candidate => text.Length > 0 && !candidate.StartsWith("text", StringComparison.Ordinal)).ShouldBeEmpty();

    [Test]
    public async Task Names_of_files_in_strings()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "counter.bt"), "");
        Directory.CreateDirectory(Path.Combine(directory.Path, "countries"));
        string text = $"File lines: \"{directory.Path}/count";
        Completion completion = await new ReplCompleter(new Source()).CompleteAsync(text);
        completion.Candidates.ShouldBe(["counter.bt", "countries/"]);
        text[completion.Start..].ShouldBe("count");
        (await new ReplCompleter(new Source()).CompleteAsync($":load {directory.Path}/counter")).Candidates.ShouldBe(["counter.bt"]);
    }

    private sealed class Source : ICompletionSource
    {
        public IEnumerable<string> Variables => ["counter", "x"];

        public IEnumerable<string> ClassNames => ["Counter", "Integer", "List"];

        public IEnumerable<string> AllSelectors => ["increment", "inject:into:", "gcd:"];

        public Task<ImmutableArray<string>> SelectorsAsync(Receiver receiver) => Task.FromResult<ImmutableArray<string>>(receiver switch
        {
            (ReceiverKind.Variable, "counter") => ["increment", "value"],
            (ReceiverKind.Class, "Counter") => ["spawn", "spawn:"],
            (ReceiverKind.Instance, "Integer") => ["gcd:", "+"],
            (ReceiverKind.Instance, "List") => ["inject:into:", "size"],
            _ => [],
        });
    }
}
