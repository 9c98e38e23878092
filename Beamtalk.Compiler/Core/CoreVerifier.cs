using System.Collections.Immutable;
using System.Text;
using Beamtalk.Compiler.Text;

namespace Beamtalk.Compiler.Core;

/// <summary>
/// Finds what OTP would take for something else or report without saying where: unbound _variables, unknown local
/// functions, choices that may match nothing, guards that are none. A finding is a mistake of ours and is thrown.
/// </summary>
public sealed partial class CoreVerifier
{
    private readonly CoreModule _module;
    private readonly HashSet<FunctionName> _moduleFunctions = [];
    private readonly CoreScope<CoreVar> _variables = new();
    private readonly CoreScope<FunctionName> _localFunctions = new();
    private FunctionName? _current;

    private CoreVerifier(CoreModule module) => _module = module;

    public static void Verify(CoreModule module) => new CoreVerifier(module).VerifyModule();

    private void VerifyModule()
    {
        foreach (var function in _module.Functions)
        {
            if (!_moduleFunctions.Add(function.Name))
            {
                _current = function.Name;
                throw Problem("there are two functions of this name");
            }
        }

        foreach (var (name, value) in _module.Attributes)
        {
            if (!IsConstant(value))
            {
                throw Problem($"the attribute '{name.Text}' is not constant: {Describe(value)}");
            }
        }

        foreach (var function in _module.Functions)
        {
            _current = function.Name;
            CheckArity(function.Name, function.Function);
            Verify(function.Function);
        }
    }

    /// <summary>Checks an expression that must have so many values on every way out of it.</summary>
    private void Verify(CoreExpr expression, int values = 1) =>
        DeepStack.Run(
            (verifier: this, expression, values),
            static state =>
            {
                state.verifier.VerifyHere(state.expression, state.values);
                return true;
            });

    private void VerifyHere(CoreExpr expression, int values)
    {
        switch (expression)
        {
            case CLet or CLetValues or CSeq:
                VerifyRun(expression, values);
                break;
            case CLetrec letrec:
                VerifyLetrec(letrec, values);
                break;
            case CCase choice:
                VerifyCase(choice, values);
                break;
            case CTry attempt:
                VerifyTry(attempt, values);
                break;
            case CReceive receive:
                VerifyReceive(receive, values);
                break;
            default:
                RequireValues(expression, values);
                VerifySimple(expression);
                break;
        }
    }

    private void VerifySimple(CoreExpr expression)
    {
        switch (expression)
        {
            case CAtom or CInt or CString or CNil:
                break;
            case CFloat number:
                Require(double.IsFinite(number.Value), "the BEAM has no such float", expression);
                break;
            case CVar variable:
                RequireBound(variable.Variable, expression);
                break;
            case CCons cons:
                VerifyList(cons);
                break;
            case CTuple tuple:
                VerifyAll(tuple.Elements);
                break;
            case CMap map:
                VerifyMap(map);
                break;
            case CValues values:
                VerifyAll(values.Elements);
                break;
            case CFun fun:
                InScope(() => VerifyFun(fun));
                break;
            default:
                VerifyApplication(expression);
                break;
        }
    }

    private void VerifyApplication(CoreExpr expression)
    {
        switch (expression)
        {
            case CCall call:
                Verify(call.Module);
                Verify(call.Function);
                VerifyAll(call.Arguments);
                break;
            case CApplyLocal apply:
                VerifyLocalCall(apply);
                VerifyAll(apply.Arguments);
                break;
            case CApply apply:
                VerifyFunCall(apply);
                break;
            case CPrimop primop:
                VerifyAll(primop.Arguments);
                break;
            default:
                throw Problem($"unknown node {expression.GetType().Name}");
        }
    }

    private void VerifyAll(ImmutableArray<CoreExpr> expressions)
    {
        foreach (var expression in expressions)
        {
            Verify(expression);
        }
    }

    private void VerifyList(CCons list)
    {
        CoreExpr rest = list;
        while (rest is CCons cons)
        {
            Verify(cons.Head);
            rest = cons.Tail;
        }

        Verify(rest);
    }

    private void VerifyMap(CMap map)
    {
        if (map.Base is not null)
        {
            Verify(map.Base);
        }

        foreach (var (key, value) in map.Entries)
        {
            Verify(key);
            Verify(value);
        }
    }

    private void VerifyRun(CoreExpr expression, int values)
    {
        var mark = _variables.Mark;
        while (expression is CLet or CLetValues or CSeq)
        {
            if (expression is CLet let)
            {
                foreach (var (variable, value) in let.Bindings)
                {
                    Verify(value);
                    _variables.Enter(variable);
                }

                expression = let.Body;
            }
            else if (expression is CLetValues several)
            {
                Verify(several.Value, several.Variables.Length);
                Bind(several.Variables, several);
                expression = several.Body;
            }
            else if (expression is CSeq sequence)
            {
                VerifyAll(sequence.Effects);
                expression = sequence.Result;
            }
        }

        Verify(expression, values);
        _variables.LeaveTo(mark);
    }

    private void VerifyLocalCall(CApplyLocal apply)
    {
        var target = apply.Function;
        if (target.Arity != apply.Arguments.Length)
        {
            throw Problem($"{Describe(apply)} passes {apply.Arguments.Length} arguments");
        }

        if (_moduleFunctions.Contains(target) || _localFunctions.Contains(target))
        {
            return;
        }

        var others = _moduleFunctions.Concat(_localFunctions.Names).Where(known => known.Name == target.Name);
        var arities = string.Join(" and ", others.Select(known => known.Arity).Order());
        throw Problem(
            arities.Length == 0
                ? $"{Describe(apply)} calls an unknown function"
                : $"{Describe(apply)} calls a function that takes {arities} arguments");
    }

    private void VerifyFunCall(CApply apply)
    {
        if (apply.Function is CFun fun && fun.Parameters.Length != apply.Arguments.Length)
        {
            throw Problem($"{Describe(apply)} passes {apply.Arguments.Length} arguments to a fun of another arity");
        }

        Verify(apply.Function);
        VerifyAll(apply.Arguments);
    }

    private void VerifyFun(CFun fun)
    {
        Bind(fun.Parameters, fun);
        Verify(fun.Body);
    }

    private void VerifyLetrec(CLetrec letrec, int values)
    {
        var mark = _localFunctions.Mark;
        foreach (var (name, function) in letrec.Functions)
        {
            CheckArity(name, function);
            _localFunctions.Enter(name);
        }

        Require(
            letrec.Functions.DistinctBy(function => function.Name).Count() == letrec.Functions.Length,
            "two functions of one name",
            letrec);
        foreach (var (_, function) in letrec.Functions)
        {
            Verify(function);
        }

        Verify(letrec.Body, values);
        _localFunctions.LeaveTo(mark);
    }

    private void VerifyTry(CTry attempt, int values)
    {
        Verify(attempt.Body);
        InScope(() =>
        {
            Bind([attempt.Value], attempt);
            Verify(attempt.Result, values);
        });
        InScope(() =>
        {
            Bind([attempt.Class, attempt.Reason, attempt.Stack], attempt);
            Verify(attempt.Handler, values);
        });
    }

    private void CheckArity(FunctionName name, CFun function)
    {
        if (name.Arity != function.Parameters.Length)
        {
            throw Problem($"{name.Name}/{name.Arity} is defined with {function.Parameters.Length} parameters");
        }
    }

    private void Bind(ImmutableArray<CoreVar> bound, object where)
    {
        Require(
            bound.Where(variable => variable.Number >= 0).Distinct().Count()
                == bound.Count(variable => variable.Number >= 0),
            "a variable is bound twice",
            where);
        foreach (var variable in bound)
        {
            _variables.Enter(variable);
        }
    }

    private void RequireBound(CoreVar variable, object where) =>
        Require(variable.Number >= 0 && _variables.Contains(variable), "the variable is not bound", where);

    private void InScope(Action walk)
    {
        var mark = _variables.Mark;
        walk();
        _variables.LeaveTo(mark);
    }

    private void Require(bool condition, string problem, object where)
    {
        if (!condition)
        {
            throw Problem($"{Describe(where)}: {problem}");
        }
    }

    private CoreVerificationException Problem(string problem) => new(_module.Name, _current, problem);

    private static string Describe(object node) => node switch
    {
        CVar { Variable: var variable } => $"CVar {new StringBuilder().AppendVariable(variable)}",
        CApplyLocal { Function: var function } => $"CApplyLocal {function.Name}/{function.Arity}",
        CCall { Module: CAtom module, Function: CAtom function, Arguments: var arguments } =>
            $"CCall {module.Value.Text}:{function.Value.Text}/{arguments.Length}",
        _ => node.GetType().Name,
    };
}
