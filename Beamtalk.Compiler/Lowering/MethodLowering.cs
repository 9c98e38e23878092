using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Semantics;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Lowering;

/// <summary>A method becomes an exported function: receiver first, then the arguments.</summary>
public sealed partial class FunctionLowering
{
    public static CoreFunction Method(ModuleContext module, BoundMethod method, string functionName, bool isExported = true)
    {
        var lowering = new FunctionLowering(module, new VariableSupply(), method, false);
        return lowering.LowerMethod(functionName, isExported);
    }

    /// <summary>
    /// A REPL input: <c>eval(Self, Cells) -> {Value, Cells2}</c>, the session's variables in their cells.
    /// </summary>
    public static CoreFunction Session(ModuleContext module, BoundMethod method, ImmutableArray<Variable> variables)
    {
        var lowering = new FunctionLowering(module, new VariableSupply(), method, false);
        return lowering.LowerSession(variables);
    }

    private CoreFunction LowerMethod(string functionName, bool isExported)
    {
        CoreVar self = _supply.Fresh("self");
        int arity = _method.Clauses[0].Patterns.Length;
        ImmutableArray<CoreVar> parameters = [.. Enumerable.Range(0, arity).Select(i => _supply.Fresh(ParameterHint(i)))];
        CoreExpr body = Nested(run =>
        {
            Introduce(_self, Var(self), run);
            return Returnable(run, () => Clauses(parameters, functionName));
        });
        CFun function = Fun([self, .. parameters], body);
        return new CoreFunction(
            new FunctionName(functionName, function.Parameters.Length), function, isExported, At(_method.Span));
    }

    private string ParameterHint(int index) =>
        _method.Clauses[0].Patterns[index] is BoundBinding binding ? binding.Variable.Name : "";

    /// <summary>
    /// Where a block may return from the method: <c>Tag = enter(), try Body of V -> leave, V catch -> caught</c>. The
    /// body is a function of its own: some expressions may not end the body of a try.
    /// </summary>
    private CoreExpr Returnable(Run run, Func<CoreExpr> lower)
    {
        if (!_method.Code.NeedsReturnTag)
        {
            return lower();
        }

        CVar tag = run.Bind("tag", Call("bt_nlr", "enter"));
        _env = _env.With(_returnTag, tag);
        string name = _supply.FreshFunction("body");
        CoreVar value = _supply.Fresh("");
        (CoreVar kind, CoreVar reason, CoreVar stack) = (_supply.Fresh("class"), _supply.Fresh("reason"), _supply.Fresh("stack"));
        var protectedBody = new CTry(
            Apply(name),
            value, Seq(Call("bt_nlr", "leave", tag), Var(value)),
            kind, reason, stack, Call("bt_nlr", "caught", tag, Var(kind), Var(reason), Var(stack)));
        return Letrec(name, Fun([], lower()), protectedBody);
    }

    private CoreExpr Clauses(ImmutableArray<CoreVar> parameters, string functionName)
    {
        bool plain = _method.Clauses is [{ Guard: null } only]
            && only.Patterns.All(pattern => pattern is BoundBinding or BoundWildcard);
        return plain ? PlainBody(_method.Clauses[0], parameters, functionName) : Matching(parameters, functionName);
    }

    private CoreExpr PlainBody(BoundClause clause, ImmutableArray<CoreVar> parameters, string functionName) => Nested(run =>
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            if (clause.Patterns[i] is BoundBinding binding)
            {
                Introduce(binding.Variable, Var(parameters[i]), run);
            }
        }

        ImmutableArray<CoreVar> operands = _method.Code.NeedsReturnTag || _self.IsCelled
            ? []
            : [.. Specialization.OperandsOf(clause.Body, _env).Where(parameters.Contains)];
        return operands.IsEmpty
            ? BodyTail(clause.Body, Use.Tail, null)
            : Specialized(clause, parameters, operands, functionName);
    });

    /// <summary>
    /// <c>fib: n => …</c> ⇒ <c>case … when is_integer(N) -> (no tests); … -> apply 'generic fib:'(Self, N)</c>.
    /// </summary>
    private CoreExpr Specialized(
        BoundClause clause, ImmutableArray<CoreVar> parameters, ImmutableArray<CoreVar> operands, string functionName)
    {
        string generic = $"generic {functionName}";
        ImmutableArray<CoreVar> all = [SelfParameter(), .. parameters];
        CoreExpr general = Branch(() => BodyTail(clause.Body, Use.Tail, null));
        _module.Extra.Add(new CoreFunction(
            new FunctionName(generic, all.Length), Fun(all, general), false, At(_method.Span)));
        CoreExpr fast = Branch(() =>
        {
            _env = _env.WithIntegers(operands);
            return BodyTail(clause.Body, Use.Tail, null);
        });
        CoreExpr guard = AllOf([.. operands.Select(operand => Erlang("is_integer", Var(operand)))]);
        return If(guard, fast, Apply(generic, [.. all.Select(Var)]));
    }

    private CoreVar SelfParameter() => ((CVar)_env[_self]).Variable;

    private CoreExpr Matching(ImmutableArray<CoreVar> parameters, string functionName) => Nested(run =>
    {
        ImmutableArray<CoreExpr> subjects = [.. parameters.Select((parameter, i) => IsRefutable(i)
            ? run.Bind("", Call("bt_op", "touch", Var(parameter)))
            : (CoreExpr)Var(parameter))];
        ImmutableArray<Arm> arms = [.. _method.Clauses.Select(clause => new Arm(
            clause.Patterns, clause.Guard, () => BodyTail(clause.Body, Use.Tail, null)))];
        CoreExpr Fail() => CallAt(
            At(_method.Span), "bt_error", "no_clause", Read(_self), Symbol(_method.Selector), List(subjects));
        return Arms(subjects, arms, 0, Fail, run);
    });

    private bool IsRefutable(int index) =>
        _method.Clauses.Any(clause => clause.Patterns[index] is not (BoundBinding or BoundWildcard));

    private CoreFunction LowerSession(ImmutableArray<Variable> variables)
    {
        (CoreVar self, CoreVar cells) = (_supply.Fresh("self"), _supply.Fresh("cells"));
        CoreExpr body = Nested(run =>
        {
            Introduce(_self, Var(self), run);
            ImmutableArray<(CoreExpr Key, CoreExpr Cell)> entries = [.. variables.Select(variable =>
                ((CoreExpr)Symbol(variable.Name), SessionCell(variable, cells, run)))];
            BoundBody body = _method.Clauses[0].Body;
            CVar value = run.Bind("value", Returnable(run, () => BodyTail(body, Use.Tail, null)));
            return Tuple(value, entries.IsEmpty ? Var(cells) : MapUpdate(Var(cells), entries));
        });
        return new CoreFunction(new FunctionName("eval", 2), Fun([self, cells], body), true, At(_method.Span));
    }

    private CoreExpr SessionCell(Variable variable, CoreVar cells, Run run)
    {
        CoreVar found = _supply.Fresh(variable.Name);
        CVar cell = run.Bind(variable.Name, Case(Var(cells),
            Clause(new PMap([(Symbol(variable.Name), Bind(found))]), Var(found)),
            Clause(Ignored, Call("bt_cell", "new", Nil))));
        _env = _env.With(variable, cell);
        return cell;
    }
}
