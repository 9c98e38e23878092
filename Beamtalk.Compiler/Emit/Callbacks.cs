using System.Collections.Immutable;
using System.Text;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Emit;

/// <summary>
/// A class that implements behaviours exports its class-side methods under the names that Erlang calls:
/// <c>handle_call:from:state:</c> and <c>handleCall:from:state:</c> are <c>handle_call/3</c>. As in a call of Erlang,
/// the first keyword is the name, and the others only have arguments.
/// </summary>
public static class Callbacks
{
    /// <summary>
    /// The functions to add to the <paramref name="taken"/> ones. Two methods of one name and arity have none, for
    /// nobody could say which is meant.
    /// </summary>
    public static ImmutableArray<CoreFunction> Of(
        BoundClassDeclaration bound, ClassTable classes, IEnumerable<FunctionName> taken)
    {
        if (Behaviours.Of(bound.Class.Syntax).IsEmpty)
        {
            return [];
        }

        ClassSignature signature = bound.Class.Signature;
        HashSet<FunctionName> others = [.. taken];
        return
        [
            .. Methods(signature, classes)
                .SelectMany(method => Names(method).Select(name => (Name: name, Method: method)))
                .GroupBy(callback => callback.Name)
                .Where(group => group.Count() == 1 && !others.Contains(group.Key) && !IsReserved(group.Key, signature.Kind))
                .Select(group => Function(group.Key, signature, group.Single().Method)),
        ];
    }

    public static ImmutableArray<(Atom Name, CoreExpr Value)> Attributes(
        ImmutableArray<BehaviourClaim> claims, ImmutableArray<CoreFunction> callbacks) => claims.IsEmpty
        ? []
        :
        [
            (new Atom("behaviour"), List([.. claims.Select(claim => Symbol(claim.Name))])),
            (new Atom("beamtalk_callbacks"),
                List([.. callbacks.Select(callback => Tuple(Symbol(callback.Name.Name), Int(callback.Name.Arity)))])),
        ];

    /// <summary>Own and inherited class-side methods, without what every class has from the library.</summary>
    private static IEnumerable<MethodSignature> Methods(ClassSignature signature, ClassTable classes) => classes
        .Lineage(signature)
        .TakeWhile(ancestor => ancestor.Package != ClassTable.StandardPackage)
        .SelectMany(ancestor => ancestor.Methods)
        .Where(method => method.IsClassSide && method.Selector != Behaviours.Selector)
        .DistinctBy(method => method.Selector);

    private static IEnumerable<FunctionName> Names(MethodSignature method)
    {
        string first = method.Selector.Split(':')[0];
        int arity = method.ParameterTypes.Length;
        return new[] { first, WithUnderscores(first) }.Distinct().Select(name => new FunctionName(name, arity));
    }

    private static string WithUnderscores(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name)
        {
            _ = char.IsUpper(letter) ? text.Append('_').Append(char.ToLowerInvariant(letter)) : text.Append(letter);
        }

        return text.ToString();
    }

    /// <summary>What the facade has in any case.</summary>
    private static bool IsReserved(FunctionName name, ClassKind kind) => name switch
    {
        { Name: "module_info", Arity: < 2 } => true,
        { Name: "start_link", Arity: < 2 } => kind is ClassKind.Actor or ClassKind.Supervisor,
        _ => false,
    };

    private static CoreFunction Function(FunctionName name, ClassSignature signature, MethodSignature method)
    {
        ImmutableArray<CoreVar> parameters =
            [.. Enumerable.Range(0, name.Arity).Select(number => new CoreVar(number, "argument"))];
        CoreExpr body = Call(
            "bt_behaviour", "callback", Symbol(signature.Facade), Symbol($"class {method.Selector}"),
            List([.. parameters.Select(Var)]));
        return new CoreFunction(name, new CFun(parameters, body), true, null);
    }
}
