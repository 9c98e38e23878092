using System.Globalization;
using System.Numerics;
using System.Text;

namespace Beamtalk.Compiler.Core;

/// <summary>
/// The one place that knows how Core Erlang spells atoms, texts, numbers and variables. All output is ASCII: OTP reads
/// a Core file as bytes, and takes the bytes of a quoted atom for UTF-8.
/// </summary>
public static class CoreQuoting
{
    /// <summary>What a byte of a literal binary looks like, with its value between the two halves.</summary>
    private const string SegmentStart = "#<";
    private const string SegmentEnd = ">(8,1,'integer',['unsigned'|['big']])";

    public static StringBuilder AppendAtom(this StringBuilder output, string text)
    {
        output.Append('\'');
        AppendUtf8(output, text, '\'');
        return output.Append('\'');
    }

    /// <summary>A list of the text's UTF-8 bytes, as a string literal.</summary>
    public static StringBuilder AppendByteList(this StringBuilder output, string text)
    {
        output.Append('"');
        AppendUtf8(output, text, '"');
        return output.Append('"');
    }

    /// <summary>A list of the text's code points: file names in annotations.</summary>
    public static StringBuilder AppendCodePointList(this StringBuilder output, string text)
    {
        if (text.All(char.IsAscii))
        {
            return output.AppendByteList(text);
        }

        var runes = text.EnumerateRunes().Select(rune => rune.Value.ToString(CultureInfo.InvariantCulture));
        return output.Append('[').AppendJoin(',', runes).Append(']');
    }

    /// <summary>The text's UTF-8 bytes as segments between <c>#{</c> and <c>}#</c>, without these.</summary>
    public static StringBuilder AppendSegments(this StringBuilder output, string text)
    {
        var separator = "";
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            output.Append(separator).Append(SegmentStart).Append(value).Append(SegmentEnd);
            separator = ",";
        }

        return output;
    }

    public static StringBuilder AppendInteger(this StringBuilder output, BigInteger value) =>
        value >= long.MinValue && value <= long.MaxValue
            ? output.Append((long)value)
            : output.Append(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The shortest text that reads back as the same double; Core wants a digit after the point.</summary>
    public static StringBuilder AppendFloat(this StringBuilder output, double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "the BEAM has no such float");
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var exponent = text.IndexOf('E');
        var mantissa = exponent < 0 ? text : text[..exponent];
        output.Append(mantissa).Append(mantissa.Contains('.') ? "" : ".0");
        return exponent < 0 ? output : output.Append('e').Append(text.AsSpan(exponent + 1));
    }

    /// <summary><c>V12_hint</c>; what a variable name cannot hold is left out of the hint.</summary>
    public static StringBuilder AppendVariable(this StringBuilder output, CoreVar variable)
    {
        output.Append('V').Append(variable.Number);
        if (variable.Hint.Length > 0)
        {
            output.Append('_');
            foreach (var c in variable.Hint)
            {
                if (char.IsAsciiLetterOrDigit(c) || c is '_' or '@')
                {
                    output.Append(c);
                }
            }
        }

        return output;
    }

    public static StringBuilder AppendFunctionName(this StringBuilder output, FunctionName function) =>
        output.AppendAtom(function.Name).Append('/').Append(function.Arity);

    private static void AppendUtf8(StringBuilder output, string text, char quote)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or > '~')
            {
                AppendOctalBytes(output, text, quote);
                return;
            }
        }

        AppendAscii(output, text, quote);
    }

    private static void AppendAscii(StringBuilder output, string text, char quote)
    {
        if (text.IndexOfAny(['\\', quote]) < 0)
        {
            output.Append(text);
            return;
        }

        foreach (var c in text)
        {
            if (c == quote || c == '\\')
            {
                output.Append('\\');
            }

            output.Append(c);
        }
    }

    /// <summary>Three octal digits each, so that a digit after the escape is not taken for a part of it.</summary>
    private static void AppendOctalBytes(StringBuilder output, string text, char quote)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (value == '\n')
            {
                output.Append("\\n");
            }
            else if (value is < (byte)' ' or > (byte)'~' || value == quote || value == '\\')
            {
                output.Append('\\').Append((char)('0' + (value >> 6))).Append((char)('0' + ((value >> 3) & 7)))
                    .Append((char)('0' + (value & 7)));
            }
            else
            {
                output.Append((char)value);
            }
        }
    }
}
