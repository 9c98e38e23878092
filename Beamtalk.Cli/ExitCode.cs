namespace Beamtalk.Cli;

/// <summary>The exit statuses that scripts rely on.</summary>
public static class ExitCode
{
    public const int Success = 0;

    /// <summary>The program raised an error, or a test failed.</summary>
    public const int Failed = 1;

    /// <summary>The sources do not compile, or the command makes no sense.</summary>
    public const int NotCompiled = 2;
}
