using System.Collections.Immutable;
using Antlr4.Runtime;
using Antlr4.Runtime.Tree;
using Beamtalk.Compiler.Parsing;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Formatting;

/// <summary>
/// The modern spelling of what is written in the classic one: comments for remarks, selectors without <c>#</c>, strings in
/// double quotes where these change nothing in them. (Periods and patches are left out by <see cref="TreeLayout"/>.)
/// </summary>
internal sealed class Modernizer(List<SyntaxToken> tokens)
{
    /// <summary>The modern text of a token, or null if it stays.</summary>
    public string? Spell(SyntaxToken token, IRuleNode parent) => (token.Type, parent) switch
    {
        (RAW_STRING, _) => SpellString(token, parent),
        (NAME or KEYWORD or OPERATOR or EQUALS or MAPS_TO, SelectorContext or KeywordParameterContext) => SpellSelector(token),
        _ => null,
    };

    private static string? SpellSelector(SyntaxToken token)
    {
        if (token.Characters is not ['#', .. var name])
        {
            return null;
        }

        bool reads = token.Type switch
        {
            NAME => (char.IsLower(name[0]) || name[0] == '_') && name is not ("nil" or "true" or "false" or "self" or "super"),
            KEYWORD => true,
            _ => !name.StartsWith("//") && !name.StartsWith("/*") && name is not "=>",
        };
        return reads ? name.ToString() : null;
    }

    private string? SpellString(SyntaxToken token, IRuleNode parent)
    {
        string text = token.Text[1..^1].Replace("''", "'", StringComparison.Ordinal);
        return text.AsSpan().IndexOfAny("\"\\{}") < 0 && !WouldBeRemark(token, parent) ? $"\"{text}\"" : null;
    }

    /// <summary>Whether a string in double quotes would stand alone, where it is not what a body answers.</summary>
    private bool WouldBeRemark(SyntaxToken token, IRuleNode? parent)
    {
        for (; parent is ParserRuleContext context && FirstOf(context) == token; parent = context.Parent)
        {
            if (context is ArmContext)
            {
                return !NextIsOnLine(token);
            }

            if (context is StatementContext statement)
            {
                return statement.Stop == token ? !IsSole(statement) : !NextIsOnLine(token);
            }
        }

        return false;
    }

    private SyntaxToken FirstOf(ParserRuleContext context)
    {
        int index = ((SyntaxToken)context.Start).TokenIndex;
        while (tokens[index].IsInserted)
        {
            index++;
        }

        return tokens[index];
    }

    private bool NextIsOnLine(SyntaxToken token) => tokens[token.TokenIndex + 1].Line == token.Line;

    private static bool IsSole(StatementContext statement) =>
        statement.Parent is BodyContext { Parent: MethodContext or BlockContext } body
        && body.statement().Length == 1 && body.temporaries() is null;

    /// <summary>Turns remarks into comments, and into documentation where they are that.</summary>
    public Gap Convert(Gap gap, int docColumn)
    {
        if (gap.Trivia.All(trivia => trivia.Kind != TriviaKind.Remark))
        {
            return gap;
        }

        int firstDoc = FirstDoc(gap, docColumn);
        var converted = ImmutableArray.CreateBuilder<Trivia>();
        for (int i = 0; i < gap.Trivia.Length; i++)
        {
            bool endsLine = i + 1 < gap.Trivia.Length ? gap.Trivia[i + 1].IsOnOwnLine : gap.LinesAfter > 0;
            converted.AddRange(gap.Trivia[i] switch
            {
                { Kind: TriviaKind.Remark } remark when !endsLine && !remark.IsOnOwnLine => [Inline(remark)],
                { Kind: TriviaKind.Remark } remark => Lines(remark, i >= firstDoc ? "/// " : "// "),
                var other => [other],
            });
        }

        return gap with { Trivia = converted.ToImmutable() };
    }

    /// <summary>The first of the remarks that document what follows: the last run of them, on neighbouring lines.</summary>
    private static int FirstDoc(Gap gap, int column)
    {
        if (column == 0 || gap.Trivia.Any(trivia => trivia is { Kind: TriviaKind.Doc, IsOnOwnLine: true }))
        {
            return int.MaxValue;
        }

        int first = int.MaxValue;
        int end = 0;
        for (int i = 0; i < gap.Trivia.Length; i++)
        {
            if (gap.Trivia[i] is { Kind: TriviaKind.Remark, IsOnOwnLine: true } remark)
            {
                bool goesOn = first < int.MaxValue && remark.Line <= end + 1;
                first = remark.Column != column ? int.MaxValue : goesOn ? first : i;
                end = remark.Line + remark.Text.AsSpan().Count('\n');
            }
        }

        return first;
    }

    private static Trivia Inline(Trivia remark) => TextOf(remark.Text) is var text && text.Contains("*/", StringComparison.Ordinal)
        ? remark
        : remark with { Kind = TriviaKind.Block, Text = $"/* {text.Trim()} */" };

    private static IEnumerable<Trivia> Lines(Trivia remark, string mark)
    {
        string[] lines = TextOf(remark.Text).Trim().Split('\n');
        int indent = lines.Skip(1).Where(line => !string.IsNullOrWhiteSpace(line))
            .Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        var kind = mark == "/// " ? TriviaKind.Doc : TriviaKind.Line;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = i == 0 ? lines[i] : lines[i][Math.Min(indent, lines[i].Length)..];
            string text = (mark + line.TrimEnd()).TrimEnd();
            yield return i == 0
                ? remark with { Kind = kind, Text = text }
                : remark with { Kind = kind, Text = text, Line = remark.Line + i, LinesBefore = 1 };
        }
    }

    /// <summary>What stands between the quotes of a remark.</summary>
    public static string TextOf(string remark)
    {
        string text = remark.EndsWith('.') ? remark[..^1].TrimEnd() : remark;
        return text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
    }
}
