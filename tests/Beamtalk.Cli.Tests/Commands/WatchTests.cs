using System.Diagnostics;
using System.Text;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Commands;

/// <summary>`run --watch`: what is saved is loaded into the running script.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TemporaryDirectory _directory = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private Process? _process;

    public void Dispose()
    {
        _process?.Kill(entireProcessTree: true);
        _process?.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task A_saved_file_is_loaded_and_a_broken_one_changes_nothing()
    {
        Save("ticker.bt", Ticker("one"));
        Start("ticker.bt");
        await OutputAsync("one");
        Save("ticker.bt", Ticker("two"));
        await OutputAsync("two");
        await ErrorsAsync("beamtalk: loaded ticker.bt: Ticker (");
        Save("ticker.bt", Ticker("three") + "Actor subclass: Broken\n  broken => (\n");
        await ErrorsAsync("did not load ticker.bt");
        Save("ticker.bt", Ticker("four"));
        await OutputAsync("four");
        Snapshot(_output).ShouldNotContain("three");
        Snapshot(_output).Split("started").Length.ShouldBe(2, "the statements ran once");
    }

    [Test]
    public async Task What_does_not_compile_at_first_is_waited_for()
    {
        Save("ticker.bt", "x := (");
        Start("ticker.bt");
        await ErrorsAsync("error BT");
        Save("ticker.bt", Ticker("one"));
        await OutputAsync("one");
    }

    [Test]
    public async Task All_files_of_a_directory_are_watched_new_ones_too()
    {
        Save("app/main.bt", "Transcript showCr: \"started\"\nnil\n");
        Save("app/shop.bt", "Actor subclass: Shop\n  price => 1\n");
        Start("app");
        await OutputAsync("started");
        Save("app/shop.bt", "Actor subclass: Shop\n  price => 2\n");
        await ErrorsAsync("beamtalk: loaded app/shop.bt: Shop (");
        Save("app/item.bt", "Shop >> tax => self price / 10\n");
        await ErrorsAsync("beamtalk: loaded app/item.bt: 1 extension or patch (");
    }

    private static string Ticker(string word) => $"""
        Actor subclass: Ticker
          word => "{word}"

        t := Ticker spawn
        Transcript showCr: "started"
        1 to: 6000 do: [:i |
          Transcript showCr: t word await
          Timer sleep: 20]

        """;

    private void Save(string name, string text)
    {
        string path = Path.Combine(_directory.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void Start(string path)
    {
        _process = Launcher.Start(_directory.Path, ["run", "--watch", path]);
        _ = CollectAsync(_process.StandardOutput, _output);
        _ = CollectAsync(_process.StandardError, _errors);
    }

    private static async Task CollectAsync(StreamReader reader, StringBuilder text)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static string Snapshot(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    private Task OutputAsync(string wanted) => UntilAsync(_output, wanted);

    private Task ErrorsAsync(string wanted) => UntilAsync(_errors, wanted);

    private async Task UntilAsync(StringBuilder text, string wanted)
    {
        var clock = Stopwatch.StartNew();
        while (!Snapshot(text).Contains(wanted, StringComparison.Ordinal))
        {
            clock.Elapsed.ShouldBeLessThan(
                Patience, $"no \"{wanted}\" in:\n{Snapshot(_output)}\nstandard error:\n{Snapshot(_errors)}");
            await Task.Delay(50);
        }
    }
}
