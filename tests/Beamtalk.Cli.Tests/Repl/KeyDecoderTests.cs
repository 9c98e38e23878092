using System.Text;
using Beamtalk.Cli.Repl.Editing;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Cli.Tests.Repl;

[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class KeyDecoderTests
{
    [TestCase("\r", KeyCode.Enter)]
    [TestCase("\t", KeyCode.Tab)]
    [TestCase("\x7f", KeyCode.Backspace)]
    [TestCase("\e[A", KeyCode.Up)]
    [TestCase("\eOB", KeyCode.Down)]
    [TestCase("\e[1;5C", KeyCode.WordRight)]
    [TestCase("\e[3~", KeyCode.Delete)]
    [TestCase("\e[H", KeyCode.Home)]
    [TestCase("\e[4~", KeyCode.End)]
    [TestCase("\e[Z", KeyCode.ShiftTab)]
    [TestCase("\e\r", KeyCode.AltEnter)]
    [TestCase("\e\x7f", KeyCode.AltBackspace)]
    public void Sequences_are_keys(string bytes, KeyCode code) =>
        Decode(bytes).ShouldBe([new Key(code)]);

    [Test]
    public void Control_and_Alt_have_their_letter() =>
        Decode("\x03\eb\x1f").ShouldBe([Key.Control('c'), new Key(KeyCode.Alt, "b"), Key.Control('_')]);

    [Test]
    public void Characters_may_come_in_pieces()
    {
        var decoder = new KeyDecoder();
        byte[] bytes = Encoding.UTF8.GetBytes("語🎉");
        bytes.SelectMany(one => decoder.Feed([one])).ShouldBe([new Key(KeyCode.Text, "語"), new Key(KeyCode.Text, "🎉")]);
    }

    [Test]
    public void Sequences_may_come_in_pieces()
    {
        var decoder = new KeyDecoder();
        decoder.Feed("\e"u8).ShouldBeEmpty();
        decoder.IsWaiting.ShouldBeTrue();
        decoder.Feed("[1;"u8).ShouldBeEmpty();
        decoder.Feed("3D"u8).ShouldBe([new Key(KeyCode.WordLeft)]);
        decoder.IsWaiting.ShouldBeFalse();
    }

    [Test]
    public void A_lone_Escape_is_a_key_after_a_moment()
    {
        var decoder = new KeyDecoder();
        decoder.Feed("\e"u8).ShouldBeEmpty();
        decoder.Flush().ShouldBe([new Key(KeyCode.Escape)]);
        decoder.Feed("a"u8).ShouldBe([new Key(KeyCode.Text, "a")]);
    }

    [Test]
    public void A_paste_is_one_key_however_it_comes()
    {
        var decoder = new KeyDecoder();
        decoder.Feed("\e[200~one\rtw"u8).ShouldBeEmpty();
        decoder.IsWaiting.ShouldBeFalse("time does not end a paste");
        decoder.Feed("o\e[20"u8).ShouldBeEmpty();
        decoder.Feed("1~x"u8).ShouldBe([new Key(KeyCode.Paste, "one\ntwo"), new Key(KeyCode.Text, "x")]);
    }

    [Test]
    public void Control_characters_in_a_paste_are_no_text() =>
        Decode("\e[200~a\tb\u0001\u0003c\r\nd\e[201~").ShouldBe([new Key(KeyCode.Paste, "a  bc\nd")]);

    [Test]
    public void Unknown_sequences_and_broken_characters_do_no_harm()
    {
        IReadOnlyList<Key> keys = new KeyDecoder().Feed([0x1b, (byte)'[', (byte)'9', (byte)'9', (byte)'~', 0xff, (byte)'a']);
        keys.ShouldBe([new Key(KeyCode.Text, "\uFFFD"), new Key(KeyCode.Text, "a")]);
    }

    private static IReadOnlyList<Key> Decode(string text) => new KeyDecoder().Feed(Encoding.UTF8.GetBytes(text));
}
