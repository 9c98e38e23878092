using System.Collections.Immutable;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Syntax;

public abstract record Pattern(TextSpan Span) : SyntaxNode(Span);

public sealed record WildcardPattern(TextSpan Span) : Pattern(Span);

/// <summary>A name: binds anew, even if it is bound already.</summary>
public sealed record NamePattern(TextSpan Span, string Name) : Pattern(Span);

/// <summary>A literal expression: number, string, symbol, character, nil, true, false.</summary>
public sealed record LiteralPattern(TextSpan Span, Expression Literal) : Pattern(Span);

public sealed record TuplePattern(TextSpan Span, ImmutableArray<Pattern> Elements) : Pattern(Span);

/// <summary><c>#(a, b, ...rest)</c>; <see cref="Rest"/> is null without a rest.</summary>
public sealed record ListPattern(TextSpan Span, ImmutableArray<Pattern> Elements, Pattern? Rest) : Pattern(Span);

public sealed record ArrayPattern(TextSpan Span, ImmutableArray<Pattern> Elements) : Pattern(Span);

/// <summary>Partial: other keys may be there. Keys are literals (or parenthesised expressions).</summary>
public sealed record DictionaryPattern(TextSpan Span, ImmutableArray<DictionaryPatternEntry> Entries) : Pattern(Span);

public sealed record DictionaryPatternEntry(TextSpan Span, Expression Key, Pattern Value) : SyntaxNode(Span);

/// <summary><c>"GET " ++ path</c>.</summary>
public sealed record StringPrefixPattern(TextSpan Span, string Prefix, Pattern Rest) : Pattern(Span);

/// <summary><c>Point x: px y: py</c>; a bare class name has no fields (any instance).</summary>
public sealed record ConstructorPattern(TextSpan Span, ClassName Class, ImmutableArray<FieldPattern> Fields) : Pattern(Span);

public sealed record FieldPattern(TextSpan Span, Identifier Field, Pattern Pattern) : SyntaxNode(Span);

/// <summary><c>name :: Type</c>; the name may be <c>_</c>.</summary>
public sealed record TypedPattern(TextSpan Span, string Name, TypeSyntax Type) : Pattern(Span);
