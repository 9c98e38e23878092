using System.Text.RegularExpressions;

namespace Beamtalk.Cli.Repl;

/// <summary>Lines that cannot begin a statement, so that they belong to the one before.</summary>
internal static partial class Continuation
{
    public static bool Begins(string line) => Start().IsMatch(line) && !line.Contains("=>", StringComparison.Ordinal);

    /// <summary>A closing bracket, a cascade, a keyword part, or a binary operator and a space.</summary>
    [GeneratedRegex(@"^(?:[\])};]|[\p{Ll}_]\w*:(?!=)|[-+*/<>=~&@%?\\,]+\s)")]
    private static partial Regex Start();
}
