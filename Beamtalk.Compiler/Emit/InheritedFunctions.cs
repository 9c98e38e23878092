using System.Collections.Immutable;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Compiler.Emit;

/// <summary>
/// The functions that a facade passes on to its superclass's. What the roots define is left to the handler of
/// undefined functions: it would be some hundred jumps in every class, for methods that are rarely called. Only the
/// few that programs call all the time are passed on, too.
/// </summary>
public static class InheritedFunctions
{
    private static readonly ImmutableArray<string> Roots =
        ["bt.stdlib.ProtoObject", "bt.stdlib.Object", "bt.stdlib.Behaviour", "bt.stdlib.Class", "bt.stdlib.Value"];

    private static readonly ImmutableArray<string> CalledOften =
    [
        "class", "isKindOf:", "isString", "isSymbol", "isList", "isDictionary", "isTuple", "isBlock", "isInteger",
        "isNumber", "class new", "class new:",
    ];

    public static ImmutableArray<InheritedFunction> Of(ClassSignature signature, ClassTable classes)
    {
        var seen = new HashSet<InheritedFunction>(FunctionsOf(signature));
        var inherited = ImmutableArray.CreateBuilder<InheritedFunction>();
        foreach (ClassSignature ancestor in classes.Lineage(signature).Skip(1))
        {
            IEnumerable<InheritedFunction> functions = Roots.Contains(ancestor.Facade)
                ? FunctionsOf(ancestor).Where(function => CalledOften.Contains(function.Function))
                : FunctionsOf(ancestor);
            inherited.AddRange(functions.Where(seen.Add));
        }

        return inherited.ToImmutable();
    }

    private static IEnumerable<InheritedFunction> FunctionsOf(ClassSignature signature) =>
        signature.Methods.Select(method => new InheritedFunction(
            method.IsClassSide ? $"class {method.Selector}" : method.Selector, method.ParameterTypes.Length + 1));
}
