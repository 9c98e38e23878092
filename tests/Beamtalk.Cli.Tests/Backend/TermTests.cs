using System.Numerics;
using Beamtalk.Compiler.Backend;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Backend;

[TestFixture]
public sealed class TermTests
{
    private static IEnumerable<ErlangTerm> Samples()
    {
        yield return ErlangTerm.Atom("at:put:");
        yield return ErlangTerm.Atom("größe π");
        yield return ErlangTerm.Integer(0);
        yield return ErlangTerm.Integer(-1);
        yield return ErlangTerm.Integer(int.MaxValue);
        yield return ErlangTerm.Integer(BigInteger.Pow(7, 90));
        yield return ErlangTerm.Integer(-BigInteger.Pow(2, 64));
        yield return new ErlangFloat(-2.5);
        yield return ErlangTerm.Text("Grüße");
        yield return ErlangTerm.Text("");
        yield return ErlangTerm.Tuple();
        yield return ErlangTerm.List([]);
        yield return ErlangTerm.List([ErlangTerm.Nil, ErlangTerm.Tuple(ErlangTerm.Integer(1), ErlangTerm.Text("x"))]);
    }

    [TestCaseSource(nameof(Samples))]
    public void A_written_term_reads_back(ErlangTerm term)
    {
        byte[] bytes = TermWriter.ToBytes(term);
        TermWriter.ToBytes(TermReader.Read(bytes)).ShouldBe(bytes);
    }

    [Test]
    public void Truncated_terms_are_refused()
    {
        byte[] bytes = TermWriter.ToBytes(ErlangTerm.Tuple(ErlangTerm.Text("hello"), ErlangTerm.Integer(300)));
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] prefix = bytes[..length];
            Should.Throw<Exception>(() => TermReader.Read(prefix));
        }
    }
}
