using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// The guard of a receive's arm in Core. Tests answer false for values of other kinds; a calculation that fails
/// makes the whole guard false. <paramref name="outer"/> reads what the pattern does not bind.
/// </summary>
public sealed class ReceiveGuard(LoweredPattern parts, Func<BoundExpr, CoreExpr> outer)
{
    public CoreExpr Lower(BoundExpr guard) => guard switch
    {
        BoundVariable variable => Bound(variable) ?? outer(variable),
        BoundOperator op => Operation(op.Operator, Lower(op.Left), Lower(op.Right)),
        BoundLogical { IsAnd: true } and => IfTrue(Lower(and.Left), Lower(and.Right.Statements[0]), False),
        BoundLogical or => IfTrue(Lower(or.Left), True, Lower(or.Right.Statements[0])),
        BoundIf not => Erlang("not", Lower(not.Condition)),
        BoundIfNil { IfNil.Statements: [BoundAtom { Value: "true" }] } test => Erlang("=:=", Lower(test.Subject), Nil),
        BoundIfNil test => Erlang("=/=", Lower(test.Subject), Nil),
        BoundSend send => Test(send, Lower(send.Receiver)),
        _ => outer(guard),
    };

    private CoreExpr? Bound(BoundVariable variable)
    {
        foreach ((Variable bound, CoreVar value) in parts.Bindings)
        {
            if (ReferenceEquals(bound, variable.Variable))
            {
                return Var(value);
            }
        }

        return null;
    }

    private static CoreExpr Operation(string selector, CoreExpr left, CoreExpr right) => selector switch
    {
        "=" or "==" => Erlang("==", left, right),
        "/=" or "~=" => Erlang("/=", left, right),
        "<=" => Ordered("=<", left, right),
        "<" or ">" or ">=" => Ordered(selector, left, right),
        "%" => Modulo(left, right),
        _ => Erlang(selector, left, right),
    };

    /// <summary>Numbers and strings have an order; Erlang would compare anything.</summary>
    private static CoreExpr Ordered(string function, CoreExpr left, CoreExpr right) => And(
        Erlang("or", Both("is_number", left, right), Both("is_binary", left, right)),
        Erlang(function, left, right));

    private static CoreExpr Both(string test, CoreExpr left, CoreExpr right) => And(Erlang(test, left), Erlang(test, right));

    /// <summary>The remainder of floored division, of integers.</summary>
    private static CoreExpr Modulo(CoreExpr left, CoreExpr right) =>
        Erlang("rem", Erlang("+", Erlang("rem", left, right), right), right);

    private CoreExpr Test(BoundSend send, CoreExpr value) => send.Selector switch
    {
        "isInteger" => Erlang("is_integer", value),
        "isFloat" => Erlang("is_float", value),
        "isNumber" => Erlang("is_number", value),
        "isString" => Erlang("is_binary", value),
        "isBoolean" => Erlang("is_boolean", value),
        "isBlock" => Erlang("is_function", value),
        "isSymbol" => TypeGuards.Symbol(value),
        "isKindOf:" => TypeGuards.For(((BoundClass)send.Arguments[0]).Class, value)!,
        "isZero" => Erlang("==", value, Int(0)),
        "isPositive" => Ordered(">", value, Int(0)),
        "isNegative" => Ordered("<", value, Int(0)),
        "isEven" => Erlang("=:=", Modulo(value, Int(2)), Int(0)),
        "isOdd" => Erlang("=:=", Modulo(value, Int(2)), Int(1)),
        "abs" => Erlang("abs", value),
        "negated" => Erlang("-", value),
        "between:and:" => And(
            Ordered(">=", value, Lower(send.Arguments[0])), Ordered("=<", value, Lower(send.Arguments[1]))),
        "div:" => Quotient(value, Lower(send.Arguments[0])),
        _ => throw new InvalidOperationException($"#{send.Selector} is no test"),
    };

    private static CoreExpr Quotient(CoreExpr left, CoreExpr right) =>
        Erlang("div", Erlang("-", left, Modulo(left, right)), right);
}
