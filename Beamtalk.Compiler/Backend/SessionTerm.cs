namespace Beamtalk.Compiler.Backend;

/// <summary>News from a session that nobody has asked for.</summary>
public abstract record SessionEvent;

/// <summary>A program has written this to the Transcript.</summary>
public sealed record OutputEvent(string Text) : SessionEvent;

/// <summary>The node has logged this.</summary>
public sealed record LogEvent(string Text) : SessionEvent;

/// <summary>A future that was pending is settled; the text is its value or its error.</summary>
public sealed record SettledEvent(int Number, bool IsResolved, string Text) : SessionEvent;

/// <summary>How a value is shown: laid out for so many columns, or, without a width, a text as it is.</summary>
public sealed record ShowIn(int? Width)
{
    public static ShowIn Text { get; } = new((int?)null);
}

/// <summary>What is known of the receiver of a message that somebody types.</summary>
public enum ReceiverKind
{
    /// <summary>It is the value of a variable of the session.</summary>
    Variable,

    /// <summary>It is the class of that name.</summary>
    Class,

    /// <summary>It is some instance of the class of that name.</summary>
    Instance,
}

/// <summary>What a session tells, read from its terms.</summary>
internal static class SessionTerm
{
    public static EvaluationResult ToShown(ErlangTerm outcome) => outcome switch
    {
        ErlangAtom { Name: "interrupted" } => new Interrupted(),
        ErlangTuple { Elements: [ErlangAtom { Name: "value" }, var text] } => new PrintedValue(text.AsText()),
        ErlangTuple { Elements: [ErlangAtom { Name: "pending" }, ErlangInteger number, var text] } =>
            new PendingValue((int)number.Value, text.AsText()),
        ErlangTuple { Elements: [ErlangAtom { Name: "error" }, var kind, var message, var report, var place] } =>
            new RaisedError(kind.AsText(), message.AsText(), report.AsText()) { Place = ToPlace(place) },
        _ => throw new FormatException($"unexpected outcome {outcome}"),
    };

    public static SessionEvent ToEvent(ErlangTerm term) => term.AsElements() switch
    {
        [ErlangAtom { Name: "output" }, var text] => new OutputEvent(text.AsText()),
        [ErlangAtom { Name: "log" }, var text] => new LogEvent(text.AsText()),
        [ErlangAtom { Name: "settled" }, ErlangInteger number, ErlangAtom kind, var text] =>
            new SettledEvent((int)number.Value, kind.Name == "resolved", text.AsText()),
        _ => throw new FormatException($"unexpected event {term}"),
    };

    private static ErrorPlace? ToPlace(ErlangTerm place) =>
        place is ErlangTuple { Elements: [var input, ErlangInteger line, var selector] }
            ? new ErrorPlace(input.AsText(), (int)line.Value, selector.AsText())
            : null;
}
