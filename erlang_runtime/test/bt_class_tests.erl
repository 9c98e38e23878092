-module(bt_class_tests).
-include_lib("eunit/include/eunit.hrl").

all_test_() ->
    {setup, fun bt_fixture:start/0, fun bt_fixture:stop/1, fun(_) ->
        [
            {"class of every kind of value", fun classes_of_values/0},
            {"names", fun names/0},
            {"inherited methods are found, and forgotten when they change", fun inheritance/0},
            {"class side: superclasses, then Class", fun class_side/0},
            {"keyword constructors and changed copies of values", fun constructors/0},
            {"doesNotUnderstand:args: of a class", fun proxies/0},
            {"a class by its name", fun resolve/0},
            {"class variables", fun class_variables/0},
            {"class variables change atomically", fun atomic_update/0},
            {"selectors and what is understood", fun selectors/0}
        ]
    end}.

classes_of_values() ->
    Expected = [
        {1, 'Integer'}, {1.5, 'Float'}, {<<"a">>, 'String'}, {nil, 'UndefinedObject'},
        {true, 'Boolean'}, {a, 'Symbol'}, {[], 'List'}, {{1}, 'Tuple'}, {{}, 'Tuple'},
        {#{}, 'Dictionary'}, {fun() -> 1 end, 'Block'}, {{'$bt_future', 1}, 'Future'},
        {make_ref(), 'Reference'}, {bt_fixture:object('bt.stdlib.Object'), 'Class'},
        {#{'$class' => 'bt.stdlib.Set', items => #{}}, 'Set'}
    ],
    [?assertEqual(stdlib(Class), bt_class:'of'(Value)) || {Value, Class} <- Expected].

names() ->
    ?assertEqual(<<"Counter">>, bt_class:name('bt.app.Counter')),
    ?assertEqual(<<"nil">>, bt_class:name_of(nil)),
    ?assertEqual(<<"true">>, bt_class:name_of(true)),
    ?assertEqual(<<"Counter class">>, bt_class:name_of(bt_fixture:object('bt.app.Counter'))),
    ?assertEqual(<<"Integer">>, bt_class:name_of(3)).

inheritance() ->
    bt_fixture:class('bt.app.Base', "hello(_) -> base."),
    bt_fixture:class('bt.app.Derived', #{superclass => 'bt.app.Base'}, "other(_) -> 1."),
    Derived = #{'$class' => 'bt.app.Derived'},
    ?assertEqual(base, bt_send:send(Derived, hello)),
    ?assert(bt_class:is_kind_of(Derived, 'bt.app.Base')),
    ?assertNot(bt_class:is_kind_of(#{'$class' => 'bt.app.Base'}, 'bt.app.Derived')),
    bt_fixture:class('bt.app.Base', "hello(_) -> changed."),
    ?assertEqual(changed, bt_send:send(Derived, hello)),
    bt_fixture:class('bt.app.Derived', #{superclass => 'bt.app.Base'}, "hello(_) -> own."),
    ?assertEqual(own, bt_send:send(Derived, hello)).

class_side() ->
    bt_fixture:class('bt.app.Maker', "'class make'(C) -> {made, C}."),
    bt_fixture:class('bt.app.SubMaker', #{superclass => 'bt.app.Maker'}, ""),
    Sub = bt_fixture:object('bt.app.SubMaker'),
    ?assertEqual({made, Sub}, bt_send:send(Sub, make)),
    ?assertEqual(true, bt_send:send(Sub, isClass)),
    ?assertEqual(<<"SubMaker">>, bt_send:send(Sub, name)),
    ?assertEqual(false, bt_send:send(Sub, isNil)).

constructors() ->
    Meta = #{kind => value, variables => [x, y]},
    bt_fixture:class('bt.app.Point', Meta, ""),
    Point = bt_fixture:object('bt.app.Point'),
    ?assertEqual(
        #{'$class' => 'bt.app.Point', x => 1, y => 2}, bt_send:send(Point, 'x:y:', 1, 2)
    ),
    ?assertEqual(
        #{'$class' => 'bt.app.Point', x => nil, y => 2}, bt_send:send(Point, 'y:', 2)
    ),
    P = bt_send:send(Point, 'y:x:', 2, 1),
    ?assertEqual(P#{x := 5}, bt_send:send(P, 'withX:', 5)),
    ?assertMatch(
        {error, #{message := <<"Point class does not understand #x:z:">>}},
        error_of(fun() -> bt_send:send(Point, 'x:z:', 1, 2) end)
    ),
    bt_fixture:class('bt.app.Shape', Meta#{modifiers => [abstract]}, ""),
    ?assertMatch(
        {error, #{kind := instantiation_error, message := <<"Shape is abstract", _/binary>>}},
        error_of(fun() -> bt_send:send(bt_fixture:object('bt.app.Shape'), 'x:', 1) end)
    ).

proxies() ->
    Text = "'doesNotUnderstand:args:'(_, S, A) -> {S, A}. "
        "'class doesNotUnderstand:args:'(_, S, A) -> {class, S, A}.",
    bt_fixture:class('bt.app.Proxy', Text),
    ?assertEqual({'foo:', [1]}, bt_send:send(#{'$class' => 'bt.app.Proxy'}, 'foo:', 1)),
    ?assertEqual({class, bar, []}, bt_send:send(bt_fixture:object('bt.app.Proxy'), bar)).

resolve() ->
    bt_fixture:class('bt.app.Findable', ""),
    bt_fixture:class('bt.elsewhere.Hidden', ""),
    ?assertEqual(bt_fixture:object('bt.app.Findable'), bt_class:resolve('Findable')),
    ?assertEqual(bt_fixture:object('bt.elsewhere.Hidden'), bt_class:resolve('Hidden')),
    {error, Error} = error_of(fun() -> bt_class:resolve('Findabel') end),
    ?assertMatch(#{kind := undefined_class, hint := <<"did you mean Findable?">>}, Error).

class_variables() ->
    Text = "'$class_init'() -> [{n, fun() -> 7 end}, {m, fun() -> 1 + v(n) end}]. "
        "v(N) -> bt_class:var_get('bt.app.Vars', N).",
    bt_fixture:class('bt.app.Vars', Text),
    ?assertEqual(8, bt_class:var_get('bt.app.Vars', m)),
    ?assertEqual(9, bt_class:var_put('bt.app.Vars', n, 9)),
    ?assertEqual(9, bt_class:var_get('bt.app.Vars', n)),
    ?assertEqual(nil, bt_class:var_get('bt.app.Vars', unknown)),
    ?assertEqual([1], bt_class:var_update('bt.app.Vars', unknown, fun(nil) -> [1] end)).

atomic_update() ->
    bt_class:var_put('bt.app.Vars', total, 0),
    Add = fun(_) -> bt_class:var_update('bt.app.Vars', total, fun(N) -> N + 1 end) end,
    Adders = [spawn_monitor(fun() -> lists:foreach(Add, lists:seq(1, 500)) end) || _ <- "1234"],
    [receive {'DOWN', Ref, process, _, normal} -> ok end || {_, Ref} <- Adders],
    ?assertEqual(2000, bt_class:var_get('bt.app.Vars', total)).

selectors() ->
    bt_fixture:class('bt.app.Talker', "'say:'(_, X) -> X. 'class new'(_) -> 1."),
    ?assert(lists:member('say:', bt_class:selectors('bt.app.Talker', instance))),
    ?assert(lists:member(isNil, bt_class:selectors('bt.app.Talker', instance))),
    ?assert(lists:member(isClass, bt_class:selectors('bt.app.Talker', class))),
    ?assert(bt_class:understands(#{'$class' => 'bt.app.Talker'}, 'say:', 1)),
    ?assertNot(bt_class:understands(#{'$class' => 'bt.app.Talker'}, 'say:', 2)),
    ?assert(bt_class:understands(bt_fixture:object('bt.app.Talker'), new, 0)),
    ?assertNot(bt_class:understands(3, new, 0)).

stdlib(Name) ->
    list_to_atom("bt.stdlib." ++ atom_to_list(Name)).

error_of(Fun) ->
    try Fun() of
        Value -> {value, Value}
    catch
        error:Exception -> {error, Exception}
    end.
