using System.Collections.Immutable;
using Beamtalk.Compiler.Core;

namespace Beamtalk.Compiler.Lowering;

/// <summary>Straight-line code in the making: bindings in order, closed by <see cref="Finish"/>.</summary>
public sealed class Run(VariableSupply supply)
{
    private readonly List<(ImmutableArray<CoreVar> Variables, CoreExpr Value)> _steps = [];

    public CVar Bind(string hint, CoreExpr value)
    {
        CoreVar variable = supply.Fresh(hint);
        _steps.Add(([variable], value));
        return new CVar(variable);
    }

    /// <summary>Evaluates for the effect; constants and variables have none.</summary>
    public void Effect(CoreExpr value)
    {
        if (!Simple.Is(value))
        {
            Bind("", value);
        }
    }

    public void BindValues(ImmutableArray<CoreVar> variables, CoreExpr value) => _steps.Add((variables, value));

    /// <summary>A value that can be mentioned anywhere: the expression itself if it is one, else a variable for it.</summary>
    public CoreExpr Atom(CoreExpr value, string hint = "") => Simple.Is(value) ? value : Bind(hint, value);

    public CoreExpr Finish(CoreExpr body)
    {
        int end = _steps.Count;
        while (end > 0)
        {
            (ImmutableArray<CoreVar> variables, CoreExpr value) = _steps[end - 1];
            if (variables.Length != 1)
            {
                body = new CLetValues(variables, value, body);
                end--;
                continue;
            }

            int start = end;
            while (start > 0 && _steps[start - 1].Variables.Length == 1)
            {
                start--;
            }

            body = new CLet([.. _steps[start..end].Select(step => (step.Variables[0], step.Value))], body);
            end = start;
        }

        return body;
    }
}

/// <summary>Expressions that can be repeated and moved: variables and constants.</summary>
public static class Simple
{
    public static bool Is(CoreExpr value) => value is CVar || IsConstant(value);

    public static bool IsConstant(CoreExpr value) => value switch
    {
        CAtom or CInt or CFloat or CString or CNil => true,
        CTuple tuple => tuple.Elements.All(IsConstant),
        CMap { Base: null } map => map.Entries.All(entry => IsConstant(entry.Key) && IsConstant(entry.Value)),
        CCons => IsConstantList(value),
        _ => false,
    };

    private static bool IsConstantList(CoreExpr value)
    {
        while (value is CCons cons)
        {
            if (!IsConstant(cons.Head))
            {
                return false;
            }

            value = cons.Tail;
        }

        return IsConstant(value);
    }
}
