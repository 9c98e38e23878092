using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Beamtalk.Cli.Testing;

/// <summary>Results in the XML of JUnit, as build servers read it: a suite for each class.</summary>
public static class JUnitReport
{
    public static XDocument Of(IReadOnlyCollection<TestResult> results) => new(
        new XElement("testsuites", Numbers(results), results.GroupBy(result => result.Class).Select(Suite)));

    /// <summary>Writes the report as a whole: a reader never finds half of one.</summary>
    public static void Write(string path, IReadOnlyCollection<TestResult> results)
    {
        try
        {
            string whole = Path.GetFullPath(path);
            Directory.CreateDirectory(Path.GetDirectoryName(whole)!);
            string part = whole + ".part";
            using (var writer = XmlWriter.Create(part, new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false) }))
            {
                Of(results).Save(writer);
            }

            File.Move(part, whole, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"cannot write {path}: {error.Message}");
        }
    }

    private static XElement Suite(IGrouping<string, TestResult> suite) =>
        new("testsuite", new XAttribute("name", suite.Key), Numbers([.. suite]), suite.Select(Case));

    private static XElement Case(TestResult result) => new(
        "testcase",
        new XAttribute("classname", result.Class),
        new XAttribute("name", result.Test.Length > 0 ? result.Test : "compilation"),
        new XAttribute("time", Seconds(result.Milliseconds)),
        result.File is null ? null : new XAttribute("file", result.File),
        result.File is null ? null : new XAttribute("line", result.Line),
        Outcome(result));

    private static XElement? Outcome(TestResult result) => result.Status switch
    {
        TestResult.Passed => null,
        TestResult.Skipped => new XElement("skipped", new XAttribute("message", Text(result.Message))),
        TestResult.Error => Problem("error", result),
        _ => Problem("failure", result),
    };

    private static XElement Problem(string name, TestResult result) => new(
        name, new XAttribute("message", Text(result.Message).Split('\n')[0]), Text(result.Message));

    private static XAttribute[] Numbers(IReadOnlyCollection<TestResult> results) =>
    [
        new("tests", results.Count),
        new("failures", results.Count(result => result.HasFailed && result.Status != TestResult.Error)),
        new("errors", results.Count(result => result.Status == TestResult.Error)),
        new("skipped", results.Count(result => result.Status == TestResult.Skipped)),
        new("time", Seconds(results.Sum(result => result.Milliseconds))),
    ];

    private static string Seconds(int milliseconds) => (milliseconds / 1000.0).ToString("F3", CultureInfo.InvariantCulture);

    /// <summary>XML has no place for most control characters, and a message may show any.</summary>
    private static string Text(string? message) =>
        string.Concat((message ?? "").Select(each => XmlConvert.IsXmlChar(each) || char.IsSurrogate(each) ? each : '\uFFFD'));
}
