using System.Collections.Immutable;
using System.Numerics;
using Beamtalk.Compiler.Core;
using NUnit.Framework;
using Shouldly;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Tests.Core;

/// <summary>Every node of the IR, compiled by OTP and run.</summary>
public sealed class CoreWriterTests
{
    private static readonly CoreVar X = new(0, "x");
    private static readonly CoreVar Y = new(1, "y");
    private static readonly CoreVar Z = new(2, "z");

    private static CoreExpr Put(string key, CoreExpr value) => Erlang("put", Symbol(key), value);

    [Test]
    public void Literals() =>
        CoreRunner.Run(Tuple(
                Symbol("a b"), Int(BigInteger.Pow(2, 70)), Int(-7), Float(-2.5), Float(1e300), Binary("hi"), Binary(""),
                EmptyList, List(Int(1), Int(2)), ListWithTail([Int(1)], Int(2)), Map((Binary("k"), Symbol("v")))))
            .ShouldBe("{'a b',1180591620717411303424,-7,-2.5,1.0e300,<<\"hi\">>,<<>>,[],[1,2],[1|2],"
                + "#{<<\"k\">> => v}}");

    [Test]
    public void Literal_data_becomes_one_literal_of_the_module()
    {
        var text = Tuple(List(Binary("a"), Map((Binary("k"), Binary("v")))), Symbol("x"));
        var function = new CoreFunction(new FunctionName("f", 0), Fun([], text), IsExported: true, null);
        CoreRunner.Load(new CoreModule(new Atom("literal_test"), "t.bt", [function], []));
        CoreRunner.Evaluate("erts_debug:same(literal_test:f(), literal_test:f()).").ShouldBe("true");
    }

    [Test]
    public void A_run_of_bindings_and_effects() =>
        CoreRunner.Run(Let(
                [(X, Int(1)), (Y, Erlang("+", Var(X), Int(1)))],
                Seq(Put("k", Var(Y)), Let(Z, Erlang("get", Symbol("k")), Tuple(Var(X), Var(Y), Var(Z))))))
            .ShouldBe("{1,2,2}");

    [Test]
    public void Several_values_at_once() =>
        CoreRunner.Call(
                Fun([X], LetValues(
                    [Y, Z],
                    Case(Var(X), Clause(Literal(Int(1)), Values(Symbol("one"), Int(1))), Clause(Ignored, Values(Var(X), Int(2)))),
                    Tuple(Var(Y), Var(Z)))),
                "7")
            .ShouldBe("{7,2}");

    /// <summary>Each part answers what the part before it has left behind.</summary>
    private static IEnumerable<TestCaseData> Orders()
    {
        var plain = Step(1);
        var sequence = Seq(Step(20), Step(2));
        var choice = Let(X, Step(3), Case(Var(X), Clause(Literal(Int(99)), Step(0)), Clause(Ignored, Var(X))));
        yield return new TestCaseData(Tuple(plain, sequence, choice), "{0,20,2}").SetName("order in a tuple");
        yield return new TestCaseData(List(plain, sequence, choice), "[0,20,2]").SetName("order in a list");
        yield return new TestCaseData(ListWithTail([plain, sequence], choice), "[0,20|2]").SetName("order in a tail");
        yield return new TestCaseData(List(choice, Tuple(plain), List(sequence)), "[0,{3},[20]]").SetName("order when nested");
        yield return new TestCaseData(
            ApplyFun(Fun([X, Y, Z], Tuple(Var(X), Var(Y), Var(Z))), choice, plain, sequence), "{0,3,20}")
            .SetName("order in a call of a fun");
        yield return new TestCaseData(
            Call("maps", "put", choice, List(plain, List(sequence)), Erlang("hd", List(Map(), Step(5)))),
            "#{0 => [3,[20]]}").SetName("order in a call");
        yield return new TestCaseData(
            Map((plain, choice), (sequence, Step(4)), (Symbol("z"), Step(5))), "#{0 => 1,20 => 2,z => 4}")
            .SetName("order in a map");
        yield return new TestCaseData(
            MapUpdate(Map((Symbol("b"), plain)), (Symbol("z"), sequence), (Symbol("y"), choice)), "#{b => 0,y => 2,z => 20}")
            .SetName("order in a map update");
        yield return new TestCaseData(
            new CCase([plain, sequence], [new CClause([Bind(X), Bind(Y)], null, Tuple(Var(X), Var(Y), choice))]),
            "{0,20,2}").SetName("order of subjects");
        yield return new TestCaseData(
            LetValues([Y, Z], Values(choice, plain), Tuple(Var(Y), Var(Z))), "{0,3}").SetName("order of values");
    }

    private static CoreExpr Step(int number) => Put("order", Int(number));

    [TestCaseSource(nameof(Orders))]
    public void Everything_is_evaluated_from_left_to_right(CoreExpr parts, string expected) =>
        CoreRunner.Run(Seq(Step(0), parts)).ShouldBe(expected);

    [Test]
    public void Map_updates_add_and_replace() =>
        CoreRunner.Call(Fun([X], MapUpdate(Var(X), (Symbol("a"), Int(1)), (Binary("b"), Int(2)))), "#{a => 0, c => 3}")
            .ShouldBe("#{a => 1,c => 3,<<\"b\">> => 2}");

    [Test]
    public void A_map_update_of_something_else_fails() =>
        CoreRunner.Call(Fun([X], MapUpdate(Var(X), (Symbol("a"), Int(1)))), "7").ShouldBe("{error,{badmap,7}}");

    [Test]
    public void A_call_shows_file_and_line() =>
        CoreRunner.Run(new CTry(
                CallAt(new CoreLocation(17), "erlang", "error", Symbol("oops")), X, Var(X),
                new CoreVar(5, "Class"), new CoreVar(6, "Reason"), new CoreVar(7, "Stack"),
                Erlang("element", Int(4), Erlang("hd", Var(new CoreVar(7, "Stack"))))))
            .ShouldBe("[{file,\"t.bt\"},{line,17}]");

    [Test]
    public void Calls_of_modules_and_functions_known_at_run_time() =>
        CoreRunner.Call(Fun([X, Y], DynamicCall(Var(X), Var(Y), null, Int(-3))), "erlang, abs").ShouldBe("3");

    [Test]
    public void Funs_and_their_calls() =>
        CoreRunner.Run(Let(X, Int(10), Let(
                Y, Fun([Z], Erlang("+", Var(X), Var(Z))), ApplyFun(Var(Y), Int(5)))))
            .ShouldBe("15");

    [Test]
    public void Local_loops() =>
        CoreRunner.Run(Letrec(
                "-loop-0",
                Fun([X, Y], If(
                    Erlang(">", Var(X), Int(100)), Var(Y),
                    Apply("-loop-0", Erlang("+", Var(X), Int(1)), Erlang("+", Var(X), Var(Y))))),
                Apply("-loop-0", Int(1), Int(0))))
            .ShouldBe("5050");

    [Test]
    public void Try_answers_the_value_or_handles_the_failure()
    {
        var attempt = Fun([X], new CTry(
            ApplyFun(Var(X)), Y, Tuple(Symbol("ok"), Var(Y)),
            new CoreVar(5, "Class"), new CoreVar(6, "Reason"), Ignored.Variable,
            Tuple(Var(new CoreVar(5, "Class")), Var(new CoreVar(6, "Reason")))));
        CoreRunner.Call(attempt, "fun() -> 1 < 2 end").ShouldBe("{ok,true}");
        CoreRunner.Call(attempt, "fun() -> throw(ball) end").ShouldBe("{throw,ball}");
    }

    [Test]
    public void A_value_is_chosen_by_a_condition() =>
        CoreRunner.Call(Fun([X], IfTrue(Var(X), Symbol("yes"), Symbol("no"))), "false").ShouldBe("no");

    [Test]
    public void Deep_nesting_does_not_exhaust_the_stack()
    {
        CoreExpr nested = Var(X);
        for (var i = 0; i < 20_000; i++)
        {
            nested = ApplyFun(nested, Int(i));
        }

        var function = new CoreFunction(new FunctionName("f", 1), Fun([X], nested), IsExported: true, null);
        CoreVerifier.Verify(CoreRunner.Module(function));
        CoreWriter.WriteFunction(function, "t.bt").Length.ShouldBeGreaterThan(200_000);
    }

    [Test]
    public void Long_runs_and_lists_are_loops()
    {
        var bindings = Enumerable.Range(0, 50_000).Select(i => (new CoreVar(i, ""), Int(i))).ToImmutableArray();
        var list = List(bindings.Select(binding => Var(binding.Item1)).ToImmutableArray());
        var function = new CoreFunction(new FunctionName("f", 0), Fun([], Let(bindings, list)), IsExported: true, null);
        CoreVerifier.Verify(CoreRunner.Module(function));
        CoreWriter.WriteFunction(function, "t.bt").ShouldContain("V49999]");
    }

    [Test]
    public void The_same_module_gives_the_same_text()
    {
        var function = new CoreFunction(
            new FunctionName("f", 0), Fun([], Case(Int(1), Clause(Ignored, MapUpdate(Map(), (Int(1), Int(2)))))),
            IsExported: true, null);
        CoreWriter.WriteFunction(function, "t.bt").ShouldBe(CoreWriter.WriteFunction(function, "t.bt"));
    }
}
