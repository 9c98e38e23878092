using System.Collections.Immutable;
using System.Numerics;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// Numeric fast paths. <c>a + b</c> ⇒ <c>case … when is_number(A), is_number(B) -> A + B; … -> bt_op:'+'(A, B)</c>;
/// where both are known to be integers, just <c>A + B</c>. Comparisons likewise.
/// </summary>
public sealed partial class FunctionLowering
{
    private CoreExpr LowerOperator(BoundOperator op, Run run)
    {
        (CoreExpr left, CoreExpr right) = Operands(op, run);
        return Operate(op.Operator, left, right, CallAt(At(op.Span), "bt_op", op.Operator, left, right), run);
    }

    private (CoreExpr Left, CoreExpr Right) Operands(BoundOperator op, Run run) =>
        (Atom(op.Left, run, UseBefore([op.Right])), Atom(op.Right, run, Use.Touched));

    private CoreExpr Operate(string op, CoreExpr left, CoreExpr right, CoreExpr general, Run run)
    {
        if (BuiltIn(op) is not { } function)
        {
            return Modulo(op, left, right, run) ?? general;
        }

        CoreExpr direct = Erlang(function, left, right);
        if (_env.IsInteger(left) && _env.IsInteger(right))
        {
            return KeepInteger(op, direct, run);
        }

        return FastPath(op, left, right) is { } guard ? If(guard, direct, general) : general;
    }

    private static string? BuiltIn(string op) => op switch
    {
        "+" or "-" or "*" or "<" or ">" or ">=" or "=:=" => op,
        "=/=" => op,
        "<=" => "=<",
        "=" or "==" => "==",
        "/=" or "~=" => "/=",
        _ => null,
    };

    /// <summary>The sum of integers is one: later operations on it need no test either.</summary>
    private CoreExpr KeepInteger(string op, CoreExpr direct, Run run)
    {
        if (Operators.IsComparison(op))
        {
            return direct;
        }

        CVar result = run.Bind("", direct);
        _env = _env.WithIntegers([result.Variable]);
        return result;
    }

    /// <summary><c>i % 3</c> of an integer: the remainder, moved into the divisor's range.</summary>
    private CoreExpr? Modulo(string op, CoreExpr left, CoreExpr right, Run run)
    {
        if (op != "%" || right is not CInt { Value: var divisor } || divisor <= BigInteger.Zero || !_env.IsInteger(left))
        {
            return null;
        }

        CVar remainder = run.Bind("", Erlang("rem", left, right));
        CVar shifted = run.Bind("", Erlang("+", remainder, right));
        CVar result = run.Bind("", Erlang("rem", shifted, right));
        _env = _env.WithIntegers([result.Variable]);
        return result;
    }

    /// <summary>When the operands' kinds settle that no method of the user's is meant; null for never.</summary>
    private CoreExpr? FastPath(string op, CoreExpr left, CoreExpr right)
    {
        bool equality = op is "=" or "==" or "/=" or "~=" or "=:=" or "=/=";
        if (equality && (KindTest(left, right) ?? KindTest(right, left)) is { } test)
        {
            return test;
        }

        bool never = left is CAtom or CString or CNil or CTuple or CMap or CCons
            || right is CAtom or CString or CNil or CTuple or CMap or CCons;
        return never ? null : AllOf([.. NumberTests(left), .. NumberTests(right)]);
    }

    /// <summary>Against an atom or string literal it is enough that the other is an atom or a binary.</summary>
    private static CoreExpr? KindTest(CoreExpr literal, CoreExpr other) => literal switch
    {
        CAtom => Erlang("is_atom", other),
        CString => Erlang("is_binary", other),
        _ => null,
    };

    private IEnumerable<CoreExpr> NumberTests(CoreExpr operand) =>
        operand is CInt or CFloat || _env.IsInteger(operand) ? [] : [Erlang("is_number", operand)];

    /// <summary>
    /// A value for a branch to test: surely true or false. Futures are waited for; anything else does not
    /// understand the selector.
    /// </summary>
    private CoreExpr Condition(BoundExpr condition, string selector, Run run)
    {
        if (IsBoolean(condition))
        {
            return Lower(condition, run, Use.Touched);
        }

        CoreLocation location = At(condition.Span);
        if (condition is BoundOperator op && Operators.IsComparison(op.Operator))
        {
            return Comparison(op, selector, location, run);
        }

        CoreExpr value = Atom(condition, run, Use.Touched);
        if (value is CAtom { Value.Text: "true" or "false" })
        {
            return value;
        }

        return Case(value,
            Clause(Literal(True), True),
            Clause(Literal(False), False),
            Clause(Ignored, CallAt(location, "bt_op", "condition", value, Symbol(selector))));
    }

    /// <summary>Only what a user's own comparison answers needs a test.</summary>
    private CoreExpr Comparison(BoundOperator op, string selector, CoreLocation location, Run run)
    {
        (CoreExpr left, CoreExpr right) = Operands(op, run);
        CVar answer = new(_supply.Fresh(""));
        CoreExpr general = Let(
            answer.Variable,
            CallAt(location, "bt_op", op.Operator, left, right),
            CallAt(location, "bt_op", "condition", answer, Symbol(selector)));
        return Operate(op.Operator, left, right, general, run);
    }

    /// <summary>Inlined tests whose branches are literals.</summary>
    private static bool IsBoolean(BoundExpr expression) => expression switch
    {
        BoundIf branch => IsBoolean(branch.Then) && IsBoolean(branch.Else),
        BoundIfNil branch => IsBoolean(branch.IfNil) && IsBoolean(branch.IfNotNil),
        BoundLogical logical => IsBoolean(logical.Right),
        BoundAtom { Value: "true" or "false" } => true,
        _ => false,
    };

    private static bool IsBoolean(BoundBody? body) =>
        body is { Statements: [.., var last], Locals.IsEmpty: true } && IsBoolean(last);
}
