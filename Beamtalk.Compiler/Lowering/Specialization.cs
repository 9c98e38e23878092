using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// Decides which code is lowered twice, once for integers only: small bodies that calculate. A test inside the body
/// would put a call, and so a stack frame, on the fast path; tested at the head, it costs a few instructions.
/// </summary>
public static class Specialization
{
    private const int SizeLimit = 60;

    /// <summary>The Core variables to test; none if it is not worth it.</summary>
    public static ImmutableArray<CoreVar> OperandsOf(
        BoundBody body, Environment environment, Variable? counter = null, CoreVar? index = null)
    {
        var operands = new List<CoreVar>();
        int size = 0;
        bool nested = false;
        BoundWalker.Walk(body, node =>
        {
            size++;
            nested |= node is BoundCountLoop or BoundWhile or BoundRepeat or BoundEach or BoundBlock;
            foreach (Variable variable in OperandVariables(node))
            {
                CoreVar? value = ReferenceEquals(variable, counter) ? index : Known(variable, environment);
                if (value is not null && !environment.Integers.Contains(value) && !operands.Contains(value))
                {
                    operands.Add(value);
                }
            }
        });
        return nested || size > SizeLimit ? [] : [.. operands];
    }

    private static CoreVar? Known(Variable variable, Environment environment) =>
        !variable.IsCelled && environment.Holds(variable) && environment[variable] is CVar value ? value.Variable : null;

    private static IEnumerable<Variable> OperandVariables(object node) => node switch
    {
        BoundOperator { Operator: "+" or "-" or "*" or "<" or "<=" or ">" or ">=" or "%" } op =>
            Variables(op.Left, op.Right),
        BoundCompoundAssignment { Target: BoundVariable } assignment => Variables(assignment.Target, assignment.Value),
        _ => [],
    };

    private static IEnumerable<Variable> Variables(params BoundExpr[] operands) => operands
        .OfType<BoundVariable>()
        .Select(operand => operand.Variable)
        .Where(variable => variable.Role != VariableRole.Self);
}
