using Beamtalk.Compiler.Core;
using Beamtalk.Compiler.Emit;
using Beamtalk.Compiler.Semantics;
using Beamtalk.Compiler.Tests.Core;
using NUnit.Framework;
using Shouldly;
using static Beamtalk.Compiler.Core.CoreFactory;

namespace Beamtalk.Compiler.Tests.Emit;

public sealed class MetaBuilderTests
{
    private static readonly ClassMeta Counter = new()
    {
        Name = "Counter",
        Package = "app",
        Facade = "bt.app.Counter",
        Generation = "bt.app.Counter 1",
        Superclass = "bt.stdlib.Actor",
        Kind = ClassKind.Actor,
        IsAbstract = true,
        IsSealed = true,
        Variables = ["value"],
        ClassVariables = ["made"],
        Doc = "Counts.",
        File = "größe/counter.bt",
        Line = 3,
        Inherited = [new FunctionName("stop", 1)],
        Methods =
        [
            new MethodMeta
            {
                Selector = "add:",
                Function = "add:",
                Line = 5,
                Doc = "Adds.",
                Source = "add: n => self.value += n",
                Parameters = [new ParameterMeta("n", "Integer", Int(5))],
                Returns = "Integer",
                IsUpdating = true,
                Tool = [("timeout", Int(5000))],
            },
            new MethodMeta { Selector = "value", IsClassSide = true, Function = "class value", IsAccessor = true },
        ],
    };

    [Test]
    public void The_metadata_is_the_term_of_the_interface()
    {
        const string expected = """
            #{name => 'Counter', package => app, module => 'bt.app.Counter', generation => 'bt.app.Counter 1',
              superclass => 'bt.stdlib.Actor', kind => actor, modifiers => [abstract, sealed],
              variables => [value], class_variables => [made], constant => false,
              doc => <<"Counts.">>,
              file => <<"größe/counter.bt"/utf8>>, line => 3, inherited => [{stop, 1}],
              methods =>
                [#{selector => 'add:', arity => 1, side => instance, function => 'add:', line => 5,
                   doc => <<"Adds.">>, source => <<"add: n => self.value += n">>,
                   parameters => [{<<"n">>, <<"Integer">>, {default, 5}}], returns => <<"Integer">>,
                   flags => [updating, {tool, [{timeout, 5000}]}]},
                 #{selector => value, arity => 0, side => class, function => 'class value', line => 0,
                   doc => nil, source => nil, parameters => [], returns => nil, flags => [accessor]}]}
            """;
        CoreRunner.Run(MetaBuilder.Build(Counter)).ShouldBe(CoreRunner.Evaluate(expected + "."));
    }

    [Test]
    public void A_root_class_has_nil_for_what_it_lacks()
    {
        var root = new ClassMeta
        {
            Name = "Root",
            Package = "app",
            Facade = "bt.app.Root",
            Generation = "bt.app.Root 1",
            Kind = ClassKind.Object,
            File = "r.bt",
        };
        CoreRunner.Run(Erlang("map_get", Symbol("superclass"), MetaBuilder.Build(root))).ShouldBe("nil");
        CoreRunner.Run(Erlang("map_get", Symbol("doc"), MetaBuilder.Build(root))).ShouldBe("nil");
    }
}
