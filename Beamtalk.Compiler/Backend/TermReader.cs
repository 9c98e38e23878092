using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Tag = Beamtalk.Compiler.Backend.TermWriter.Tag;

namespace Beamtalk.Compiler.Backend;

/// <summary>Reads terms in Erlang's external term format: the kinds that the node sends.</summary>
public ref struct TermReader
{
    private ReadOnlySpan<byte> _rest;

    private TermReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    public static ErlangTerm Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new TermReader(bytes);
        byte version = reader.Byte();
        return version == Tag.Version
            ? reader.Term()
            : throw new FormatException($"not an external term: version {version}");
    }

    private ErlangTerm Term() => Byte() switch
    {
        Tag.SmallInteger => new ErlangInteger(Byte()),
        Tag.Integer => new ErlangInteger(Int32()),
        Tag.SmallBig => Big(Byte()),
        Tag.LargeBig => Big(Int32()),
        Tag.Float => new ErlangFloat(BinaryPrimitives.ReadDoubleBigEndian(Take(8))),
        Tag.SmallAtom => new ErlangAtom(Encoding.UTF8.GetString(Take(Byte()))),
        Tag.Atom => new ErlangAtom(Encoding.UTF8.GetString(Take(UInt16()))),
        Tag.LatinAtom => new ErlangAtom(Encoding.Latin1.GetString(Take(UInt16()))),
        Tag.Binary => new ErlangBinary(Take(Int32()).ToArray()),
        Tag.SmallTuple => new ErlangTuple(Terms(Byte())),
        Tag.LargeTuple => new ErlangTuple(Terms(Int32())),
        Tag.EmptyList => new ErlangList([]),
        Tag.CharList => new ErlangList([.. Take(UInt16()).ToArray().Select(unit => new ErlangInteger(unit))]),
        Tag.List => ProperList(),
        byte tag => throw new FormatException($"unexpected term tag {tag}"),
    };

    private ErlangList ProperList()
    {
        ImmutableArray<ErlangTerm> elements = Terms(Int32());
        return Byte() == Tag.EmptyList
            ? new ErlangList(elements)
            : throw new FormatException("an improper list");
    }

    private ErlangInteger Big(int length)
    {
        bool isNegative = Byte() != 0;
        var magnitude = new BigInteger(Take(length), isUnsigned: true);
        return new ErlangInteger(isNegative ? -magnitude : magnitude);
    }

    private ImmutableArray<ErlangTerm> Terms(int count)
    {
        var terms = ImmutableArray.CreateBuilder<ErlangTerm>(count);
        for (int i = 0; i < count; i++)
        {
            terms.Add(Term());
        }

        return terms.MoveToImmutable();
    }

    private byte Byte() => Take(1)[0];

    private int UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    private int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    private ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
