using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Beamtalk.Cli.Testing;

/// <summary>
/// The texts of source files at one moment, and what follows from the difference between two: a test is affected by
/// a change in its file, and in every file that defines or extends a class which it mentions, directly or on the way.
/// </summary>
public sealed partial record SourceSnapshot(ImmutableDictionary<string, string> Texts)
{
    /// <summary>A file that disappears while it is read is as good as gone.</summary>
    public static SourceSnapshot Take(IEnumerable<string> files)
    {
        var texts = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (string file in files)
        {
            try
            {
                texts[file] = File.ReadAllText(file);
            }
            catch (IOException)
            {
            }
        }

        return new SourceSnapshot(texts.ToImmutable());
    }

    /// <summary>Files that are new, gone or different since an earlier moment.</summary>
    public ImmutableHashSet<string> ChangedSince(SourceSnapshot before) =>
        [.. Texts.Keys.Union(before.Texts.Keys)
            .Where(file => Texts.GetValueOrDefault(file) != before.Texts.GetValueOrDefault(file))];

    /// <summary>The files that a change of some files may make behave otherwise, those included.</summary>
    public ImmutableHashSet<string> AffectedBy(ImmutableHashSet<string> changed, SourceSnapshot before)
    {
        ImmutableHashSet<string> affected = changed;
        ImmutableHashSet<string> names = [.. changed.SelectMany(file => Defined(file).Union(before.Defined(file)))];
        while (true)
        {
            ImmutableHashSet<string> more =
                [.. Texts.Keys.Where(file => !affected.Contains(file) && Mentioned(file).Overlaps(names))];
            if (more.IsEmpty)
            {
                return affected;
            }

            affected = affected.Union(more);
            names = names.Union(more.SelectMany(Defined));
        }
    }

    private ImmutableHashSet<string> Defined(string file) => Names(Definition(), file);

    private ImmutableHashSet<string> Mentioned(string file) => Names(ClassName(), file);

    private ImmutableHashSet<string> Names(Regex pattern, string file) =>
        [.. pattern.Matches(Texts.GetValueOrDefault(file, "")).Select(match => match.Groups[1].Value)];

    /// <summary><c>subclass: Counter</c>, <c>Counter >> sel</c>, <c>Counter class >> sel</c>.</summary>
    [GeneratedRegex(@"(?:subclass:\s*|\b)([A-Z]\w*)(?:(?<=subclass:\s*\w+)|(?:\s+class)?\s*>>)")]
    private static partial Regex Definition();

    [GeneratedRegex(@"\b([A-Z]\w*)\b")]
    private static partial Regex ClassName();
}
