using Beamtalk.Cli.Commands;

namespace Beamtalk.Cli.Building;

/// <summary>The flags of `erl` for the two kinds of nodes.</summary>
public static class NodeFlags
{
    private const string ProgramName = "beamtalk-cli";

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

    /// <summary>
    /// The flags of a release. Schedulers that find nothing to do sleep at once: on a machine that is shared, spinning
    /// takes from the neighbours what it gives here.
    /// </summary>
    public static readonly string[] Release = [.. Actors, "+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none", "+fnu", "+pc", "unicode"];

    /// <summary>How a node starts the compiler, when a program asks it to compile: `bt_compiler` reads this.</summary>
    public static string[] Compiler => ["-beamtalk_compiler", .. Self, CompilerCommand.Name];

    /// <summary>
    /// What runs this program: a `dotnet`, which need not be on PATH, or in a self-contained archive the program itself.
    /// </summary>
    private static string[] Self
    {
        get
        {
            string? host = Environment.ProcessPath;
            string name = Path.GetFileNameWithoutExtension(host ?? "");
            return name == ProgramName
                ? [host!]
                : [name == "dotnet" ? host! : "dotnet", Path.Combine(AppContext.BaseDirectory, ProgramName + ".dll")];
        }
    }
}
