using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Metamorphic;

/// <summary>
/// A fragment does the same wherever it stands, compiled in line or not. Nobody says what it should do: that its
/// placements agree finds assignments that get lost.
/// </summary>
[TestFixture]
public sealed partial class MetamorphicTests
{
    private const int FragmentsPerBatch = 10;

    /// <summary>A node keeps every class it has loaded: after some hundreds of fragments a fresh one is faster.</summary>
    private const int BatchesPerNode = 20;

    private FragmentRunner _runner = new();
    private int _batches;

    /// <summary>For a longer hunt: <c>METAMORPHIC_BATCHES=100 METAMORPHIC_FIRST=5000</c>.</summary>
    private static IEnumerable<int> Batches => Enumerable.Range(
        Setting("METAMORPHIC_FIRST", 1000), Setting("METAMORPHIC_BATCHES", 6));

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    [OneTimeSetUp]
    public Task Start() => _runner.StartAsync();

    [OneTimeTearDown]
    public Task Stop() => _runner.DisposeAsync().AsTask();

    [TestCaseSource(nameof(Batches))]
    public async Task Fragments_do_the_same_everywhere(int batch)
    {
        if (++_batches % BatchesPerNode == 0)
        {
            await _runner.DisposeAsync();
            _runner = new FragmentRunner();
            await _runner.StartAsync();
        }

        ImmutableArray<Fragment> fragments = FragmentsOf(batch);
        ImmutableArray<Outcome> outcomes =
        [
            .. await RunAsync(fragments, $"B{batch}i", isInline: true),
            .. await RunAsync(fragments, $"B{batch}o", isInline: false),
        ];
        outcomes.GroupBy(outcome => outcome.Fragment).SelectMany(Disagreement).ShouldBeEmpty();
        outcomes.Count(outcome => outcome.Value.StartsWith('{')).ShouldBeGreaterThan(
            outcomes.Length / 2, "fragments that end in errors test little");
    }

    /// <summary>
    /// That each stands in each other is what the generator is for; one that changes must not lose it. (Actor state,
    /// fields, class variables, patches and scripts are placements: every fragment meets all of them.)
    /// </summary>
    [Test]
    public void Each_feature_stands_in_each_other_in_many_fragments()
    {
        const int Enough = 15;
        Feature[] features = [.. Enum.GetValues<Feature>().Where(feature => feature != Feature.None)];
        ImmutableArray<Fragment> fragments = [.. Enumerable.Range(1000, 200).SelectMany(batch => FragmentsOf(batch))];
        var counts =
            from one in features
            from other in features
            where one < other
            let count = fragments.Count(fragment => fragment.Meetings.Contains(one | other))
            orderby count
            select (Pair: $"{one} with {other}", Count: count);
        TestContext.Out.WriteLine(string.Join('\n', counts.Select(item => $"{item.Count,5} {item.Pair}")));
        counts.Where(item => item.Count < Enough).ShouldBeEmpty();
    }

    private static ImmutableArray<Fragment> FragmentsOf(int batch)
    {
        var generator = new FragmentGenerator(seed: batch);
        return [.. Enumerable.Range(0, FragmentsPerBatch).Select(generator.Next)];
    }

    private async Task<IEnumerable<Outcome>> RunAsync(ImmutableArray<Fragment> fragments, string suffix, bool isInline)
    {
        var placed = (
            from fragment in fragments
            from placement in Placement.All
            let program = placement.Place(fragment, $"{placement.Name}{fragment.Number}{suffix}")
            where program is not null
            select (fragment, placement, program)).ToImmutableArray();
        ImmutableArray<string> values = await _runner.RunAsync([.. placed.Select(item => item.program)], isInline);
        values.Length.ShouldBe(placed.Length);
        string how = isInline ? "in line" : "out of line";
        return placed.Zip(values, (item, value) => new Outcome(item.fragment, $"{item.placement} {how}", Comparable(value)));
    }

    /// <summary>Whether a future that nobody waited for has its value yet is a matter of time, not of place.</summary>
    private static string Comparable(string value) => UnawaitedFuture().Replace(value, "a Future");

    [GeneratedRegex(@"a Future \((pending|resolved: [^()]*|rejected: [^()]*)\)")]
    private static partial Regex UnawaitedFuture();

    /// <summary>A report if the placements of a fragment have more than one value between them.</summary>
    private static IEnumerable<string> Disagreement(IGrouping<Fragment, Outcome> outcomes)
    {
        IGrouping<string, Outcome>[] values = [.. outcomes.GroupBy(outcome => outcome.Value)];
        if (values.Length > 1)
        {
            IEnumerable<string> lines = values.Select(
                group => $"{group.Key}\n    in {string.Join(", ", group.Select(outcome => outcome.Place))}");
            yield return $"\n{outcomes.Key}\n  gives {string.Join("\n  and ", lines)}\n";
        }
    }

    private sealed record Outcome(Fragment Fragment, string Place, string Value);
}
