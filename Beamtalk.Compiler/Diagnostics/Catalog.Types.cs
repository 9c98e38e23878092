namespace Beamtalk.Compiler.Diagnostics;

/// <summary>Findings of the type checker, BT4nnn: warnings, or errors with --strict.</summary>
public static partial class Catalog
{
    public static readonly DiagnosticDescriptor NotUnderstood =
        new("BT4001", Severity.Warning, "{0} does not understand #{1}");

    public static readonly DiagnosticDescriptor WrongAssignment =
        new("BT4002", Severity.Warning, "{0} is declared {1}, but this is {2}");

    public static readonly DiagnosticDescriptor WrongArgument =
        new("BT4003", Severity.Warning, "argument {0} of #{1} is declared {2}, but this is {3}");

    public static readonly DiagnosticDescriptor WrongReturn =
        new("BT4004", Severity.Warning, "#{0} is declared to answer {1}, but this is {2}");

    public static readonly DiagnosticDescriptor UpdatingAnswer =
        new("BT4006", Severity.Warning, "this answers {0}, and so {1} would replace the whole {2}",
            "an updating method answers the changed value: end it with self");

    public static readonly DiagnosticDescriptor AwaitedActor =
        new("BT4007", Severity.Warning, "this awaits the new {0}, not what #{1} answers",
            "C spawn k: v is one form and answers the actor: write ((C spawn) k: v) await");

    public static readonly DiagnosticDescriptor UnknownType =
        new("BT4005", Severity.Warning, "the type {0} is not known");
}
