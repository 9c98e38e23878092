using System.Collections.Immutable;
using Beamtalk.Cli.Repl.Editing;
using Beamtalk.Compiler.Parsing;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>What completion has to know of a session.</summary>
public interface ICompletionSource
{
    IEnumerable<string> Variables { get; }

    IEnumerable<string> ClassNames { get; }

    /// <summary>All selectors there are, for receivers of which nothing is known.</summary>
    IEnumerable<string> AllSelectors { get; }

    /// <summary>What the receiver understands now.</summary>
    Task<ImmutableArray<string>> SelectorsAsync(Receiver receiver);
}

/// <summary>
/// Completes what is typed: messages by the receiver, as it is at this moment; classes, variables, commands; names of
/// files in strings.
/// </summary>
public sealed class ReplCompleter(ICompletionSource source)
{
    private static readonly string[] PseudoVariables = ["nil", "true", "false", "self", "super"];

    public async Task<Completion> CompleteAsync(string text)
    {
        if (!ColonCommand.IsOne(text))
        {
            return await CompleteCodeAsync(text, 0).ConfigureAwait(false);
        }

        int name = text.IndexOf(':') + 1;
        int space = text.IndexOf(' ', name);
        return space < 0
            ? Of(name, text[name..], ColonCommand.All.Select(command => command.Name))
            : text[name..space] is "load" or "save"
                ? Files(text, space + 1)
                : await CompleteCodeAsync(text[(space + 1)..], space + 1).ConfigureAwait(false);
    }

    private async Task<Completion> CompleteCodeAsync(string text, int offset)
    {
        ImmutableArray<Word> words = [.. SourceHighlighter.Classify(text).Where(word => word.Class != WordClass.Comment || word.Span.End == text.Length)];
        if (words is [.., { Class: WordClass.Comment }])
        {
            return Completion.None;
        }

        if (OpenString(text, words) is { } quote)
        {
            Completion files = Files(text, quote + 1);
            return files with { Start = files.Start + offset };
        }

        int start = text.Length;
        while (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '@'))
        {
            start--;
        }

        string partial = text[start..];
        var before = new ReceiverFinder(text, [.. words.Where(word => word.Span.End <= start)]);
        IEnumerable<string> candidates = before.EndsWithOperand && start > 0 && !(partial is [var first, ..] && char.IsUpper(first))
            ? await MessagesAsync(before, partial).ConfigureAwait(false)
            : [.. source.Variables, .. partial.Length > 0 ? source.ClassNames : [], .. partial.Length > 0 ? PseudoVariables : []];
        return Of(start + offset, partial, candidates);
    }

    private async Task<IEnumerable<string>> MessagesAsync(ReceiverFinder before, string partial)
    {
        (Receiver? receiver, string keywords) = before.OfKeywords();
        IEnumerable<string> further = keywords.Length == 0 ? []
            : (await KnownAsync(receiver).ConfigureAwait(false))
                .Where(selector => selector.StartsWith(keywords, StringComparison.Ordinal) && selector.Length > keywords.Length)
                .Select(selector => selector[keywords.Length..]);
        IEnumerable<string> own = before.OfUnary() is { } operand
            ? await source.SelectorsAsync(operand).ConfigureAwait(false)
            : partial.Length > 0 ? source.AllSelectors : [];
        return further.Concat(own.Where(selector => keywords.Length == 0 || !selector.Contains(':'))).Select(FirstPart).OfType<string>();
    }

    private async Task<IEnumerable<string>> KnownAsync(Receiver? receiver) =>
        receiver is null ? source.AllSelectors : await source.SelectorsAsync(receiver).ConfigureAwait(false);

    /// <summary>The keywords after the first one come after its argument. Operators need no completion.</summary>
    private static string? FirstPart(string selector) =>
        !char.IsLetter(selector[0]) ? null : selector.IndexOf(':') is >= 0 and var colon ? selector[..(colon + 1)] : selector;

    private static Completion Of(int start, string partial, IEnumerable<string> candidates) => new(
        start,
        [.. candidates.Where(candidate => candidate.StartsWith(partial, StringComparison.Ordinal) && candidate != partial)
            .Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>Where the string begins that the text ends in; null if it ends in none.</summary>
    private static int? OpenString(string text, ImmutableArray<Word> words)
    {
        if (words is not [.., { Class: WordClass.Text } last] || last.Span.End != text.Length)
        {
            return null;
        }

        int quote = text.LastIndexOf('"');
        bool isClosed = quote == text.Length - 1 && last.Span.Start < quote;
        return quote < 0 || isClosed ? null : quote;
    }

    private static Completion Files(string text, int start)
    {
        string path = text[start..];
        int name = path.LastIndexOf('/') + 1;
        string directory = path[..name];
        string place = directory.StartsWith("~/", StringComparison.Ordinal)
            ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + directory[1..]
            : directory.Length == 0 ? "." : directory;
        try
        {
            IEnumerable<string> names = new DirectoryInfo(place).EnumerateFileSystemInfos()
                .Where(entry => path.Length > name || !entry.Name.StartsWith('.'))
                .Select(entry => entry is DirectoryInfo ? entry.Name + "/" : entry.Name);
            return Of(start + name, path[name..], names);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Completion.None;
        }
    }
}
