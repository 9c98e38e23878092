using System.Collections.Immutable;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Syntax;

/// <summary>A node of the syntax tree. Spans are offsets into the unit's source text.</summary>
public abstract record SyntaxNode(TextSpan Span);

/// <summary>A whole source file: classes, extensions, patches, script methods and top-level statements, in order.</summary>
public sealed record CompilationUnit(TextSpan Span, ImmutableArray<TopLevelItem> Items) : SyntaxNode(Span);

/// <summary>A type annotation: <c>Integer</c>, <c>List(String)</c>, <c>#a</c> or <c>A | B</c>.</summary>
public abstract record TypeSyntax(TextSpan Span) : SyntaxNode(Span);

public sealed record NamedType(TextSpan Span, ClassName Name, ImmutableArray<TypeSyntax> Arguments) : TypeSyntax(Span);

public sealed record SymbolType(TextSpan Span, string Value) : TypeSyntax(Span);

public sealed record UnionType(TextSpan Span, ImmutableArray<TypeSyntax> Alternatives) : TypeSyntax(Span);

/// <summary>A class name as written: <c>Counter</c> or <c>package@Counter</c>.</summary>
public sealed record ClassName(TextSpan Span, string? Package, string Name) : SyntaxNode(Span)
{
    public override string ToString() => Package is null ? Name : $"{Package}@{Name}";
}
