using System.Collections.Frozen;

namespace Beamtalk.Compiler.Semantics;

/// <summary>How the instances of a class are represented (docs/abi.md).</summary>
public static class ClassKinds
{
    private static readonly FrozenSet<string> Primitives = FrozenSet.ToFrozenSet(
    [
        "Integer", "Float", "String", "Symbol", "UndefinedObject", "Boolean", "List", "Tuple", "Dictionary", "Block",
        "Future", "Port", "Reference",
    ]);

    private static readonly FrozenSet<string> Values = FrozenSet.ToFrozenSet(["Value", "Exception"]);

    public static ClassKind Of(string package, string name, ClassSignature? superclass, bool hasVariables)
    {
        if (package == ClassTable.StandardPackage)
        {
            switch (name)
            {
                case "Actor":
                    return ClassKind.Actor;
                case "Supervisor" or "DynamicSupervisor":
                    return ClassKind.Supervisor;
                case { } when Primitives.Contains(name):
                    return ClassKind.Primitive;
                case { } when Values.Contains(name):
                    return ClassKind.Value;
            }
        }

        ClassKind inherited = superclass?.Kind ?? ClassKind.Object;
        return inherited is ClassKind.Object or ClassKind.Primitive
            ? hasVariables ? ClassKind.Value : ClassKind.Object
            : inherited;
    }
}
