using System.Collections.Immutable;
using Beamtalk.Compiler.Syntax;

namespace Beamtalk.Compiler.Semantics;

/// <summary>A method with the syntax that it was bound from; <see cref="Clauses"/> is empty for what has none.</summary>
public sealed record BoundMember(
    BoundMethod Method, string? Doc, string? Source, ImmutableArray<MethodDeclaration> Clauses)
{
    /// <summary>The facade's function.</summary>
    public string Function => Method.IsClassSide ? $"class {Method.Selector}" : Method.Selector;
}

/// <summary>A variable with its initial value, if it has one.</summary>
public sealed record BoundInitializer(VariableDeclaration Variable, BoundMethod? Value);

/// <summary>A class whose members are bound.</summary>
public sealed record BoundClassDeclaration(
    DeclaredClass Class, ImmutableArray<BoundMember> Methods, ImmutableArray<BoundInitializer> Initializers);

/// <summary>An extension or patch: its method, and the class it goes into.</summary>
public sealed record BoundExtension(
    ParsedSource Source, int Number, bool IsPatch, ClassSignature Target, BoundMember Member);

/// <summary>What stands at top level: null code where the file has only classes.</summary>
public sealed record BoundScript(
    ParsedSource Source,
    ClassSignature Class,
    BoundMethod Main,
    ImmutableArray<Variable> SessionVariables,
    ImmutableArray<BoundMember> Methods,
    ImmutableArray<BoundExtension> Extensions);
