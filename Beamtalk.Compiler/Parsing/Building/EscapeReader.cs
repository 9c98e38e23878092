using System.Globalization;
using System.Text;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Parsing.Building;

/// <summary>Resolves the escapes of strings and characters.</summary>
internal static class EscapeReader
{
    public static string Decode(ReadOnlySpan<char> text, int offset, DiagnosticBag diagnostics)
    {
        var decoded = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                // A quote inside a string is doubled.
                decoded.Append('"');
                i++;
            }
            else if (text[i] == '\\')
            {
                i += DecodeEscape(text[i..], offset + i, decoded, diagnostics) - 1;
            }
            else
            {
                decoded.Append(text[i]);
            }
        }

        return decoded.ToString();
    }

    /// <summary>Appends what an escape stands for; answers its length.</summary>
    private static int DecodeEscape(ReadOnlySpan<char> text, int offset, StringBuilder decoded, DiagnosticBag diagnostics)
    {
        char? simple = text.Length < 2 ? null : text[1] switch
        {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            '"' or '\\' or '{' or '}' or '\'' => text[1],
            _ => null,
        };
        if (simple is { } character)
        {
            decoded.Append(character);
            return 2;
        }

        int close = text.Length > 2 && text[1] == 'u' && text[2] == '{' ? text.IndexOf('}') : -1;
        int length = close < 0 ? Math.Min(2, text.Length) : close + 1;
        if (close > 0 && int.TryParse(text[3..close], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
            && Rune.IsValid(code))
        {
            decoded.Append(char.ConvertFromUtf32(code));
        }
        else
        {
            diagnostics.Report(Catalog.BadEscape, new TextSpan(offset, length), text[..length].ToString());
            decoded.Append('\uFFFD');
        }

        return length;
    }
}
