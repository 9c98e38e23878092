using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Beamtalk.Compiler.Text;

/// <summary>
/// Lets a recursive walk go as deep as its tree: where the stack runs short, the walk continues on a thread with a
/// stack of its own. A walk calls this once per level; with enough stack left that costs two nanoseconds.
/// </summary>
public static class DeepStack
{
    private const int ExtraStackBytes = 64 * 1024 * 1024;

    public static TResult Run<TState, TResult>(TState state, Func<TState, TResult> step) =>
        RuntimeHelpers.TryEnsureSufficientExecutionStack() ? step(state) : RunOnFreshStack(() => step(state));

    private static TResult RunOnFreshStack<TResult>(Func<TResult> step)
    {
        TResult result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = step();
                }
                catch (Exception exception)
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
            },
            ExtraStackBytes);
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
