namespace Beamtalk.Compiler.Text;

/// <summary>A one-based line and column (columns count UTF-16 units).</summary>
public readonly record struct LinePosition(int Line, int Column);

/// <summary>One source file: the path as the user gave it, its text, and a map from offsets to lines.</summary>
public sealed class SourceText(string path, string text)
{
    private readonly Lazy<int[]> _lineStarts = new(() => FindLineStarts(text));

    public string Path { get; } = path;

    public string Text { get; } = text;

    public LinePosition PositionOf(int offset)
    {
        int index = Array.BinarySearch(_lineStarts.Value, offset);
        int line = index >= 0 ? index : ~index - 1;
        return new LinePosition(line + 1, offset - _lineStarts.Value[line] + 1);
    }

    public int LineOf(int offset) => PositionOf(offset).Line;

    public string LineText(int line)
    {
        int start = _lineStarts.Value[line - 1];
        int end = line < _lineStarts.Value.Length ? _lineStarts.Value[line] : Text.Length;
        return Text[start..end].TrimEnd('\r', '\n');
    }

    public string Slice(TextSpan span) => Text.Substring(span.Start, span.Length);

    private static int[] FindLineStarts(string text)
    {
        var starts = new List<int> { 0 };
        for (int i = text.IndexOf('\n'); i >= 0; i = text.IndexOf('\n', i + 1))
        {
            starts.Add(i + 1);
        }

        return [.. starts];
    }
}
