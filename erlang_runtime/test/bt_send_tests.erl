-module(bt_send_tests).
-include_lib("eunit/include/eunit.hrl").

all_test_() ->
    {setup, fun start/0, fun bt_fixture:stop/1, fun(_) ->
        [
            {"values, classes and blocks, with 0 to 8 arguments", fun receivers/0},
            {"an unknown message names class and selector, and a similar one", fun unknown/0},
            {"a block with a wrong number of arguments", fun wrong_arity/0},
            {"self sends find the class of self", fun self_sends/0},
            {"class-side self sends", fun class_sends/0},
            {"updating messages assign, others do not", fun updates/0},
            {"perform:", fun performs/0},
            {"perform: to an actor is the message itself", fun performs_by_actors/0},
            {"an unknown class", fun unknown_class/0}
        ]
    end}.

start() ->
    Started = bt_fixture:start(),
    Sels = [selector(N) || N <- lists:seq(0, 8)],
    Text = [
        io_lib:format("~tw(~s) -> {~s}.\n", [Sel, variables(N), variables(N)])
     || {N, Sel} <- lists:zip(lists:seq(0, 8), Sels)
    ],
    bt_fixture:class('bt.app.Echo', lists:flatten(Text)),
    Started.

%% m, 'm:', 'm:m:' …
selector(0) -> m;
selector(N) -> list_to_atom(lists:append(lists:duplicate(N, "m:"))).

variables(N) ->
    lists:join(", ", ["S" | ["A" ++ integer_to_list(I) || I <- lists:seq(1, N)]]).

echo() -> #{'$class' => 'bt.app.Echo'}.

receivers() ->
    [
        begin
            Args = lists:seq(1, N),
            Expected = list_to_tuple([echo() | Args]),
            ?assertEqual(Expected, bt_send:send_list(echo(), selector(N), Args)),
            ?assertEqual(Expected, bt_send:call_list(echo(), selector(N), Args)),
            ?assertEqual(Expected, bt_send:cast_list(echo(), selector(N), Args)),
            ?assertEqual(Expected, bt_send:self_send_list(echo(), selector(N), Args)),
            N =< 6 andalso flat(Expected, [echo(), selector(N) | Args])
        end
     || N <- lists:seq(0, 8)
    ],
    ?assertEqual(120, bt_send:send(5, factorial)),
    ?assertEqual(3, bt_send:send(<<"abc">>, size)),
    ?assertEqual(2, bt_send:call([1, 2], size)),
    ?assertEqual(true, bt_send:send(nil, isNil)),
    ?assertEqual(false, bt_send:send(#{}, isNil)),
    ?assertEqual(7, bt_send:send(fun() -> 7 end, value)),
    ?assertEqual(3, bt_send:send(fun(A, B) -> A + B end, 'value:value:', 1, 2)),
    ?assertEqual(1, bt_send:send(fun(A) -> A end, arity)),
    ?assertEqual(5, bt_send:send_list(fun(A) -> A end, 'value:', [5])).

flat(Expected, Args) ->
    [?assertEqual(Expected, apply(bt_send, F, Args)) || F <- [send, call, cast, self_send]].

unknown() ->
    bt_fixture:class('bt.app.Counter', "increment(_) -> 1. 'class fresh'(_) -> 2."),
    Counter = #{'$class' => 'bt.app.Counter'},
    ?assertMatch(
        #{
            '$class' := 'bt.stdlib.DoesNotUnderstand',
            message := <<"Counter does not understand #incremnt">>,
            hint := <<"did you mean #increment?">>,
            kind := does_not_understand,
            selector := incremnt,
            receiver := Counter,
            arguments := []
        },
        raised(fun() -> bt_send:send(Counter, incremnt) end)
    ),
    Class = bt_fixture:object('bt.app.Counter'),
    ?assertMatch(
        #{message := <<"Counter class does not understand #fresj">>,
          hint := <<"did you mean #fresh?">>},
        raised(fun() -> bt_send:send(Class, fresj) end)
    ),
    ?assertMatch(
        #{hint := <<"#increment is for instances, not for the class">>},
        raised(fun() -> bt_send:send(Class, increment) end)
    ),
    ?assertMatch(
        #{message := <<"nil does not understand #foo:">>, arguments := [1]},
        raised(fun() -> bt_send:send(nil, 'foo:', 1) end)
    ),
    ?assertMatch(
        #{message := <<"true does not understand #foo">>},
        raised(fun() -> bt_send:send(true, foo) end)
    ),
    ?assertMatch(
        #{message := <<"Integer does not understand #foo">>},
        raised(fun() -> bt_send:send(3, foo) end)
    ).

wrong_arity() ->
    Message = <<"this block takes 2 arguments, and was given 1">>,
    Block = fun(A, B) -> {A, B} end,
    ?assertMatch(
        #{'$class' := 'bt.stdlib.TypeError', kind := type_error, message := Message},
        raised(fun() -> bt_send:send(Block, 'value:', 1) end)
    ),
    Listed = fun() -> bt_send:send_list(Block, 'value:', [1]) end,
    ?assertMatch(#{message := Message}, raised(Listed)).

self_sends() ->
    bt_fixture:class('bt.app.Self', "m(S) -> bt_send:self_send(S, n). n(_) -> base."),
    bt_fixture:class('bt.app.SubSelf', #{superclass => 'bt.app.Self'}, "n(_) -> derived."),
    ?assertEqual(derived, bt_send:send(#{'$class' => 'bt.app.SubSelf'}, m)),
    ?assertEqual(24, bt_send:self_send(4, factorial)).

class_sends() ->
    Text = "'class m'(C) -> bt_send:class_send(C, n, 'class n'). 'class n'(_) -> base. "
        "'class p'(C) -> bt_send:class_send_list(C, 'q:', 'class q:', [1]). 'class q:'(_, X) -> X.",
    bt_fixture:class('bt.app.ClassSelf', Text),
    bt_fixture:class('bt.app.SubClassSelf', #{superclass => 'bt.app.ClassSelf'},
        "'class n'(_) -> derived."),
    ?assertEqual(derived, bt_send:send(bt_fixture:object('bt.app.SubClassSelf'), m)),
    ?assertEqual(1, bt_send:send(bt_fixture:object('bt.app.SubClassSelf'), p)).

updates() ->
    ?assertEqual([1, 2], bt_send:upcast([1], 'add:', 2)),
    ?assertEqual({[1, 2], [1, 2]}, bt_send:update([1], 'add:', 2)),
    ?assertEqual({1, [1]}, bt_send:update([1], size)),
    Stack = #{'$class' => 'bt.app.Stack', items => [], size => 0},
    Push = (bt_fixture:method('push:', 1))#{flags => [updating]},
    bt_fixture:class('bt.app.Stack', #{kind => value, methods => [Push]},
        "'push:'(#{items := L} = S, X) -> S#{items := [X | L]}. 'add:'(_, X) -> X."),
    ?assertMatch(#{items := [3]}, bt_send:upcast(Stack, 'push:', 3)),
    ?assertEqual(Stack, bt_send:upcast(Stack, 'add:', 3)),
    bt_fixture:class('bt.app.SubStack', #{superclass => 'bt.app.Stack', kind => value}, ""),
    ?assertMatch(
        #{items := [3]}, bt_send:upcast(Stack#{'$class' := 'bt.app.SubStack'}, 'push:', 3)
    ).

performs() ->
    ?assertEqual(6, bt_send:perform(3, factorial, [])),
    ?assertEqual(7, bt_send:perform(3, '+', [4])),
    ?assertEqual(6, bt_send:perform(3, <<"factorial">>, [])),
    ?assertMatch(#{kind := type_error}, raised(fun() -> bt_send:perform(3, factorial, [1]) end)),
    ?assertMatch(#{kind := type_error}, raised(fun() -> bt_send:perform(3, 'a:', []) end)),
    ?assertMatch(#{kind := type_error}, raised(fun() -> bt_send:perform(3, 4, []) end)).

performs_by_actors() ->
    bt_fixture:class('bt.app.Adder', #{superclass => 'bt.stdlib.Actor', kind => actor},
        "'$init'(_) -> ok. 'add:to:'(_, A, B) -> A + B. me(S) -> S."),
    Adder = bt_actor:spawn('bt.app.Adder'),
    ?assertEqual(Adder, bt_send:call(Adder, 'perform:', me)),
    ?assertEqual(3, bt_send:call(Adder, 'perform:with:with:', 'add:to:', 1, 2)),
    ?assertEqual(7, bt_future:await(bt_send:send_list(
        Adder, 'perform:with:with:', ['add:to:', 3, 4]))),
    %% Refused, as any message that an actor does not understand: the actor lives on.
    ?assertMatch(
        #{kind := does_not_understand, selector := foo},
        raised(fun() -> bt_send:call(Adder, 'perform:', foo) end)
    ),
    ?assertMatch(#{kind := type_error}, raised(fun() -> bt_send:cast(Adder, 'perform:', 3) end)),
    ?assertEqual(Adder, bt_send:call(Adder, me)),
    ok = bt_actor:kill(Adder).

unknown_class() ->
    Unknown = bt_fixture:object('bt.app.Nowhere'),
    try bt_send:send(Unknown, foo) of
        _ -> error(expected_an_error)
    catch
        Class:Reason:Stack ->
            ?assertMatch(
                #{'$class' := 'bt.stdlib.UndefinedClass', name := 'Nowhere'},
                bt_error:wrap(Class, Reason, Stack)
            )
    end.

raised(Fun) ->
    try Fun() of
        Value -> {value, Value}
    catch
        error:Exception -> Exception
    end.
