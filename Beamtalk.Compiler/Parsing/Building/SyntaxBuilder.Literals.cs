using System.Collections.Immutable;
using Antlr4.Runtime.Tree;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Parsing.Generated.BeamtalkParser;

namespace Beamtalk.Compiler.Parsing.Building;

internal sealed partial class SyntaxBuilder
{
    private Expression BuildLiteral(SyntaxToken token)
    {
        var span = token.Span;
        return token.Type switch
        {
            NIL => new NilLiteral(span),
            TRUE => new BooleanLiteral(span, true),
            FALSE => new BooleanLiteral(span, false),
            INTEGER => BuildInteger(token),
            FLOAT => BuildFloat(token),
            CHARACTER => BuildCharacter(token),
            SYMBOL => new SymbolLiteral(span, SymbolText(token)),
            STRING => new StringLiteral(span, DecodeEscapes(token, 1, 1)),
            RAW_STRING => new StringLiteral(span, DecodeRaw(token.Text)),
            _ => throw new InvalidOperationException($"not a literal: {token}"),
        };
    }

    private Expression BuildInteger(SyntaxToken token)
    {
        if (NumberReader.ReadInteger(token.Characters) is { } value)
        {
            return new IntegerLiteral(token.Span, value);
        }

        return ReportNumber(token);
    }

    private Expression BuildFloat(SyntaxToken token)
    {
        if (NumberReader.ReadFloat(token.Characters) is { } value)
        {
            return new FloatLiteral(token.Span, value);
        }

        return ReportNumber(token);
    }

    private IntegerLiteral ReportNumber(SyntaxToken token)
    {
        diagnostics.ReportWithHint(
            Catalog.BadNumber, token.Span, "the digits fit the radix, and there are at most 100000 of them",
            token.End - token.Start > 40 ? token.Text[..40] + "…" : token.Text);
        return new IntegerLiteral(token.Span, 0);
    }

    private CharacterLiteral BuildCharacter(SyntaxToken token)
    {
        ReadOnlySpan<char> text = token.Characters[1..];
        if (text is ['\\', _, ..])
        {
            string decoded = DecodeEscapes(token, 1, 0);
            return new CharacterLiteral(token.Span, decoded.Length == 0 ? 0 : char.ConvertToUtf32(decoded, 0));
        }

        return new CharacterLiteral(
            token.Span, text.Length == 2 ? char.ConvertToUtf32(text[0], text[1]) : Scalar(text[0]));
    }

    private static int Scalar(char c) => char.IsSurrogate(c) ? 0xFFFD : c;

    private static string SymbolText(SyntaxToken token) =>
        token.Characters is ['#', '\'', ..] ? DecodeRaw(token.Text[1..]) : token.Text[1..];

    /// <summary>A string in single quotes; what was never closed has no quote at its end.</summary>
    private static string DecodeRaw(string text)
    {
        string inner = text.Length > 1 && text[^1] == text[0] ? text[1..^1] : text[1..];
        return inner.Replace("''", "'", StringComparison.Ordinal);
    }

    private string DecodeEscapes(SyntaxToken token, int skipStart, int skipEnd)
    {
        ReadOnlySpan<char> text = token.Characters[skipStart..^skipEnd];
        return text.IndexOfAny('\\', '"') < 0
            ? text.ToString()
            : EscapeReader.Decode(text, token.Start + skipStart, diagnostics);
    }

    private Expression BuildInterpolation(InterpolatedStringContext context)
    {
        var parts = ImmutableArray.CreateBuilder<Expression>();
        foreach (var part in context.stringPart())
        {
            if (part.expression() is { } expression)
            {
                parts.Add(BuildExpression(expression));
            }
            else if (part.STRING_TEXT() is { } text)
            {
                parts.Add(new StringLiteral(Token(text).Span, DecodeEscapes(Token(text), 0, 0)));
            }
        }

        return parts is [StringLiteral only] && only.Span.Length == SpanOf(context).Length - 2
            ? new StringLiteral(SpanOf(context), only.Value)
            : new InterpolatedString(SpanOf(context), parts.ToImmutable());
    }
}
