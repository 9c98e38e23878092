using System.Collections.Immutable;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Compiler.Backend;

/// <summary>What the evaluation of one input came to.</summary>
public abstract record EvaluationResult
{
    /// <summary>How many events (<see cref="ErlangSession.EventsAsync"/>) there were before.</summary>
    public long EventsBefore { get; init; }
}

/// <summary>The printString of the value.</summary>
public sealed record PrintedValue(string Text) : EvaluationResult;

/// <summary>An error that nothing handled; the report has its message, hint and stack trace.</summary>
public sealed record RaisedError(string Kind, string Message, string Report) : EvaluationResult
{
    /// <summary>Where it came from in an input, if it did.</summary>
    public ErrorPlace? Place { get; init; }
}

/// <summary>A line of an input, and the message that was sent there, as far as that is known.</summary>
public sealed record ErrorPlace(string Input, int Line, string Selector);

/// <summary>A future that has no value yet; an event of that number will tell when it has.</summary>
public sealed record PendingValue(int Number, string Text) : EvaluationResult;

/// <summary>The evaluation was interrupted.</summary>
public sealed record Interrupted : EvaluationResult;

/// <summary>The input only defined something.</summary>
public sealed record NoValue : EvaluationResult;

/// <summary>What came of one test, as the node tells it.</summary>
public sealed record TestRecord(
    string Class, string Test, string Status, string? Message, string? File, int Line, int Milliseconds);

/// <summary>
/// Which tests of a class to run: those whose <c>Class >> test</c> contains the filter, that have one of the tags (if any
/// are asked for), and none of those to leave out.
/// </summary>
public sealed record TestSelection(string? Filter, ImmutableArray<string> Tags, ImmutableArray<string> Without);

/// <summary>The process of a session was ended, by what ran in it; its variables are as they were before that.</summary>
public sealed class SessionEndedException(string reason) : Exception($"the process was ended: {reason}");

/// <summary>A process of the node in which inputs and tests run, in order.</summary>
public sealed class ErlangSession
{
    private readonly ErlangNode _node;
    private readonly ErlangTerm _number;

    private ErlangSession(ErlangNode node, ErlangTerm number)
    {
        _node = node;
        _number = number;
    }

    /// <summary>
    /// Starts a session, and the runtime if need be: where the node has attached to, else in the node itself.
    /// </summary>
    public static async Task<ErlangSession> StartAsync(ErlangNode node)
    {
        ErlangTerm reply = await node.RequestAsync(ErlangTerm.Atom("start_session")).ConfigureAwait(false);
        return reply is ErlangTuple { Elements: [ErlangAtom { Name: "ok" }, var number] }
            ? new ErlangSession(node, number)
            : throw AttachException.Of(reply);
    }

    /// <summary>
    /// The classes of the session's node that are not the standard library's as it was built; null if they are still
    /// those of the version that is <paramref name="known"/>.
    /// </summary>
    public async Task<(ErlangTerm Version, ClassIndex Classes)?> ClassesAsync(ErlangTerm known)
    {
        ErlangTerm reply = await RequestAsync(ErlangTerm.Tuple(ErlangTerm.Atom("classes"), known)).ConfigureAwait(false);
        return reply is ErlangTuple { Elements: [var version, var classes] }
            ? (version, ClassTerm.ToIndex(classes))
            : null;
    }

    /// <summary>Loads modules, replacing those of the same names; answers the error if the node refuses them.</summary>
    public async Task<RaisedError?> LoadAsync(IEnumerable<BeamModule> beams)
    {
        ErlangTerm request = ErlangTerm.Tuple(ErlangTerm.Atom("load"), ErlangTerm.List(beams.Select(ToTerm)));
        ErlangTerm reply = await RequestAsync(request).ConfigureAwait(false);
        return reply is ErlangAtom { Name: "ok" } ? null
            : ToResult(reply) as RaisedError ?? throw new FormatException($"unexpected reply {reply}");
    }

    /// <summary>Puts the extensions into effect that were loaded last and belong to a package, not to a script.</summary>
    public Task InstallAsync(IEnumerable<string> generations) =>
        RequestAsync(ErlangTerm.Tuple(ErlangTerm.Atom("install"), ErlangTerm.List(generations.Select(ErlangTerm.Atom))));

    /// <summary>Takes loaded classes away, as far as nobody runs in them: others of their names are to come.</summary>
    public Task ForgetAsync(IEnumerable<string> facades) =>
        RequestAsync(ErlangTerm.Tuple(ErlangTerm.Atom("forget"), ErlangTerm.List(facades.Select(ErlangTerm.Atom))));

    /// <summary>Writes a line to the node's standard output, after what was printed there before.</summary>
    public Task PrintAsync(string line) =>
        RequestAsync(ErlangTerm.Tuple(ErlangTerm.Atom("print"), ErlangTerm.Text(line + "\n")));

    /// <summary>Waits, as a script does at its end, for futures with registered blocks.</summary>
    public Task SettleAsync() => RequestAsync(ErlangTerm.Atom("settle"));

    /// <summary>Evaluates a loaded REPL input; answers the names of all bound variables too.</summary>
    public async Task<(EvaluationResult Result, ImmutableArray<string> Bound)> EvaluateAsync(string generation)
    {
        ErlangTerm request = ErlangTerm.Tuple(ErlangTerm.Atom("eval"), ErlangTerm.Atom(generation));
        ErlangTerm reply = await RequestAsync(request).ConfigureAwait(false);
        return reply.AsElements() is [var outcome, var bound]
            ? (ToResult(outcome), [.. bound.AsElements().Select(name => name.AsText())])
            : throw new FormatException($"unexpected reply {reply}");
    }

    /// <summary>Runs the tests of a loaded class that are selected.</summary>
    public async Task<ImmutableArray<TestRecord>> TestAsync(string facade, TestSelection selection)
    {
        ErlangTerm request = ErlangTerm.Tuple(
            ErlangTerm.Atom("test"), ErlangTerm.Atom(facade), ErlangTerm.Text(selection.Filter ?? ""),
            ErlangTerm.List(selection.Tags.Select(ErlangTerm.Text)),
            ErlangTerm.List(selection.Without.Select(ErlangTerm.Text)));
        ErlangTerm reply = await RequestAsync(request).ConfigureAwait(false);
        return [.. reply.AsElements().Select(ToRecord)];
    }

    /// <summary>Those of the loaded test classes that must have the node to themselves.</summary>
    public async Task<ImmutableArray<string>> SerialTestsAsync(IEnumerable<string> facades)
    {
        ErlangTerm request = ErlangTerm.Tuple(
            ErlangTerm.Atom("serial_tests"), ErlangTerm.List(facades.Select(ErlangTerm.Atom)));
        ErlangTerm reply = await RequestAsync(request).ConfigureAwait(false);
        return [.. reply.AsElements().Select(facade => facade.AsText())];
    }

    /// <summary>As <see cref="EvaluateAsync"/>, for somebody who looks at the value.</summary>
    public async Task<(EvaluationResult Result, ImmutableArray<string> Bound)> ShowAsync(string generation, ShowIn format)
    {
        ErlangTerm request = ErlangTerm.Tuple(
            ErlangTerm.Atom("eval"), ErlangTerm.Atom(generation),
            format.Width is { } width ? ErlangTerm.Integer(width) : ErlangTerm.Atom("text"));
        ErlangTerm reply = await ReplAsync(request).ConfigureAwait(false);
        return reply.AsElements() is [var outcome, var bound, ErlangInteger events]
            ? (SessionTerm.ToShown(outcome) with { EventsBefore = (long)events.Value },
               [.. bound.AsElements().Select(name => name.AsText())])
            : throw new FormatException($"unexpected reply {reply}");
    }

    /// <summary>Has all output of the node come as events; only for a node that is there for this session.</summary>
    public Task CaptureAsync() => ReplAsync(ErlangTerm.Atom("capture"));

    /// <summary>Interrupts the evaluation that runs, if one does.</summary>
    public Task InterruptAsync() => ReplAsync(ErlangTerm.Atom("interrupt"));

    /// <summary>
    /// Ends the session, its variables and what runs in it: each is three processes, which all others wait for when code
    /// is purged.
    /// </summary>
    public Task CloseAsync() => ReplAsync(ErlangTerm.Atom("close"));

    /// <summary>Waits for events; answers them, and how many there have been with them.</summary>
    public async Task<(long Count, ImmutableArray<SessionEvent> Events)> EventsAsync()
    {
        ErlangTerm reply = await ReplAsync(ErlangTerm.Atom("events")).ConfigureAwait(false);
        return reply.AsElements() is [ErlangInteger count, var events]
            ? ((long)count.Value, [.. events.AsElements().Select(SessionTerm.ToEvent)])
            : throw new FormatException($"unexpected reply {reply}");
    }

    /// <summary>What a receiver understands at this moment.</summary>
    public async Task<ImmutableArray<string>> SelectorsAsync(ReceiverKind kind, string name)
    {
        ErlangTerm receiver = ErlangTerm.Tuple(
            ErlangTerm.Atom(kind.ToString().ToLowerInvariant()), ErlangTerm.Atom(name));
        ErlangTerm reply = await ReplAsync(ErlangTerm.Tuple(ErlangTerm.Atom("selectors"), receiver)).ConfigureAwait(false);
        return [.. reply.AsElements().Select(selector => selector.AsText())];
    }

    /// <summary>A request about the session itself (<c>bt_repl</c>), answered even while an input runs.</summary>
    private Task<ErlangTerm> ReplAsync(ErlangTerm request) => RequestAsync(ErlangTerm.Tuple(ErlangTerm.Atom("repl"), request));

    private async Task<ErlangTerm> RequestAsync(ErlangTerm request)
    {
        ErlangTerm reply = await _node
            .RequestAsync(ErlangTerm.Tuple(ErlangTerm.Atom("session"), _number, request)).ConfigureAwait(false);
        return reply switch
        {
            ErlangTuple { Elements: [ErlangAtom { Name: "session_ended" }, var reason] } =>
                throw new SessionEndedException(reason.AsText()),
            ErlangTuple { Elements: [ErlangAtom { Name: "connection_lost" }, var target] } =>
                throw new ErlangNodeException($"the connection to {target.AsText()} is lost"),
            _ => reply,
        };
    }

    private static TestRecord ToRecord(ErlangTerm record) => record.AsElements() is
        [var name, var test, var status, var message, var file, ErlangInteger line, ErlangInteger milliseconds]
            ? new TestRecord(
                name.AsText(), test.AsText(), status.AsText(), TextOrNull(message), TextOrNull(file),
                (int)line.Value, (int)milliseconds.Value)
            : throw new FormatException($"unexpected test result {record}");

    private static string? TextOrNull(ErlangTerm term) => term is ErlangAtom { Name: "nil" } ? null : term.AsText();

    private static EvaluationResult ToResult(ErlangTerm outcome) => outcome.AsElements() switch
    {
        [ErlangAtom { Name: "value" }, var text] => new PrintedValue(text.AsText()),
        [ErlangAtom { Name: "error" }, var kind, var message, var report] =>
            new RaisedError(kind.AsText(), message.AsText(), report.AsText()),
        _ => throw new FormatException($"unexpected outcome {outcome}"),
    };

    private static ErlangTerm ToTerm(BeamModule beam) =>
        ErlangTerm.Tuple(ErlangTerm.Atom(beam.Name), new ErlangBinary(beam.Code));
}
