using System.Collections.Frozen;

namespace Beamtalk.Compiler.Semantics;

/// <summary>
/// Methods of built-in classes that calls in line bypass; so nobody may replace them. The language reference lists
/// them, too.
/// </summary>
public static class SealedMethods
{
    private static readonly FrozenSet<string> Everywhere =
        FrozenSet.ToFrozenSet(["isNil", "notNil", "ifNil:", "ifNotNil:", "ifNil:ifNotNil:", "ifNotNil:ifNil:"]);

    private static readonly FrozenSet<string> Arithmetic =
        FrozenSet.ToFrozenSet(["+", "-", "*", "/", "%", "**", "<", "<=", ">", ">=", "=", "==", "/=", "~=", "=:=", "=/="]);

    private static readonly FrozenSet<string> Loops = FrozenSet.ToFrozenSet(["to:do:", "to:by:do:", "timesRepeat:"]);

    private static readonly FrozenSet<string> Conditions = FrozenSet.ToFrozenSet(
        ["ifTrue:", "ifFalse:", "ifTrue:ifFalse:", "ifFalse:ifTrue:", "and:", "or:", "not"]);

    private static readonly FrozenSet<string> Blocks = FrozenSet.ToFrozenSet(
    [
        "value", "value:", "value:value:", "value:value:value:", "value:value:value:value:",
        "whileTrue:", "whileFalse:", "whileTrue", "whileFalse", "repeat",
    ]);

    private static readonly FrozenSet<string> Iteration = FrozenSet.ToFrozenSet(["do:"]);

    public static bool Contains(ClassSignature signature, string selector) =>
        signature.Package == ClassTable.StandardPackage
        && (Everywhere.Contains(selector) || Own(signature.Name).Contains(selector));

    private static FrozenSet<string> Own(string name) => name switch
    {
        "Boolean" => Conditions,
        "Block" => Blocks,
        "List" => Iteration,
        "Number" or "Integer" or "Float" => Arithmetic.Union(Loops).ToFrozenSet(),
        "String" or "Symbol" or "UndefinedObject" => Arithmetic.Where(Operators.IsComparison).ToFrozenSet(),
        _ => FrozenSet<string>.Empty,
    };
}
