using System.Text.RegularExpressions;

namespace Beamtalk.Compiler.Parsing.Layout;

/// <summary>Looks ahead in the raw text, where layout must know what a line is before its tokens are read.</summary>
internal sealed partial class TextScanner(string text)
{
    private int _arrowAskedAt = -1;
    private bool _arrowAnswer;

    public char At(int offset) => (uint)offset < (uint)text.Length ? text[offset] : '\0';

    public bool IsAtEnd(int offset) => offset >= text.Length;

    public int LineEnd(int offset)
    {
        int end = text.AsSpan(Math.Min(offset, text.Length)).IndexOfAny('\r', '\n');
        return end < 0 ? text.Length : offset + end;
    }

    public int SkipSpaces(int offset)
    {
        while (At(offset) is ' ' or '\t')
        {
            offset++;
        }

        return offset;
    }

    /// <summary>Skips spaces, newlines and comments.</summary>
    public int SkipBlank(int offset)
    {
        while (!IsAtEnd(offset))
        {
            if (char.IsWhiteSpace(text[offset]))
            {
                offset++;
            }
            else if (text[offset] == '/' && At(offset + 1) == '/')
            {
                offset = LineEnd(offset);
            }
            else if (text[offset] == '/' && At(offset + 1) == '*')
            {
                int close = text.IndexOf("*/", offset + 2, StringComparison.Ordinal);
                offset = close < 0 ? text.Length : close + 2;
            }
            else
            {
                break;
            }
        }

        return offset;
    }

    public bool IsLineEnd(int offset) =>
        IsAtEnd(offset) || At(offset) is '\r' or '\n' || (At(offset) == '/' && At(offset + 1) == '/');

    public int ColumnOf(int offset) => offset == 0 ? 1 : offset - text.LastIndexOf('\n', offset - 1);

    /// <summary>The offset after the quote that ends a string read raw, where a doubled quote is one; or -1.</summary>
    public int AfterRawString(int offset)
    {
        for (int i = offset + 1; (i = text.IndexOf('"', i)) >= 0; i += 2)
        {
            if (At(i + 1) != '"')
            {
                return i + 1;
            }
        }

        return -1;
    }

    /// <summary>Whether the line from here on has an arrow outside brackets: it is a method header.</summary>
    public bool HasArrow(int offset)
    {
        if (_arrowAskedAt != offset)
        {
            _arrowAskedAt = offset;
            _arrowAnswer = FindArrow(offset);
        }

        return _arrowAnswer;
    }

    public bool IsClassHeader(int offset) => ClassHeader().IsMatch(text, offset);

    public bool IsExtensionHeader(int offset) => ExtensionHeader().Match(text, offset) is { Success: true } match
        && (match.Groups["patch"].Success || HasArrow(offset));

    public bool StartsAssignmentOrReturn(int offset) => At(offset) == '^' || Assignment().IsMatch(text, offset);

    private bool FindArrow(int offset)
    {
        int end = LineEnd(offset);
        ReadOnlySpan<char> line = text.AsSpan(offset, end - offset);
        if (line.IndexOf("=>") < 0)
        {
            return false;
        }

        int depth = 0;
        for (int i = 0; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}':
                    depth--;
                    break;
                case '"' or '\'':
                    i = AfterQuote(line, i);
                    break;
                case '$':
                    i++;
                    break;
                case '/' when i + 1 < line.Length && line[i + 1] == '/':
                    return false;
                case '/' when i + 1 < line.Length && line[i + 1] == '*':
                    i = AfterBlockComment(line, i);
                    break;
                case '=' when depth <= 0 && IsArrow(line, i):
                    return true;
            }
        }

        return false;
    }

    /// <summary>The last character of the comment, or the line's end.</summary>
    private static int AfterBlockComment(ReadOnlySpan<char> line, int start)
    {
        int length = line[(start + 2)..].IndexOf("*/");
        return length < 0 ? line.Length : start + 2 + length + 1;
    }

    /// <summary>
    /// The closing quote, or the line's end. Where the braces of a string fit together, they are interpolations, and
    /// strings in those do not end it; a remark's need not.
    /// </summary>
    private static int AfterQuote(ReadOnlySpan<char> line, int start)
    {
        if (line[start] == '"' && AfterInterpolated(line, start) is var end && end < line.Length)
        {
            return end;
        }

        int length = line[(start + 1)..].IndexOf(line[start]);
        return length < 0 ? line.Length : start + 1 + length;
    }

    private static int AfterInterpolated(ReadOnlySpan<char> line, int start)
    {
        for (int i = start + 1; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '\\':
                    i++;
                    break;
                case '{' when i + 1 < line.Length && line[i + 1] == '{':
                    i++;
                    break;
                case '{':
                    i = AfterInterpolation(line, i);
                    break;
                case '"':
                    return i;
            }
        }

        return line.Length;
    }

    /// <summary>The brace that closes the interpolation, or the line's end.</summary>
    private static int AfterInterpolation(ReadOnlySpan<char> line, int start)
    {
        int depth = 1;
        for (int i = start + 1; i < line.Length; i++)
        {
            switch (line[i])
            {
                case '{':
                    depth++;
                    break;
                case '}' when --depth == 0:
                    return i;
                case '"':
                    i = AfterInterpolated(line, i);
                    break;
                case '$':
                    i++;
                    break;
            }
        }

        return line.Length;
    }

    private static bool IsArrow(ReadOnlySpan<char> line, int i) =>
        i + 1 < line.Length && line[i + 1] == '>' && (i == 0 || !IsOperator(line[i - 1]))
        && (i + 2 == line.Length || !IsOperator(line[i + 2]) || line[i + 2] == '-');

    private static bool IsOperator(char c) => "+-*/<>=~&@%?\\".Contains(c);

    [GeneratedRegex(@"\G(?:(?:abstract|sealed)[ \t]+)*(?:[\p{L}_]\w*@)?[\p{L}_]\w*(?:\([^)\r\n]*\))?[ \t]+subclass:(?![:=])")]
    private static partial Regex ClassHeader();

    [GeneratedRegex(@"\G(?:self\.)?[\p{L}_]\w*[ \t]*:=")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\G(?<patch>patch[ \t]+)?(?:[\p{L}_]\w*@)?\p{Lu}\w*(?:[ \t]+class)?[ \t]*>>(?![-+*/<>=~&@%?\\])")]
    private static partial Regex ExtensionHeader();
}
