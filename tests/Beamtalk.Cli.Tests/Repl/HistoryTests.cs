using Beamtalk.Cli.Repl.Editing;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Repl;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class HistoryTests
{
    [Test]
    public void Entries_live_on_with_their_lines_and_backslashes()
    {
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "state", "history");
        string entry = "x := \"a\\nb\\\\\"\nfoo";
        new History(path).Add(entry);
        new History(path).Add("last");
        var again = new History(path);
        (again.Count, again[0], again[1]).ShouldBe((2, entry, "last"));
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Test]
    public void What_is_repeated_or_begins_with_a_space_is_not_kept()
    {
        using var directory = new TemporaryDirectory();
        string path = Path.Combine(directory.Path, "history");
        var history = new History(path);
        history.Add("one");
        history.Add("one");
        history.Add(" secret");
        history.Add("  ");
        history.Count.ShouldBe(2);
        File.ReadAllLines(path).ShouldBe(["one"]);
    }

    [Test]
    public void A_history_that_cannot_be_kept_is_no_error()
    {
        var history = new History("/dev/null/no/such");
        history.Add("one");
        history.Count.ShouldBe(1);
    }
}
