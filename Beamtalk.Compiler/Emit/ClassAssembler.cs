using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Lowering;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Emit;

/// <summary>Puts the generation module of a class together: methods, accessors, initial values, metadata.</summary>
public static class ClassAssembler
{
    public static CompiledModule Assemble(BoundClassDeclaration bound, ClassTable classes, CompilationOptions options)
    {
        ClassSignature signature = bound.Class.Signature;
        SourceText source = bound.Class.Source.Text;
        var context = new ModuleContext(GenerationOf(signature), signature, false, classes, source)
        {
            IsCovered = options.Cover,
        };
        var functions = ImmutableArray.CreateBuilder<CoreFunction>();
        functions.AddRange(bound.Methods.Select(member => FunctionLowering.Method(context, member.Method, member.Function)));
        ImmutableArray<MethodMeta> accessors = AddAccessors(bound, functions);
        functions.AddRange(InitializerAssembler.Functions(bound, context));
        if (signature.Kind == ClassKind.Actor)
        {
            functions.Add(ShapeAssembler.Function(bound, classes));
        }

        ImmutableArray<InheritedFunction> inherited = InheritedFunctions.Of(signature, classes);
        functions.Add(MetaFunction(Meta(bound, accessors, inherited)));
        ImmutableArray<BehaviourClaim> claims = Behaviours.Of(bound.Class.Syntax);
        ImmutableArray<CoreFunction> callbacks = Callbacks.Of(bound, classes, functions.Select(function => function.Name));
        functions.AddRange(callbacks);
        CompiledModule module = Render(
            signature, context, functions, inherited, ModuleKind.Class, source,
            [.. SpecBuilder.Specs(bound.Methods), .. Callbacks.Attributes(claims, callbacks)]);
        return signature.IsAbstract ? module : module with
        {
            Claims = claims,
            Callbacks = [.. callbacks.Select(callback => callback.Name)],
        };
    }

    public static string GenerationOf(ClassSignature signature) => $"{signature.Facade} 1";

    public static CoreFunction MetaFunction(ClassMeta meta) => new(
        new FunctionName("$meta", 0), new CFun([], MetaBuilder.Build(meta)), true, null);

    public static CompiledModule Render(
        ClassSignature signature, ModuleContext context, IEnumerable<CoreFunction> functions,
        ImmutableArray<InheritedFunction> inherited, ModuleKind kind, SourceText source,
        ImmutableArray<(Atom Name, CoreExpr Value)> attributes = default)
    {
        var module = new CoreModule(
            new Atom(context.Generation), Path.GetFileName(source.Path), [.. functions, .. context.Extra],
            attributes.IsDefault ? [] : attributes);
        return new CompiledModule(
            kind, signature.Facade, context.Generation, signature.Superclass, signature.Kind == ClassKind.Actor,
            inherited, ModuleRenderer.Render(module, kind), source);
    }

    public static MethodMeta MetaOf(BoundMember member, SourceText source) => new()
    {
        Selector = member.Method.Selector,
        IsClassSide = member.Method.IsClassSide,
        Function = member.Function,
        Line = source.LineOf(member.Method.Span.Start),
        Doc = member.Doc,
        Source = member.Source,
        Parameters = member.Clauses.IsEmpty ? [] : [.. member.Clauses[0].Parameters.Select(p => ParameterOf(p, source))],
        Returns = member.Clauses is [{ ReturnType: { } type }, ..] ? source.Slice(type.Span) : null,
        IsUpdating = member.Clauses.Any(clause => clause.IsUpdating),
        Tool = member.Clauses is [{ Tool: { } tool }, ..] ? OptionsOf(tool) : null,
    };

    private static ImmutableArray<(string, CoreExpr)> OptionsOf(ToolModifier tool) =>
        [.. tool.Options.Select(option => (option.Name.Name, Literals.ToCore(option.Value)))];

    private static ParameterMeta ParameterOf(Parameter parameter, SourceText source) => parameter.Pattern switch
    {
        NamePattern name => new ParameterMeta(name.Name, null, DefaultOf(parameter)),
        TypedPattern typed => new ParameterMeta(typed.Name, source.Slice(typed.Type.Span), DefaultOf(parameter)),
        { } other => new ParameterMeta(source.Slice(other.Span)),
    };

    private static CoreExpr? DefaultOf(Parameter parameter) =>
        parameter.Default is null ? null : Literals.ToCore(parameter.Default);

    private static ClassMeta Meta(
        BoundClassDeclaration bound, ImmutableArray<MethodMeta> accessors, ImmutableArray<InheritedFunction> inherited)
    {
        ClassSignature signature = bound.Class.Signature;
        ClassDeclaration syntax = bound.Class.Syntax;
        SourceText source = bound.Class.Source.Text;
        return new ClassMeta
        {
            Name = signature.Name,
            Package = signature.Package,
            Facade = signature.Facade,
            Generation = GenerationOf(signature),
            Superclass = signature.Superclass,
            Kind = signature.Kind,
            IsAbstract = signature.IsAbstract,
            IsSealed = signature.IsSealed,
            Variables = signature.Variables,
            ClassVariables = signature.ClassVariables,
            IsConstant = bound.Initializers.All(InitializerAssembler.IsConstant),
            Doc = syntax.Doc,
            File = source.Path,
            Line = source.LineOf(syntax.HeaderSpan.Start),
            Inherited = [.. inherited.Select(function => new FunctionName(function.Function, function.Arity))],
            Methods = [.. bound.Methods.Select(member => MetaOf(member, source)), .. accessors],
        };
    }

    /// <summary>A Value class has a reader and a <c>withX:</c> for each field that has no method of that name.</summary>
    private static ImmutableArray<MethodMeta> AddAccessors(
        BoundClassDeclaration bound, ImmutableArray<CoreFunction>.Builder functions)
    {
        if (bound.Class.Signature.Kind != ClassKind.Value)
        {
            return [];
        }

        HashSet<string> taken =
            [.. bound.Methods.Where(member => !member.Method.IsClassSide).Select(member => member.Method.Selector)];
        ILookup<string, string?> types = bound.Class.Syntax.Members.OfType<VariableDeclaration>().ToLookup(
            variable => variable.Name.Name,
            variable => variable.Type is { } type ? bound.Class.Source.Text.Slice(type.Span) : null);
        var metas = ImmutableArray.CreateBuilder<MethodMeta>();
        foreach (string field in bound.Class.Signature.Variables)
        {
            if (taken.Add(field))
            {
                functions.Add(Accessors.Reader(field));
                metas.Add(Accessors.ReaderMeta(field, types[field].FirstOrDefault()));
            }

            string with = MethodSignatures.WithSelector(field);
            if (taken.Add(with))
            {
                functions.Add(Accessors.With(with, field));
                metas.Add(Accessors.WithMeta(with, field, types[field].FirstOrDefault()));
            }
        }

        return metas.ToImmutable();
    }
}
