using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Lowering;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Syntax;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Emit;

/// <summary>
/// <c>'$init'/1</c> and <c>'$class_init'/0</c> (docs/abi.md): each initial value is a local function, evaluated when
/// an instance is made, superclass first.
/// </summary>
public static class InitializerAssembler
{
    private static readonly CoreVar Self = new(0, "self");

    public static IEnumerable<CoreFunction> Functions(BoundClassDeclaration bound, ModuleContext context)
    {
        bool isActor = bound.Class.Signature.Kind == ClassKind.Actor;
        foreach (BoundInitializer initializer in bound.Initializers.Where(
            initializer => initializer.Value is not null && (isActor || !StandsInInit(initializer))))
        {
            yield return FunctionLowering.Method(context, initializer.Value!, NameOf(initializer), false);
        }

        yield return InstanceFunction(bound, context.Classes);
        yield return ClassFunction(bound);
    }

    /// <summary>The variable of an instance starts as a constant; those of the class are of no concern.</summary>
    public static bool IsConstant(BoundInitializer initializer) =>
        initializer.Variable is { Kind: VariableKind.ClassState } or { Initializer: null }
        || Literals.IsConstant(initializer.Variable.Initializer);

    /// <summary>Of a value: a literal needs no function.</summary>
    private static bool StandsInInit(BoundInitializer initializer) =>
        initializer.Variable.Kind != VariableKind.ClassState && IsConstant(initializer);

    private static string NameOf(BoundInitializer initializer) => initializer.Value!.Selector;

    private static CoreFunction InstanceFunction(BoundClassDeclaration bound, ClassTable classes)
    {
        ClassSignature signature = bound.Class.Signature;
        ClassSignature? superclass = classes.SuperclassOf(signature);
        bool inherits = superclass is not null && superclass.Kind == signature.Kind
            && signature.Kind is ClassKind.Actor or ClassKind.Value;
        ImmutableArray<BoundInitializer> own =
            [.. bound.Initializers.Where(initializer => initializer.Variable.Kind != VariableKind.ClassState)];
        CoreExpr body = signature.Kind == ClassKind.Actor
            ? ActorBody(inherits ? superclass!.Facade : null, own)
            : ValueBody(inherits ? superclass!.Facade : null, own);
        return new CoreFunction(new FunctionName("$init", 1), new CFun([Self], body), true, null);
    }

    /// <summary>
    /// <c>call Super:'$init'(Self), case get('@x') of undefined -> put('@x', …); _ -> ok end, ok</c>: a variable that is
    /// there stays as it is, so that the same function adds what is new to an actor whose class was loaded again.
    /// </summary>
    private static CoreExpr ActorBody(string? superclass, ImmutableArray<BoundInitializer> own)
    {
        var steps = ImmutableArray.CreateBuilder<CoreExpr>();
        if (superclass is not null)
        {
            steps.Add(Call(superclass, "$init", Var(Self)));
        }

        foreach (BoundInitializer initializer in own)
        {
            CoreExpr key = Symbol($"@{initializer.Variable.Name.Name}");
            CoreExpr put = Erlang("put", key, ValueOf(initializer, Var(Self)));
            steps.Add(Case(
                Erlang("get", key), Clause(Literal(Symbol("undefined")), put), Clause(Ignored, Ok)));
        }

        return Seq([.. steps, Ok]);
    }

    /// <summary>
    /// Literals are there at once, <c>M1 = M#{x => 0, y => nil}</c>; each other value sees the fields before it:
    /// <c>M2 = M1#{z => …}</c>. A step for each field would copy the map as often.
    /// </summary>
    private static CoreExpr ValueBody(string? superclass, ImmutableArray<BoundInitializer> own)
    {
        var steps = ImmutableArray.CreateBuilder<(CoreVar, CoreExpr)>();
        CoreExpr current = Var(Self);
        int number = 1;
        CoreExpr Step(CoreExpr value)
        {
            var variable = new CoreVar(number++, "self");
            steps.Add((variable, value));
            return Var(variable);
        }

        if (superclass is not null)
        {
            current = Step(Call(superclass, "$init", current));
        }

        ImmutableArray<(CoreExpr, CoreExpr)> literals =
            [.. own.Where(IsConstant).Select(initializer => (NameOfField(initializer), LiteralOf(initializer)))];
        if (!literals.IsEmpty)
        {
            current = Step(MapUpdate(current, [.. literals]));
        }

        foreach (BoundInitializer initializer in own.Where(initializer => !IsConstant(initializer)))
        {
            CoreExpr value = Step(ValueOf(initializer, current));
            current = Step(MapUpdate(current, (NameOfField(initializer), value)));
        }

        return Let(steps.ToImmutable(), current);
    }

    private static CoreExpr NameOfField(BoundInitializer initializer) => Symbol(initializer.Variable.Name.Name);

    private static CoreExpr LiteralOf(BoundInitializer initializer) =>
        initializer.Variable.Initializer is { } literal ? Literals.ToCore(literal) : Nil;

    private static CoreExpr ValueOf(BoundInitializer initializer, CoreExpr self) =>
        initializer.Value is null ? Nil : Apply(NameOf(initializer), self);

    private static CoreFunction ClassFunction(BoundClassDeclaration bound)
    {
        CoreExpr self = CoreValues.ClassObject(bound.Class.Signature.Facade);
        CoreExpr list = List([.. bound.Initializers
            .Where(initializer => initializer.Variable.Kind == VariableKind.ClassState)
            .Select(initializer => Tuple(
                Symbol(initializer.Variable.Name.Name), new CFun([], ValueOf(initializer, self))))]);
        return new CoreFunction(new FunctionName("$class_init", 0), new CFun([], list), true, null);
    }
}
