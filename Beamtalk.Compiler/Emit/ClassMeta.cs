using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Compiler.Emit;

/// <summary>What a class tells about itself at run time; docs/abi.md describes the term that comes of it.</summary>
public sealed record ClassMeta
{
    public required string Name { get; init; }

    public required string Package { get; init; }

    public required string Facade { get; init; }

    public required string Generation { get; init; }

    /// <summary>The superclass's facade; null for the root.</summary>
    public string? Superclass { get; init; }

    public required ClassKind Kind { get; init; }

    public bool IsAbstract { get; init; }

    public bool IsSealed { get; init; }

    /// <summary>Own state or fields, in order.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];

    public ImmutableArray<string> ClassVariables { get; init; } = [];

    /// <summary>Each own variable starts as a literal or nil: making an instance cannot fail here.</summary>
    public bool IsConstant { get; init; }

    public string? Doc { get; init; }

    public required string File { get; init; }

    public int Line { get; init; }

    /// <summary>The facade's jumps to the superclass's facade.</summary>
    public ImmutableArray<FunctionName> Inherited { get; init; } = [];

    /// <summary>Own methods only.</summary>
    public ImmutableArray<MethodMeta> Methods { get; init; } = [];
}

public sealed record MethodMeta
{
    public required string Selector { get; init; }

    public bool IsClassSide { get; init; }

    /// <summary>The facade's function: the selector, or <c>class selector</c>.</summary>
    public required string Function { get; init; }

    public int Line { get; init; }

    /// <summary>The file of an extension or patch; null where it is that of the class.</summary>
    public string? File { get; init; }

    public string? Doc { get; init; }

    public string? Source { get; init; }

    public ImmutableArray<ParameterMeta> Parameters { get; init; } = [];

    /// <summary>The return type as written.</summary>
    public string? Returns { get; init; }

    public bool IsUpdating { get; init; }

    /// <summary>A reader <c>x</c> or a <c>withX:</c> that the compiler made.</summary>
    public bool IsAccessor { get; init; }

    /// <summary>The options of a <c>tool</c> method; null where the method is none.</summary>
    public ImmutableArray<(string Option, CoreExpr Value)>? Tool { get; init; }
}

/// <summary>A parameter with its type as written, and in a tool its default literal.</summary>
public sealed record ParameterMeta(string Name, string? Type = null, CoreExpr? Default = null);
