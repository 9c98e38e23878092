using System.Globalization;

namespace Beamtalk.Cli.Agents;

/// <summary>Numbers as short as a column of a table wants them.</summary>
public static class Figures
{
    private static readonly string[] Thousands = ["", "k", "M", "G", "T"];

    /// <summary>`999`, `12.3k`, `1.2M`.</summary>
    public static string Count(long number)
    {
        double rest = number;
        int power = 0;
        while (rest >= 999.5 && power < Thousands.Length - 1)
        {
            rest /= 1000;
            power++;
        }

        string format = power == 0 || rest >= 99.95 ? "0" : "0.0";
        return rest.ToString(format, CultureInfo.InvariantCulture) + Thousands[power];
    }

    /// <summary>`0.0123`, `12.34`.</summary>
    public static string Dollars(double cost) =>
        cost.ToString(cost is > 0 and < 1 ? "0.0000" : "0.00", CultureInfo.InvariantCulture);

    /// <summary>`12s`, `3m`, `2h`, `5d`.</summary>
    public static string Age(long milliseconds) => milliseconds switch
    {
        < 60_000 => $"{milliseconds / 1000}s",
        < 3_600_000 => $"{milliseconds / 60_000}m",
        < 86_400_000 => $"{milliseconds / 3_600_000}h",
        _ => $"{milliseconds / 86_400_000}d",
    };
}
