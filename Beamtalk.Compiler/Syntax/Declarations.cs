using System.Collections.Immutable;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Syntax;

public abstract record TopLevelItem(TextSpan Span) : SyntaxNode(Span);

/// <summary>A statement outside every class: part of the script.</summary>
public sealed record TopLevelStatement(TextSpan Span, Statement Statement) : TopLevelItem(Span);

/// <summary>Temporaries declared at top level: <c>| a b |</c>.</summary>
public sealed record TopLevelTemporaries(TextSpan Span, ImmutableArray<Identifier> Names) : TopLevelItem(Span);

/// <summary>A method header outside every class: a method of the script object.</summary>
public sealed record ScriptMethod(TextSpan Span, MethodDeclaration Method) : TopLevelItem(Span);

/// <summary>
/// <c>C &gt;&gt; sel =&gt; …</c> (<see cref="IsPatch"/> false) or <c>patch C &gt;&gt; …</c>; its method's
/// <see cref="MethodDeclaration.IsClassSide"/> says whether <c>C class</c> was named.
/// </summary>
public sealed record ExtensionDeclaration(TextSpan Span, bool IsPatch, ClassName Class, MethodDeclaration Method)
    : TopLevelItem(Span);

[Flags]
public enum ClassModifiers
{
    None = 0,
    Abstract = 1,
    Sealed = 2,
}

/// <summary>A class: <c>Superclass subclass: Name</c> and the members indented under it.</summary>
public sealed record ClassDeclaration(
    TextSpan Span,
    TextSpan HeaderSpan,
    ClassModifiers Modifiers,
    ClassName? Superclass,
    Identifier Name,
    ImmutableArray<Identifier> TypeParameters,
    string? Doc,
    ImmutableArray<Member> Members) : TopLevelItem(Span);

public abstract record Member(TextSpan Span, string? Doc) : SyntaxNode(Span);

public enum VariableKind
{
    State,
    Field,
    ClassState,
}

/// <summary>One variable of <c>state:</c>, <c>field:</c> or <c>classState:</c>; a list declares several.</summary>
public sealed record VariableDeclaration(
    TextSpan Span, string? Doc, VariableKind Kind, Identifier Name, TypeSyntax? Type, Expression? Initializer)
    : Member(Span, Doc);

/// <summary><c>name: expression</c>: short for the class-side method <c>class name =&gt; expression</c>.</summary>
public sealed record DeclarationMember(TextSpan Span, string? Doc, Identifier Name, Expression Value) : Member(Span, Doc);

/// <summary><c>children: [ spec, … ]</c> of a supervisor.</summary>
public sealed record ChildrenDeclaration(TextSpan Span, string? Doc, ImmutableArray<ChildSpecification> Children)
    : Member(Span, Doc);

/// <summary>
/// <c>C</c>, <c>C spawn</c>, <c>C spawn k: v</c> (keywords in <see cref="SpawnArguments"/>) or
/// <c>{C, option: e, …}</c> (in <see cref="Options"/>). Any other expression stands in <see cref="Other"/>.
/// </summary>
public sealed record ChildSpecification(
    TextSpan Span,
    ClassName? Class,
    ImmutableArray<KeywordArgument> SpawnArguments,
    ImmutableArray<KeywordArgument> Options,
    Expression? Other) : SyntaxNode(Span);

/// <summary><c>name: value</c>; the name without its colon.</summary>
public sealed record KeywordArgument(TextSpan Span, Identifier Name, Expression Value) : SyntaxNode(Span);

/// <summary>
/// One method header with its body: one clause of a method. Consecutive declarations of one selector in a class
/// are the clauses of one method. <see cref="Source"/> is the text from header to end without its indentation
/// and without the doc comment.
/// </summary>
public sealed record MethodDeclaration(
    TextSpan Span,
    string? Doc,
    bool IsClassSide,
    bool IsUpdating,
    ToolModifier? Tool,
    string Selector,
    TextSpan SelectorSpan,
    ImmutableArray<Parameter> Parameters,
    TypeSyntax? ReturnType,
    Expression? Guard,
    Body Body,
    string Source) : Member(Span, Doc);

/// <summary>The <c>tool</c> modifier and its options, <c>tool (timeout: 5000, approve: true)</c>.</summary>
public sealed record ToolModifier(TextSpan Span, ImmutableArray<KeywordArgument> Options) : SyntaxNode(Span);

/// <summary>
/// A parameter of a method header: a pattern (a plain name is a <see cref="NamePattern"/>, <c>n :: Integer</c> a
/// <see cref="TypedPattern"/>) and, in a tool, a default literal.
/// </summary>
public sealed record Parameter(TextSpan Span, Pattern Pattern, Expression? Default) : SyntaxNode(Span);

/// <summary>Temporaries and statements of a method, a block or a script. An empty body has no statements.</summary>
public sealed record Body(TextSpan Span, ImmutableArray<Identifier> Temporaries, ImmutableArray<Statement> Statements)
    : SyntaxNode(Span);

public sealed record Identifier(TextSpan Span, string Name) : SyntaxNode(Span)
{
    public override string ToString() => Name;
}
