using System.Buffers;
using System.Text;

namespace Beamtalk.Cli.Repl.Editing;

/// <summary>
/// Makes keys of the bytes that a terminal sends. A key may come in pieces; what is not complete waits for the rest, or
/// for <see cref="Flush"/>, by which a lone Escape is told from the beginning of a sequence.
/// </summary>
public sealed class KeyDecoder
{
    private const byte Escape = 0x1b;

    private static readonly byte[] PasteEnd = "\e[201~"u8.ToArray();

    private readonly List<byte> _pending = [];

    /// <summary>Something has begun that is not complete, and that time decides: not a paste, whose end will come.</summary>
    public bool IsWaiting => _pending.Count > 0 && !IsPasting;

    private bool IsPasting => _pending.Count >= 6 && System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending).StartsWith("\e[200~"u8);

    /// <summary>The keys that these bytes complete.</summary>
    public IReadOnlyList<Key> Feed(ReadOnlySpan<byte> bytes)
    {
        _pending.AddRange(bytes);
        var keys = new List<Key>();
        byte[] data = [.. _pending];
        int at = 0;
        while (at < data.Length && Read(data.AsSpan(at)) is var (key, length) && length > 0)
        {
            at += length;
            if (key is { } complete)
            {
                keys.Add(complete);
            }
        }

        _pending.RemoveRange(0, at);
        return keys;
    }

    /// <summary>Nothing more has come for a moment: what waits is what it looks like.</summary>
    public IReadOnlyList<Key> Flush()
    {
        if (!IsWaiting)
        {
            return [];
        }

        Key? key = _pending[0] == Escape ? new Key(KeyCode.Escape) : null;
        byte[] rest = _pending is [Escape, .. var after] && after.Count > 0 ? [.. after] : [];
        _pending.Clear();
        IEnumerable<Key> typed = rest is [] ? [] : rest.Where(b => b is >= 0x20 and < 0x7f).Select(b => new Key(KeyCode.Text, ((char)b).ToString()));
        return key is { } escape ? [escape, .. typed] : [];
    }

    /// <summary>The first key, if it is one that we know, and its length; zero if it is not complete.</summary>
    private static (Key? Key, int Length) Read(ReadOnlySpan<byte> bytes) => bytes[0] switch
    {
        Escape => ReadEscape(bytes),
        0x0d or 0x0a => (new Key(KeyCode.Enter), 1),
        0x09 => (new Key(KeyCode.Tab), 1),
        0x7f or 0x08 => (new Key(KeyCode.Backspace), 1),
        < 0x1b => (Key.Control((char)(bytes[0] + 0x60)), 1),
        0x1f => (Key.Control('_'), 1),
        < 0x20 => (null, 1),
        _ => ReadText(bytes),
    };

    private static (Key?, int) ReadText(ReadOnlySpan<byte> bytes)
    {
        OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int length);
        return status == OperationStatus.NeedMoreData ? (null, 0) : (new Key(KeyCode.Text, rune.ToString()), length);
    }

    private static (Key?, int) ReadEscape(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 1)
        {
            return (null, 0);
        }

        switch (bytes[1])
        {
            case (byte)'[':
                return ReadSequence(bytes);
            case (byte)'O':
                return bytes.Length < 3 ? (null, 0) : (Named((char)bytes[2], ""), 3);
            case 0x0d or 0x0a:
                return (new Key(KeyCode.AltEnter), 2);
            case 0x7f or 0x08:
                return (new Key(KeyCode.AltBackspace), 2);
            case Escape:
                return (new Key(KeyCode.Escape), 1);
            default:
                (Key? key, int length) = Read(bytes[1..]);
                return (key is { Code: KeyCode.Text } text ? text with { Code = KeyCode.Alt } : key, length == 0 ? 0 : length + 1);
        }
    }

    /// <summary>`ESC [ parameters final`.</summary>
    private static (Key?, int) ReadSequence(ReadOnlySpan<byte> bytes)
    {
        int end = 2;
        while (end < bytes.Length && bytes[end] is >= 0x20 and < 0x40)
        {
            end++;
        }

        if (end == bytes.Length)
        {
            return (null, 0);
        }

        string parameters = Encoding.ASCII.GetString(bytes[2..end]);
        char final = (char)bytes[end];
        return final == '~' && parameters == "200" ? ReadPaste(bytes, end + 1) : (Named(final, parameters), end + 1);
    }

    private static (Key?, int) ReadPaste(ReadOnlySpan<byte> bytes, int start)
    {
        int length = bytes[start..].IndexOf(PasteEnd);
        return length < 0
            ? (null, 0)
            : (new Key(KeyCode.Paste, PastedText(bytes.Slice(start, length))), start + length + PasteEnd.Length);
    }

    /// <summary>Terminals send a carriage return for a line's end; other control characters are no text.</summary>
    private static string PastedText(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes).Replace("\r\n", "\n").Replace('\r', '\n').Replace("\t", "  ");
        return string.Concat(text.Where(c => c == '\n' || !char.IsControl(c)));
    }

    private static Key? Named(char final, string parameters)
    {
        bool isModified = parameters.Contains(';');
        KeyCode? code = final switch
        {
            'A' => KeyCode.Up,
            'B' => KeyCode.Down,
            'C' => isModified ? KeyCode.WordRight : KeyCode.Right,
            'D' => isModified ? KeyCode.WordLeft : KeyCode.Left,
            'H' => KeyCode.Home,
            'F' => KeyCode.End,
            'Z' => KeyCode.ShiftTab,
            'M' => KeyCode.Enter,
            '~' => parameters.Split(';')[0] switch
            {
                "1" or "7" => KeyCode.Home,
                "3" => KeyCode.Delete,
                "4" or "8" => KeyCode.End,
                "5" => KeyCode.PageUp,
                "6" => KeyCode.PageDown,
                _ => null,
            },
            _ => null,
        };
        return code is { } known ? new Key(known) : null;
    }
}
