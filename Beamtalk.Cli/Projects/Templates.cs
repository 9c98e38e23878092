using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Beamtalk.Cli.Projects;

/// <summary>
/// The templates of the rebar3 plugin: `{{name}}` and `{{Name}}` in their texts and paths are replaced. Which file
/// becomes which is in the `.template` that rebar3 reads too.
/// </summary>
public sealed partial class Templates(Installation installation)
{
    private string Root => Path.Combine(installation.Plugin, "priv", "templates");

    /// <summary>Writes the files of a template for a project of this name; answers their paths.</summary>
    public ImmutableArray<string> Write(string template, string name, string directory)
    {
        var written = ImmutableArray.CreateBuilder<string>();
        foreach (Match entry in Entry().Matches(File.ReadAllText(Path.Combine(Root, template + ".template"))))
        {
            string target = Path.Combine(directory, Path.GetRelativePath(name, Fill(entry.Groups["to"].Value, name)));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, Fill(File.ReadAllText(Path.Combine(Root, entry.Groups["from"].Value)), name));
            written.Add(target);
        }

        return written.ToImmutable();
    }

    /// <summary>`the_shop` ⇒ `TheShop`.</summary>
    public static string ClassName(string name) => string.Concat(
        name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    private static string Fill(string text, string name) => text
        .Replace("{{name}}", name, StringComparison.Ordinal)
        .Replace("{{class}}", ClassName(name), StringComparison.Ordinal);

    [GeneratedRegex(@"^\{template,\s*""(?<from>[^""]+)"",\s*""(?<to>[^""]+)""\}\.", RegexOptions.Multiline)]
    private static partial Regex Entry();
}
