using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Beamtalk.Metamorphic;

/// <summary>A program around a fragment, and the expression that answers the fragment's value.</summary>
internal sealed record Program(string File, string Source, string Expression);

/// <summary>
/// A place for a fragment, null for one that does not fit. Wherever it stands it must come to the same: in variables of an actor, fields of a value, local
/// variables, with a block around it or without.
/// </summary>
internal sealed partial record Placement(string Name, Func<Fragment, string, Program?> Place)
{
    /// <summary>Whether its variables are such as the second spelling may assign by a pattern.</summary>
    private bool HasLocals => Name is "ClassMethod" or "ClassBlock" or "Script";

    private const string Indent = "    ";

    public static readonly ImmutableArray<Placement> All =
    [
        .. Places.Select(place => place with { Place = (fragment, id) => place.Place(fragment.Spelled, id) }),
        .. Places.Where(place => place.HasLocals).Select(Respelled),
    ];

    private static ImmutableArray<Placement> Places =>
    [
        new("ActorMethod", (fragment, id) => InActor("Actor", fragment, id, Plain)),
        new("ActorBlock", (fragment, id) => InActor("MetaActor", fragment, id, InBlock)),
        new("PatchedActor", InPatch),
        new("PatchedClass", InClassPatch),
        new("ValueMethod", (fragment, id) => InValue("Value", fragment, id, Plain)),
        new("ValueBlock", (fragment, id) => InValue("MetaValue", fragment, id, InBlock)),
        new("ExtendedValue", InExtension),
        new("ClassMethod", (fragment, id) => InClass("Object", fragment, id, Plain)),
        new("ClassBlock", (fragment, id) => InClass("MetaObject", fragment, id, InBlock)),
        new("BlockWithVariables", InBlockWithVariables),
        new("ClassVariables", InClassVariables),
        new("TestCase", (fragment, id) => InActor("TestCase", fragment, id, Plain)),
        new("Script", InScript),
    ];

    /// <summary>Superclasses with the helper methods, for placements that inherit them.</summary>
    public static string Bases => Lines([
        "Actor subclass: MetaActor", .. Helpers("  ", ""),
        "Value subclass: MetaValue", .. Helpers("  ", ""),
        "Object subclass: MetaObject", .. Helpers("  ", "class "),
    ]);

    public override string ToString() => Name;

    private static Placement Respelled(Placement place) =>
        new($"Respelled{place.Name}", (fragment, id) => place.Place(fragment.Respelled, id));

    private static IEnumerable<string> Plain(Fragment fragment) => [.. fragment.Statements, $"^ {fragment.Result}"];

    private static IEnumerable<string> InBlock(Fragment fragment) =>
        [$"self apply: [{string.Join(". ", fragment.Statements)}]", $"^ {fragment.Result}"];

    private static Program InActor(string superclass, Fragment fragment, string id, Func<Fragment, IEnumerable<string>> body)
    {
        string source = Class(superclass, id, Declared("state"), "", body(fragment).Select(line => Bind(line, "self.")));
        return new Program($"{id}.bt", source, $"(({id} spawn) run) await");
    }

    private static Program InValue(
        string superclass, Fragment fragment, string id, Func<Fragment, IEnumerable<string>> body)
    {
        string source = Class(superclass, id, Declared("field"), "", body(fragment).Select(line => Bind(line, "self.")));
        return new Program($"{id}.bt", source, $"({id} new) run");
    }

    /// <summary>The method is replaced once the class is loaded and the actor lives.</summary>
    private static Program InPatch(Fragment fragment, string id)
    {
        IEnumerable<string> body = Helper.Concat(Plain(fragment)).Select(line => "  " + Bind(line, "self."));
        string source = Lines([
            Class("MetaActor", id, Declared("state"), "", ["#notPatched"]),
            $"actor := {id} spawn", $"patch {id} >> run {{", .. body, "}", Publish(id, "actor run")]);
        return TopLevel(id, source);
    }

    private static Program InClassPatch(Fragment fragment, string id)
    {
        IEnumerable<string> body = [.. Helper, .. Locals, .. Plain(fragment).Select(line => Bind(line, ""))];
        string source = Lines([
            Class("MetaObject", id, [], "class ", ["#notPatched"]),
            $"{id} class >> run =>", .. body.Select(line => "  " + line), Publish(id, $"{id} run")]);
        return TopLevel(id, source);
    }

    private static Program InExtension(Fragment fragment, string id)
    {
        IEnumerable<string> body = Helper.Concat(Plain(fragment)).Select(line => "  " + Bind(line, "self."));
        string source = Lines([
            $"MetaValue subclass: {id}", .. Declared("field"), $"{id} >> extended =>", .. body, Publish(id, $"{id} new extended")]);
        return TopLevel(id, source);
    }

    private static IEnumerable<string> Declared(string kind) =>
        Fragment.Variables.Select(variable => $"  {kind}: {variable.Name} = {variable.Value}");

    private static Program InClass(
        string superclass, Fragment fragment, string id, Func<Fragment, IEnumerable<string>> body)
    {
        IEnumerable<string> lines = Locals.Concat(body(fragment).Select(line => Bind(line, "")));
        return new Program($"{id}.bt", Class(superclass, id, [], "class ", lines), $"{id} run");
    }

    private static Program? InClassVariables(Fragment fragment, string id)
    {
        if (fragment.NestsUpdates)
        {
            return null;
        }

        string source = Class("MetaObject", id, Declared("classState"), "class ", Plain(fragment).Select(line => Bind(line, "self.")));
        return new Program($"{id}.bt", source, $"{id} run");
    }

    /// <summary>The variables belong to the block: nobody outside mentions them.</summary>
    private static Program InBlockWithVariables(Fragment fragment, string id)
    {
        IEnumerable<string> inside = [.. Locals, .. fragment.Statements.Select(line => Bind(line, ""))];
        string block = $"self apply: [{string.Join(". ", inside)}. {Bind(fragment.Result, "")}]";
        return new Program($"{id}.bt", Class("MetaObject", id, [], "class ", [block]), $"{id} run");
    }

    /// <summary>Top-level statements; a fragment that returns stands in a method of the script.</summary>
    private static Program InScript(Fragment fragment, string id)
    {
        IEnumerable<string> body = Locals.Concat(fragment.Statements.Select(line => Bind(line, "")));
        string result = Bind(fragment.Result, "");
        IEnumerable<string> program = fragment.Returns
            ? ["run =>", .. Helper.Concat(body).Append(result).Select(line => "  " + line), Publish(id, "self run")]
            : [.. Helper, .. body, Publish(id, result)];
        return TopLevel(id, Lines([.. Helpers("", ""), .. program]));
    }

    /// <summary>A program whose top-level statements publish the fragment's value.</summary>
    private static Program TopLevel(string id, string source)
    {
        string file = id.ToLowerInvariant();
        string main = $"Erlang erlang apply: #'bt.script.{file}' f: #main a: #(#{{#'$class' => #'bt.script.{file}'}})";
        return new Program($"{file}.bt", source, $"[{main}. Erlang persistent_term get: #'{id}'] value");
    }

    private static string Publish(string id, string value) => $"Erlang persistent_term put: #'{id}' value: ({value})";

    private static IEnumerable<string> Locals =>
        Fragment.Variables.Select(variable => $"{variable.Name} := {variable.Value}");

    private static IEnumerable<string> Helper => ["helper := MetaHelper spawn"];

    private static string Class(
        string superclass, string name, IEnumerable<string> variables, string side, IEnumerable<string> body) =>
        Lines([
            $"{superclass} subclass: {name}",
            .. variables,
            .. superclass.StartsWith("Meta", StringComparison.Ordinal) ? [] : Helpers("  ", side),
            $"  {side}run =>",
            .. Helper.Concat(body).Select(line => Indent + line),
        ]);

    /// <summary>Methods of its own to which a fragment passes blocks.</summary>
    private static IEnumerable<string> Helpers(string indent, string side) =>
    [
        $"{indent}{side}apply: block => block value",
        $"{indent}{side}apply: block to: x => block value: x",
        $"{indent}{side}each: list do: block => list do: block",
        $"{indent}{side}twice: n => n + n",
        $"{indent}{side}kind: 0 => 10",
        $"{indent}{side}kind: n when: [n > 50] => 20",
        $"{indent}{side}kind: n => n",
        $"{indent}{side}counter =>",
        $"{indent}  n := 0",
        $"{indent}  [n := n + 1]",
    ];

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines) + "\n";

    private static string Bind(string text, string prefix) => Variable().Replace(text, $"{prefix}$1");

    [GeneratedRegex("@([a-z]+)")]
    private static partial Regex Variable();
}
