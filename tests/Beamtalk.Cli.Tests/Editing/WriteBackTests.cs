using Beamtalk.Cli.Tests.Commands;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Editing;

/// <summary>`Workspace changes`, `save` and `revert:` with files.</summary>
[TestFixture]
public sealed class WriteBackTests
{
    private const string Counter =
        "// A remark.\r\nActor subclass: Counter\r\n  state: value = 0\r\n\r\n  increment => self.value += 1 // why\r\n\r\n  value => self.value\r\n";

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task Changed_methods_are_saved_and_nothing_else()
    {
        string file = _directory.Write("counter.bt", Counter);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        (await ReplAsync(
            "Workspace load: \"counter.bt\"", "Workspace changes", "Counter compile: \"increment => self.value += 10\"",
            "Counter removeSelector: #value", "Counter compile: \"fresh => 1\"", "Workspace changes", "Workspace save size",
            "Workspace changes", "Workspace save", "Counter reload", "Workspace changes"))
            .ShouldBe(
                "#(Counter)\n#()\n#increment\nCounter\n#fresh\n"
                + "#(a Change(Counter >> fresh added), a Change(Counter >> increment changed), a Change(Counter >> value removed))\n"
                + "3\n#()\n#()\n#(Counter)\n#()\n");
        (await File.ReadAllTextAsync(file)).ShouldBe(
            "// A remark.\r\nActor subclass: Counter\r\n  state: value = 0\r\n\r\n  increment => self.value += 10 // why\r\n\r\n  fresh => 1\r\n");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(_directory.Path).ShouldBe([file]);
    }

    [Test]
    public async Task A_conflicting_edit_on_disk_is_refused()
    {
        string file = _directory.Write("counter.bt", Counter);
        _directory.Write("edit.bt", $$"""
            Workspace load: "counter.bt"
            text := File readAll: "counter.bt"
            Counter compile: "increment => 5"
            File writeAll: "counter.bt" contents: (text replaceAll: "+= 1" with: "+= 2")
            Transcript showCr: ([Workspace save. "saved"] on: SaveError do: [:e | e message])
            File writeAll: "counter.bt" contents: (text replaceAll: "value = 0" with: "value = 7")
            Transcript showCr: (Workspace save: Counter >> #increment) size
            """);
        RunResult result = await Launcher.RunAsync(_directory.Path, "run", "edit.bt");
        result.Output.ShouldBe("Counter >> increment was edited in counter.bt since it was loaded\n1\n", result.Errors);
        (await File.ReadAllTextAsync(file)).ShouldBe(Counter
            .Replace("value = 0", "value = 7", StringComparison.Ordinal)
            .Replace("increment => self.value += 1", "increment => 5", StringComparison.Ordinal));
    }

    [Test]
    public async Task Changes_are_taken_back()
    {
        _directory.Write("counter.bt", Counter);
        (await ReplAsync(
            "Workspace load: \"counter.bt\"", "Counter compile: \"value => 5\"", "Counter compile: \"fresh => 1\"",
            "c := Counter spawn. c value", "(Workspace revert: Counter) size", "c value", "c respondsTo: #fresh", "Workspace changes"))
            .ShouldBe("#(Counter)\n#value\n#fresh\n5\n2\n0\nfalse\n#()\n");
    }

    [Test]
    public async Task What_is_in_no_file_is_told() => (await ReplAsync(
        "Object subclass: Typed", "  a => 1", "", "Workspace changes", "Workspace save: Typed", "Typed compile: \"b => 2\"",
        "Workspace save: Typed >> #b", "Workspace save: 3", "Workspace revert: \"x\"", "Change new save"))
        .ShouldBe(
            "#(a Change(Typed defined))\nERROR save_error: Typed was typed as a whole, and is in no file\n#b\n"
            + "ERROR save_error: Typed >> b is in no file\nERROR type_error: save: wants a class, method or Change, not 3\n"
            + "ERROR type_error: save: wants a class, method or Change, not \"x\"\n"
            + "ERROR save_error: nil was typed as a whole, and is in no file\n");

    [Test]
    public async Task A_link_leads_to_the_file_that_is_written()
    {
        string file = _directory.Write("real.bt", Counter);
        File.CreateSymbolicLink(Path.Combine(_directory.Path, "counter.bt"), file);
        await ReplAsync("Workspace load: \"counter.bt\"", "Counter compile: \"value => 5\"", "Workspace save");
        (await File.ReadAllTextAsync(file)).ShouldContain("  value => 5\r\n");
        File.ResolveLinkTarget(Path.Combine(_directory.Path, "counter.bt"), false).ShouldNotBeNull();
    }

    private async Task<string> ReplAsync(params string[] lines)
    {
        RunResult result = await Launcher.RunWithInputAsync(string.Join('\n', lines) + "\n", _directory.Path, "repl");
        result.ExitCode.ShouldBe(0, result.Errors);
        return result.Output;
    }
}
