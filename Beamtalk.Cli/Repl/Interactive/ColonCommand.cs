using System.Text;
using System.Text.RegularExpressions;

namespace Beamtalk.Cli.Repl.Interactive;

/// <summary>What a command comes to.</summary>
public abstract record CommandAction;

/// <summary>A message to be sent; its answer is a value, or a text to be shown as it is, with a unit behind it.</summary>
public sealed record Send(string Statement, bool AsText = false, string Unit = "") : CommandAction
{
    /// <summary>It makes the session what it is, and does not only look at it.</summary>
    public bool IsInput { get; init; }
}

/// <summary>Something to read.</summary>
public sealed record Tell(string Text) : CommandAction;

/// <summary>The inputs of the session go to a file.</summary>
public sealed record SaveInputs(string Path) : CommandAction;

public sealed record Quit : CommandAction;

/// <summary>
/// A word after a colon: short for a message that one can also send. The rest of the line is its argument.
/// </summary>
public sealed partial record ColonCommand(string Name, string Argument, string Help, Func<string, CommandAction> Read)
{
    private const string NeedsArgument = "What? For example: ";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ColonCommand> All { get; } =
    [
        new("load", "FILE", "loads a file: Workspace load: \"FILE\"", LoadFile),
        new("reload", "[CLASS]", "loads the files of the classes again: CLASS reload", Reload),
        new("actors", "[CLASS]", "the live actors: Workspace actors, CLASS allSubInstances",
            text => new Send(text.Length == 0 ? "Workspace actors" : $"({text}) allSubInstances")),
        new("agents", "[CLASS]", "what the live agents are at: Agent table, CLASS table",
            text => new Send(text.Length == 0 ? "Agent table" : $"({text}) table", true)),
        new("inspect", "EXPR", "looks inside: EXPR inspect", Needing("x", text => new Send($"({text}) inspect"))),
        new("trace", "EXPR | off", "shows what an actor does: Trace on: EXPR, Trace off",
            Needing("counter", text => new Send(text == "off" ? "Trace off" : $"Trace on: ({text})"))),
        new("methods", "CLASS | EXPR", "the selectors of a class: CLASS methods",
            Needing("Counter", text => new Send(IsClass(text) ? $"{text} methods" : $"({text}) class methods"))),
        new("source", "CLASS SELECTOR", "the text of a method: (CLASS >> #SELECTOR) source",
            OfMethod(name => new Send($"{name} sourceFile", true), (name, selector) => new Send($"({name} >> #{selector}) source", true))),
        new("doc", "CLASS [SELECTOR]", "the documentation: CLASS doc, CLASS docForMethod: #SELECTOR",
            OfMethod(name => new Send($"{name} doc", true), (name, selector) => new Send($"{name} docForMethod: #{selector}", true))),
        new("time", "EXPR", "how long it takes: [EXPR] timeToRun", Needing("1 + 1", text => new Send($"[{text}] timeToRun", Unit: " µs"))),
        new("bench", "EXPR", "how often it can be done: [EXPR] bench", Needing("1 + 1", text => new Send($"[{text}] bench", Unit: " per second"))),
        new("bindings", "", "the variables and their values: Workspace bindings", _ => new Send("Workspace bindings")),
        new("save", "[FILE]", "writes changed methods back: Workspace save; or the session's inputs to FILE",
            text => text.Length == 0 ? new Send("Workspace save") : new SaveInputs(text)),
        new("help", "", "this text", _ => new Tell(HelpText())),
        new("quit", "", "ends the session (so does Ctrl-D)", _ => new Quit()),
    ];

    /// <summary>Whether a text is meant as a command: no statement begins with a colon.</summary>
    public static bool IsOne(string text) => text.AsSpan().TrimStart() is [':', ..];

    /// <summary>What an input says to do. A beginning is enough of a name, if no other begins so.</summary>
    public static CommandAction Parse(string input)
    {
        string text = input.Trim()[1..].TrimStart();
        int end = text.AsSpan().IndexOfAny(' ', '\n', '\t') is >= 0 and var space ? space : text.Length;
        string name = text[..end];
        ColonCommand? exact = All.FirstOrDefault(command => command.Name == name);
        ColonCommand[] found = exact is null
            ? [.. All.Where(command => name.Length > 0 && command.Name.StartsWith(name, StringComparison.Ordinal))]
            : [exact];
        return found switch
        {
            [var command] => command.Read(text[end..].Trim()),
            [] => new Tell($"There is no :{name}; :help tells what there is."),
            _ => new Tell($"Which one? {string.Join(' ', found.Select(command => ":" + command.Name))}"),
        };
    }

    private static CommandAction LoadFile(string path) => path.Length == 0
        ? new Tell(NeedsArgument + ":load counter.bt")
        : new Send($"Workspace load: {Quoted(Unquoted(path))}") { IsInput = true };

    private static CommandAction Reload(string text) => new Send(text.Length == 0 ? "Workspace reload" : $"{text} reload");

    private static Func<string, CommandAction> Needing(string example, Func<string, CommandAction> read) =>
        text => text.Length > 0 ? read(text) : new Tell(NeedsArgument + example);

    /// <summary>`Counter`, `Counter increment`, `Counter >> #at:put:`, `Counter class >> new`.</summary>
    private static Func<string, CommandAction> OfMethod(
        Func<string, CommandAction> ofClass, Func<string, string, CommandAction> ofMethod) =>
        text => ClassAndSelector().Match(text) switch
        {
            { Success: false } => new Tell(NeedsArgument + "Counter increment"),
            { Groups: [_, _, { Length: 0 }] } match => ofClass(match.Groups[1].Value),
            var match => ofMethod(match.Groups[1].Value, match.Groups[2].Value),
        };

    private static bool IsClass(string text) => ClassOnly().IsMatch(text);

    private static string Unquoted(string path) => path is ['"', .. var inner, '"'] ? inner : path;

    private static string Quoted(string path) =>
        $"\"{path.Replace("\\", "\\\\").Replace("\"", "\"\"").Replace("{", "\\{")}\"";

    private static string HelpText()
    {
        var text = new StringBuilder("Type a statement, a class, or `Class >> method => …`; Enter evaluates what is complete.\n\n");
        foreach (ColonCommand command in All)
        {
            text.Append($"  :{command.Name + " " + command.Argument,-24} {command.Help}\n");
        }

        return text.Append("""

              Tab completes   Ctrl-R searches the history   Ctrl-C interrupts   Alt-Enter begins a line
              An empty line ends a class, and whatever else is not complete.
            """).ToString();
    }

    [GeneratedRegex(@"^([\w@]+(?: class)?)(?:\s*(?:>>)?\s*#?([\w:]+|[-+*/<>=~&@%?\\,]+))?$")]
    private static partial Regex ClassAndSelector();

    [GeneratedRegex(@"^(?:\p{Ll}\w*@)?\p{Lu}\w*( class)?$")]
    private static partial Regex ClassOnly();
}
