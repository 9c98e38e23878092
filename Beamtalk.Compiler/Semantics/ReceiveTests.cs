using System.Collections.Frozen;
using Beamtalk.Compiler.Diagnostics;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Semantics;

/// <summary>
/// What a selective receive can test. The message is still in the mailbox then, so the virtual machine allows no
/// calls: patterns and guards that take one are refused here.
/// </summary>
public static class ReceiveTests
{
    /// <summary>Built-in classes whose instances a guard recognises, without failing on other values.</summary>
    private static readonly FrozenSet<string> Testable = FrozenSet.ToFrozenSet(
    [
        "Integer", "Float", "Number", "String", "List", "Tuple", "Block", "Boolean", "UndefinedObject", "Symbol",
        "Port", "Reference", "Object",
    ]);

    private static readonly FrozenSet<string> Operators = FrozenSet.ToFrozenSet(
        ["+", "-", "*", "/", "%", "<", "<=", ">", ">=", "=", "==", "/=", "~=", "=:=", "=/="]);

    private static readonly FrozenSet<string> Selectors = FrozenSet.ToFrozenSet(
    [
        "isInteger", "isFloat", "isNumber", "isString", "isSymbol", "isBoolean", "isBlock", "isZero", "isPositive",
        "isNegative", "isEven", "isOdd", "abs", "negated", "between:and:", "div:", "isKindOf:",
    ]);

    public static bool IsTestable(ClassSignature signature) =>
        signature.Package == ClassTable.StandardPackage && Testable.Contains(signature.Name);

    public static bool IsDictionary(ClassSignature signature) =>
        signature is { Package: ClassTable.StandardPackage, Name: "Dictionary" };

    public static void Check(BoundArm arm, DiagnosticBag diagnostics)
    {
        BoundWalker.Walk(arm.Pattern, pattern => CheckPattern(pattern, diagnostics));
        if (arm.Guard is not null)
        {
            CheckGuard(arm.Guard, diagnostics);
        }
    }

    private static void CheckPattern(object pattern, DiagnosticBag diagnostics)
    {
        switch (pattern)
        {
            case BoundTypedPattern { Classes: [var only], Symbols.IsEmpty: true } typed:
                CheckClass(typed.Span, only, diagnostics);
                break;
            case BoundTypedPattern typed when !typed.Classes.All(IsTestable):
                diagnostics.ReportWithHint(
                    Catalog.ReceivePattern, typed.Span, "write an arm for each of them", "such alternatives");
                break;
            case BoundConstructorPattern constructor:
                CheckClass(constructor.Span, constructor.Class, diagnostics);
                break;
        }
    }

    /// <summary>Of the others only the instances of Value classes name their class.</summary>
    private static void CheckClass(TextSpan span, ClassSignature signature, DiagnosticBag diagnostics)
    {
        if (!IsTestable(signature) && !IsDictionary(signature) && signature.Kind != ClassKind.Value)
        {
            diagnostics.ReportWithHint(Catalog.ReceivePattern, span,
                $"receive it under a name, and ask isKindOf: {signature.Name} in the arm's body", signature.Name);
        }
    }

    private static void CheckGuard(BoundExpr guard, DiagnosticBag diagnostics)
    {
        if (Refused(guard) is { } what)
        {
            diagnostics.Report(Catalog.ReceiveGuard, guard.Span, what);
            return;
        }

        foreach (BoundExpr operand in Operands(guard))
        {
            CheckGuard(operand, diagnostics);
        }
    }

    private static string? Refused(BoundExpr guard) => guard switch
    {
        BoundInteger or BoundFloat or BoundString or BoundAtom or BoundCharacter or BoundVariable or BoundState => null,
        BoundOperator op => Operators.Contains(op.Operator) ? null : $"#{op.Operator}",
        BoundLogical { Right: { Locals.IsEmpty: true, Statements: [_] } } => null,
        BoundIf { Selector: "not" } => null,
        BoundIfNil
        {
            IfNil.Statements: [BoundAtom { Value: "true" or "false" } nil],
            IfNotNil.Statements: [BoundAtom { Value: "true" or "false" } other],
        } when nil.Value != other.Value => null,
        BoundSend { Selector: "isKindOf:", Arguments: [BoundClass { Class: var tested }] } =>
            IsTestable(tested) ? null : $"isKindOf: {tested.Name}",
        BoundSend { Selector: "isKindOf:" } => "isKindOf: of anything but a class's name",
        BoundSend send => Selectors.Contains(send.Selector) ? null : $"#{send.Selector}",
        BoundAssignment or BoundCompoundAssignment or BoundUpdate => "an assignment",
        BoundErlangCall => "a call of Erlang",
        _ => "this",
    };

    private static IEnumerable<BoundExpr> Operands(BoundExpr guard) => guard switch
    {
        BoundOperator op => [op.Left, op.Right],
        BoundLogical logical => [logical.Left, logical.Right.Statements[0]],
        BoundIf not => [not.Condition],
        BoundIfNil test => [test.Subject],
        BoundSend { Selector: "isKindOf:" } send => [send.Receiver],
        BoundSend send => [send.Receiver, .. send.Arguments],
        _ => [],
    };
}
