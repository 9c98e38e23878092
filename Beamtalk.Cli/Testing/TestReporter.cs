using System.Collections.Immutable;
using Beamtalk.Cli.Reporting;
using Spectre.Console;

namespace Beamtalk.Cli.Testing;

/// <summary>Says what came of tests, one after the other, and counts them.</summary>
public abstract class TestReporter
{
    private readonly ImmutableArray<TestResult>.Builder _results = ImmutableArray.CreateBuilder<TestResult>();

    /// <summary>All results so far, in their order.</summary>
    public ImmutableArray<TestResult> Results => _results.ToImmutable();

    public int PassedCount { get; private set; }

    public int FailedCount { get; private set; }

    public int SkippedCount { get; private set; }

    public void Add(TestResult result)
    {
        _results.Add(result);
        PassedCount += result.Status == TestResult.Passed ? 1 : 0;
        SkippedCount += result.Status == TestResult.Skipped ? 1 : 0;
        FailedCount += result.HasFailed ? 1 : 0;
        Show(result);
    }

    /// <summary>Called once, after the last result.</summary>
    public abstract void Finish();

    protected abstract void Show(TestResult result);
}

/// <summary>An object a line on standard output.</summary>
public sealed class JsonTestReporter(TextWriter output) : TestReporter
{
    public override void Finish() => output.Flush();

    protected override void Show(TestResult result) => output.WriteLine(JsonLine.Of(json =>
    {
        json.WriteString("class", result.Class);
        json.WriteString("test", result.Test);
        json.WriteString("status", result.Status);
        json.WriteString("message", result.Message);
        json.WriteString("file", result.File);
        json.WriteNumber("line", result.Line);
        json.WriteNumber("ms", result.Milliseconds);
    }));
}

/// <summary>For people: what did not pass, then the numbers.</summary>
public sealed class TextTestReporter(IAnsiConsole console) : TestReporter
{
    public override void Finish()
    {
        string skipped = SkippedCount > 0 ? $", {SkippedCount} skipped" : "";
        string colour = FailedCount > 0 ? "red" : "green";
        console.MarkupLineInterpolated($"[{colour}]{PassedCount} passed, {FailedCount} failed{skipped}[/]");
    }

    protected override void Show(TestResult result)
    {
        if (result.Status == TestResult.Passed)
        {
            return;
        }

        string colour = result.HasFailed ? "red" : "yellow";
        string name = result.Test.Length > 0 ? $"{result.Class} >> {result.Test}" : result.Class;
        string place = result.File is null ? "" : $" ({result.File}:{result.Line})";
        console.MarkupLineInterpolated($"[{colour}]{result.Status,-7}[/] {name}{place}");
        if (result.Message is { Length: > 0 } message)
        {
            console.WriteLine("        " + message.ReplaceLineEndings("\n        "));
        }
    }
}
