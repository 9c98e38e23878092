using Antlr4.Runtime;
using Antlr4.Runtime.Misc;

namespace Beamtalk.Compiler.Parsing;

/// <summary>The text as UTF-16 units, so that ANTLR's offsets are ours. It never copies the text.</summary>
internal sealed class SourceCharStream(string text) : ICharStream
{
    public int Index { get; private set; }

    public int Size => text.Length;

    public string SourceName => IntStreamConstants.UnknownSourceName;

    public int LA(int i)
    {
        int offset = i > 0 ? Index + i - 1 : Index + i;
        return (uint)offset < (uint)text.Length ? text[offset] : IntStreamConstants.EOF;
    }

    public void Consume() => Index++;

    public void Seek(int index) => Index = Math.Min(index, text.Length);

    public int Mark() => -1;

    public void Release(int marker)
    {
    }

    public string GetText(Interval interval) =>
        interval.a >= text.Length ? "" : text[interval.a..Math.Min(interval.b + 1, text.Length)];
}
