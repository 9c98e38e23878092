using System.Collections.Immutable;
using System.Numerics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Syntax;

public abstract record Statement(TextSpan Span) : SyntaxNode(Span);

public sealed record ExpressionStatement(TextSpan Span, Expression Expression) : Statement(Span);

/// <summary><c>^ e</c>.</summary>
public sealed record ReturnStatement(TextSpan Span, Expression Value) : Statement(Span);

public abstract record Expression(TextSpan Span) : SyntaxNode(Span);

public sealed record IntegerLiteral(TextSpan Span, BigInteger Value) : Expression(Span);

public sealed record FloatLiteral(TextSpan Span, double Value) : Expression(Span);

/// <summary>A string without interpolation; the value with escapes resolved.</summary>
public sealed record StringLiteral(TextSpan Span, string Value) : Expression(Span);

/// <summary>A string with at least one <c>{expression}</c>: parts are <see cref="StringLiteral"/> or any expression.</summary>
public sealed record InterpolatedString(TextSpan Span, ImmutableArray<Expression> Parts) : Expression(Span);

public sealed record CharacterLiteral(TextSpan Span, int CodePoint) : Expression(Span);

public sealed record SymbolLiteral(TextSpan Span, string Value) : Expression(Span);

public sealed record NilLiteral(TextSpan Span) : Expression(Span);

public sealed record BooleanLiteral(TextSpan Span, bool Value) : Expression(Span);

public sealed record ListExpression(TextSpan Span, ImmutableArray<Expression> Elements) : Expression(Span);

public sealed record ArrayExpression(TextSpan Span, ImmutableArray<Expression> Elements) : Expression(Span);

public sealed record TupleExpression(TextSpan Span, ImmutableArray<Expression> Elements) : Expression(Span);

/// <summary><c>#{k =&gt; v}</c>; a bare name as key has become a <see cref="SymbolLiteral"/>.</summary>
public sealed record DictionaryExpression(TextSpan Span, ImmutableArray<DictionaryEntry> Entries) : Expression(Span);

public sealed record DictionaryEntry(TextSpan Span, Expression Key, Expression Value) : SyntaxNode(Span);

public sealed record NameExpression(TextSpan Span, string Name) : Expression(Span);

public sealed record ClassReference(TextSpan Span, ClassName Name) : Expression(Span);

public sealed record SelfExpression(TextSpan Span) : Expression(Span);

/// <summary><c>super</c>; only as the receiver of a <see cref="SendExpression"/> or <see cref="CascadeExpression"/>.</summary>
public sealed record SuperExpression(TextSpan Span) : Expression(Span);

/// <summary><c>self.x</c>.</summary>
public sealed record StateExpression(TextSpan Span, Identifier Name) : Expression(Span);

/// <summary>Kept because <c>(C spawn) k: v</c> differs from <c>C spawn k: v</c>.</summary>
public sealed record ParenthesizedExpression(TextSpan Span, Expression Inner) : Expression(Span);

/// <summary>
/// A message: unary (<c>foo</c>), binary (<c>+</c>, precedence already applied) or keyword (<c>at:put:</c>).
/// Trailing <c>whenResolved:</c>/<c>whenRejected:</c> have become a send of their own around the first.
/// <see cref="SelectorSpan"/> is the first selector part's.
/// </summary>
public sealed record SendExpression(
    TextSpan Span, Expression Receiver, string Selector, TextSpan SelectorSpan, ImmutableArray<Expression> Arguments)
    : Expression(Span);

/// <summary><c>receiver message!</c>: sends and never makes a future. The inner expression is a send.</summary>
public sealed record CastExpression(TextSpan Span, SendExpression Send) : Expression(Span);

/// <summary>
/// <c>r foo; bar; baz: 1</c>: the receiver <c>r</c> and all messages, the first included.
/// </summary>
public sealed record CascadeExpression(TextSpan Span, Expression Receiver, ImmutableArray<CascadeMessage> Messages)
    : Expression(Span);

public sealed record CascadeMessage(
    TextSpan Span, string Selector, TextSpan SelectorSpan, ImmutableArray<Expression> Arguments) : SyntaxNode(Span);

/// <summary>
/// <c>target := e</c> (operator null) or <c>target += e</c> (operator "+", "-" or "*").
/// The target is a <see cref="NameExpression"/> or a <see cref="StateExpression"/>.
/// </summary>
public sealed record AssignmentExpression(TextSpan Span, Expression Target, string? Operator, Expression Value)
    : Expression(Span);

/// <summary><c>{a, b} := e</c> and its kin.</summary>
public sealed record DestructuringExpression(TextSpan Span, Pattern Pattern, Expression Value) : Expression(Span);

/// <summary><c>[:x :y | | t | body]</c>. Parameters are plain names, possibly typed.</summary>
public sealed record BlockExpression(
    TextSpan Span, ImmutableArray<BlockParameter> Parameters, Body Body) : Expression(Span);

public sealed record BlockParameter(TextSpan Span, Identifier Name, TypeSyntax? Type) : SyntaxNode(Span);

/// <summary><c>value match: [ arms ]</c> with <c>match:</c> as the only keyword and a literal block of arms.</summary>
public sealed record MatchExpression(TextSpan Span, Expression Subject, ImmutableArray<MatchArm> Arms) : Expression(Span);

/// <summary>
/// <c>Process receive: [ arms ]</c>, optionally <c>after: ms do: [ … ]</c>.
/// </summary>
public sealed record ReceiveExpression(
    TextSpan Span, ImmutableArray<MatchArm> Arms, Expression? Timeout, Expression? TimeoutBlock) : Expression(Span);

/// <summary><c>pattern [when: [guard]] -&gt; body</c>. The guard is the inside of its block.</summary>
public sealed record MatchArm(TextSpan Span, Pattern Pattern, Expression? Guard, Expression Body) : SyntaxNode(Span);

/// <summary>What the parser could not read; an error has been reported.</summary>
public sealed record ErrorExpression(TextSpan Span) : Expression(Span);
