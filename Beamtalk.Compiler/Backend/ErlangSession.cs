using System.Collections.Immutable;

namespace Beamtalk.Compiler.Backend;

/// <summary>What the evaluation of one input came to.</summary>
public abstract record EvaluationResult;

/// <summary>The printString of the value.</summary>
public sealed record PrintedValue(string Text) : EvaluationResult;

/// <summary>An error that nothing handled; the report has its message, hint and stack trace.</summary>
public sealed record RaisedError(string Kind, string Message, string Report) : EvaluationResult;

/// <summary>The input only defined something.</summary>
public sealed record NoValue : EvaluationResult;

/// <summary>What came of one test, as the node tells it.</summary>
public sealed record TestRecord(
    string Class, string Test, string Status, string? Message, string? File, int Line, double Milliseconds);

/// <summary>The process of a node in which inputs and tests run, in order.</summary>
public sealed class ErlangSession
{
    private readonly ErlangNode _node;

    private ErlangSession(ErlangNode node) => _node = node;

    /// <summary>Starts the runtime in the node.</summary>
    public static async Task<ErlangSession> StartAsync(ErlangNode node)
    {
        await node.RequestAsync(ErlangTerm.Atom("start")).ConfigureAwait(false);
        return new ErlangSession(node);
    }

    /// <summary>Loads modules, replacing those of the same names. The node assembles the facades of classes anew.</summary>
    public Task LoadAsync(IEnumerable<BeamOutcome> outcomes) =>
        _node.RequestAsync(ErlangTerm.Tuple(ErlangTerm.Atom("load"), ErlangTerm.List(outcomes.Select(ToTerm))));

    /// <summary>Evaluates a loaded REPL input; answers the names of all bound variables too.</summary>
    public async Task<(EvaluationResult Result, ImmutableArray<string> Bound)> EvaluateAsync(string generation)
    {
        ErlangTerm request = ErlangTerm.Tuple(ErlangTerm.Atom("eval"), ErlangTerm.Atom(generation));
        ErlangTerm reply = await _node.RequestAsync(request).ConfigureAwait(false);
        return reply.AsElements() is [var outcome, var bound]
            ? (ToResult(outcome), [.. bound.AsElements().Select(name => name.AsText())])
            : throw new FormatException($"unexpected reply {reply}");
    }

    /// <summary>Runs the tests of loaded classes, those whose name contains the filter.</summary>
    public async Task<ImmutableArray<TestRecord>> TestAsync(IEnumerable<string> facades, string? filter)
    {
        ErlangTerm request = ErlangTerm.Tuple(
            ErlangTerm.Atom("test"), ErlangTerm.List(facades.Select(ErlangTerm.Atom)), ErlangTerm.Text(filter ?? ""));
        ErlangTerm reply = await _node.RequestAsync(request).ConfigureAwait(false);
        return [.. reply.AsElements().Select(ToRecord)];
    }

    private static TestRecord ToRecord(ErlangTerm record) => record.AsElements() is
        [var name, var test, var status, var message, var file, ErlangInteger line, ErlangInteger microseconds]
            ? new TestRecord(
                name.AsText(), test.AsText(), status.AsText(), TextOrNull(message), TextOrNull(file),
                (int)line.Value, (double)microseconds.Value / 1000)
            : throw new FormatException($"unexpected test result {record}");

    private static string? TextOrNull(ErlangTerm term) => term is ErlangAtom { Name: "nil" } ? null : term.AsText();

    private static EvaluationResult ToResult(ErlangTerm outcome) => outcome.AsElements() switch
    {
        [ErlangAtom { Name: "value" }, var text] => new PrintedValue(text.AsText()),
        [ErlangAtom { Name: "error" }, var kind, var message, var report] =>
            new RaisedError(kind.AsText(), message.AsText(), report.AsText()),
        _ => throw new FormatException($"unexpected outcome {outcome}"),
    };

    private static ErlangTerm ToTerm(BeamOutcome outcome) => ErlangTerm.Tuple(
        ErlangTerm.Atom(outcome.Module.Facade is null ? "module" : "class"),
        ErlangTerm.Atom(outcome.Beams[0].Name),
        new ErlangBinary(outcome.Beams[0].Code));
}
