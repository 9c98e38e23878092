using System.Collections.Immutable;

namespace Beamtalk.Metamorphic;

/// <summary>
/// A few statements and a last expression over the variables <c>@a @b @c @log @xs @d</c>, which each placement
/// makes into variables of its own kind. <see cref="Meetings"/>: pairs of features of which one stands in the other.
/// <see cref="NestsUpdates"/>: the value in an update may change variables itself, which comes to something else where
/// updates are atomic.
/// </summary>
internal sealed record Fragment(
    int Number,
    ImmutableArray<string> Statements,
    string Result,
    Feature Features,
    ImmutableHashSet<Feature> Meetings,
    bool NestsUpdates)
{
    /// <summary>The variables with the values they begin with.</summary>
    public static readonly ImmutableArray<(string Name, string Value)> Variables =
        [("a", "1"), ("b", "2"), ("c", "3"), ("log", "\"\""), ("xs", "#(4, 5)"), ("d", "#{}")];

    /// <summary>Whether a statement may leave with <c>^</c>.</summary>
    public bool Returns => Features.HasFlag(Feature.NonLocalReturn);

    /// <summary>
    /// In the first spelling of everything that has two. What the compiler gets wrong in the same way wherever it
    /// stands shows only against another way to say it.
    /// </summary>
    public Fragment Spelled => this with { Statements = [.. Statements.Select(text => Spelling.Choose(text, second: false))] };

    /// <summary>In the second spelling.</summary>
    public Fragment Respelled => this with { Statements = [.. Statements.Select(text => Spelling.Choose(text, second: true))] };

    public override string ToString() => string.Join('\n', Spelled.Statements.Append(Result));
}
