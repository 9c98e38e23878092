using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Emit;

/// <summary>Builds the answer of <c>'$meta'/0</c>, a map that OTP folds to one literal.</summary>
public static class MetaBuilder
{
    public static CoreExpr Build(ClassMeta meta) => Map(
        (Symbol("name"), Symbol(meta.Name)),
        (Symbol("package"), Symbol(meta.Package)),
        (Symbol("module"), Symbol(meta.Facade)),
        (Symbol("generation"), Symbol(meta.Generation)),
        (Symbol("superclass"), meta.Superclass is null ? Nil : Symbol(meta.Superclass)),
        (Symbol("kind"), Symbol(meta.Kind.ToString().ToLowerInvariant())),
        (Symbol("modifiers"), Modifiers(meta)),
        (Symbol("variables"), Symbols(meta.Variables)),
        (Symbol("class_variables"), Symbols(meta.ClassVariables)),
        (Symbol("constant"), Bool(meta.IsConstant)),
        (Symbol("doc"), BinaryOrNil(meta.Doc)),
        (Symbol("file"), Binary(meta.File)),
        (Symbol("line"), Int(meta.Line)),
        (Symbol("inherited"), All(meta.Inherited, name => Tuple(Symbol(name.Name), Int(name.Arity)))),
        (Symbol("methods"), All(meta.Methods, Build)));

    /// <summary>One method's entry; that of an extension names its file.</summary>
    public static CoreExpr Build(MethodMeta method) => Map(
    [
        .. method.File is { } file ? [(Symbol("file"), Binary(file))] : ImmutableArray<(CoreExpr, CoreExpr)>.Empty,
        (Symbol("selector"), Symbol(method.Selector)),
        (Symbol("arity"), Int(method.Parameters.Length)),
        (Symbol("side"), Symbol(method.IsClassSide ? "class" : "instance")),
        (Symbol("function"), Symbol(method.Function)),
        (Symbol("line"), Int(method.Line)),
        (Symbol("doc"), BinaryOrNil(method.Doc)),
        (Symbol("source"), BinaryOrNil(method.Source)),
        (Symbol("parameters"), All(method.Parameters, Build)),
        (Symbol("returns"), BinaryOrNil(method.Returns)),
        (Symbol("flags"), Flags(method)),
    ]);

    private static CoreExpr Build(ParameterMeta parameter) => Tuple(
        Binary(parameter.Name),
        BinaryOrNil(parameter.Type),
        parameter.Default is null ? Symbol("none") : Tuple(Symbol("default"), parameter.Default));

    private static CoreExpr Modifiers(ClassMeta meta)
    {
        var modifiers = ImmutableArray.CreateBuilder<CoreExpr>();
        AddIf(modifiers, meta.IsAbstract, Symbol("abstract"));
        AddIf(modifiers, meta.IsSealed, Symbol("sealed"));
        return List(modifiers.ToImmutable());
    }

    private static CoreExpr Flags(MethodMeta method)
    {
        var flags = ImmutableArray.CreateBuilder<CoreExpr>();
        AddIf(flags, method.IsUpdating, Symbol("updating"));
        AddIf(flags, method.IsAccessor, Symbol("accessor"));
        if (method.Tool is { } options)
        {
            flags.Add(Tuple(Symbol("tool"), All(options, option => Tuple(Symbol(option.Option), option.Value))));
        }

        return List(flags.ToImmutable());
    }

    private static void AddIf(ImmutableArray<CoreExpr>.Builder list, bool condition, CoreExpr element)
    {
        if (condition)
        {
            list.Add(element);
        }
    }

    private static CoreExpr BinaryOrNil(string? text) => text is null ? Nil : Binary(text);

    private static CoreExpr Symbols(ImmutableArray<string> names) => All(names, Symbol);

    private static CoreExpr All<T>(ImmutableArray<T> items, Func<T, CoreExpr> build) =>
        List(items.Select(build).ToImmutableArray());
}
