using System.Collections.Immutable;
using Antlr4.Runtime;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Formatting;

/// <summary>
/// Reads what stands between the tokens of a text without errors. The lexer and the layout have left it out, so it can
/// only be space and comments; anything else means that they and this class disagree.
/// </summary>
internal sealed class TriviaReader(SourceText source)
{
    private readonly string _text = source.Text;
    private int _position;
    private int _end;

    /// <summary>The tokens that have characters.</summary>
    public static ImmutableArray<SyntaxToken> Visible(IEnumerable<SyntaxToken> tokens) =>
        [.. tokens.Where(token => !token.IsInserted && token.Type != TokenConstants.EOF)];

    /// <summary>The gap before each token, and the one after the last.</summary>
    public static ImmutableArray<Gap> ReadGaps(SourceText source, ImmutableArray<SyntaxToken> tokens)
    {
        var reader = new TriviaReader(source);
        var gaps = ImmutableArray.CreateBuilder<Gap>(tokens.Length + 1);
        int from = 0;
        foreach (var token in tokens)
        {
            gaps.Add(reader.Read(from, token.Start));
            from = token.End;
        }

        var last = reader.Read(from, source.Text.Length);
        gaps.Add(last with { LinesAfter = Math.Max(1, last.LinesAfter) });
        return gaps.MoveToImmutable();
    }

    private Gap Read(int start, int end)
    {
        (_position, _end) = (start, end);
        if (end - start <= 1 && (end == start || _text[start] == ' '))
        {
            return NoGap;
        }

        var trivia = ImmutableArray.CreateBuilder<Trivia>();
        var (lines, spaces) = SkipSpace();
        lines = start == 0 ? Math.Max(1, lines) : lines;
        while (_position < _end)
        {
            trivia.Add(ReadOne(lines, spaces));
            (lines, spaces) = SkipSpace();
        }

        return new Gap(trivia.ToImmutable(), lines);
    }

    private static readonly Gap NoGap = new([], 0);

    /// <summary>Skips white space; answers how many line ends it holds, and how many characters follow the last.</summary>
    private (int Lines, int Spaces) SkipSpace()
    {
        int lines = 0;
        int start = _position;
        for (; _position < _end && (char.IsWhiteSpace(_text[_position]) || _text[_position] == '\uFEFF'); _position++)
        {
            if (_text[_position] == '\n')
            {
                lines++;
                start = _position + 1;
            }
        }

        return (lines, _position - start);
    }

    private Trivia ReadOne(int lines, int spaces)
    {
        int start = _position;
        var rest = _text.AsSpan(start, _end - start);
        var kind = rest switch
        {
            ['/', '/', '/', '/', ..] => TriviaKind.Line,
            ['/', '/', '/', ..] => TriviaKind.Doc,
            ['/', '/', ..] => TriviaKind.Line,
            ['/', '*', ..] => TriviaKind.Block,
            ['"', ..] => TriviaKind.Remark,
            ['@', ..] => TriviaKind.Annotation,
            _ => throw new FormatFailureException($"no comment can begin with U+{(int)rest[0]:X4}"),
        };
        _position = start + LengthOf(kind, rest);
        var place = source.PositionOf(start);
        string text = _text[start.._position];
        return new Trivia(
            kind, kind == TriviaKind.Block ? text : text.TrimEnd(), place.Line, place.Column, lines, spaces);
    }

    private static int LengthOf(TriviaKind kind, ReadOnlySpan<char> rest)
    {
        int length = kind switch
        {
            TriviaKind.Block => rest.IndexOf("*/") + 2,
            TriviaKind.Remark => LengthOfRemark(rest),
            _ => rest.IndexOfAny('\r', '\n') is var end && end < 0 ? rest.Length : end,
        };
        return length > 1 ? length : throw new FormatFailureException("a comment has no end");
    }

    /// <summary>A doubled quote does not end it, and a period behind it belongs to it.</summary>
    private static int LengthOfRemark(ReadOnlySpan<char> rest)
    {
        int end = 1;
        while (end < rest.Length && (rest[end] != '"' || (end + 1 < rest.Length && rest[end + 1] == '"')))
        {
            end += rest[end] == '"' ? 2 : 1;
        }

        int next = end + 1;
        while (next < rest.Length && rest[next] is ' ' or '\t')
        {
            next++;
        }

        return next < rest.Length && rest[next] == '.' ? next + 1 : end + 1;
    }
}
