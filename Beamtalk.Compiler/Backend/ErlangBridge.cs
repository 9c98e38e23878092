namespace Beamtalk.Compiler.Backend;

/// <summary>The node could not be attached to, or not be worked with.</summary>
public sealed class AttachException(string message, string? hint) : Exception(message)
{
    /// <summary>What to do about it.</summary>
    public string? Hint { get; } = hint;

    internal static Exception Of(ErlangTerm failure) => failure.AsElements() switch
    {
        [ErlangAtom { Name: "error" }, var message, var hint] =>
            new AttachException(message.AsText(), hint.AsText() is { Length: > 0 } text ? text : null),
        _ => new FormatException($"unexpected failure {failure}"),
    };
}

/// <summary>A running system elsewhere: its node, and the versions of what it runs.</summary>
public sealed record AttachedSystem(string Node, string OtpRelease, string RuntimeVersion);

/// <summary>Makes our own node the bridge to another one: the sessions that it starts from then on run there.</summary>
public static class ErlangBridge
{
    public static async Task<AttachedSystem> AttachAsync(ErlangNode node, string target, string cookie)
    {
        ErlangTerm request = ErlangTerm.Tuple(
            ErlangTerm.Atom("attach"), ErlangTerm.Atom(target), ErlangTerm.Text(cookie));
        ErlangTerm reply = await node.RequestAsync(request).ConfigureAwait(false);
        return reply is ErlangTuple { Elements: [ErlangAtom { Name: "ok" }, var release, var version] }
            ? new AttachedSystem(target, release.AsText(), version.AsText())
            : throw AttachException.Of(reply);
    }

    /// <summary>Calls a function of the node that ours is attached to.</summary>
    public static async Task<RemoteAnswer> CallAsync(
        ErlangNode node, string module, string function, params ErlangTerm[] arguments)
    {
        ErlangTerm request = ErlangTerm.Tuple(
            ErlangTerm.Atom("call"), ErlangTerm.Atom(module), ErlangTerm.Atom(function), ErlangTerm.List(arguments));
        return await node.RequestAsync(request).ConfigureAwait(false) switch
        {
            ErlangTuple { Elements: [ErlangAtom { Name: "ok" }, var value] } => new Answered(value),
            ErlangAtom { Name: "undefined" } => new NoSuchFunction(),
            ErlangAtom { Name: "late" } => new NoAnswer(),
            ErlangAtom { Name: "lost" } => throw new ErlangNodeException("the connection is lost"),
            var failure => throw AttachException.Of(failure),
        };
    }
}

/// <summary>What came of a call of a function in another node.</summary>
public abstract record RemoteAnswer;

public sealed record Answered(ErlangTerm Value) : RemoteAnswer;

/// <summary>The node does not have it: it runs another program, or an older one.</summary>
public sealed record NoSuchFunction : RemoteAnswer;

/// <summary>The node is too busy to answer soon.</summary>
public sealed record NoAnswer : RemoteAnswer;
