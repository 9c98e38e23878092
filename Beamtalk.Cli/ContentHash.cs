using System.Globalization;
using System.Text;

namespace Beamtalk.Cli;

/// <summary>
/// FNV-1a with 128 bits: names cache entries. Not SHA-256, whose first use loads OpenSSL and costs a start
/// more than everything else together.
/// </summary>
public sealed class ContentHash
{
    private static readonly UInt128 Prime = new(0x0000000001000000, 0x000000000000013B);

    private UInt128 _state = new(0x6c62272e07bb0142, 0x62b821756295c58d);

    public static string Of(string text) => new ContentHash().Add(text).ToString();

    /// <summary>Adds the bytes and their number, so that two parts never run into each other.</summary>
    public ContentHash Add(ReadOnlySpan<byte> bytes)
    {
        UInt128 state = _state;
        foreach (byte value in bytes)
        {
            state = (state ^ value) * Prime;
        }

        _state = (state ^ (UInt128)bytes.Length) * Prime;
        return this;
    }

    public ContentHash Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public override string ToString() => _state.ToString("x32", CultureInfo.InvariantCulture);
}
