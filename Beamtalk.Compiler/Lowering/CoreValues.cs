using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>How built-in objects are represented (docs/abi.md, "Values").</summary>
public static class CoreValues
{
    public const string ClassKey = "$class";

    public static CoreExpr Instance(string facade, params ImmutableArray<(string Field, CoreExpr Value)> fields) =>
        Map([(Symbol(ClassKey), Symbol(facade)), .. fields.Select(field => ((CoreExpr)Symbol(field.Field), field.Value))]);

    public static CoreExpr ClassObject(string facade) => Instance("bt.stdlib.Class", ("module", Symbol(facade)));

    public static CoreExpr Character(int codePoint) => Instance("bt.stdlib.Character", ("code", Int(codePoint)));

    public static CoreExpr Array(ImmutableArray<CoreExpr> items) =>
        Instance("bt.stdlib.Array", ("items", Tuple(items)));
}
