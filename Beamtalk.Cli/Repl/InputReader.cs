using System.Text;

namespace Beamtalk.Cli.Repl;

/// <summary>
/// Cuts lines into inputs: a statement or a definition each, with the lines that continue it. An input goes on while
/// it is unfinished, and with lines that are indented or begin as only continuations do; a blank line that is not
/// followed by an indented one ends it in any case, so that one missing bracket costs one input.
/// </summary>
public sealed class InputReader(LineSource lines)
{
    /// <summary>The next input, or null at the end.</summary>
    public string? Read()
    {
        var input = new StringBuilder();
        while (lines.Take() is { } line)
        {
            if (input.Length == 0 && string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            input.Append(line).Append('\n');
            if (IsComplete(input.ToString(), line))
            {
                return input.ToString();
            }
        }

        return input.Length > 0 ? input.ToString() : null;
    }

    private bool IsComplete(string input, string last)
    {
        InputState state = InputProbe.StateOf(input);
        string? next = lines.Peek();
        bool afterBlank = string.IsNullOrWhiteSpace(last);
        if (next is null)
        {
            return afterBlank || state == InputState.Finished;
        }

        if (string.IsNullOrWhiteSpace(next))
        {
            return false; // what follows the blank line decides
        }

        bool goesOn = IsIndented(next) || (!afterBlank && (state == InputState.Unfinished || Continuation.Begins(next)));
        return !goesOn && state != InputState.OnlyComments;
    }

    private static bool IsIndented(string line) => char.IsWhiteSpace(line[0]);
}
