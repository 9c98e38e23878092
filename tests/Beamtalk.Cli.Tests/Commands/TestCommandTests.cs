using System.Collections.Immutable;
using System.Text.Json;
using System.Xml.Linq;
using Beamtalk.Cli.Testing;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Commands;

[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TestCommandTests : IDisposable
{
    private const string Mixed = """
        TestCase subclass: MixedTest
          testPasses => self assert: 1 + 1 equals: 2
          testFails =>
            Transcript showCr: "noise"
            self assert: 1 equals: 2
          testRaises => nil foo
          testSkips => self skip: "later"
        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task Each_test_is_an_object()
    {
        _directory.Write("MixedTest.bt", Mixed);
        RunResult result = await TestAsync("--json");
        result.ExitCode.ShouldBe(1);
        JsonElement[] tests = Lines(result);
        tests.Select(test => test.GetProperty("status").GetString()).ShouldBe(["passed", "failed", "error", "skipped"]);
        tests.ShouldAllBe(test => test.GetProperty("class").GetString() == "MixedTest");
        tests[1].GetProperty("test").GetString().ShouldBe("testFails");
        tests[1].GetProperty("message").GetString()!.ShouldContain("expected 2, got 1");
        tests[1].GetProperty("file").GetString()!.ShouldEndWith("MixedTest.bt");
        tests[1].GetProperty("line").GetInt32().ShouldBe(5);
        tests[1].GetProperty("ms").GetInt32().ShouldBeGreaterThanOrEqualTo(0);
        tests[0].GetProperty("message").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Test]
    public async Task The_numbers_come_last()
    {
        _directory.Write("MixedTest.bt", Mixed);
        (await TestAsync()).Output.ShouldEndWith("\n1 passed, 2 failed, 1 skipped\n", customMessage: "without colours");
    }

    [Test]
    public async Task A_filter_chooses_tests()
    {
        _directory.Write("MixedTest.bt", Mixed);
        RunResult result = await TestAsync("--json", "--filter", "testPasses");
        Lines(result).Length.ShouldBe(1);
        result.ExitCode.ShouldBe(0);
    }

    [Test]
    public async Task Tags_choose_tests()
    {
        _directory.Write("Tagged.bt", """
            TestCase subclass: TaggedTest
              tags: #(#database)
              class tagsOf: selector => selector = #testBig ifTrue: [#(#database, #slow)] ifFalse: [self tags]
              testBig => self assert: true
              testSmall => self assert: true
            TestCase subclass: PlainTest
              testPlain => self assert: true
            """);
        Names(await TestAsync("--json", "--tag", "database")).ShouldBe(["testBig", "testSmall"]);
        Names(await TestAsync("--json", "--tag", "database", "--without", "slow")).ShouldBe(["testSmall"]);
        Names(await TestAsync("--json", "--without", "database")).ShouldBe(["testPlain"]);
        Names(await TestAsync("--json", "--tag", "nobody has this one")).ShouldBeEmpty();
    }

    [Test]
    public async Task A_report_for_build_servers()
    {
        _directory.Write("MixedTest.bt", Mixed);
        string file = Path.Combine(_directory.Path, "reports", "tests.xml");
        await TestAsync("--junit", file);
        XElement suite = XDocument.Load(file).Root!.Elements("testsuite").Single();
        suite.Attribute("name")!.Value.ShouldBe("MixedTest");
        suite.Elements("testcase").Select(test => test.Elements().FirstOrDefault()?.Name.LocalName)
            .ShouldBe([null, "failure", "error", "skipped"]);
        new[] { "tests", "failures", "errors", "skipped" }.Select(name => suite.Attribute(name)!.Value)
            .ShouldBe(["4", "1", "1", "1"]);
        suite.Descendants("failure").Single().Value.ShouldContain("expected 2, got 1");
    }

    [Test]
    public async Task A_failed_comparison_says_where()
    {
        _directory.Write("Where.bt", """
            TestCase subclass: WhereTest
              testList => self assert: #(1, #(2, 3), 4) equals: #(1, #(2, 5), 4, 6)
            """);
        RunResult result = await TestAsync();
        result.Output.ShouldContain("at 2: at 2: expected 5, got 3");
        result.Output.ShouldContain("at 4: missing 6");
    }

    [Test]
    public void A_change_affects_who_mentions_its_classes()
    {
        SourceSnapshot before = Snapshot(("stack.bt", "Value subclass: Stack\n"), ("other.bt", "Value subclass: Other\n"),
            ("user.bt", "Object subclass: User\n  class make => Stack new\n"), ("user_test.bt", "TestCase subclass: UserTest\n  testIt => User make\n"),
            ("other_test.bt", "TestCase subclass: OtherTest\n  testIt => Other new\n"));
        SourceSnapshot now = before with { Texts = before.Texts.SetItem("stack.bt", "Value subclass: Stack\n  top => 1\n") };
        now.ChangedSince(before).ShouldBe(["stack.bt"]);
        now.AffectedBy(now.ChangedSince(before), before).Order().ShouldBe(["stack.bt", "user.bt", "user_test.bt"]);
        SourceSnapshot patched = before with { Texts = before.Texts.Add("patch.bt", "patch Other class >> new {\n  1\n}\n") };
        patched.AffectedBy(patched.ChangedSince(before), before).Order().ShouldBe(["other.bt", "other_test.bt", "patch.bt"]);
    }

    private static SourceSnapshot Snapshot(params (string File, string Text)[] files) =>
        new(files.ToImmutableDictionary(file => file.File, file => file.Text));

    private static IEnumerable<string> Names(RunResult result) =>
        Lines(result).Select(test => test.GetProperty("test").GetString()!);

    [Test]
    public async Task Fixtures_are_compiled_first_and_a_bad_file_is_one_error()
    {
        _directory.Write("fixtures/Helper.bt", "Object subclass: Helper\n  class answer => 42\n");
        _directory.Write("AUsesItTest.bt", "TestCase subclass: AUsesItTest\n  testIt => self assert: Helper answer equals: 42\n");
        _directory.Write("Broken.bt", "TestCase subclass: Broken\n  testIt => undefinedName\n");
        JsonElement[] tests = Lines(await TestAsync("--json"));
        tests.Select(test => test.GetProperty("status").GetString()).ShouldBe(["error", "passed"], ignoreOrder: true);
        tests.Single(test => test.GetProperty("status").GetString() == "error")
            .GetProperty("file").GetString()!.ShouldEndWith("Broken.bt");
    }

    [Test]
    public async Task Two_files_may_each_have_a_class_of_one_name()
    {
        foreach (string name in (string[])["One", "Two"])
        {
            _directory.Write($"{name}.bt", $$"""
                Object subclass: Helper
                  class name => "{{name}}"
                Integer >> as{{name}} => self printString , Helper name
                TestCase subclass: {{name}}Test
                  testIt => self assert: Helper name equals: "{{name}}"
                  testTheLibraryIsLeftAlone => self assert: 1 + 1 equals: 2
                """);
        }

        _directory.Write("Three.bt", """
            Actor subclass: Helper
              name => "Three"
            TestCase subclass: ThreeTest
              testIt => self assert: Helper spawn name equals: "Three"
            """);
        Lines(await TestAsync("--json")).Select(test => test.GetProperty("status").GetString())
            .ShouldBe(["passed", "passed", "passed", "passed", "passed"], "also where it is a class of another kind");
    }

    private Task<RunResult> TestAsync(params string[] options) =>
        Launcher.RunAsync(_directory.Path, ["test", ".", .. options]);

    private static JsonElement[] Lines(RunResult result) =>
    [
        .. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement),
    ];
}
