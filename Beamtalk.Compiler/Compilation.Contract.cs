using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler;

/// <summary>What a compiled module is for.</summary>
public enum ModuleKind
{
    /// <summary>A class: a generation with a facade.</summary>
    Class,

    /// <summary>A script's class: as a class; exports <c>main/1</c>.</summary>
    Script,

    /// <summary>The code of one extension or patch: a generation without a facade.</summary>
    Extension,

    /// <summary>A REPL input: exports <c>eval/2</c>; no facade.</summary>
    ReplInput,
}

/// <summary>A jump from a facade to the same function of the superclass's facade.</summary>
public readonly record struct InheritedFunction(string Function, int Arity);

/// <summary>
/// One module, ready for the Erlang compiler. <see cref="Facade"/> is null where the kind has none;
/// <see cref="Superclass"/> is the superclass's facade, the target of <see cref="Inherited"/>.
/// </summary>
public sealed record CompiledModule(
    ModuleKind Kind,
    string? Facade,
    string Generation,
    string? Superclass,
    bool IsActor,
    ImmutableArray<InheritedFunction> Inherited,
    string CoreText,
    SourceText Source)
{
    /// <summary>The behaviours whose callbacks have to be among <see cref="Callbacks"/>.</summary>
    public ImmutableArray<BehaviourClaim> Claims { get; init; } = [];

    /// <summary>What the class exports for behaviours.</summary>
    public ImmutableArray<FunctionName> Callbacks { get; init; } = [];
}

public sealed record CompilationOptions
{
    /// <summary>The package of the sources, <c>app</c> where there is no project.</summary>
    public string Package { get; init; } = "app";

    /// <summary>Type warnings become errors.</summary>
    public bool Strict { get; init; }

    /// <summary>Control flow with literal blocks is compiled in line; off only to test that nobody can tell.</summary>
    public bool Inline { get; init; } = true;

    /// <summary>Each statement counts how often it runs (<c>bt_cover</c>), for a report of the lines that tests reach.</summary>
    public bool Cover { get; init; }

    /// <summary>The pass whose result is wanted as text (<c>--dump</c>), or null.</summary>
    public string? Dump { get; init; }
}

/// <summary>
/// Sources to compile together, and the classes they may refer to (standard library, dependencies, what a
/// session has defined before).
/// </summary>
public sealed record CompilationInput(
    ImmutableArray<SourceText> Sources, ClassIndex Known, CompilationOptions Options);

/// <summary>
/// The modules (none if any diagnostic is an error), the diagnostics in order of source and position, the index of
/// the classes that the sources declare, and the dump if one was asked for.
/// </summary>
public sealed record CompilationResult(
    ImmutableArray<CompiledModule> Modules,
    ImmutableArray<Diagnostic> Diagnostics,
    ClassIndex Declared,
    string? Dump)
{
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.IsError);

    /// <summary>The classes that the sources extend, with the methods they add and no others.</summary>
    public ClassIndex Extended { get; init; } = ClassIndex.Empty;

    /// <summary>Of a REPL input: there is a statement in it, and so a value; definitions have none.</summary>
    public bool HasValue { get; init; } = true;
}
