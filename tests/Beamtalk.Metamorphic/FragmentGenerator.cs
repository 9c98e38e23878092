using System.Collections.Immutable;

namespace Beamtalk.Metamorphic;

/// <summary>
/// Makes fragments at random, the same ones for the same seed. They assign from within every kind of block and always
/// end: loops have counters of their own, numbers and collections stay small.
/// </summary>
internal sealed partial class FragmentGenerator(int seed)
{
    private const int MaximalDepth = 3;

    /// <summary>How many compound parts a fragment has at most, so that it can still be read when it fails.</summary>
    private const int Size = 24;

    private static readonly string[] Numbers = ["@a", "@b", "@c"];

    private readonly Random _random = new(seed);
    private ImmutableStack<string> _locals = [];
    private int _names;
    private int _left;
    private bool _mayReturn;
    private bool _mayCapture;
    private Feature _features;
    private ImmutableStack<Feature> _around = [];
    private ImmutableHashSet<Feature> _meetings = [];
    private bool _nestsUpdates;

    public Fragment Next(int number)
    {
        (_locals, _names, _left, _mayReturn) = ([], 0, Size, _random.Next(3) == 0);
        (_features, _nestsUpdates, _mayCapture) = (Feature.None, false, _random.Next(5) < 3);
        (_around, _meetings) = ([], []);
        int length = _random.Next(2, 6);
        ImmutableArray<string> statements = [.. Enumerable.Range(0, length).Select(_ => Statement(0))];
        return new Fragment(number, statements, "{@a, @b, @c, @log, @xs, @d}", _features, _meetings, _nestsUpdates);
    }

    /// <summary>The value in a compound assignment or an updating message.</summary>
    private string Update(int depth)
    {
        if (_random.Next(2) == 0)
        {
            return Atomic();
        }

        _nestsUpdates = true;
        return Number(depth);
    }

    /// <summary>Notes that the text shows the feature, and in what it stands.</summary>
    private string Shows(Feature feature, Func<string> text)
    {
        _features |= feature;
        _meetings = _meetings.Union(_around.Select(outer => outer | feature));
        _around = _around.Push(feature);
        string shown = text();
        _around = _around.Pop();
        return shown;
    }

    /// <summary>Two spellings of one thing, one for most placements and one for some (<see cref="Fragment.Respelled"/>).</summary>
    private static string Either(string one, string other) => $"{Spelling.Open}{one}{Spelling.Or}{other}{Spelling.Close}";

    private string Fresh(string prefix) => $"{prefix}{++_names}";

    private bool IsAtEnd(int depth) => depth >= MaximalDepth || --_left < 0;

    private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];

    private string OneOf(params ReadOnlySpan<Func<string>> choices) => choices[_random.Next(choices.Length)]();

    /// <summary>
    /// One of the choices; the second ones make real blocks. A variable that one real block captures is held in a cell
    /// everywhere, so fragments without any are what tries variables that are passed on from place to place.
    /// </summary>
    private string OneOf(ReadOnlySpan<Func<string>> inLine, ReadOnlySpan<Func<string>> withBlocks) =>
        OneOf(_mayCapture ? [.. inLine, .. withBlocks] : inLine);

    /// <summary>Builds something in which the names are known.</summary>
    private string With(string local, Func<string> build)
    {
        ImmutableStack<string> outer = _locals;
        _locals = _locals.Push(local);
        string text = build();
        _locals = outer;
        return text;
    }

    /// <summary>One to three statements for the inside of a block.</summary>
    private string Statements(int depth)
    {
        ImmutableStack<string> outer = _locals;
        string text = string.Join(". ", Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Statement(depth + 1)));
        _locals = outer;
        return text;
    }

    /// <summary>Statements, then a number.</summary>
    private string Body(int depth) => $"{Statements(depth)}. {Number(depth + 1)}";
}
