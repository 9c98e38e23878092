using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;

namespace Beamtalk.Cli;

/// <summary>Where this Beamtalk lives: its runtime, its standard library, and what identifies the build.</summary>
public sealed class Installation(string root)
{
    /// <summary>Names the directory of the installation where it cannot be found from the program's place.</summary>
    public const string HomeVariable = "BEAMTALK_HOME";

    /// <summary>The package of the standard library.</summary>
    public const string StdlibPackage = "stdlib";

    public string Root { get; } = root;

    /// <summary>The OTP applications that belong to the compiler.</summary>
    public string Libraries => Directory.Exists(InstalledLibraries) ? InstalledLibraries : Path.Combine(Root, "_build", "lib");

    public string RuntimeEbin => Path.Combine(Libraries, "beamtalk_runtime", "ebin");

    public string StdlibEbin => Path.Combine(Libraries, "beamtalk_stdlib", "ebin");

    /// <summary>What builds projects and releases; no program needs it to run.</summary>
    public string ToolsEbin => Path.Combine(Libraries, "beamtalk_tools", "ebin");

    /// <summary>The rebar3 plugin, with the templates of projects.</summary>
    public string Plugin => Path.Combine(Root, "rebar3_beamtalk");

    public static string Version =>
        typeof(Installation).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>The directories of compiled classes that belong to the installation, the standard library's first.</summary>
    public ImmutableArray<string> ClassLibraries => Directory.Exists(Libraries)
        ? [StdlibEbin, .. Directory.EnumerateDirectories(Libraries)
            .Select(library => Path.Combine(library, "ebin"))
            .Where(ebin => ebin != StdlibEbin && File.Exists(IndexOf(ebin)))
            .Order(StringComparer.Ordinal)]
        : [StdlibEbin];

    /// <summary>The code path of every node that runs Beamtalk.</summary>
    public string[] CodePath => [RuntimeEbin, .. ClassLibraries];

    /// <summary>
    /// Changes with every build of the compiler, the runtime or the libraries: what was compiled by another build is
    /// compiled again.
    /// </summary>
    public string Stamp => StampOf(ClassLibraries);

    /// <summary>Changes with every build of what turns Core Erlang into beams.</summary>
    public string BackendStamp => Describe(Path.Combine(RuntimeEbin, "beamtalk_runtime.app"));

    /// <summary>Where `build.sh install` puts them.</summary>
    private string InstalledLibraries => Path.Combine(Root, "lib");

    private static string FrontEndStamp => Describe(Path.Combine(AppContext.BaseDirectory, "Beamtalk.Compiler.dll"));

    /// <summary>
    /// The stamp for sources of a package: the standard library depends on no other, and none on its own last build.
    /// </summary>
    public string StampFor(string package) => StampOf(package == StdlibPackage
        ? []
        : ClassLibraries.Remove(EbinOf(package)));

    /// <summary>Where the classes of one of the installation's own packages are.</summary>
    public string EbinOf(string package) => Path.Combine(Libraries, $"beamtalk_{package}", "ebin");

    private string StampOf(IEnumerable<string> libraries) =>
        string.Join(';', libraries.Select(library => Describe(IndexOf(library))).Prepend(BackendStamp).Prepend(FrontEndStamp));

    private static string IndexOf(string ebin) => Path.Combine(ebin, Building.OutputDirectory.IndexName);

    /// <summary>Found by the environment, else upwards from the program's directory.</summary>
    public static Installation Find()
    {
        string? home = Environment.GetEnvironmentVariable(HomeVariable);
        if (!string.IsNullOrEmpty(home))
        {
            return new Installation(home);
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (Directory.Exists(Path.Combine(at.FullName, "rebar3_beamtalk")))
            {
                return new Installation(at.FullName);
            }
        }

        throw new UserErrorException($"cannot find the Beamtalk installation; set {HomeVariable} to its directory");
    }

    private static string Describe(string path)
    {
        var file = new FileInfo(path);
        return file.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks}/{file.Length}")
            : "none";
    }
}
