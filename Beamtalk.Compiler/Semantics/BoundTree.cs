using System.Collections.Immutable;
using System.Numerics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>An expression with its names resolved and its control flow recognised.</summary>
public abstract record BoundExpr(TextSpan Span);

public sealed record BoundInteger(TextSpan Span, BigInteger Value) : BoundExpr(Span);

public sealed record BoundFloat(TextSpan Span, double Value) : BoundExpr(Span);

public sealed record BoundString(TextSpan Span, string Value) : BoundExpr(Span);

public sealed record BoundCharacter(TextSpan Span, int CodePoint) : BoundExpr(Span);

/// <summary>A symbol, nil, true or false.</summary>
public sealed record BoundAtom(TextSpan Span, string Value) : BoundExpr(Span);

/// <summary>A class known at compile time, as an object.</summary>
public sealed record BoundClass(TextSpan Span, ClassSignature Class) : BoundExpr(Span);

/// <summary>A class to be looked up when it is reached.</summary>
public sealed record BoundUnknownClass(TextSpan Span, string Name) : BoundExpr(Span);

public sealed record BoundInterpolation(TextSpan Span, ImmutableArray<BoundExpr> Parts) : BoundExpr(Span);

public enum CollectionKind
{
    List,
    Array,
    Tuple,
}

public sealed record BoundCollection(TextSpan Span, CollectionKind Kind, ImmutableArray<BoundExpr> Elements) : BoundExpr(Span);

public sealed record BoundDictionary(TextSpan Span, ImmutableArray<(BoundExpr Key, BoundExpr Value)> Entries) : BoundExpr(Span);

public sealed record BoundVariable(TextSpan Span, Variable Variable) : BoundExpr(Span);

/// <summary>A variable of the receiver: a state variable of an actor, a field of a value, or a class variable.</summary>
public sealed record BoundState(TextSpan Span, string Name, StateKind Kind, string DeclaringFacade, Variable Self)
    : BoundExpr(Span);

public enum StateKind
{
    Actor,
    Field,
    ClassVariable,
}

public sealed record BoundSend(
    TextSpan Span, TextSpan SelectorSpan, BoundExpr Receiver, string Selector, ImmutableArray<BoundExpr> Arguments)
    : BoundExpr(Span);

/// <summary>A binary operator of the arithmetic, comparison or concatenation family.</summary>
public sealed record BoundOperator(TextSpan Span, string Operator, BoundExpr Left, BoundExpr Right) : BoundExpr(Span);

public sealed record BoundSuperSend(
    TextSpan Span, Variable Self, string Selector, ImmutableArray<BoundExpr> Arguments) : BoundExpr(Span);

/// <summary><c>C spawn k1: v1 k2: v2</c>.</summary>
public sealed record BoundSpawn(
    TextSpan Span, BoundExpr Receiver, ImmutableArray<string> Keywords, ImmutableArray<BoundExpr> Arguments) : BoundExpr(Span);

/// <summary><c>Erlang m f: a g: b</c> is <c>m:f(A, B)</c>.</summary>
public sealed record BoundErlangCall(
    TextSpan Span, string Module, string Function, ImmutableArray<BoundExpr> Arguments) : BoundExpr(Span);

/// <summary><c>receiver message!</c>.</summary>
public sealed record BoundCast(TextSpan Span, BoundSend Send) : BoundExpr(Span);

/// <summary>
/// A cascade. Where it is a statement on something assignable, <see cref="Target"/> is that, and messages that are
/// updating assign it in turn.
/// </summary>
public sealed record BoundCascade(
    TextSpan Span, BoundExpr Receiver, BoundExpr? Target, ImmutableArray<BoundMessage> Messages) : BoundExpr(Span)
{
    /// <summary>The receiver was written <c>super</c>.</summary>
    public bool IsSuper { get; init; }
}

public sealed record BoundMessage(TextSpan Span, string Selector, ImmutableArray<BoundExpr> Arguments, bool IsUpdating);

/// <summary>The target is a <see cref="BoundVariable"/> or a <see cref="BoundState"/>.</summary>
public sealed record BoundAssignment(TextSpan Span, BoundExpr Target, BoundExpr Value) : BoundExpr(Span);

/// <summary><c>x += e</c>: apart from an assignment because on a class variable it is one atomic step.</summary>
public sealed record BoundCompoundAssignment(TextSpan Span, BoundExpr Target, string Operator, BoundExpr Value)
    : BoundExpr(Span);

public sealed record BoundDestructuring(TextSpan Span, BoundPattern Pattern, BoundExpr Value) : BoundExpr(Span);

/// <summary>An updating message as a statement: sends and assigns the target.</summary>
public sealed record BoundUpdate(
    TextSpan Span, BoundExpr Target, string Selector, ImmutableArray<BoundExpr> Arguments) : BoundExpr(Span);

/// <summary>
/// <c>^ e</c>. <see cref="IsThrown"/> says that it has to unwind by an exception: it stands in a real block, or in
/// an inlined one in the middle of an expression.
/// </summary>
public sealed record BoundReturn(TextSpan Span, BoundExpr Value) : BoundExpr(Span)
{
    public bool IsThrown { get; set; }
}

/// <summary>In a script: the extension or patch with this number in its file takes effect.</summary>
public sealed record BoundInstall(TextSpan Span, int Number) : BoundExpr(Span);

/// <summary>A real block: a fun.</summary>
public sealed record BoundBlock(TextSpan Span, BoundCode Code) : BoundExpr(Span);

/// <summary>The statements of an inlined block, or any body; <see cref="Locals"/> are fresh at each entry.</summary>
public sealed record BoundBody(TextSpan Span, ImmutableArray<Variable> Locals, ImmutableArray<BoundExpr> Statements);

/// <summary><c>ifTrue:ifFalse:</c> and its kin; an absent branch answers nil.</summary>
public sealed record BoundIf(TextSpan Span, string Selector, BoundExpr Condition, BoundBody? Then, BoundBody? Else)
    : BoundExpr(Span);

/// <summary><c>and:</c> (<see cref="IsAnd"/>) or <c>or:</c>.</summary>
public sealed record BoundLogical(TextSpan Span, bool IsAnd, BoundExpr Left, BoundBody Right) : BoundExpr(Span);

/// <summary><c>ifNil:ifNotNil:</c> and its kin; an absent branch answers the receiver (or nil).</summary>
public sealed record BoundIfNil(
    TextSpan Span, BoundExpr Subject, BoundBody? IfNil, BoundBody? IfNotNil, Variable? Parameter) : BoundExpr(Span);

/// <summary><c>[c] whileTrue: [b]</c> (<see cref="Until"/> false) and its kin.</summary>
public sealed record BoundWhile(TextSpan Span, string Selector, BoundBody Condition, bool Until, BoundBody? Body)
    : BoundExpr(Span);

/// <summary><c>[b] repeat</c>: left by a return or an error only.</summary>
public sealed record BoundRepeat(TextSpan Span, BoundBody Body) : BoundExpr(Span);

/// <summary><c>a to: b by: s do: [:i | …]</c>; also <c>n timesRepeat:</c>, without a parameter of its own.</summary>
public sealed record BoundCountLoop(
    TextSpan Span, string Selector, BoundExpr Start, BoundExpr Stop, BoundExpr Step, Variable Counter, BoundBody Body)
    : BoundExpr(Span);

/// <summary>
/// <c>c do: [:each | …]</c>: a loop in line if the receiver turns out to be a List, else the message with a block.
/// </summary>
public sealed record BoundEach(
    TextSpan Span, BoundExpr Receiver, Variable Element, BoundBody Body) : BoundExpr(Span);

public sealed record BoundMatch(TextSpan Span, BoundExpr Subject, ImmutableArray<BoundArm> Arms) : BoundExpr(Span);

/// <summary>
/// A selective receive; patterns and guards have been checked to be tests that cannot run code. Where the block
/// after <c>do:</c> is no literal, it is evaluated before the wait and <see cref="Action"/> holds it.
/// </summary>
public sealed record BoundReceive(
    TextSpan Span, ImmutableArray<BoundArm> Arms, BoundExpr? Timeout, (Variable Variable, BoundExpr Value)? Action,
    BoundBody? Expired) : BoundExpr(Span);

public sealed record BoundArm(TextSpan Span, BoundPattern Pattern, BoundExpr? Guard, BoundBody Body);

/// <summary>The code of a method, a real block or a script: what becomes one fun or function.</summary>
public sealed class BoundCode
{
    public required TextSpan Span { get; init; }

    public required string Name { get; init; }

    public BoundCode? Parent { get; init; }

    public ImmutableArray<Variable> Parameters { get; set; } = [];

    public BoundBody? Body { get; set; }

    /// <summary>Variables of enclosing code that this code uses, in order of first use.</summary>
    public List<Variable> Captured { get; } = [];

    /// <summary>Of a method: some return unwinds to it by an exception.</summary>
    public bool NeedsReturnTag { get; set; }
}

/// <summary>A clause of a method: patterns for the parameters, guard and body.</summary>
public sealed record BoundClause(
    TextSpan Span, ImmutableArray<BoundPattern> Patterns, BoundExpr? Guard, BoundBody Body);

/// <summary>A method ready to be lowered. <see cref="Code"/> holds its parameters and the receiver.</summary>
public sealed record BoundMethod(
    string Selector,
    bool IsClassSide,
    BoundCode Code,
    Variable Self,
    Variable ReturnTag,
    ImmutableArray<BoundClause> Clauses,
    TextSpan Span);
