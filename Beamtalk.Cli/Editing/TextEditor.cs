using System.Collections.Immutable;
using System.Text;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Cli.Editing;

/// <summary>Changes in a text that keep its indentation and its line ends.</summary>
internal sealed class TextEditor(string text)
{
    private const string DocMark = "///";

    private readonly string _newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    /// <summary>Other texts in the place of spans: one for one if there are as many, else all for all.</summary>
    public string Replace(ImmutableArray<TextSpan> spans, ImmutableArray<string> texts, string? doc)
    {
        int start = spans[0].Start;
        string indent = IndentAt(start);
        ImmutableArray<TextSpan> places = spans.Length == texts.Length ? spans : [spans[0].Union(spans[^1])];
        ImmutableArray<string> pieces = spans.Length == texts.Length ? texts : [string.Join('\n', texts)];
        var result = new StringBuilder(text);
        foreach ((TextSpan place, string piece) in places.Zip(pieces).Reverse())
        {
            int length = text.Substring(place.Start, place.Length).TrimEnd().Length;
            result.Remove(place.Start, length).Insert(place.Start, Indented(piece, indent));
        }

        if (doc is not null)
        {
            int line = LineStart(start);
            int above = DocStart(line);
            result.Remove(above, line - above).Insert(above, DocLines(doc, indent));
        }

        return result.ToString();
    }

    /// <summary>Takes spans away, with their lines and the doc comment above; of two blank lines one stays.</summary>
    public string Remove(ImmutableArray<TextSpan> spans)
    {
        int from = DocStart(LineStart(spans[0].Start));
        int to = LineEnd(spans[^1].Start + text.Substring(spans[^1].Start, spans[^1].Length).TrimEnd().Length);
        int after = to < text.Length ? LineEnd(to) : to;
        bool isBlankAround = IsBlank(LineStart(Math.Max(0, from - 1)), from) && IsBlank(to, after);
        return text.Remove(from, (isBlankAround ? after : to) - from);
    }

    /// <summary>Puts a method behind the last member of a class.</summary>
    public string Insert(ClassDeclaration type, ImmutableArray<string> texts, string? doc)
    {
        string indent = type.Members.IsEmpty ? IndentAt(type.Span.Start) + "  " : IndentAt(type.Members[0].Span.Start);
        int last = type.Members.IsEmpty ? type.HeaderSpan.End : type.Members.Max(member => member.Span.End);
        int at = LineEnd(text.AsSpan(0, last).TrimEnd().Length);
        bool endsLine = at > 0 && text[at - 1] == '\n';
        string method = DocLines(doc, indent) + indent + Indented(string.Join('\n', texts), indent);
        return text.Insert(at, $"{(endsLine ? "" : _newLine)}{_newLine}{method}{(endsLine ? _newLine : "")}");
    }

    /// <summary>A text whose first line stands at that indentation already; what is inside a string stays as it is.</summary>
    private string Indented(string piece, string indent)
    {
        string plain = piece.ReplaceLineEndings("\n");
        ImmutableArray<TextSpan> strings = Parser.MultilineTokens(new SourceText("method", plain));
        var result = new StringBuilder();
        int at = 0;
        foreach (string line in plain.Split('\n'))
        {
            bool isCode = line.Length > 0 && !strings.Any(span => span.Start < at && at < span.End);
            result.Append(at == 0 ? "" : _newLine).Append(at > 0 && isCode ? indent : "").Append(line);
            at += line.Length + 1;
        }

        return result.ToString();
    }

    private string DocLines(string? doc, string indent) => doc is null
        ? ""
        : string.Concat(doc.Split('\n').Select(line => $"{indent}{$"{DocMark} {line}".TrimEnd()}{_newLine}"));

    /// <summary>Where the doc comment above a line begins; the line itself if there is none.</summary>
    private int DocStart(int line)
    {
        while (line > 0)
        {
            int above = LineStart(line - 1);
            if (!text.AsSpan(above, line - above).TrimStart().StartsWith(DocMark))
            {
                break;
            }

            line = above;
        }

        return line;
    }

    private string IndentAt(int offset)
    {
        int line = LineStart(offset);
        int end = line;
        while (end < offset && text[end] is ' ' or '\t')
        {
            end++;
        }

        return text[line..end];
    }

    private bool IsBlank(int start, int end) => text.AsSpan(start, Math.Max(0, end - start)).IsWhiteSpace();

    private int LineStart(int offset) => offset == 0 ? 0 : text.LastIndexOf('\n', offset - 1) + 1;

    /// <summary>After the line's end; at the end of the text if it has none.</summary>
    private int LineEnd(int offset) => text.IndexOf('\n', offset) is >= 0 and var end ? end + 1 : text.Length;
}
