using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Text;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>The rest of the function after a value is known; null where the value is the function's result.</summary>
public delegate CoreExpr Continuation(CoreExpr value);

/// <summary>
/// Lowers the code of one Erlang function: a method, or the fun of one real block. Local variables become Core
/// variables, one per assignment; <see cref="_env"/> says which is the present one.
/// </summary>
public sealed partial class FunctionLowering
{
    private readonly ModuleContext _module;
    private readonly BoundMethod _method;
    private readonly VariableSupply _supply;
    private readonly Assignments _assignments = new();
    private readonly Variable _self;
    private readonly Variable _returnTag;
    private readonly bool _isClassSide;
    private readonly bool _inBlock;

    /// <summary>Variables that the code around keeps in a cell just while this block is called.</summary>
    private ImmutableHashSet<Variable> _lent = [];

    private Environment _env = Environment.Empty;

    private FunctionLowering(
        ModuleContext module, VariableSupply supply, BoundMethod method, bool inBlock)
    {
        _module = module;
        _supply = supply;
        _self = method.Self;
        _returnTag = method.ReturnTag;
        _isClassSide = method.IsClassSide;
        _inBlock = inBlock;
        _method = method;
    }

    private CoreLocation At(TextSpan span) => _module.At(span);

    /// <summary>Runs one branch with the present environment and comes back to it.</summary>
    private CoreExpr Branch(Func<CoreExpr> lower)
    {
        Environment saved = _env;
        CoreExpr result = lower();
        _env = saved;
        return result;
    }

    /// <summary>Variables that the code assigns and that exist outside it.</summary>
    private ImmutableArray<Variable> Assigned(params ReadOnlySpan<object?> code) =>
        [.. _assignments.Of(code).Where(variable => _env.Holds(variable) && !InCell(variable))];

    private bool InCell(Variable variable) => variable.IsCelled || _lent.Contains(variable);

    private CoreExpr Continue(Continuation? continuation, CoreExpr value) =>
        continuation is null ? value : continuation(value);

    /// <summary>Makes the body's own variables: nil, or a cell that holds nil.</summary>
    private void EnterBody(BoundBody body, Run run)
    {
        foreach (Variable variable in body.Locals)
        {
            if (variable.Role == VariableRole.Session && _env.Holds(variable))
            {
                continue;
            }

            _env = _env.With(variable, variable.IsCelled ? NewCell(variable, Nil, run) : Nil);
        }
    }

    /// <summary>Introduces a variable with its first value.</summary>
    private void Introduce(Variable variable, CoreExpr value, Run run) =>
        _env = _env.With(variable, variable.IsCelled ? NewCell(variable, value, run) : value);

    private static CVar NewCell(Variable variable, CoreExpr value, Run run) =>
        run.Bind($"cell_{variable.Name}", Call("bt_cell", "new", value));

    private CoreExpr Read(Variable variable) =>
        InCell(variable) ? Call("bt_cell", "get", _env[variable]) : _env[variable];

    private void Write(Variable variable, CoreExpr value, Run run)
    {
        if (InCell(variable))
        {
            run.Effect(Call("bt_cell", "put", _env[variable], value));
        }
        else
        {
            _env = _env.With(variable, value);
        }
    }

    /// <summary>Lowers a body without early exits in line; the value is the last statement's.</summary>
    private CoreExpr LowerBody(BoundBody body, Run run, Use use)
    {
        EnterBody(body, run);
        for (int i = 0; i < body.Statements.Length - 1; i++)
        {
            Count(body.Statements[i], run);
            run.Effect(Lower(body.Statements[i], run, Use.Effect));
        }

        if (body.Statements.IsEmpty)
        {
            return Nil;
        }

        Count(body.Statements[^1], run);
        return Lower(body.Statements[^1], run, use);
    }

    /// <summary>For a report of the lines that were reached: <c>s</c> ⇒ <c>do bt_cover:hit('bt.app.C 1', 7, 99) s</c>.</summary>
    private void Count(BoundExpr statement, Run run)
    {
        if (_module.IsCovered)
        {
            run.Effect(Call("bt_cover", "hit", Symbol(_module.Generation), Int(At(statement.Span).Line), Int(_module.LastLine)));
        }
    }

    private ImmutableArray<CoreExpr> Atoms(ImmutableArray<BoundExpr> expressions, Run run) =>
        [.. expressions.Select(expression => Atom(expression, run))];

    /// <summary>
    /// Operands that are all waited for. One may wait in its own send only if nothing is sent after it: two actors
    /// that are asked in one expression work at the same time.
    /// </summary>
    private ImmutableArray<CoreExpr> TouchedAtoms(ImmutableArray<BoundExpr> operands, Run run) =>
        [.. operands.Select((operand, i) => Atom(operand, run, UseBefore(operands.AsSpan()[(i + 1)..])))];

    private static Use UseBefore(ReadOnlySpan<BoundExpr> later)
    {
        foreach (BoundExpr operand in later)
        {
            if (operand is not (BoundVariable or BoundState or BoundAtom or BoundInteger or BoundFloat or BoundString))
            {
                return Use.Value;
            }
        }

        return Use.Touched;
    }

    private CoreExpr Atom(BoundExpr expression, Run run, Use use = Use.Value) =>
        run.Atom(Lower(expression, run, use));
}
