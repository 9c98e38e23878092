using Beamtalk.Compiler.Backend;

namespace Beamtalk.Cli.Testing;

/// <summary>What came of one test; <see cref="Status"/> is passed, failed, error or skipped.</summary>
public sealed record TestResult(
    string Class, string Test, string Status, string? Message, string? File, int Line, int Milliseconds)
{
    public const string Passed = "passed";
    public const string Error = "error";
    public const string Skipped = "skipped";

    public static TestResult Of(TestRecord record) => new(
        record.Class, record.Test, record.Status, record.Message, record.File, record.Line, record.Milliseconds);

    public bool HasFailed => Status is not (Passed or Skipped);
}
