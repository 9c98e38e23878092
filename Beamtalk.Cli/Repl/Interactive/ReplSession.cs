using System.Collections.Immutable;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler.Backend;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>
/// A workspace for the REPL: inputs have numbers, so that errors can show them; events go to whoever shows them, in
/// order with the values.
/// </summary>
public sealed class ReplSession(Workspace workspace, Action<SessionEvent> show) : ICompletionSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, string> _inputs = [];
    private readonly SemaphoreSlim _evaluating = new(1);
    private readonly Lock _counting = new();
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _shown;
    private int _last;

    /// <summary>The inputs by their names.</summary>
    public IReadOnlyDictionary<string, string> Inputs => _inputs;

    public IEnumerable<string> Variables => workspace.Variables;

    public IEnumerable<string> ClassNames => workspace.Classes.Classes.Values.Select(signature => signature.Name);

    public IEnumerable<string> AllSelectors =>
        workspace.Classes.Classes.Values.SelectMany(signature => signature.Methods).Select(method => method.Selector);

    /// <summary>Starts the session, and does all that the first evaluation needs before somebody waits for it.</summary>
    public async Task StartAsync(bool capturesNode)
    {
        await _evaluating.WaitAsync().ConfigureAwait(false);
        try
        {
            ErlangSession session = await workspace.SessionAsync().ConfigureAwait(false);
            if (capturesNode)
            {
                await session.CaptureAsync().ConfigureAwait(false);
            }

            _ = Task.Run(() => ShowEventsAsync(session));
            await workspace.EvaluateAsync(new SourceText("repl.0", "nil"), new ShowIn(80)).ConfigureAwait(false);
        }
        finally
        {
            _evaluating.Release();
        }
    }

    /// <summary>Evaluates an input; when it returns, what it has printed is shown.</summary>
    public async Task<InputOutcome> EvaluateAsync(string text, ShowIn format)
    {
        await _evaluating.WaitAsync().ConfigureAwait(false);
        try
        {
            string name = $"repl.{++_last}";
            _inputs[name] = text;
            InputOutcome outcome = await workspace.EvaluateAsync(new SourceText(name, text), format).ConfigureAwait(false);
            if (outcome is Evaluated { Result: var result })
            {
                await ShownAsync(result.EventsBefore).ConfigureAwait(false);
            }

            return outcome;
        }
        finally
        {
            _evaluating.Release();
        }
    }

    /// <summary>Interrupts the input that runs.</summary>
    public async Task InterruptAsync()
    {
        try
        {
            ErlangSession session = await workspace.SessionAsync().ConfigureAwait(false);
            await session.InterruptAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is ErlangNodeException or SessionEndedException)
        {
            // What was to be interrupted has ended in another way, and says so.
        }
    }

    /// <summary>None if the session does not answer in time: it may be far away.</summary>
    public async Task<ImmutableArray<string>> SelectorsAsync(Receiver receiver)
    {
        try
        {
            ErlangSession session = await workspace.SessionAsync().WaitAsync(Patience).ConfigureAwait(false);
            return await session.SelectorsAsync(receiver.Kind, receiver.Name).WaitAsync(Patience).ConfigureAwait(false);
        }
        catch (Exception error) when (error is ErlangNodeException or SessionEndedException or TimeoutException)
        {
            return [];
        }
    }

    private async Task ShowEventsAsync(ErlangSession session)
    {
        try
        {
            while (true)
            {
                (long count, ImmutableArray<SessionEvent> events) = await session.EventsAsync().ConfigureAwait(false);
                foreach (SessionEvent news in events)
                {
                    show(news);
                }

                Advance(count);
            }
        }
        catch (Exception error) when (error is ErlangNodeException or SessionEndedException)
        {
            Advance(long.MaxValue);
        }
    }

    private void Advance(long count)
    {
        lock (_counting)
        {
            _shown = count;
            _progress.SetResult();
            _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Waits until so many events were shown.</summary>
    private async Task ShownAsync(long count)
    {
        while (true)
        {
            Task progress;
            lock (_counting)
            {
                if (_shown >= count)
                {
                    return;
                }

                progress = _progress.Task;
            }

            await progress.ConfigureAwait(false);
        }
    }
}
