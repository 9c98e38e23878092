using System.Collections.Immutable;
using Beamtalk.Compiler.Core;
using NUnit.Framework;
using Shouldly;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Tests.Core;

/// <summary>Patterns and guards against the values they must and must not match.</summary>
public sealed class CorePatternTests
{
    private static readonly CoreVar X = new(0, "x");
    private static readonly CoreVar A = new(1, "a");
    private static readonly CoreVar B = new(2, "b");

    private static string Match(CorePattern pattern, CoreExpr? guard, CoreExpr body, string value) =>
        CoreRunner.Call(
            Fun([X], Case(Var(X), Clause(pattern, guard, body), Clause(Ignored, Symbol("none")))), value);

    [TestCase("ok", "ok")]
    [TestCase("1", "one")]
    [TestCase("1.5", "float")]
    [TestCase("<<\"gr\\x{fc}n\"/utf8>>", "text")]
    [TestCase("<<>>", "empty")]
    [TestCase("[]", "nil")]
    [TestCase("{}", "none")]
    public void Literals(string value, string expected) =>
        CoreRunner.Call(
                Fun([X], Case(
                    Var(X),
                    Clause(Literal(Symbol("ok")), Symbol("ok")),
                    Clause(Literal(Int(1)), Symbol("one")),
                    Clause(Literal(Float(1.5)), Symbol("float")),
                    Clause(Literal(Binary("grün")), Symbol("text")),
                    Clause(Literal(Binary("")), Symbol("empty")),
                    Clause(Literal(EmptyList), Symbol("nil")),
                    Clause(Ignored, Symbol("none")))),
                value)
            .ShouldBe(expected);

    [TestCase("[1,2,3]", "{1,[2,3]}")]
    [TestCase("[1]", "{1,[]}")]
    [TestCase("[]", "none")]
    public void Lists(string value, string expected) =>
        Match(new PCons(Bind(A), Bind(B)), null, Tuple(Var(A), Var(B)), value).ShouldBe(expected);

    [TestCase("[1,2]", "{1,2}")]
    [TestCase("[1,2,3]", "none")]
    public void Lists_of_a_length(string value, string expected) =>
        Match(new PCons(Bind(A), new PCons(Bind(B), Literal(EmptyList))), null, Tuple(Var(A), Var(B)), value)
            .ShouldBe(expected);

    [TestCase("{ok,{1,2}}", "{{1,2},1}")]
    [TestCase("{ok,1}", "none")]
    public void Tuples_and_aliases(string value, string expected) =>
        Match(
                new PTuple([Literal(Symbol("ok")), new PAlias(A, new PTuple([Bind(B), Ignored]))]), null,
                Tuple(Var(A), Var(B)), value)
            .ShouldBe(expected);

    [TestCase("#{'$class' => c, <<\"k\">> => 1, other => 2}", "1")]
    [TestCase("#{'$class' => d, <<\"k\">> => 1}", "none")]
    [TestCase("7", "none")]
    public void Maps_are_matched_in_part(string value, string expected) =>
        Match(
                new PMap([(Symbol("$class"), Literal(Symbol("c"))), (Binary("k"), Bind(A))]), null, Var(A), value)
            .ShouldBe(expected);

    [Test]
    public void A_map_key_may_be_a_variable() =>
        CoreRunner.Call(
                Fun([X, A], Case(Var(X), Clause(new PMap([(Var(A), Bind(B))]), Var(B)), Clause(Ignored, Nil))),
                "#{7 => seven}, 7")
            .ShouldBe("seven");

    [TestCase("<<\"GET /x\">>", "<<\"/x\">>")]
    [TestCase("<<\"GET \">>", "<<>>")]
    [TestCase("<<\"GET\">>", "none")]
    [TestCase("get", "none")]
    public void Text_prefixes(string value, string expected) =>
        Match(new PBinaryPrefix("GET ", A), null, Var(A), value).ShouldBe(expected);

    [TestCase("{5,<<\"x\">>}", "5")]
    [TestCase("{0,<<\"x\">>}", "none")]
    [TestCase("{a,<<\"x\">>}", "none")]
    [TestCase("{5,y}", "none")]
    public void Guards(string value, string expected) =>
        Match(
                new PTuple([Bind(A), Bind(B)]),
                AllOf(Erlang("is_integer", Var(A)), Erlang(">", Var(A), Int(0)), Erlang("=:=", Var(B), Binary("x"))),
                Var(A), value)
            .ShouldBe(expected);

    [Test]
    public void Several_subjects() =>
        CoreRunner.Call(
                Fun([X, A], new CCase(
                    [Var(X), Var(A)],
                    [
                        new CClause([Literal(Int(1)), Bind(B)], null, Var(B)),
                        new CClause([Ignored, Ignored], null, Symbol("none")),
                    ])),
                "1, two")
            .ShouldBe("two");

    [Test]
    public void Unused_parts_of_one_pattern_do_not_have_to_be_equal() =>
        Match(new PTuple([Ignored, Ignored]), null, Symbol("pair"), "{1,2}").ShouldBe("pair");
}
