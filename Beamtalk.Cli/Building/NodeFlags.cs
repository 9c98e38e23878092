using Beamtalk.Cli.Commands;

namespace Beamtalk.Cli.Building;

/// <summary>The flags of `erl` for the two kinds of nodes.</summary>
public static class NodeFlags
{
    /// <summary>Small heaps make an idle actor cost 1.6 KB instead of 2.7.</summary>
    private static readonly string[] Actors = ["+hms", "89", "+P", "2097152"];

    /// <summary>The logger writes to standard error: standard output is the Transcript's.</summary>
    private static readonly string[] Logging =
        ["-kernel", "logger", "[{handler,default,logger_std_h,#{config=>#{type=>standard_error}}}]"];

    /// <summary>A node that the compiler talks to.</summary>
    public static readonly string[] Resident = [.. Actors, .. Logging];

    /// <summary>
    /// Besides, of a node that attaches to another: it has no cookie of its own, and leaves none in a crash dump.
    /// </summary>
    public static readonly string[] Bridge = ["-nocookie", "-env", "ERL_CRASH_DUMP_BYTES", "0"];

    /// <summary>A node that runs one script in place of this process: Ctrl-C ends it, input is the script's.</summary>
    public static readonly string[] Script =
    [
        "-noshell", "-boot", "no_dot_erlang", "+Bd", "+stbt", "db", "+fnu", "+pc", "unicode", .. Actors, .. Logging,
    ];

    /// <summary>How a node starts the compiler, when a program asks it to compile: `bt_compiler` reads this.</summary>
    public static string[] Compiler =>
    [
        "-beamtalk_compiler", Host, Path.Combine(AppContext.BaseDirectory, "beamtalk-cli.dll"), CompilerCommand.Name,
    ];

    /// <summary>The `dotnet` that runs this program, which need not be on PATH.</summary>
    private static string Host =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}
