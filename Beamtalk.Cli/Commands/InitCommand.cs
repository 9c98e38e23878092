using System.CommandLine;
using System.Text.RegularExpressions;
using Beamtalk.Cli.Projects;

namespace Beamtalk.Cli.Commands;

/// <summary>
/// `init`: lets an existing rebar3 project have `.bt` files. It names the plugin in `rebar.config` and the run time in each
/// `.app.src`, and links the plugin of this installation. What is there already stays as it is.
/// </summary>
public static partial class InitCommand
{
    private const string Application = "beamtalk_stdlib";
    private const string IgnoreFile = ".gitignore";

    public static Command Create()
    {
        var command = new Command("init", "Let a rebar3 project have .bt files");
        command.SetAction(_ => Init());
        return command;
    }

    private static int Init()
    {
        Project project = Project.Find()
            ?? throw new UserErrorException("there is no src/*.app.src here or above; `beamtalk new NAME` makes a project");
        Change(Path.Combine(project.Root, "rebar.config"), WithPlugin, $"{{plugins, [{PluginLink.Name}]}}");
        foreach (ProjectApplication application in project.Own)
        {
            string file = Path.Combine(application.Sources, application.Name + ".app.src");
            Change(file, WithApplication, $"{Application} among its applications");
        }

        Change(Path.Combine(project.Root, IgnoreFile), WithIgnored, "/_checkouts/rebar3_beamtalk");
        if (PluginLink.Make(Installation.Find(), project.Root))
        {
            Console.Out.WriteLine($"linked   _checkouts/{PluginLink.Name}");
        }

        return ExitCode.Success;
    }

    private static void Change(string file, Func<string, string?> change, string what)
    {
        string old = File.Exists(file) ? File.ReadAllText(file) : "";
        string name = Path.GetRelativePath(Environment.CurrentDirectory, file);
        if (change(old) is not { } text)
        {
            throw new UserErrorException($"{name} is not as usual: write {what} into it yourself, then `beamtalk init` again");
        }

        if (text != old)
        {
            File.WriteAllText(file, text);
            Console.Out.WriteLine($"changed  {name}: {what}");
        }
    }

    private static string? WithPlugin(string text)
    {
        if (Mentions(text, PluginLink.Name))
        {
            return text;
        }

        return Plugins().IsMatch(text)
            ? Plugins().Replace(text, match => Insert(match, PluginLink.Name), 1)
            : $"{(text.Length == 0 || text.EndsWith('\n') ? text : text + "\n")}{{plugins, [{PluginLink.Name}]}}.\n";
    }

    private static string? WithApplication(string text)
    {
        if (Mentions(text, Application))
        {
            return text;
        }

        return Applications().IsMatch(text) ? Applications().Replace(text, match => Append(match, Application), 1) : null;
    }

    private static string WithIgnored(string text) => text.Contains("_checkouts", StringComparison.Ordinal)
        ? text
        : $"{(text.Length == 0 || text.EndsWith('\n') ? text : text + "\n")}/_checkouts/rebar3_beamtalk\n";

    private static bool Mentions(string text, string name) => Comment().Replace(text, "").Contains(name, StringComparison.Ordinal);

    /// <summary>First in the list: `[a]` ⇒ `[name, a]`.</summary>
    private static string Insert(Match match, string name) =>
        $"{match.Groups["head"].Value}{name}{(match.Groups["next"].Value == "]" ? "" : ", ")}{match.Groups["next"].Value}";

    /// <summary>Last in the list, in the manner of the line before: `[a,\n  b]` ⇒ `[a,\n  b,\n  name]`.</summary>
    private static string Append(Match match, string name)
    {
        string items = match.Groups["items"].Value;
        string body = items.TrimEnd();
        Match separator = LastSeparator().Match(body);
        string before = body.Length == 0 ? "" : separator.Success ? separator.Groups[1].Value : ", ";
        return $"{match.Groups["head"].Value}{body}{before}{name}{items[body.Length..]}]";
    }

    [GeneratedRegex(@"(?<head>^\s*\{\s*plugins\s*,\s*\[\s*)(?<next>\S)", RegexOptions.Multiline)]
    private static partial Regex Plugins();

    [GeneratedRegex(@"(?<head>\{\s*applications\s*,\s*\[)(?<items>[^\]%]*)\]")]
    private static partial Regex Applications();

    [GeneratedRegex(@"(,\s*)'?[a-z][^,]*$")]
    private static partial Regex LastSeparator();

    [GeneratedRegex("%.*")]
    private static partial Regex Comment();
}
