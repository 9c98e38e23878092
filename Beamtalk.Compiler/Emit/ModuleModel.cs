using System.Collections.Immutable;
using System.Text;
using Beamtalk.Compiler.Core;

namespace Beamtalk.Compiler.Emit;

/// <summary>What the templates see of a module: names that are quoted already, functions that are not yet text.</summary>
internal sealed record ModuleModel(
    string Title,
    string Name,
    ImmutableArray<string> Exports,
    ImmutableArray<AttributeModel> Attributes,
    ImmutableArray<FunctionModel> Functions)
{
    public static ModuleModel Of(CoreModule module) => new(
        module.File,
        Quoted(module.Name),
        [.. module.Functions.Where(function => function.IsExported).Select(function => Quoted(function.Name))],
        [.. module.Attributes.Select(attribute => AttributeModel.Of(attribute, module.File))],
        [.. module.Functions.Select(function => new FunctionModel(function, module.File))]);

    internal static string Quoted(Atom atom) => new StringBuilder().AppendAtom(atom.Text).ToString();

    private static string Quoted(FunctionName name) => new StringBuilder().AppendFunctionName(name).ToString();
}

internal sealed record AttributeModel(string Name, string Value)
{
    public static AttributeModel Of((Atom Name, CoreExpr Value) attribute, string file) =>
        new(ModuleModel.Quoted(attribute.Name), CoreWriter.WriteExpression(attribute.Value, file));
}

internal sealed record FunctionModel(CoreFunction Function, string File)
{
    public string ToCore() => CoreWriter.WriteFunction(Function, File);
}
