using System.Collections.Immutable;
using System.Numerics;
using System.Text;

namespace Beamtalk.Compiler.Backend;

/// <summary>An Erlang term as the compiler and its node exchange them.</summary>
public abstract record ErlangTerm
{
    public static ErlangTerm Nil { get; } = new ErlangAtom("nil");

    public static ErlangTerm Atom(string text) => new ErlangAtom(text);

    /// <summary>The atom, or <c>nil</c> where there is none.</summary>
    public static ErlangTerm AtomOrNil(string? text) => text is null ? Nil : new ErlangAtom(text);

    public static ErlangTerm Boolean(bool value) => new ErlangAtom(value ? "true" : "false");

    public static ErlangTerm Integer(BigInteger value) => new ErlangInteger(value);

    public static ErlangTerm Text(string text) => new ErlangBinary(Encoding.UTF8.GetBytes(text));

    public static ErlangTerm Tuple(params ReadOnlySpan<ErlangTerm> elements) => new ErlangTuple([.. elements]);

    public static ErlangTerm List(IEnumerable<ErlangTerm> elements) => new ErlangList([.. elements]);

    /// <summary>The text of an atom or of a UTF-8 binary.</summary>
    public string AsText() => this switch
    {
        ErlangAtom atom => atom.Name,
        ErlangBinary binary => Encoding.UTF8.GetString(binary.Bytes),
        _ => throw new FormatException($"expected an atom or a binary, got {this}"),
    };

    public ImmutableArray<ErlangTerm> AsElements() => this switch
    {
        ErlangTuple tuple => tuple.Elements,
        ErlangList list => list.Elements,
        _ => throw new FormatException($"expected a tuple or a list, got {this}"),
    };
}

public sealed record ErlangAtom(string Name) : ErlangTerm;

public sealed record ErlangInteger(BigInteger Value) : ErlangTerm;

public sealed record ErlangFloat(double Value) : ErlangTerm;

public sealed record ErlangBinary(byte[] Bytes) : ErlangTerm;

public sealed record ErlangTuple(ImmutableArray<ErlangTerm> Elements) : ErlangTerm;

/// <summary>A proper list.</summary>
public sealed record ErlangList(ImmutableArray<ErlangTerm> Elements) : ErlangTerm;
