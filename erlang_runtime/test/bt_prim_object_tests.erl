-module(bt_prim_object_tests).
-include_lib("eunit/include/eunit.hrl").

all_test_() ->
    {setup, fun start/0, fun bt_fixture:stop/1, fun(_) ->
        [
            {"the class of a class is its metaclass", fun classes/0},
            {"equal values have equal hashes", fun hashes/0},
            {"kinds, of classes too", fun kinds/0},
            {"fields by name", fun fields/0},
            {"blocks with their arguments", fun blocks/0},
            {"the hierarchy", fun hierarchy/0},
            {"instances", fun instances/0},
            {"methods", fun methods/0},
            {"doc comments can be replaced", fun documentation/0},
            {"random numbers come from the seed", fun random/0},
            {"the environment", fun environment/0}
        ]
    end}.

start() ->
    Started = bt_fixture:start(),
    [bt_fixture:class(Class, #{superclass => 'bt.stdlib.Error'}, init(Kind))
     || {Class, Kind} <- [{'bt.stdlib.TypeError', "type_error"},
                          {'bt.stdlib.KeyNotFound', "key_not_found"},
                          {'bt.stdlib.ImmutableValue', "immutable_value"},
                          {'bt.stdlib.InstantiationError', "instantiation_error"}]],
    Base = #{kind => value, variables => [a], class_variables => [made], package => app,
             doc => <<"A base.">>, modifiers => [abstract]},
    bt_fixture:class('bt.app.Base', Base, "echo(_) -> 1."),
    Derived = #{kind => value, variables => [b], superclass => 'bt.app.Base'},
    bt_fixture:class('bt.app.Derived', Derived, "own(_) -> 2. 'class make'(_) -> 3."),
    bt_fixture:class('bt.app.Runner', #{kind => actor}, ""),
    Started.

init(Kind) ->
    "'$init'(X) -> X#{kind => " ++ Kind ++ "}.".

class(Name) ->
    bt_fixture:object(list_to_atom("bt.app." ++ Name)).

metaclass(Name) ->
    (class(Name))#{'$class' := 'bt.stdlib.Metaclass'}.

classes() ->
    ?assertEqual(metaclass("Base"), bt_prim_object:class_of(class("Base"))),
    ?assertEqual(bt_fixture:object('bt.stdlib.Integer'), bt_prim_object:class_of(3)),
    Metaclass = bt_fixture:object('bt.stdlib.Metaclass'),
    ?assertEqual(Metaclass, bt_prim_object:class_of(metaclass("Base"))).

hashes() ->
    Pairs = [{1, 1.0}, {[1, {2}], [1.0, {2.0}]}, {#{a => 1}, #{a => 1.0}}, {0, 0.0}],
    [begin
        ?assert(bt_prim_object:equals(A, B)),
        ?assertNot(bt_prim_object:identical(A, B)),
        ?assertEqual(bt_prim_object:hash(A), bt_prim_object:hash(B))
     end || {A, B} <- Pairs].

kinds() ->
    Instance = #{'$class' => 'bt.app.Derived', a => 1, b => 2},
    ?assert(bt_prim_object:is_kind_of(Instance, class("Base"))),
    ?assertNot(bt_prim_object:is_kind_of(Instance, metaclass("Base"))),
    ?assert(bt_prim_object:is_kind_of(class("Derived"), metaclass("Base"))),
    ?assert(bt_prim_object:is_kind_of(class("Derived"), bt_fixture:object('bt.stdlib.Class'))),
    ?assertError(#{kind := type_error}, bt_prim_object:is_kind_of(3, 4)),
    ?assert(bt_prim_object:responds_to(Instance, own)),
    ?assert(bt_prim_object:responds_to(Instance, echo)),
    ?assertNot(bt_prim_object:responds_to(Instance, foo)),
    ?assert(bt_prim_object:responds_to(class("Derived"), make)),
    ?assertError(#{kind := type_error}, bt_prim_object:responds_to(3, <<"foo">>)).

fields() ->
    Instance = #{'$class' => 'bt.app.Derived', a => 1, b => 2},
    ?assertEqual(2, bt_prim_object:field_at(Instance, b)),
    ?assertEqual(#{a => 1, b => 2}, bt_prim_object:fields(Instance)),
    [?assertError(#{kind := key_not_found}, bt_prim_object:field_at(Instance, Name))
     || Name <- [c, 1, <<"a">>, nil, '$class']],
    ?assertError(#{kind := key_not_found}, bt_prim_object:field_at(3, a)),
    ?assertError(#{kind := immutable_value}, bt_prim_object:field_at(Instance, a, 5)).

blocks() ->
    ?assertEqual(3, bt_prim_block:apply(fun(A, B) -> A + B end, [1, 2])),
    ?assertEqual(2, bt_prim_block:arity(fun(A, B) -> A + B end)),
    ?assertError(#{kind := type_error}, bt_prim_block:apply(fun() -> 1 end, [1])),
    ?assertError(#{kind := type_error}, bt_prim_block:apply(fun() -> 1 end, nil)).

hierarchy() ->
    ?assertEqual('Derived', bt_prim_behaviour:name(class("Derived"))),
    ?assertEqual('Derived class', bt_prim_behaviour:name(metaclass("Derived"))),
    ?assertEqual(class("Base"), bt_prim_behaviour:superclass(class("Derived"))),
    ?assertEqual(metaclass("Base"), bt_prim_behaviour:superclass(metaclass("Derived"))),
    Root = bt_fixture:object('bt.stdlib.ProtoObject'),
    ?assertEqual(nil, bt_prim_behaviour:superclass(Root)),
    MetaRoot = Root#{'$class' := 'bt.stdlib.Metaclass'},
    ?assertEqual(bt_fixture:object('bt.stdlib.Class'), bt_prim_behaviour:superclass(MetaRoot)),
    ?assert(bt_prim_behaviour:inherits_from(class("Derived"), class("Base"))),
    ?assertNot(bt_prim_behaviour:inherits_from(class("Base"), class("Base"))),
    Object = bt_fixture:object('bt.stdlib.Object'),
    ?assert(bt_prim_behaviour:inherits_from(metaclass("Base"), Object)),
    ?assertError(#{kind := type_error}, bt_prim_behaviour:inherits_from(class("Base"), 3)),
    ?assertEqual([abstract], bt_prim_behaviour:modifiers(class("Base"))).

instances() ->
    Fields = #{b => 5},
    ?assertMatch(#{b := 5, a := nil}, bt_prim_behaviour:new(class("Derived"), Fields)),
    Refused = [{class("Base"), #{}}, {class("Runner"), #{}}, {metaclass("Base"), #{}},
               {bt_fixture:object('bt.stdlib.Integer'), #{}}, {class("Derived"), #{z => 1}}],
    [?assertError(#{kind := instantiation_error}, bt_prim_behaviour:new(Class, Given))
     || {Class, Given} <- Refused],
    ?assertError(#{kind := type_error}, bt_prim_behaviour:new(class("Derived"), 3)),
    ?assertEqual([], bt_prim_behaviour:instances(class("Runner"))).

methods() ->
    ?assertMatch([#{selector := own}], bt_prim_behaviour:methods(class("Derived"))),
    ?assertMatch([#{selector := make}], bt_prim_behaviour:methods(metaclass("Derived"))),
    ?assertMatch(#{methodClass := #{module := 'bt.app.Derived'}, argumentCount := 0},
                 bt_prim_behaviour:method(class("Derived"), own)),
    ?assertEqual(nil, bt_prim_behaviour:method(class("Derived"), echo)),
    ?assertNot(bt_prim_behaviour:includes(class("Derived"), make)),
    ?assert(lists:member(echo, bt_prim_behaviour:all_selectors(class("Derived")))),
    ?assertEqual([b], bt_prim_behaviour:variables(class("Derived"))),
    ?assertEqual([a, b], bt_prim_behaviour:all_variables(class("Derived"))),
    ?assertEqual([made], bt_prim_behaviour:all_variables(metaclass("Derived"))),
    ?assertError(#{kind := type_error}, bt_prim_behaviour:method(class("Derived"), 3)).

documentation() ->
    ?assertEqual(<<"A base.">>, bt_prim_behaviour:doc(class("Base"))),
    ok = bt_prim_behaviour:set_doc(class("Base"), <<"Other.">>),
    ?assertEqual(<<"Other.">>, bt_prim_behaviour:doc(class("Base"))),
    ?assertError(#{kind := type_error}, bt_prim_behaviour:set_doc(class("Base"), 3)).

random() ->
    Numbers = fun(Seed) ->
        Generator = bt_prim_random:generator(Seed),
        [bt_prim_random:uniform(Generator, 1000) || _ <- lists:seq(1, 100)]
    end,
    ?assertEqual(Numbers(42), Numbers(42)),
    ?assertNotEqual(Numbers(42), Numbers(43)),
    ?assert(lists:all(fun(N) -> N >= 1 andalso N =< 1000 end, Numbers(nil))),
    Next = bt_prim_random:next(bt_prim_random:generator(1)),
    ?assert(Next >= 0 andalso Next < 1).

environment() ->
    true = bt_prim_system:set_env(<<"BT_TEST">>, <<"grün"/utf8>>),
    ?assertEqual(<<"grün"/utf8>>, bt_prim_system:get_env(<<"BT_TEST">>, nil)),
    true = bt_prim_system:unset_env('BT_TEST'),
    ?assertEqual(none, bt_prim_system:get_env(<<"BT_TEST">>, none)),
    Wrong = [nil, 3, <<>>, <<"A=B">>, <<"A", 0>>, <<255>>, [], #{}],
    [?assertError(#{kind := type_error}, bt_prim_system:get_env(Name, nil)) || Name <- Wrong],
    [?assertError(#{kind := type_error}, bt_prim_system:set_env(<<"BT_TEST">>, Value))
     || Value <- [3, <<"a", 0>>, <<255>>]],
    [?assertError(#{kind := type_error}, bt_prim_system:halt(Status)) || Status <- [-1, 256, nil]].
