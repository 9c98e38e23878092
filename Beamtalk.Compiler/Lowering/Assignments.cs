using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Beamtalk.Compiler.Semantics;

namespace Beamtalk.Compiler.Lowering;

/// <summary>
/// The variables without a cell that a piece of code assigns, in order; blocks that are not inlined assign celled
/// ones only.
/// </summary>
public sealed class Assignments
{
    private readonly ConditionalWeakTable<object, IReadOnlyList<Variable>> _cache = [];

    public IReadOnlyList<Variable> Of(params ReadOnlySpan<object?> code)
    {
        if (code.Length == 1 && code[0] is { } single)
        {
            return _cache.GetValue(single, Collect);
        }

        var all = new List<Variable>();
        foreach (object? part in code)
        {
            if (part is not null)
            {
                all.AddRange(_cache.GetValue(part, Collect).Where(variable => !all.Contains(variable)));
            }
        }

        return all;
    }

    private static IReadOnlyList<Variable> Collect(object code)
    {
        var found = new List<Variable>();
        BoundWalker.Walk(code, node => AddTargets(node, found));
        return found;
    }

    private static void AddTargets(object node, List<Variable> found)
    {
        switch (node)
        {
            case BoundAssignment assignment:
                AddTarget(assignment.Target, found);
                break;
            case BoundCompoundAssignment assignment:
                AddTarget(assignment.Target, found);
                break;
            case BoundUpdate update:
                AddTarget(update.Target, found);
                break;
            case BoundCascade { Target: { } target }:
                AddTarget(target, found);
                break;
            case BoundDestructuring destructuring:
                BoundWalker.Walk(destructuring.Pattern, pattern => AddBinding(pattern, found));
                break;
        }
    }

    private static void AddBinding(object pattern, List<Variable> found)
    {
        if (pattern is BoundBinding binding)
        {
            Add(binding.Variable, found);
        }
    }

    private static void AddTarget(BoundExpr target, List<Variable> found)
    {
        switch (target)
        {
            case BoundVariable variable:
                Add(variable.Variable, found);
                break;
            case BoundState { Kind: StateKind.Field } field:
                Add(field.Self, found);
                break;
        }
    }

    private static void Add(Variable variable, List<Variable> found)
    {
        if (!variable.IsCelled && !found.Contains(variable))
        {
            found.Add(variable);
        }
    }
}
