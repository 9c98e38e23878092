using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Beamtalk.Cli.Projects;

/// <summary>An OTP application of a project. Its name is the package of its classes.</summary>
public sealed record ProjectApplication(string Name, string Directory, string Output, ImmutableArray<string> Needs)
{
    public string Sources => Path.Combine(Directory, "src");

    public string Ebin => Path.Combine(Output, "ebin");
}

/// <summary>
/// A directory as rebar3 knows them: an application in <c>src</c>, several in <c>apps</c>, those it depends on in
/// <c>_checkouts</c> and <c>_build</c>. Output goes where rebar3 would put it, so that either can go on with what the
/// other has built.
/// </summary>
public sealed partial class Project
{
    private const string ApplicationFile = "*.app.src";

    private readonly string _profile;

    private Project(string root, string profile)
    {
        _profile = profile;
        Root = root;
        Own = [.. Applications(root, "lib"), .. Nested(root, "apps", "lib")];
        All = Sorted([.. Nested(root, "_checkouts", "checkouts"), .. Own]);
    }

    public string Root { get; }

    /// <summary>The applications of the project itself.</summary>
    public ImmutableArray<ProjectApplication> Own { get; }

    /// <summary>What is built: those of the project and its checkouts, each after those it needs.</summary>
    public ImmutableArray<ProjectApplication> All { get; }

    public string BuildDirectory => Path.Combine(Root, "_build", _profile);

    public string Tests => Path.Combine(Root, "test");

    /// <summary>What the code of the project may use: what is built here, and what rebar3 has fetched and built.</summary>
    public ImmutableArray<string> Libraries =>
        [.. All.Select(application => application.Ebin).Concat(Fetched()).Distinct(StringComparer.Ordinal)];

    /// <summary>The project that the current directory is in, or null.</summary>
    public static Project? Find(string profile = "default")
    {
        for (DirectoryInfo? at = new(Environment.CurrentDirectory); at is not null; at = at.Parent)
        {
            if (IsRoot(at.FullName))
            {
                return new Project(at.FullName, profile);
            }
        }

        return null;
    }

    private static bool IsRoot(string directory) =>
        HasApplication(directory) && !IsMember(directory)
        || Subdirectories(Path.Combine(directory, "apps")).Any(HasApplication);

    /// <summary>An application of an umbrella is not a project of its own.</summary>
    private static bool IsMember(string directory) =>
        Path.GetFileName(Path.GetDirectoryName(directory)) == "apps" && !File.Exists(Path.Combine(directory, "rebar.config"));

    private static bool HasApplication(string directory) => ApplicationFiles(directory).Any();

    private static IEnumerable<string> ApplicationFiles(string directory)
    {
        string sources = Path.Combine(directory, "src");
        return Directory.Exists(sources) ? Directory.EnumerateFiles(sources, ApplicationFile) : [];
    }

    private static IEnumerable<string> Subdirectories(string directory) =>
        Directory.Exists(directory) ? Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal) : [];

    private IEnumerable<ProjectApplication> Nested(string root, string directory, string library) =>
        Subdirectories(Path.Combine(root, directory)).SelectMany(at => Applications(at, library));

    private IEnumerable<ProjectApplication> Applications(string directory, string library) =>
        from file in ApplicationFiles(directory)
        let name = Path.GetFileName(file)[..^(ApplicationFile.Length - 1)]
        where name != "rebar3_beamtalk"
        select new ProjectApplication(
            name, directory, Path.Combine(BuildDirectory, library, name), NeedsOf(File.ReadAllText(file)));

    /// <summary>The names in <c>{applications, [kernel, stdlib, …]}</c>; only the order of building depends on them.</summary>
    private static ImmutableArray<string> NeedsOf(string text)
    {
        Match list = ApplicationList().Match(Comment().Replace(text, ""));
        return list.Success
            ? [.. list.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries).Select(name => name.Trim('\''))]
            : [];
    }

    private static ImmutableArray<ProjectApplication> Sorted(ImmutableArray<ProjectApplication> applications)
    {
        var sorted = ImmutableArray.CreateBuilder<ProjectApplication>();
        var seen = new HashSet<string>();
        void Visit(ProjectApplication application)
        {
            if (seen.Add(application.Name))
            {
                foreach (ProjectApplication needed in applications.Where(other => application.Needs.Contains(other.Name)))
                {
                    Visit(needed);
                }

                sorted.Add(application);
            }
        }

        foreach (ProjectApplication application in applications)
        {
            Visit(application);
        }

        return sorted.ToImmutable();
    }

    /// <summary>rebar3 builds dependencies in its default profile only.</summary>
    private IEnumerable<string> Fetched() => Subdirectories(Path.Combine(Root, "_build", "default", "lib"))
        .Where(directory => All.All(application => application.Name != Path.GetFileName(directory)))
        .Select(directory => Path.Combine(directory, "ebin"))
        .Where(Directory.Exists);

    [GeneratedRegex(@"\{\s*applications\s*,\s*\[([^\]]*)\]")]
    private static partial Regex ApplicationList();

    [GeneratedRegex("%.*")]
    private static partial Regex Comment();
}
