using System.Collections.Immutable;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

public abstract record BoundPattern(TextSpan Span);

public sealed record BoundWildcard(TextSpan Span) : BoundPattern(Span);

/// <summary>Binds (in an arm) or assigns (in a destructuring) a variable.</summary>
public sealed record BoundBinding(TextSpan Span, Variable Variable) : BoundPattern(Span);

/// <summary>A literal; characters included.</summary>
public sealed record BoundLiteralPattern(TextSpan Span, BoundExpr Literal) : BoundPattern(Span);

public sealed record BoundTuplePattern(TextSpan Span, ImmutableArray<BoundPattern> Elements) : BoundPattern(Span);

public sealed record BoundListPattern(TextSpan Span, ImmutableArray<BoundPattern> Elements, BoundPattern? Rest)
    : BoundPattern(Span);

public sealed record BoundArrayPattern(TextSpan Span, ImmutableArray<BoundPattern> Elements) : BoundPattern(Span);

/// <summary>Keys are evaluated before the match.</summary>
public sealed record BoundDictionaryPattern(
    TextSpan Span, ImmutableArray<(BoundExpr Key, BoundPattern Value)> Entries) : BoundPattern(Span);

public sealed record BoundPrefixPattern(TextSpan Span, string Prefix, BoundPattern Rest) : BoundPattern(Span);

public sealed record BoundConstructorPattern(
    TextSpan Span, ClassSignature Class, ImmutableArray<(string Field, BoundPattern Pattern)> Fields) : BoundPattern(Span);

/// <summary>An instance of one of the classes, or one of the symbols; the inner pattern gets the value.</summary>
public sealed record BoundTypedPattern(
    TextSpan Span, BoundPattern Inner, ImmutableArray<ClassSignature> Classes, ImmutableArray<string> Symbols)
    : BoundPattern(Span);
