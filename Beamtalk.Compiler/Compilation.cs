using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Emit;
using Beamtalk.Compiler.Parsing;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Syntax;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler;

/// <summary>The passes, in order: parse, declare, bind, then (without errors only) lower and emit.</summary>
public static class Compilation
{
    /// <summary>Compiles the sources to Core Erlang modules. Does no input or output.</summary>
    public static CompilationResult Compile(CompilationInput input) => Guarded(input, source => source, null);

    /// <summary>Compiles one REPL input; <paramref name="variables"/> are the names that the session has bound.</summary>
    public static CompilationResult CompileReplInput(CompilationInput input, IReadOnlyCollection<string> variables) =>
        Guarded(input, ScriptBinder.ForSession, variables);

    /// <summary>Compiles a text that is one method, to be patched into a class: the module of an extension.</summary>
    public static CompilationResult CompileMethod(
        CompilationInput input, ClassSignature target, bool isClassSide, string? selector)
    {
        CompilationResult result =
            Guarded(input, source => MethodSource.AsPatch(source, target, isClassSide, selector), null);
        return result with { Modules = [.. result.Modules.Where(module => module.Kind == ModuleKind.Extension)] };
    }

    private static CompilationResult Guarded(
        CompilationInput input, Func<ParsedSource, ParsedSource> read, IReadOnlyCollection<string>? session)
    {
        try
        {
            return Run(input, read, session);
        }
        catch (InsufficientExecutionStackException)
        {
            SourceText source = input.Sources.MaxBy(text => text.Text.Length)!;
            return Failure(Diagnostic.Create(Catalog.NestingTooDeep, source, TextSpan.None, null));
        }
        catch (CoreVerificationException fault)
        {
            return Failure(Diagnostic.Create(
                Catalog.InternalFault, input.Sources[0], TextSpan.None, null, fault.Module.Text, fault.Message));
        }
    }

    private static CompilationResult Failure(Diagnostic diagnostic) => new([], [diagnostic], ClassIndex.Empty, null);

    private static CompilationResult Run(
        CompilationInput input, Func<ParsedSource, ParsedSource> read, IReadOnlyCollection<string>? session)
    {
        CompilationOptions options = input.Options;
        ImmutableArray<ParsedSource> sources = [.. input.Sources.Select(source => read(Parse(source)))];
        ImmutableArray<DeclaredClass> declared = new DeclarationCollector(input.Known, options.Package).Collect(sources);
        ClassIndex index = ClassIndex.Of(declared.Select(item => item.Signature));
        var classes = new ClassTable(input.Known.With(index), options.Package, Extensions(sources));

        var classBinder = new ClassBinder(classes, options.Inline);
        var scriptBinder = new ScriptBinder(classes, options.Inline);
        ImmutableArray<BoundClassDeclaration> bound = [.. declared.Select(classBinder.Bind)];
        ImmutableArray<BoundScript> scripts =
            [.. sources.Where(ScriptBinder.IsNeeded).Select(source => scriptBinder.Bind(source, session))];

        CheckTypes(bound, scripts, classes);

        ImmutableArray<Diagnostic> diagnostics =
        [
            .. sources.SelectMany(Ordered)
                .Where(diagnostic => !IsAnswered(diagnostic, sources, classes))
                .Select(diagnostic => options.Strict ? AsStrict(diagnostic) : diagnostic),
        ];
        if (diagnostics.Any(diagnostic => diagnostic.IsError))
        {
            return new CompilationResult([], diagnostics, ClassIndex.Empty, PassDump.Of(options.Dump, sources, index, []));
        }

        var assembler = new ScriptAssembler(classes, options);
        IEnumerable<CompiledModule> classModules = bound.Select(item => ClassAssembler.Assemble(item, classes, options));
        IEnumerable<CompiledModule> scriptModules = scripts.SelectMany(script => session is null
            ? assembler.Assemble(script)
            : assembler.AssembleInput(script));
        ImmutableArray<CompiledModule> modules = [.. classModules, .. scriptModules];
        ClassIndex known = session is null ? index : index.With(Extended(scripts));
        return new CompilationResult(modules, diagnostics, known, PassDump.Of(options.Dump, sources, index, modules))
        {
            Extended = Extensions(scripts),
            HasValue = sources.Any(source => source.Unit.Items.Any(item => item is TopLevelStatement)),
        };
    }

    /// <summary>Two messages that have run into one are one where somebody has a method of that name.</summary>
    private static bool IsAnswered(Diagnostic diagnostic, ImmutableArray<ParsedSource> sources, ClassTable classes) =>
        diagnostic.Descriptor == Catalog.RunOn && diagnostic.Subject is { } selector
        && (classes.IsUserDefined(selector) || sources.Any(source => source.Unit.Items
            .OfType<ScriptMethod>().Any(item => item.Method.Selector == selector)));

    private static void CheckTypes(
        ImmutableArray<BoundClassDeclaration> bound, ImmutableArray<BoundScript> scripts, ClassTable classes)
    {
        foreach (BoundClassDeclaration declaration in bound)
        {
            TypeChecker.Check(declaration, classes);
        }

        foreach (BoundScript script in scripts)
        {
            TypeChecker.Check(script, classes);
        }
    }

    /// <summary>With <c>--strict</c> what the type checker finds is an error.</summary>
    private static Diagnostic AsStrict(Diagnostic diagnostic) => diagnostic.Code.StartsWith("BT4", StringComparison.Ordinal)
        ? diagnostic with { Descriptor = diagnostic.Descriptor with { Severity = Severity.Error } }
        : diagnostic;

    private static ParsedSource Parse(SourceText source)
    {
        (CompilationUnit unit, ImmutableArray<Diagnostic> diagnostics) = Parser.Parse(source);
        var bag = new DiagnosticBag(source);
        bag.AddRange(diagnostics);
        return new ParsedSource(source, unit, bag);
    }

    /// <summary>The classes that an input extends, with what it adds: later inputs may use it.</summary>
    private static ClassIndex Extended(IEnumerable<BoundScript> scripts) => ClassIndex.Of(scripts
        .SelectMany(script => script.Extensions)
        .GroupBy(extension => extension.Target.Facade, (_, extensions) => Extended([.. extensions])));

    private static ClassSignature Extended(ImmutableArray<BoundExtension> extensions)
    {
        ClassSignature target = extensions[0].Target;
        IEnumerable<MethodSignature> added = extensions.Select(extension => MethodSignatures.Of(extension.Member.Clauses[0]));
        IEnumerable<MethodSignature> all =
            added.Concat(target.Methods).DistinctBy(method => (method.Selector, method.IsClassSide));
        return target with { Methods = [.. all] };
    }

    private static ClassIndex Extensions(ImmutableArray<BoundScript> scripts) => ClassIndex.Of(scripts
        .SelectMany(script => script.Extensions)
        .GroupBy(extension => extension.Target.Facade, (_, extensions) => Added([.. extensions])));

    private static ClassSignature Added(ImmutableArray<BoundExtension> extensions) => extensions[0].Target with
    {
        Methods = [.. extensions.Select(extension => MethodSignatures.Of(extension.Member.Clauses[0])).Distinct()],
    };

    private static IEnumerable<MethodSignature> Extensions(ImmutableArray<ParsedSource> sources) => sources
        .SelectMany(source => source.Unit.Items.OfType<ExtensionDeclaration>())
        .Select(extension => MethodSignatures.Of(extension.Method));

    private static IEnumerable<Diagnostic> Ordered(ParsedSource source) =>
        source.Diagnostics.OrderBy(diagnostic => diagnostic.Span.Start);
}
