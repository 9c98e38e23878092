using System.Numerics;
using System.Text;
using Beamtalk.Compiler.Core;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Core;

/// <summary>What the writer quotes, OTP's own scanner reads back unchanged.</summary>
public sealed class CoreQuotingTests
{
    private const int Rounds = 400;

    private static readonly string[] Awkward =
    [
        "", "'", "\"", "\\", "\\n", "\n", "\r\n", "\t", "\0", "\0" + "12", "\u007f", "a b", "V1_x", "at:put:", "+", "'$class'",
        "é", "ÿ", "π", "€", "日本語", "😀", "e\u0301", "\u2028", "\ufeff", "%", "{", "}~", "#{", "$a", "\\x{41}", "\\101", "^A",
        "\u00ff\u0100", "\u07ff\u0800\uffff", "\U00010000\U0010ffff", "\u001b[0m",
    ];

    private static IEnumerable<string> Texts()
    {
        var random = new Random(20_240_601);
        return Awkward.Concat(Enumerable.Range(0, Rounds).Select(_ => RandomText(random)));
    }

    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        for (var length = random.Next(1, 20); length > 0; length--)
        {
            var limit = random.Next(4) switch { 0 => 0x80, 1 => 0x100, 2 => 0x3000, _ => 0x110000 };
            var codePoint = random.Next(limit);
            text.Append(Rune.IsValid(codePoint) ? new Rune(codePoint).ToString() : "'");
        }

        return text.ToString();
    }

    /// <summary>All checks of one kind in one expression: a node evaluates it in one go.</summary>
    private static void ShouldAllHold(IEnumerable<string> checks)
    {
        var list = string.Join(",\n", checks.Select((check, number) => $"{{{number}, catch begin {check} end}}"));
        ErlangNode.Instance.Evaluate(
            $"Scan = fun(Core) -> {{ok, Tokens, _}} = core_scan:string(binary_to_list(Core)), Tokens end, "
            + $"[Wrong || {{_, Holds}} = Wrong <- [{list}], Holds =/= true].").ShouldBe("{ok,[]}");
    }

    private static string Scanned(Action<StringBuilder> append)
    {
        var output = new StringBuilder();
        append(output);
        return $"Scan({ErlangNode.BinaryOf(output.ToString())})";
    }

    [Test]
    public void Atoms() => ShouldAllHold(Texts().Where(text => text.EnumerateRunes().Count() <= 255).Select(text =>
        $"[{{atom, _, Atom{Number()}}}] = {Scanned(output => output.AppendAtom(text))}, "
        + $"atom_to_binary(Atom{number}) =:= {ErlangNode.BinaryOf(text)}"));

    [Test]
    public void Byte_lists() => ShouldAllHold(Texts().Select(text =>
        $"[{{string, _, Bytes{Number()}}}] = {Scanned(output => output.AppendByteList(text))}, "
        + $"list_to_binary(Bytes{number}) =:= {ErlangNode.BinaryOf(text)}"));

    [Test]
    public void Code_point_lists() => ShouldAllHold(Texts().Select(text =>
        $"{{ok, Points{Number()}}} = erl_parse:parse_term({Scanned(output => output.AppendCodePointList(text))} ++ [{{dot, 1}}]), "
        + $"unicode:characters_to_binary(Points{number}) =:= {ErlangNode.BinaryOf(text)}"));

    [Test]
    public void Floats()
    {
        var random = new Random(7);
        double[] special = [0.0, 1.0, -1.5, 0.1, 1e22, 1e21, 1e-7, 123456789012345680.0, double.MaxValue, double.MinValue, double.Epsilon];
        var floats = special.Concat(Enumerable.Range(0, Rounds).Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64())))
            .Where(double.IsFinite);
        ShouldAllHold(floats.Select(value =>
            $"[{{float, _, Float{Number()}}}] = {Scanned(output => output.AppendFloat(value))}, "
            + $"<<Bits{number}:64>> = <<Float{number}/float>>, Bits{number} =:= {BitConverter.DoubleToUInt64Bits(value)}"));
    }

    [Test]
    public void Integers()
    {
        BigInteger[] integers =
            [0, -1, long.MaxValue, long.MinValue, (BigInteger)long.MaxValue + 1, BigInteger.Pow(10, 400), -BigInteger.Pow(7, 300)];
        ShouldAllHold(integers.Select(value =>
            $"{Scanned(output => output.AppendInteger(value))} =:= [{{integer, 1, {value}}}]"));
    }

    [TestCase(0, "x", "V0_x")]
    [TestCase(12, "größe", "V12_gre")]
    [TestCase(3, "a@b_c", "V3_a@b_c")]
    [TestCase(4, "", "V4")]
    public void Variables(int number, string hint, string expected) =>
        new StringBuilder().AppendVariable(new CoreVar(number, hint)).ToString().ShouldBe(expected);

    [Test]
    public void All_output_is_ASCII()
    {
        foreach (var text in Texts())
        {
            var output = new StringBuilder().AppendAtom(text).AppendByteList(text).AppendCodePointList(text).AppendSegments(text);
            output.ToString().ShouldAllBe(c => char.IsAscii(c));
        }
    }

    [Test]
    public void Texts_as_expressions_and_as_patterns()
    {
        var x = new CoreVar(0, "x");
        foreach (var text in Awkward)
        {
            var choice = CoreFactory.Case(
                CoreFactory.Var(x),
                CoreFactory.Clause(CoreFactory.Literal(CoreFactory.Binary(text)), CoreFactory.Binary(text)),
                CoreFactory.Clause(CoreFactory.Ignored, CoreFactory.Nil));
            CoreRunner.Call(CoreFactory.Fun([x], choice), ErlangNode.BinaryOf(text))
                .ShouldBe(CoreRunner.Evaluate($"{ErlangNode.BinaryOf(text)}."));
        }
    }

    /// <summary>Numbers the variables of the checks, which share one scope.</summary>
    private int Number() => ++number;

    private int number;
}
