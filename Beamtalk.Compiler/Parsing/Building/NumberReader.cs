using System.Globalization;
using System.Numerics;

namespace Beamtalk.Compiler.Parsing.Building;

/// <summary>Reads the digits of number literals.</summary>
internal static class NumberReader
{
    /// <summary>A bound on the work that a short text such as 1e999999999 can ask for.</summary>
    private const int MaximumDigits = 100_000;

    /// <summary>Null if a digit does not fit the radix, or there are too many.</summary>
    public static BigInteger? ReadInteger(ReadOnlySpan<char> text)
    {
        bool negative = text[0] == '-';
        string digits = text[(negative ? 1 : 0)..].ToString().Replace("_", "", StringComparison.Ordinal);
        BigInteger? value = digits.IndexOf('r') is var radix && radix > 0
            ? ReadRadix(digits.AsSpan(0, radix), digits.AsSpan(radix + 1))
            : ReadDecimal(digits);
        return negative ? -value : value;
    }

    public static double? ReadFloat(ReadOnlySpan<char> text)
    {
        double value = double.Parse(
            text.ToString().Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? value : null;
    }

    private static BigInteger? ReadDecimal(string digits)
    {
        int exponentAt = digits.IndexOfAny(['e', 'E']);
        ReadOnlySpan<char> mantissa = exponentAt < 0 ? digits : digits.AsSpan(0, exponentAt);
        int exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(digits.AsSpan(exponentAt + 1), out exponent))
        {
            return null;
        }

        return mantissa.Length > MaximumDigits || exponent > MaximumDigits
            ? null
            : BigInteger.Parse(mantissa, CultureInfo.InvariantCulture) * BigInteger.Pow(10, exponent);
    }

    private static BigInteger? ReadRadix(ReadOnlySpan<char> radixText, ReadOnlySpan<char> digits)
    {
        if (!int.TryParse(radixText, out int radix) || radix is < 2 or > 36 || digits.Length > MaximumDigits)
        {
            return null;
        }

        var value = BigInteger.Zero;
        foreach (char digit in digits)
        {
            int amount = char.IsAsciiDigit(digit) ? digit - '0' : char.ToUpperInvariant(digit) - 'A' + 10;
            if (amount >= radix)
            {
                return null;
            }

            value = (value * radix) + amount;
        }

        return value;
    }
}
