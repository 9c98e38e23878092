using System.Collections.Frozen;

namespace Beamtalk.Compiler.Semantics;

/// <summary>The binary selectors that the run time computes for built-in values (<c>bt_op</c>).</summary>
public static class Operators
{
    private static readonly FrozenSet<string> All = FrozenSet.ToFrozenSet(
    [
        "+", "-", "*", "/", "%", "**", "<", "<=", ">", ">=", "=", "==", "/=", "~=", "=:=", "=/=", "++", ",", "->",
    ]);

    private static readonly FrozenSet<string> Comparing = FrozenSet.ToFrozenSet(
        ["<", "<=", ">", ">=", "=", "==", "/=", "~=", "=:=", "=/="]);

    public static bool IsOperator(string selector) => All.Contains(selector);

    /// <summary>Answers a boolean for every built-in value.</summary>
    public static bool IsComparison(string selector) => Comparing.Contains(selector);
}

/// <summary>Messages that a future answers itself instead of waiting.</summary>
public static class FutureProtocol
{
    private static readonly FrozenSet<string> Own = FrozenSet.ToFrozenSet(
    [
        "await:", "awaitForever", "whenResolved:", "whenRejected:", "whenResolved:whenRejected:",
        "isResolved", "isRejected", "isPending", "class", "inspect",
    ]);

    /// <summary><c>await</c> apart, which is fused with the send before it.</summary>
    public static bool IsOwn(string selector) => Own.Contains(selector);

    public static bool IsContinuation(string selector) =>
        selector.StartsWith("whenResolved:", StringComparison.Ordinal)
        || selector.StartsWith("whenRejected:", StringComparison.Ordinal);
}
