using System.Collections.Immutable;
using System.Globalization;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Metamorphic;

/// <summary>
/// A fragment does the same wherever it stands, compiled in line or not. Nobody says what it should do: that its
/// placements agree finds assignments that get lost.
/// </summary>
[TestFixture]
public sealed class MetamorphicTests
{
    private const int FragmentsPerBatch = 10;

    private readonly FragmentRunner _runner = new();

    /// <summary>More batches for a longer hunt: <c>METAMORPHIC_BATCHES=100</c>.</summary>
    private static IEnumerable<int> Batches => Enumerable.Range(
        0, int.Parse(Environment.GetEnvironmentVariable("METAMORPHIC_BATCHES") ?? "12", CultureInfo.InvariantCulture));

    [OneTimeSetUp]
    public Task Start() => _runner.StartAsync();

    [OneTimeTearDown]
    public Task Stop() => _runner.DisposeAsync().AsTask();

    [TestCaseSource(nameof(Batches))]
    public async Task Fragments_do_the_same_everywhere(int batch)
    {
        var generator = new FragmentGenerator(seed: 1000 + batch);
        ImmutableArray<Fragment> fragments =
            [.. Enumerable.Range(0, FragmentsPerBatch).Select(number => generator.Next(number))];
        ImmutableArray<string> inLine = await _runner.RunAsync(Programs(fragments, $"B{batch}i"), isInline: true);
        ImmutableArray<string> outOfLine = await _runner.RunAsync(Programs(fragments, $"B{batch}o"), isInline: false);
        fragments.SelectMany(fragment => Disagreement(fragment, inLine, outOfLine)).ShouldBeEmpty();
    }

    private static ImmutableArray<Program> Programs(ImmutableArray<Fragment> fragments, string suffix) =>
    [
        .. from fragment in fragments
           from placement in Placement.All
           select placement.Place(fragment, $"{placement.Name}{fragment.Number}{suffix}"),
    ];

    /// <summary>A report if the placements of a fragment have more than one outcome between them.</summary>
    private static IEnumerable<string> Disagreement(
        Fragment fragment, ImmutableArray<string> inLine, ImmutableArray<string> outOfLine)
    {
        int first = fragment.Number * Placement.All.Length;
        var outcomes = Placement.All.SelectMany((placement, i) => new[]
        {
            (Place: $"{placement.Name} in line", Value: inLine[first + i]),
            (Place: $"{placement.Name} out of line", Value: outOfLine[first + i]),
        }).GroupBy(outcome => outcome.Value).ToArray();
        if (outcomes.Length > 1)
        {
            IEnumerable<string> values = outcomes.Select(
                group => $"{group.Key}\n    in {string.Join(", ", group.Select(outcome => outcome.Place))}");
            yield return $"\n{fragment}\n  gives {string.Join("\n  and ", values)}\n";
        }
    }
}
