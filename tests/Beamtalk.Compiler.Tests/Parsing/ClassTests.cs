using Beamtalk.Compiler.Syntax;
using NUnit.Framework;
using Shouldly;

namespace Beamtalk.Compiler.Tests.Parsing;

/// <summary>Section 4: classes, members and method headers; sections 10 and 11: supervisors, extensions and patches.</summary>
public sealed class ClassTests
{
    [TestCase("Actor subclass: C", "class C < Actor")]
    [TestCase("nil subclass: C", "class C < nil")]
    [TestCase("abstract Actor subclass: C", "abstract class C < Actor")]
    [TestCase("abstract sealed Actor subclass: C", "abstract, sealed class C < Actor")]
    [TestCase("http@Server subclass: C", "class C < http@Server")]
    [TestCase("Collection(E) subclass: Bag(E)", "class Bag(E) < Collection")]
    [TestCase("Value subclass: Pair(A, B)", "class Pair(A, B) < Value")]
    public void Headers(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [TestCase("state: a = 1", "state a = 1")]
    [TestCase("state: a", "state a")]
    [TestCase("field: x = 0", "field x = 0")]
    [TestCase("classState: n = 0", "classstate n = 0")]
    [TestCase("state: a, b = 2", "state a\nstate b = 2")]
    [TestCase("state:\n    a = #x,\n    b = List new\n    c", "state a = #'x'\nstate b = (List new)\nstate c")]
    [TestCase("state: a = (1, 2)", "state a = ((1 , 2))")]
    [TestCase("state: a = #(1, 2), b", "state a = #(1, 2)\nstate b")]
    [TestCase("field: x :: Integer | nil = 0", "field x :: Integer | UndefinedObject = 0")]
    [TestCase("state: x :: Dictionary(String, List(#a | #b))", "state x :: Dictionary(String, List(#'a' | #'b'))")]
    [TestCase("state:\n    /// The first.\n    a = 1,\n    /// The second.\n    b = 2",
        "/// The first.\nstate a = 1\n/// The second.\nstate b = 2")]
    public void Variables(string member, string expected) => Parsed.Members("  " + member).ShouldBe(expected);

    [TestCase("strategy: #oneForOne.", "declare strategy: #'oneForOne'")]
    [TestCase("limits: #{#turns => 10}", "declare limits: #{#'turns' => 10}")]
    [TestCase("memory: (M last: 50)", "declare memory: ((M last: 50))")]
    public void Declarations(string member, string expected) => Parsed.Members("  " + member).ShouldBe(expected);

    [TestCase("increment => 1", "method increment\n  1")]
    [TestCase("#increment => 1", "method increment\n  1")]
    [TestCase("+ other => 1", "method + other\n  1")]
    [TestCase("#+ other => 1", "method + other\n  1")]
    [TestCase("= other => 1", "method = other\n  1")]
    [TestCase("-> other => 1", "method -> other\n  1")]
    [TestCase("at: i put: v => 1", "method at:put: i v\n  1")]
    [TestCase("#at: i put: v => 1", "method at:put: i v\n  1")]
    [TestCase("#handle: {#ok, v} => 1", "method handle: {#'ok', v}\n  1")]
    [TestCase("handle: _ => 1", "method handle: _\n  1")]
    [TestCase("fact: 0 => 1", "method fact: 0\n  1")]
    [TestCase("fact: n when: [n > 0] => 1", "method fact: n when: (n > 0)\n  1")]
    [TestCase("at: t when: b => 1", "method at:when: t b\n  1")]
    [TestCase("add: n :: Integer -> Integer => 1", "method add: n :: Integer -> Integer\n  1")]
    [TestCase("size -> Integer => 1", "method size -> Integer\n  1")]
    [TestCase("foo: (Point x: a y: _) bar: b => 1", "method foo:bar: <Point x: a y: _> b\n  1")]
    [TestCase("foo: #(h, ...t) bar: #{#k => v} => 1", "method foo:bar: #(h, ...t) #{#'k' => v}\n  1")]
    [TestCase("class create => 1", "class method create\n  1")]
    [TestCase("class + other => 1", "class method + other\n  1")]
    [TestCase("class => 1", "method class\n  1")]
    [TestCase("class -> Class => 1", "method class -> Class\n  1")]
    [TestCase("tool => 1", "method tool\n  1")]
    [TestCase("updating add: x => 1", "updating method add: x\n  1")]
    [TestCase("class updating a => 1", "class updating method a\n  1")]
    [TestCase("tool search: x :: String limit: n :: Integer = 5 -> List(String) => 1",
        "tool\nmethod search:limit: x :: String n :: Integer = 5 -> List(String)\n  1")]
    [TestCase("tool (timeout: 5000, approve: true) a: x => 1", "tool timeout: 5000 approve: true\nmethod a: x\n  1")]
    [TestCase("tool (timeout: 5000)\n  a: x => 1", "tool timeout: 5000\nmethod a: x\n  1")]
    [TestCase("/// Searches.\n  tool\n  a: x => 1", "/// Searches.\ntool\nmethod a: x\n  1")]
    public void Methods(string member, string expected) => Parsed.Members("  " + member).ShouldBe(expected);

    [TestCase("String >> shout => self", "extend String\n  method shout\n    self")]
    [TestCase("Counter class >> fresh => self spawn", "extend Counter\n  class method fresh\n    (self spawn)")]
    [TestCase("http@Server >> #at: i => i", "extend http@Server\n  method at: i\n    i")]
    [TestCase("Vector >> + other => other", "extend Vector\n  method + other\n    other")]
    [TestCase("patch C >> a => 1", "patch C\n  method a\n    1")]
    [TestCase("patch C class >> #a: x { x }", "patch C\n  class method a: x\n    x")]
    [TestCase("patch C >> #handle: {#ok, v} { v. {v, 1} }", "patch C\n  method handle: {#'ok', v}\n    v\n    {v, 1}")]
    [TestCase("patch C >> a -> Integer { 1 }", "patch C\n  method a -> Integer\n    1")]
    public void Extensions_and_patches(string text, string expected) => Parsed.Tree(text).ShouldBe(expected);

    [Test]
    public void Children_of_a_supervisor() =>
        Parsed.Members(
            """
              children: [
                {Pool, scale: 10, as: #pool},
                Router spawn,
                Researcher spawn model: #opus,
                Metrics,
                #{#id => 1}
              ]
              strategy: #oneForOne
            """).ShouldBe(
            """
            children
              child Pool option scale: 10 option as: #'pool'
              child Router
              child Researcher spawn model: #'opus'
              child Metrics
              child #{#'id' => 1}
            declare strategy: #'oneForOne'
            """);

    [Test]
    public void The_source_of_a_method_has_neither_indentation_nor_doc()
    {
        var (unit, _) = Parsed.Parse(
            """
            Object subclass: C
              /// Doc.
              foo: x =>
                x bar
                  baz
              other => 1
            patch C >> #foo: y {
              y
            }
            """);
        var declaration = (ClassDeclaration)unit.Items[0];
        ((MethodDeclaration)declaration.Members[0]).Source.ShouldBe("foo: x =>\n  x bar\n    baz");
        ((ExtensionDeclaration)unit.Items[1]).Method.Source.ShouldBe("patch C >> #foo: y {\n  y\n}");
    }

    [Test]
    public void Clauses_stay_separate() =>
        Parsed.Members("  f: 0 => 1\n  f: n => n").ShouldBe("method f: 0\n  1\nmethod f: n\n  n");
}
