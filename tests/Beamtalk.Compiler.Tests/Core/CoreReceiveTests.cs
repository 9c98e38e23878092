using Beamtalk.Compiler.Core;
using NUnit.Framework;
using Shouldly;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Tests.Core;

public sealed class CoreReceiveTests
{
    private static readonly CoreVar Timeout = new(0, "timeout");
    private static readonly CoreVar A = new(1, "a");
    private static readonly CoreVar B = new(2, "b");
    private static readonly CoreVar C = new(3, "c");

    private static readonly CClause Big = Clause(
        new PTuple([Literal(Symbol("big")), Bind(A)]), Erlang(">", Var(A), Int(9)), Var(A));

    private static string Receive(CFun fun, string before, string timeout)
    {
        var function = new CoreFunction(new FunctionName("f", 1), fun, IsExported: true, null);
        CoreRunner.Load(new CoreModule(new Atom("receive_test"), "t.bt", [function], []));
        return CoreRunner.Evaluate(
            $"""
            Flush = fun F() -> receive M -> [M | F()] after 0 -> [] end end,
            {before}
            Value = receive_test:f({timeout}),
            [Value, Flush()].
            """);
    }

    [TestCase("self() ! {big, 1}, self() ! other, self() ! {big, 10},", "0", "[10,[{big,1},other]]")]
    [TestCase("self() ! {big, 1},", "5", "[late,[{big,1}]]")]
    [TestCase("erlang:send_after(20, self(), {big, 11}),", "infinity", "[11,[]]")]
    public void Takes_the_first_message_that_matches_and_leaves_the_others(string before, string timeout, string expected) =>
        Receive(Fun([Timeout], new CReceive([Big], Var(Timeout), Symbol("late"))), before, timeout).ShouldBe(expected);

    [TestCase("self() ! {big, 10},", "0", "[{10,found},[]]")]
    [TestCase("", "0", "[{none,late},[]]")]
    public void Binds_several_values(string before, string timeout, string expected)
    {
        var found = Big with { Body = Values(Var(A), Symbol("found")) };
        var receive = new CReceive([found], Var(Timeout), Values(Symbol("none"), Symbol("late")));
        Receive(Fun([Timeout], LetValues([B, C], receive, Tuple(Var(B), Var(C)))), before, timeout).ShouldBe(expected);
    }

    [Test]
    public void Receives_nest_in_their_own_clauses()
    {
        var inner = new CReceive([Big], Int(0), Symbol("nothing"));
        var outer = new CReceive([Clause(Literal(Symbol("go")), inner)], Var(Timeout), Symbol("late"));
        Receive(Fun([Timeout], outer), "self() ! {big, 12}, self() ! go,", "0").ShouldBe("[12,[]]");
    }

    [Test]
    public void A_receive_stands_within_try()
    {
        var receive = new CReceive([Big with { Body = Erlang("error", Var(A)) }], Var(Timeout), Symbol("late"));
        var attempt = new CTry(receive, B, Var(B), C, new CoreVar(4, "r"), new CoreVar(5, "s"), Var(new CoreVar(4, "r")));
        Receive(Fun([Timeout], attempt), "self() ! {big, 12},", "0").ShouldBe("[12,[]]");
    }

    [Test]
    public void A_receive_without_clauses_waits() =>
        Receive(Fun([Timeout], new CReceive([], Var(Timeout), Symbol("late"))), "self() ! x,", "5").ShouldBe("[late,[x]]");
}
