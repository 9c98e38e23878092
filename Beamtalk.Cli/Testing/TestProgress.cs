using Beamtalk.Cli.Reporting;
using Spectre.Console;

namespace Beamtalk.Cli.Testing;

/// <summary>While many classes run: how many are done. Where nobody watches, a line now and then.</summary>
public sealed class TestProgress(TextWriter output, bool isRedirected)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(30);

    private int _done;

    /// <summary>Called when a class is done, from any thread.</summary>
    public void Advance() => Interlocked.Increment(ref _done);

    public async Task ShowAsync(int total, Task work)
    {
        if (await Task.WhenAny(work, Task.Delay(Patience)).ConfigureAwait(false) != work)
        {
            await (isRedirected ? LinesAsync(total, work) : StatusAsync(total, work)).ConfigureAwait(false);
        }

        await work.ConfigureAwait(false);
    }

    private async Task StatusAsync(int total, Task work)
    {
        IAnsiConsole console = Terminals.Create(output, isRedirected: false);
        await console.Status().StartAsync(Text(total), async status =>
        {
            while (await Task.WhenAny(work, Task.Delay(Patience / 10)).ConfigureAwait(false) != work)
            {
                status.Status(Text(total));
            }
        }).ConfigureAwait(false);
    }

    private async Task LinesAsync(int total, Task work)
    {
        while (await Task.WhenAny(work, Task.Delay(LineInterval)).ConfigureAwait(false) != work)
        {
            await output.WriteLineAsync(Text(total)).ConfigureAwait(false);
        }
    }

    private string Text(int total) => $"{Volatile.Read(ref _done)} of {total} test classes";
}
