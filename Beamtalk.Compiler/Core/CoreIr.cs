using System.Collections.Immutable;
using System.Numerics;

namespace Beamtalk.Compiler.Core;

/// <summary>An Erlang atom by its text; quoting happens in the writer alone.</summary>
public readonly record struct Atom(string Text);

/// <summary>A Core Erlang variable; the writer renders <c>V12_name</c> from number and hint.</summary>
public sealed record CoreVar(int Number, string Hint);

public readonly record struct FunctionName(string Name, int Arity);

/// <summary>A source position carried as a Core annotation: <c>-| [Line,{'file',"x.bt"}]</c>.</summary>
public readonly record struct CoreLocation(int Line);

/// <summary>An expression of Core Erlang. All but <see cref="CValues"/> are single-valued.</summary>
public abstract record CoreExpr;

public sealed record CAtom(Atom Value) : CoreExpr;

public sealed record CInt(BigInteger Value) : CoreExpr;

public sealed record CFloat(double Value) : CoreExpr;

/// <summary>A binary holding the text's UTF-8 bytes.</summary>
public sealed record CString(string Value) : CoreExpr;

public sealed record CNil : CoreExpr;

public sealed record CCons(CoreExpr Head, CoreExpr Tail) : CoreExpr;

public sealed record CTuple(ImmutableArray<CoreExpr> Elements) : CoreExpr;

/// <summary>A map: an update of <see cref="Base"/> when that is given. Entries are <c>=&gt;</c> associations.</summary>
public sealed record CMap(CoreExpr? Base, ImmutableArray<(CoreExpr Key, CoreExpr Value)> Entries) : CoreExpr;

public sealed record CVar(CoreVar Variable) : CoreExpr;

/// <summary>A run of bindings, each seeing those before it, then the body: never nest, append.</summary>
public sealed record CLet(ImmutableArray<(CoreVar Variable, CoreExpr Value)> Bindings, CoreExpr Body) : CoreExpr;

/// <summary>
/// Several values at once, <c>&lt;a, b&gt;</c>: only as the result of a branch of the value of a
/// <see cref="CLetValues"/> — never of a function.
/// </summary>
public sealed record CValues(ImmutableArray<CoreExpr> Elements) : CoreExpr;

/// <summary><c>let &lt;A, B&gt; = value in body</c>, every branch of the value ending in <see cref="CValues"/>.</summary>
public sealed record CLetValues(ImmutableArray<CoreVar> Variables, CoreExpr Value, CoreExpr Body) : CoreExpr;

/// <summary><c>do First Rest</c>.</summary>
public sealed record CSeq(ImmutableArray<CoreExpr> Effects, CoreExpr Result) : CoreExpr;

/// <summary>A remote call of a known module and function.</summary>
public sealed record CCall(CoreExpr Module, CoreExpr Function, ImmutableArray<CoreExpr> Arguments, CoreLocation? Location)
    : CoreExpr;

/// <summary>A call of a function of this module or of an enclosing letrec.</summary>
public sealed record CApplyLocal(FunctionName Function, ImmutableArray<CoreExpr> Arguments, CoreLocation? Location) : CoreExpr;

/// <summary>A call of a fun value.</summary>
public sealed record CApply(CoreExpr Function, ImmutableArray<CoreExpr> Arguments, CoreLocation? Location) : CoreExpr;

public sealed record CPrimop(Atom Name, ImmutableArray<CoreExpr> Arguments) : CoreExpr;

public sealed record CFun(ImmutableArray<CoreVar> Parameters, CoreExpr Body) : CoreExpr;

public sealed record CLetrec(ImmutableArray<(FunctionName Name, CFun Function)> Functions, CoreExpr Body) : CoreExpr;

/// <summary>
/// A case over several subjects; every clause has one pattern for each. The verifier demands that the last
/// clause catches everything.
/// </summary>
public sealed record CCase(ImmutableArray<CoreExpr> Subjects, ImmutableArray<CClause> Clauses) : CoreExpr;

/// <summary>
/// Guard null means <c>'true'</c>. Guards use only calls of <c>erlang</c> guard functions; one that may fail is
/// <see cref="CProtected"/>.
/// </summary>
public sealed record CClause(ImmutableArray<CorePattern> Patterns, CoreExpr? Guard, CoreExpr Body);

/// <summary><c>try Body of &lt;V&gt; -&gt; Result catch &lt;Class,Reason,Stack&gt; -&gt; Handler</c>.</summary>
public sealed record CTry(
    CoreExpr Body, CoreVar Value, CoreExpr Result, CoreVar Class, CoreVar Reason, CoreVar Stack, CoreExpr Handler)
    : CoreExpr;

/// <summary>A receive with a time-out expression (<c>'infinity'</c> for none).</summary>
public sealed record CReceive(ImmutableArray<CClause> Clauses, CoreExpr Timeout, CoreExpr TimeoutBody) : CoreExpr;

/// <summary>A guard that is false where it fails; choices by booleans may stand in it. Only as a whole guard.</summary>
public sealed record CProtected(CoreExpr Guard) : CoreExpr;

/// <summary>Leaves the message where it is and looks at the next: only as the whole body of a receive's clause.</summary>
public sealed record CSkip : CoreExpr;

public abstract record CorePattern;

public sealed record PVar(CoreVar Variable) : CorePattern;

/// <summary>An atom, integer, float, binary text or nil literal.</summary>
public sealed record PLiteral(CoreExpr Literal) : CorePattern;

public sealed record PCons(CorePattern Head, CorePattern Tail) : CorePattern;

public sealed record PTuple(ImmutableArray<CorePattern> Elements) : CorePattern;

/// <summary><c>~{Key := Pattern}~</c>; keys are literals or bound variables.</summary>
public sealed record PMap(ImmutableArray<(CoreExpr Key, CorePattern Pattern)> Entries) : CorePattern;

/// <summary>A binary that starts with the text's bytes; the rest, a binary, is bound to the variable.</summary>
public sealed record PBinaryPrefix(string Prefix, CoreVar Rest) : CorePattern;

/// <summary>Both: the whole value bound to a variable, and a pattern.</summary>
public sealed record PAlias(CoreVar Variable, CorePattern Pattern) : CorePattern;

/// <summary>A function of a module.</summary>
public sealed record CoreFunction(FunctionName Name, CFun Function, bool IsExported, CoreLocation? Location);

/// <summary>
/// A generation module: its name, the source file for annotations, functions and attributes (constant terms).
/// </summary>
public sealed record CoreModule(
    Atom Name,
    string File,
    ImmutableArray<CoreFunction> Functions,
    ImmutableArray<(Atom Name, CoreExpr Value)> Attributes);
