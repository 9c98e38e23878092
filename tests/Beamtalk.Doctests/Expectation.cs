using System.Text.RegularExpressions;
using Beamtalk.Cli.Building;
using Beamtalk.Compiler.Backend;

namespace Beamtalk.Doctests;

/// <summary>
/// What an example says that it prints: a printString, or <c>ERROR kind</c> or <c>ERROR kind: message</c>. Three dots
/// stand for any text.
/// </summary>
public static class Expectation
{
    private const string Anything = "...";

    /// <summary>Null if the outcome is as expected, else what is wrong with it.</summary>
    public static string? Refute(DocStep step, InputOutcome outcome)
    {
        string actual = Describe(outcome);
        bool isFailure = outcome is not Evaluated { Result: PrintedValue or NoValue };
        return step.Expected is null
            ? isFailure ? actual : null
            : Matches(step.Expected, actual) ? null : $"expected {step.Expected}, got {actual}";
    }

    /// <summary>Does the text match, apart from an error's message where only its kind is expected?</summary>
    public static bool Matches(string expected, string actual) =>
        Pattern(expected).IsMatch(actual) || Pattern($"{expected}: {Anything}").IsMatch(actual) && IsErrorKind(expected);

    private static bool IsErrorKind(string expected) =>
        expected.StartsWith("ERROR ", StringComparison.Ordinal) && !expected.Contains(':', StringComparison.Ordinal);

    private static Regex Pattern(string expected)
    {
        string pattern = string.Join(".*", expected.Split(Anything).Select(Regex.Escape));
        return new Regex($"^{pattern}$", RegexOptions.Singleline);
    }

    private static string Describe(InputOutcome outcome) => outcome switch
    {
        NotCompiled compiled => string.Join("; ", compiled.Diagnostics.Select(each => $"{each.Code} {each.Message}")),
        Evaluated { Result: PrintedValue value } => value.Text,
        Evaluated { Result: RaisedError error } => $"ERROR {error.Kind}: {error.Message}",
        Evaluated { Result: NoValue } => "no value",
        _ => throw new NotSupportedException($"unknown outcome {outcome}"),
    };
}
