using System.Collections.Immutable;

namespace Beamtalk.Doctests;

/// <summary>A line of documentation and where it stands.</summary>
public readonly record struct DocLine(string Text, int Number)
{
    public bool IsBlank => string.IsNullOrWhiteSpace(Text);
}

/// <summary>
/// Statements to evaluate together, and what the last one's value is to print as: null if any value is right.
/// </summary>
public sealed record DocStep(string Code, string? Expected, int Line);

/// <summary>One example: its steps share their variables.</summary>
public sealed record DocExample(ImmutableArray<DocStep> Steps)
{
    private const string ExpectationMark = "// =>";

    /// <summary>
    /// Lines of code ⇒ steps. <c>code // => value</c> ends a step; so does <c>// => value</c> on a line of its own.
    /// </summary>
    public static DocExample Of(IEnumerable<DocLine> lines)
    {
        var steps = ImmutableArray.CreateBuilder<DocStep>();
        var code = new List<DocLine>();
        foreach (DocLine line in lines)
        {
            int mark = line.Text.LastIndexOf(ExpectationMark, StringComparison.Ordinal);
            code.Add(mark < 0 ? line : line with { Text = line.Text[..mark].TrimEnd() });
            if (mark >= 0)
            {
                Finish(line.Text[(mark + ExpectationMark.Length)..].Trim(), line.Number);
            }
        }

        Finish(null, code.FirstOrDefault().Number);
        return new DocExample(steps.ToImmutable());

        void Finish(string? expected, int number)
        {
            string text = string.Join('\n', code.Select(line => line.Text)).Trim('\n');
            code.Clear();
            if (text.Length > 0)
            {
                steps.Add(new DocStep(text, expected, number));
            }
        }
    }
}
