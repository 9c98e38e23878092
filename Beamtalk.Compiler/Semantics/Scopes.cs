using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>
/// The names of a method, a block or a match arm. Undeclared names are noted as they are mentioned; when the whole
/// method has been read, <see cref="Scopes.Place"/> decides where each belongs (language reference, "Statements").
/// </summary>
public sealed class Scope(Scope? parent, bool isArm)
{
    private readonly Dictionary<string, Mention> _mentions = [];

    public Scope? Parent { get; } = parent;

    /// <summary>An arm holds its pattern's names only; undeclared ones belong to the block around it.</summary>
    public bool IsArm { get; } = isArm;

    public List<Scope> Children { get; } = [];

    public Dictionary<string, Variable> Names { get; } = [];

    public IEnumerable<KeyValuePair<string, Mention>> Mentions => _mentions;

    public Variable? Lookup(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope.Names.TryGetValue(name, out Variable? variable))
            {
                return variable;
            }
        }

        return null;
    }

    public bool Mentioned(string name) => _mentions.ContainsKey(name);

    public Mention MentionOf(string name) => _mentions[name];

    /// <summary>Notes a mention of an undeclared name here and, as one of the subtree's, in all scopes around.</summary>
    public void Note(string name, TextSpan span, bool isAssignment)
    {
        bool direct = true;
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
        {
            if (!scope._mentions.TryGetValue(name, out Mention? mention))
            {
                scope._mentions[name] = mention = new Mention(span, isAssignment);
            }

            mention.IsAssigned |= isAssignment;
            if (!scope.IsArm)
            {
                mention.IsDirect |= direct;
                direct = false;
            }
        }
    }
}

/// <summary>What is known of a name in a scope and the scopes inside it.</summary>
public sealed class Mention(TextSpan first, bool startsWithAssignment)
{
    public TextSpan First { get; } = first;

    public bool StartsWithAssignment { get; } = startsWithAssignment;

    public bool IsAssigned { get; set; }

    public bool IsDirect { get; set; }
}

/// <summary>Gives every undeclared name of a method its scope.</summary>
public static class Scopes
{
    /// <param name="stateVariables">What <c>self.x</c> could name here, for hints.</param>
    public static void Resolve(
        Scope root, DiagnosticBag diagnostics, VariableRole role, IEnumerable<string> stateVariables)
    {
        foreach ((string name, Mention mention) in root.Mentions)
        {
            if (!mention.IsAssigned)
            {
                diagnostics.ReportWithHint(
                    Catalog.UndefinedName, mention.First, HintFor(name, root, stateVariables), name);
            }

            Place(root, name, role);
        }
    }

    /// <summary>
    /// The innermost scope that encloses all mentions; but siblings that each begin with an assignment, with no
    /// mention outside them, have one each.
    /// </summary>
    private static void Place(Scope scope, string name, VariableRole role)
    {
        List<Scope> mentioning = [.. Blocks(scope).Where(child => child.Mentioned(name))];
        bool own = scope.MentionOf(name).IsDirect
            || mentioning.Count == 0
            || (mentioning.Count > 1 && !mentioning.TrueForAll(child => child.MentionOf(name).StartsWithAssignment));
        if (own)
        {
            scope.Names[name] = new Variable(name, role);
            return;
        }

        mentioning.ForEach(child => Place(child, name, VariableRole.Local));
    }

    /// <summary>The blocks directly inside a scope, those in its match arms included.</summary>
    private static IEnumerable<Scope> Blocks(Scope scope) =>
        scope.Children.SelectMany(child => child.IsArm ? Blocks(child) : [child]);

    private static string HintFor(string name, Scope root, IEnumerable<string> stateVariables)
    {
        if (stateVariables.Contains(name))
        {
            return $"did you mean self.{name}?";
        }

        if (name == "patch")
        {
            return "a patch stands outside of methods and blocks; there, C compile: \"selector => body\" does the same";
        }

        IEnumerable<string> known = root.Mentions
            .Where(pair => pair.Value.IsAssigned)
            .Select(pair => pair.Key)
            .Concat(AllNames(root));
        return Spelling.Hint(name, known) ?? $"assign it first: {name} := …";
    }

    private static IEnumerable<string> AllNames(Scope scope) =>
        scope.Names.Keys.Concat(scope.Children.SelectMany(AllNames));
}
