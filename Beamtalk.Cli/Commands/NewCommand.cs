using System.Collections.Immutable;
using System.CommandLine;
using System.Text.RegularExpressions;
using Beamtalk.Cli.Projects;

namespace Beamtalk.Cli.Commands;

/// <summary>`new NAME [--lib]`: a project that rebar3 can build too.</summary>
public static partial class NewCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Its directory; the last part is the name of the application" };
        var library = new Option<bool>("--lib") { Description = "A library: nothing is started" };
        var command = new Command("new", "Make a project") { name, library };
        command.SetAction(parsed => Make(parsed.GetRequiredValue(name), parsed.GetValue(library)));
        return command;
    }

    private static int Make(string path, bool isLibrary)
    {
        string directory = Path.GetFullPath(path);
        string name = Path.GetFileName(directory);
        if (!Valid().IsMatch(name))
        {
            throw new UserErrorException(
                $"{name} cannot be the name of an application: it takes lower-case letters, digits and _, and a letter first");
        }

        if (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any())
        {
            throw new UserErrorException($"{path} is there already, and is not empty");
        }

        var installation = Installation.Find();
        string template = isLibrary ? "beamtalk_lib" : "beamtalk_app";
        ImmutableArray<string> files = new Templates(installation).Write(template, name, directory);
        PluginLink.Make(installation, directory);
        foreach (string file in files)
        {
            Console.Out.WriteLine($"  {Path.GetRelativePath(Environment.CurrentDirectory, file)}");
        }

        Console.Out.WriteLine($"Now: cd {path}; beamtalk test{(isLibrary ? "" : "; beamtalk run")}");
        return ExitCode.Success;
    }

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex Valid();
}
