using System.Collections.Immutable;

namespace Beamtalk.Metamorphic;

/// <summary>
/// A few statements and a last expression over the variables <c>@a @b @c @log @xs @d</c>, which each placement
/// makes into variables of its own kind. <see cref="NestsUpdates"/>: the value in an update may change variables itself, which comes to something else where
/// updates are atomic.
/// </summary>
internal sealed record Fragment(
    int Number, ImmutableArray<string> Statements, string Result, Feature Features, bool NestsUpdates)
{
    /// <summary>The variables with the values they begin with.</summary>
    public static readonly ImmutableArray<(string Name, string Value)> Variables =
        [("a", "1"), ("b", "2"), ("c", "3"), ("log", "\"\""), ("xs", "#(4, 5)"), ("d", "#{}")];

    /// <summary>Whether a statement may leave with <c>^</c>.</summary>
    public bool Returns => Features.HasFlag(Feature.NonLocalReturn);

    public override string ToString() => string.Join('\n', Statements.Append(Result));
}
