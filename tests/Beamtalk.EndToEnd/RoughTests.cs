using Medallion.Shell;
using NUnit.Framework;

namespace Beamtalk.EndToEnd;

/// <summary>What a program must survive, or end by: kills without end, and an output that nobody reads.</summary>
[TestFixture]
public sealed class RoughTests
{
    private static readonly string Root = ProgramTests.FindRoot();

    /// <summary>20 seconds of what <c>./build.sh soak</c> does for five minutes; the seed is printed.</summary>
    [Test]
    public async Task ABankWhoseActorsAreKilledSuspendedPatchedAndReloadedLosesNothing()
    {
        CommandResult result = await ShellAsync("./beamtalk run bench/chaos.bt 20").ConfigureAwait(false);
        Assert.That(result.StandardOutput, Does.EndWith("the bank is in order\n"), result.StandardError);
        TestContext.Out.WriteLine(result.StandardOutput);
    }

    /// <summary><c>head</c> closes the pipe: the program ends, and has nothing to say about that.</summary>
    [Test]
    public async Task AProgramEndsWhenNobodyReadsItsOutput()
    {
        const string Program = "1 to: 100000 do: [:i | Transcript showCr: \"line\"]";
        string file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "lines.bt");
        await File.WriteAllTextAsync(file, Program).ConfigureAwait(false);
        CommandResult result = await ShellAsync($"./beamtalk run '{file}' | head -1").ConfigureAwait(false);
        Assert.That(result.StandardOutput, Is.EqualTo("line\n"));
        Assert.That(result.StandardError, Is.Empty);
    }

    [Test]
    public async Task SigtermEndsTheChildrenInOrderAndTheNodeWith143()
    {
        const string Program = """
            Actor subclass: Part
              state: name = "?"
              terminate: reason => Transcript showCr: "{self.name} ends: {reason}"
              hold => Timer sleep: 60000

            Supervisor subclass: Inner
              children: [{Part, with: #{#name => "inner"}}]

            Supervisor subclass: Whole
              children: [
                {Part, with: #{#name => "first"}},
                Inner,
                {Part, shutdown: 100, as: #stuck, with: #{#name => "stuck"}},
                {Part, with: #{#name => "last"}}
              ]

            Whole spawn
            (Registry at: #stuck) hold
            Transcript showCr: "ready"
            Timer sleep: 60000
            """;
        string file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "sigterm.bt");
        await File.WriteAllTextAsync(file, Program).ConfigureAwait(false);
        CommandResult result = await ShellAsync(
            $"./beamtalk run '{file}' > '{file}.out' & program=$!; "
            + $"until grep -q ready '{file}.out'; do sleep 0.1; done; "
            + $"kill -TERM $program; wait $program; echo \"status $?\"; cat '{file}.out'").ConfigureAwait(false);
        Assert.That(
            result.StandardOutput,
            Is.EqualTo("status 143\nready\nlast ends: shutdown\ninner ends: shutdown\nfirst ends: shutdown\n"));
    }

    private static async Task<CommandResult> ShellAsync(string script)
    {
        using Command command = Command.Run(
            "sh", ["-c", script], options => options.WorkingDirectory(Root).Timeout(TimeSpan.FromSeconds(180)));
        command.StandardInput.Close();
        return await command.Task.ConfigureAwait(false);
    }
}
