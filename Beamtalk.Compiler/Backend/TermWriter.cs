using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Beamtalk.Compiler.Backend;

/// <summary>Writes terms in Erlang's external term format.</summary>
public static class TermWriter
{
    public static byte[] ToBytes(ErlangTerm term)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write([Tag.Version]);
        Write(output, term);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> output, ErlangTerm term)
    {
        switch (term)
        {
            case ErlangAtom atom:
                WriteAtom(output, atom.Name);
                break;
            case ErlangInteger integer:
                WriteInteger(output, integer.Value);
                break;
            case ErlangFloat number:
                output.Write([Tag.Float]);
                BinaryPrimitives.WriteDoubleBigEndian(Reserve(output, 8), number.Value);
                break;
            case ErlangBinary binary:
                WriteHeader(output, Tag.Binary, binary.Bytes.Length);
                output.Write(binary.Bytes);
                break;
            case ErlangTuple tuple:
                WriteHeader(output, Tag.LargeTuple, tuple.Elements.Length);
                WriteAll(output, tuple.Elements);
                break;
            case ErlangList { Elements.IsEmpty: true }:
                output.Write([Tag.EmptyList]);
                break;
            case ErlangList list:
                WriteHeader(output, Tag.List, list.Elements.Length);
                WriteAll(output, list.Elements);
                output.Write([Tag.EmptyList]);
                break;
            default:
                throw new NotSupportedException($"cannot write {term.GetType().Name}");
        }
    }

    private static void WriteAll(ArrayBufferWriter<byte> output, IEnumerable<ErlangTerm> elements)
    {
        foreach (ErlangTerm element in elements)
        {
            Write(output, element);
        }
    }

    private static void WriteAtom(ArrayBufferWriter<byte> output, string name)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        output.Write([Tag.Atom]);
        BinaryPrimitives.WriteUInt16BigEndian(Reserve(output, 2), checked((ushort)utf8.Length));
        output.Write(utf8);
    }

    private static void WriteInteger(ArrayBufferWriter<byte> output, BigInteger value)
    {
        if (value >= int.MinValue && value <= int.MaxValue)
        {
            WriteHeader(output, Tag.Integer, (int)value);
            return;
        }

        byte[] magnitude = BigInteger.Abs(value).ToByteArray(isUnsigned: true);
        WriteHeader(output, Tag.LargeBig, magnitude.Length);
        output.Write([(byte)(value.Sign < 0 ? 1 : 0)]);
        output.Write(magnitude);
    }

    private static void WriteHeader(ArrayBufferWriter<byte> output, byte tag, int number)
    {
        output.Write([tag]);
        BinaryPrimitives.WriteInt32BigEndian(Reserve(output, 4), number);
    }

    private static Span<byte> Reserve(ArrayBufferWriter<byte> output, int size)
    {
        Span<byte> space = output.GetSpan(size)[..size];
        output.Advance(size);
        return space;
    }

    /// <summary>The tag bytes that both directions use.</summary>
    internal static class Tag
    {
        public const byte Version = 131;
        public const byte Float = 70;
        public const byte SmallInteger = 97;
        public const byte Integer = 98;
        public const byte LatinAtom = 100;
        public const byte SmallTuple = 104;
        public const byte LargeTuple = 105;
        public const byte EmptyList = 106;
        public const byte CharList = 107;
        public const byte List = 108;
        public const byte Binary = 109;
        public const byte SmallBig = 110;
        public const byte LargeBig = 111;
        public const byte Atom = 118;
        public const byte SmallAtom = 119;
    }
}
