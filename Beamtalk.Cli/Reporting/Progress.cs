using Spectre.Console;

namespace Beamtalk.Cli.Reporting;

/// <summary>Shows that something is going on when it takes long and someone is watching.</summary>
public static class Progress
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static async Task<T> RunAsync<T>(string what, Task<T> work)
    {
        if (Console.IsErrorRedirected || await Task.WhenAny(work, Task.Delay(Patience)).ConfigureAwait(false) == work)
        {
            return await work.ConfigureAwait(false);
        }

        IAnsiConsole console = Terminals.Create(Console.Error, Console.IsErrorRedirected);
        return await console.Status().StartAsync($"{what} …", _ => work).ConfigureAwait(false);
    }
}
