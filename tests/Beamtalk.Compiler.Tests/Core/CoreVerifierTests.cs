using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using NUnit.Framework;
using Shouldly;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Tests.Core;

public sealed class CoreVerifierTests
{
    private static readonly CoreVar X = new(0, "x");
    private static readonly CoreVar Y = new(1, "y");
    private static readonly CoreVar Z = new(2, "z");
    private static readonly CFun Identity = Fun([X], Var(X));

    private static CoreFunction Function(string name, CFun fun) =>
        new(new FunctionName(name, fun.Parameters.Length), fun, IsExported: true, null);

    private static string ProblemOf(params ImmutableArray<CoreFunction> functions) =>
        Should.Throw<CoreVerificationException>(() => CoreVerifier.Verify(CoreRunner.Module(functions))).Message;

    private static string ProblemOf(CoreExpr body) => ProblemOf(Function("f", Fun([], body)));

    [Test]
    public void An_unbound_variable() =>
        ProblemOf(Let(X, Int(1), Tuple(Var(X), Var(Y)))).ShouldBe("m: f/0: CVar V1_y: the variable is not bound");

    [Test]
    public void A_binding_ends_with_its_body() =>
        ProblemOf(Seq(Let(X, Int(1), Var(X)), Var(X))).ShouldContain("V0_x: the variable is not bound");

    [Test]
    public void A_variable_of_one_clause_in_another() =>
        ProblemOf(Case(Int(1), Clause(Bind(X), Erlang("is_atom", Var(X)), Var(X)), Clause(Ignored, Var(X))))
            .ShouldContain("V0_x: the variable is not bound");

    [Test]
    public void A_value_of_a_try_in_its_handler() =>
        ProblemOf(new CTry(Int(1), X, Var(X), Y, Z, Ignored.Variable, Var(X))).ShouldContain("V0_x: the variable is not bound");

    [Test]
    public void An_ignored_variable_that_is_read() =>
        ProblemOf(Case(Int(1), Clause(Ignored, Var(Ignored.Variable)))).ShouldContain("the variable is not bound");

    [Test]
    public void A_pattern_that_binds_twice() =>
        ProblemOf(Case(Int(1), Clause(new PTuple([Bind(X), Bind(X)]), Nil), Clause(Ignored, Nil)))
            .ShouldBe("m: f/0: CClause: a variable is bound twice");

    [Test]
    public void An_unknown_local_function() =>
        ProblemOf(Apply("g", Int(1))).ShouldBe("m: f/0: CApplyLocal g/1 calls an unknown function");

    [Test]
    public void A_local_function_out_of_its_scope() =>
        ProblemOf(Seq(Letrec("l", Fun([X], Apply("l", Var(X))), Apply("l", Int(1))), Apply("l", Int(2))))
            .ShouldBe("m: f/0: CApplyLocal l/1 calls an unknown function");

    [Test]
    public void A_local_function_of_another_arity() =>
        ProblemOf(Function("f", Fun([], Apply("g"))), Function("g", Identity))
            .ShouldBe("m: f/0: CApplyLocal g/0 calls a function that takes 1 arguments");

    [Test]
    public void A_call_that_passes_something_else_than_it_says() =>
        ProblemOf(new CApplyLocal(new FunctionName("f", 0), [Int(1)], null)).ShouldBe("m: f/0: CApplyLocal f/0 passes 1 arguments");

    [Test]
    public void A_definition_that_takes_something_else_than_it_says() =>
        ProblemOf(new CoreFunction(new FunctionName("f", 2), Identity, true, null))
            .ShouldBe("m: f/2: f/2 is defined with 1 parameters");

    [Test]
    public void Two_functions_of_one_name() =>
        ProblemOf(Function("f", Identity), Function("f", Identity)).ShouldBe("m: f/1: there are two functions of this name");

    [Test]
    public void A_call_of_a_fun_of_another_arity() =>
        ProblemOf(ApplyFun(Identity)).ShouldContain("CApply passes 0 arguments to a fun of another arity");

    [Test]
    public void A_case_that_may_match_nothing()
    {
        ProblemOf(Case(Int(1), Clause(Literal(Int(1)), Nil))).ShouldBe("m: f/0: CCase: the last clause does not catch all");
        ProblemOf(Case(Int(1), Clause(Bind(X), False, Nil))).ShouldBe("m: f/0: CCase: the last clause does not catch all");
        ProblemOf(new CCase([Int(1)], [])).ShouldBe("m: f/0: CCase: the last clause does not catch all");
    }

    [Test]
    public void Patterns_for_another_number_of_subjects() =>
        ProblemOf(new CCase([Int(1)], [new CClause([Ignored, Ignored], null, Nil)])).ShouldContain("2 patterns for 1 subjects");

    [Test]
    public void A_guard_that_calls_anything_else()
    {
        ProblemOf(If(Call("bt_op", "touch", Int(1)), Nil, Nil)).ShouldBe("m: f/0: CCall bt_op:touch/1: not allowed in a guard");
        ProblemOf(If(Erlang("put", Int(1), Int(2)), Nil, Nil)).ShouldBe("m: f/0: CCall erlang:put/2: not allowed in a guard");
        ProblemOf(If(Erlang("is_function", Int(1), Int(2), Int(3)), Nil, Nil)).ShouldContain("not allowed in a guard");
        ProblemOf(If(Erlang("not", Let(X, Int(1), Var(X))), Nil, Nil)).ShouldBe("m: f/0: CLet: not allowed in a guard");
    }

    [Test]
    public void A_pattern_with_a_computed_part()
    {
        ProblemOf(Case(Int(1), Clause(Literal(Erlang("self")), Nil), Clause(Ignored, Nil)))
            .ShouldBe("m: f/0: PLiteral: the pattern is not a literal");
        ProblemOf(Case(Int(1), Clause(new PMap([(Erlang("self"), Ignored)]), Nil), Clause(Ignored, Nil)))
            .ShouldBe("m: f/0: PMap: a key is neither literal nor variable");
    }

    [Test]
    public void Another_number_of_values()
    {
        ProblemOf(LetValues([X, Y], If(Erlang("<", Int(1), Int(2)), Values(Int(1), Int(2)), Int(1)), Nil))
            .ShouldBe("m: f/0: CInt: values: 1, wanted: 2");
        ProblemOf(Values(Int(1), Int(2))).ShouldBe("m: f/0: CValues: values: 2, wanted: 1");
        ProblemOf(LetValues([X], Values(), Nil)).ShouldBe("m: f/0: CValues: values: 0, wanted: 1");
    }

    [Test]
    public void A_branch_that_never_returns_has_any_number_of_values() =>
        Should.NotThrow(() => CoreVerifier.Verify(CoreRunner.Module(Function("f", Fun([], LetValues(
            [X, Y], If(Erlang("<", Int(1), Int(2)), Values(Int(1), Int(2)), Call("bt_error", "match_error", Nil)), Nil))))));

    [Test]
    public void A_float_that_the_BEAM_does_not_have() =>
        ProblemOf(Float(double.NaN)).ShouldBe("m: f/0: CFloat: the BEAM has no such float");

    [Test]
    public void An_attribute_that_is_not_constant() =>
        Should.Throw<CoreVerificationException>(() => CoreVerifier.Verify(
                new CoreModule(new Atom("m"), "t.bt", [], [(new Atom("a"), Erlang("self"))])))
            .Message.ShouldBe("m: the attribute 'a' is not constant: CCall erlang:self/0");

    [Test]
    public void What_is_right_passes() =>
        Should.NotThrow(() => CoreVerifier.Verify(CoreRunner.Module(
            Function("f", Fun([X, Y], Letrec("l", Identity, Fun([Z], Tuple(Apply("l", Var(X)), Apply("f", Var(Y), Var(Z))))))),
            Function("g", Fun([X], new CReceive(
                [Clause(new PMap([(Var(X), new PAlias(Y, Ignored))]), Erlang("is_pid", Var(Y)), Var(Y))], Infinity, Nil))))));
}
