using System.Text;

namespace Beamtalk.Cli.Attaching;

/// <summary>Where the cookie of a node may be had from. It is passed on over a socket, never as an argument.</summary>
public static class Cookies
{
    /// <summary>What may stand between quotes of an atom: Erlang allows no longer ones.</summary>
    private const int Longest = 255;

    /// <summary>The environment: ours first, then what the start script of a release uses.</summary>
    private static readonly string[] Variables = ["BEAMTALK_COOKIE", "RELEASE_COOKIE"];

    /// <summary>The file, else the environment, else ~/.erlang.cookie, else who sits at the terminal.</summary>
    public static string Find(string? file, string node)
    {
        string? fromEnvironment = FromEnvironment();
        return file is not null ? Read(file)
            : fromEnvironment ?? (File.Exists(OwnFile) ? Read(OwnFile) : Ask(node));
    }

    /// <summary>The contents of a cookie file.</summary>
    public static string Read(string file)
    {
        if (!File.Exists(file))
        {
            throw new UserErrorException($"there is no cookie file {file}");
        }

        string cookie = File.ReadAllText(file).Trim();
        return IsValid(cookie) ? cookie : throw new UserErrorException($"{file} does not hold a cookie: one line of text");
    }

    /// <summary>Programs that we start must not inherit it.</summary>
    private static string? FromEnvironment()
    {
        string? found = null;
        foreach (string variable in Variables)
        {
            string? value = Environment.GetEnvironmentVariable(variable);
            Environment.SetEnvironmentVariable(variable, null);
            found ??= string.IsNullOrEmpty(value) ? null : value;
        }

        return found is null || IsValid(found)
            ? found
            : throw new UserErrorException("the cookie in the environment is not one line of text");
    }

    private static string OwnFile =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".erlang.cookie");

    private static string Ask(string node)
    {
        if (Console.IsInputRedirected)
        {
            throw new UserErrorException(
                $"the cookie of {node} is needed: give --cookie-file FILE, or set BEAMTALK_COOKIE");
        }

        Console.Error.Write($"Cookie of {node}: ");
        string cookie = ReadHidden();
        Console.Error.WriteLine();
        return IsValid(cookie) ? cookie : throw new UserErrorException("that is not a cookie");
    }

    private static string ReadHidden()
    {
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        return typed.ToString();
    }

    private static bool IsValid(string cookie) =>
        cookie.Length is > 0 and <= Longest && !cookie.Any(char.IsControl);
}
