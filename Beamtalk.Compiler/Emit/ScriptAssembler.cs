using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Lowering;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Emit;

/// <summary>
/// Puts the modules of what stands outside classes together: the script's and one per extension or patch. Inputs of a
/// session share their names: whoever loads them gives them others.
/// </summary>
public sealed class ScriptAssembler(ClassTable classes, CompilationOptions options)
{
    private const string ReplInput = "bt.repl.input";

    public IEnumerable<CompiledModule> Assemble(BoundScript script)
    {
        foreach (BoundExtension extension in script.Extensions)
        {
            yield return Extension(extension);
        }

        // A file with nothing but extensions is no script: several of a package may have its name.
        if (!script.Methods.IsEmpty || script.Source.Unit.Items.Any(item => item is Syntax.TopLevelStatement))
        {
            yield return Script(script);
        }
    }

    /// <summary>As <see cref="Assemble"/>, with <c>eval/2</c> in a module without a facade.</summary>
    public IEnumerable<CompiledModule> AssembleInput(BoundScript script)
    {
        foreach (BoundExtension extension in script.Extensions)
        {
            yield return Extension(extension);
        }

        ModuleContext context = Context(script, ReplInput);
        CoreFunction eval = FunctionLowering.Session(context, script.Main, script.SessionVariables);
        CompiledModule module = ClassAssembler.Render(
            script.Class, context, [eval], [], ModuleKind.ReplInput, script.Source.Text);
        yield return module with { Facade = null, Superclass = null };
    }

    private CompiledModule Script(BoundScript script)
    {
        ModuleContext context = Context(script, ClassAssembler.GenerationOf(script.Class));
        SourceText source = script.Source.Text;
        var functions = ImmutableArray.CreateBuilder<CoreFunction>();
        functions.AddRange(script.Methods.Select(member => FunctionLowering.Method(context, member.Method, member.Function)));
        functions.Add(FunctionLowering.Method(context, script.Main, "main"));
        functions.Add(new CoreFunction(new FunctionName("$install", 0), new CFun([], InstallAll(context)), true, null));
        functions.Add(new CoreFunction(
            new FunctionName("$init", 1), new CFun([new CoreVar(0, "self")], Var(new CoreVar(0, "self"))), true, null));
        functions.Add(new CoreFunction(new FunctionName("$class_init", 0), new CFun([], EmptyList), true, null));
        ImmutableArray<InheritedFunction> inherited = InheritedFunctions.Of(script.Class, classes);
        functions.Add(ClassAssembler.MetaFunction(Meta(script, source)));
        return ClassAssembler.Render(script.Class, context, functions, inherited, ModuleKind.Script, source);
    }

    private static ClassMeta Meta(BoundScript script, SourceText source) => new()
    {
        Name = script.Class.Name,
        Package = script.Class.Package,
        Facade = script.Class.Facade,
        Generation = ClassAssembler.GenerationOf(script.Class),
        Superclass = script.Class.Superclass,
        Kind = ClassKind.Script,
        File = source.Path,
        Line = 1,
        Methods = [.. script.Methods.Select(member => ClassAssembler.MetaOf(member, source))],
    };

    private ModuleContext Context(BoundScript script, string generation) =>
        new(generation, script.Class, false, classes, script.Source.Text)
        {
            Installs = Installs(script),
            IsCovered = options.Cover,
        };

    private static CoreExpr InstallAll(ModuleContext context) => Seq([.. context.Installs.Distinct(), Ok]);

    /// <summary>
    /// What to call where each extension stands; the further clauses of a method take effect with its first.
    /// </summary>
    private ImmutableArray<CoreExpr> Installs(BoundScript script)
    {
        int count = script.Source.Unit.Items.Count(item => item is Syntax.ExtensionDeclaration);
        CoreExpr[] installs = [.. Enumerable.Repeat(Ok, count)];
        foreach (BoundExtension extension in script.Extensions)
        {
            installs[extension.Number] = Install(extension);
        }

        return [.. installs];
    }

    private CoreExpr Install(BoundExtension extension) => Call("bt_patch", "install", Symbol(NameOf(extension)));

    private string NameOf(BoundExtension extension) =>
        $"bt.{options.Package}.{Path.GetFileNameWithoutExtension(extension.Source.Text.Path)} x{extension.Number + 1}";

    private CompiledModule Extension(BoundExtension extension)
    {
        var context = new ModuleContext(
            NameOf(extension), extension.Target, true, classes, extension.Source.Text)
        { IsCovered = options.Cover };
        CoreFunction function = FunctionLowering.Method(context, extension.Member.Method, extension.Member.Function);
        CompiledModule module = ClassAssembler.Render(
            extension.Target, context, [function, Description(extension)], [], ModuleKind.Extension, extension.Source.Text,
            Attributes(extension));
        return module with { Facade = null, Superclass = null };
    }

    /// <summary>
    /// What stands in a file without statements takes effect with its package; what stands in a script, where it stands.
    /// </summary>
    private static ImmutableArray<(Atom Name, CoreExpr Value)> Attributes(BoundExtension extension) =>
        extension.Source.Unit.Items.Any(item => item is Syntax.TopLevelStatement)
            ? []
            : [(new Atom("beamtalk_extension"), List(Symbol("library")))];

    /// <summary><c>'$patch'/0</c>: the class, and what is to be linked into it.</summary>
    private static CoreFunction Description(BoundExtension extension)
    {
        BoundMember member = extension.Member;
        SourceText source = extension.Source.Text;
        int arity = member.Method.Clauses[0].Patterns.Length + 1;
        CoreExpr meta = MetaBuilder.Build(ClassAssembler.MetaOf(member, source) with { File = source.Path });
        CoreExpr function = Tuple(Symbol(member.Function), Int(arity), meta);
        return new CoreFunction(
            new FunctionName("$patch", 0),
            new CFun([], Tuple(Symbol(extension.Target.Facade), List(function))), true, null);
    }
}
