namespace Beamtalk.Compiler.Text;

/// <summary>A range of characters in one source text: zero-based UTF-16 offset and length.</summary>
public readonly record struct TextSpan(int Start, int Length)
{
    public static readonly TextSpan None = new(0, 0);

    public int End => Start + Length;

    public static TextSpan FromBounds(int start, int end) => new(start, Math.Max(0, end - start));

    /// <summary>The smallest span that covers both.</summary>
    public TextSpan Union(TextSpan other) => FromBounds(Math.Min(Start, other.Start), Math.Max(End, other.End));
}
