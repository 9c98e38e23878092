using System.Text.RegularExpressions;

namespace Beamtalk.Cli.Attaching;

/// <summary>Names of nodes as Erlang takes them.</summary>
public static partial class NodeName
{
    /// <summary>NAME@HOST.</summary>
    public static bool IsFull(string text) => Full().IsMatch(text);

    [GeneratedRegex(@"^[A-Za-z0-9_\-.]+@[A-Za-z0-9_\-.:]+$")]
    private static partial Regex Full();
}
