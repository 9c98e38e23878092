using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>Tests of built-in classes that Core can do in a guard.</summary>
public static class TypeGuards
{
    /// <summary>A guard for "is an instance of the class or of a subclass"; null if that takes a call.</summary>
    public static CoreExpr? For(ClassSignature signature, CoreExpr value) =>
        signature.Package == ClassTable.StandardPackage ? ForBuiltIn(signature.Name, value) : null;

    private static CoreExpr? ForBuiltIn(string name, CoreExpr value) => name switch
    {
        "Integer" => Erlang("is_integer", value),
        "Float" => Erlang("is_float", value),
        "Number" => Erlang("is_number", value),
        "String" => Erlang("is_binary", value),
        "List" => Erlang("is_list", value),
        "Block" => Erlang("is_function", value),
        "Boolean" => Erlang("is_boolean", value),
        "UndefinedObject" => Erlang("=:=", value, Nil),
        "Symbol" => Symbol(value),
        "Tuple" => Tuple(value),
        "Port" => Erlang("is_port", value),
        "Reference" => Erlang("is_reference", value),
        "Object" => True,
        _ => null,
    };

    public static CoreExpr Symbol(CoreExpr value) => AllOf(
        Erlang("is_atom", value),
        Erlang("=/=", value, Nil),
        Erlang("not", Erlang("is_boolean", value)));

    /// <summary>
    /// A tuple but no future: <c>{'$bt_future', Integer, _, _}</c>. Tuples of one size are ordered by their elements,
    /// and integers come before atoms; so this does not fail on the empty tuple, as asking for its tag would.
    /// </summary>
    private static CoreExpr Tuple(CoreExpr value) => AllOf(
        Erlang("is_tuple", value),
        Erlang("not", And(
            Erlang(">", value, FutureBound(Int(-(System.Numerics.BigInteger.One << 70)))),
            Erlang("<", value, FutureBound(Nil)))));

    private static CoreExpr FutureBound(CoreExpr id) => CoreFactory.Tuple(CoreFactory.Symbol("$bt_future"), id, Int(0), Int(0));
}
