using Shouldly;

namespace Beamtalk.Compiler.Tests.Golden;

/// <summary>
/// An expected text in the repository. <c>UPDATE_GOLDEN=1</c> writes what the compiler gives now, to be read in the
/// diff; never where CI is set, which would accept anything.
/// </summary>
internal static class GoldenFile
{
    private static bool IsUpdating => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    private static bool IsContinuousIntegration => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI"));

    /// <summary>Compares with the file; null stands for no file.</summary>
    public static void Check(string path, string? actual)
    {
        if (IsUpdating)
        {
            IsContinuousIntegration.ShouldBeFalse("golden files are not rewritten in CI");
            Write(path, actual);
        }

        string? expected = File.Exists(path) ? File.ReadAllText(path) : null;
        actual.ShouldBe(expected, $"{path} differs; look at it, then UPDATE_GOLDEN=1 rewrites it");
    }

    private static void Write(string path, string? text)
    {
        if (text is null)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, text);
        }
    }
}
