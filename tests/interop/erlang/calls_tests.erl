%% Classes, values and actors of Beamtalk, as Erlang programs use them.
-module(calls_tests).
-include_lib("eunit/include/eunit.hrl").

-define(COUNTER, 'bt.shop.Counter').
-define(MONEY, 'bt.shop.Money').

calls_test_() ->
    Cases = [{atom_to_list(Name), fun ?MODULE:Name/0}
             || {Name, 0} <- module_info(exports), is_case(Name)],
    {setup, fun() -> {ok, _} = beamtalk:start() end, fun(_) -> ok end, Cases}.

is_case(Name) -> lists:suffix("_case", atom_to_list(Name)).

-compile([export_all, nowarn_export_all]).

%%% Classes and values

class_by_any_name_case() ->
    Class = beamtalk:class('Counter'),
    [?assertEqual(Class, beamtalk:class(Ref))
     || Ref <- [<<"Counter">>, ?COUNTER, 'Elixir.Counter', <<"bt.shop.Counter">>, Class]],
    ?assertEqual(?COUNTER, beamtalk:module('Counter')).

unknown_class_case() ->
    ?assertError(#{kind := undefined_class}, beamtalk:class('Countr')),
    ?assertError(#{kind := undefined_class}, beamtalk:class('bt.shop.Countr')),
    [?assertError(#{kind := type_error}, beamtalk:class(Bad))
     || Bad <- [17, counter, nil, [], "Counter", self(), {a}, <<>>, #{}]].

value_objects_case() ->
    Five = beamtalk:new('Money', #{amount => 5}),
    ?assertEqual(Five, beamtalk:new('Money', [{amount, 5}, {currency, eur}])),
    ?assertEqual(5, ?MONEY:amount(Five)),
    ?assertEqual(eur, beamtalk:call(Five, currency)),
    ?assertEqual(<<"10 eur">>, beamtalk:print(beamtalk:call(Five, '+', [Five]))),
    ?assertEqual(<<"10 eur">>, beamtalk:print(?MONEY:'+'(Five, Five))),
    ?assertEqual(7, ?MONEY:amount(?MONEY:'withAmount:'(Five, 7))),
    ?assertEqual('Money', beamtalk:class_name(Five)),
    ?assert(beamtalk:is_kind_of(Five, 'Money')),
    ?assertNot(beamtalk:is_kind_of(Five, 'Counter')),
    ?assertMatch(#{'$class' := ?MONEY, amount := 5}, Five).

wrong_fields_case() ->
    ?assertError(#{kind := instantiation_error, hint := <<"did you mean amount?">>},
                 beamtalk:new('Money', #{amont => 5})),
    [?assertError(#{kind := type_error}, beamtalk:new('Money', Bad))
     || Bad <- [5, nil, [5], #{"amount" => 5}, [{"amount", 5}], beamtalk:new('Money')]].

class_side_case() ->
    ?assertMatch(#{amount := 5, currency := usd},
                 beamtalk:class_call('Money', 'parse:', [<<"5 usd">>])),
    ?assertMatch(#{amount := 5, currency := usd},
                 ?MONEY:'class parse:'(beamtalk:class('Money'), <<"5 usd">>)),
    Counter = beamtalk:class_call('Counter', <<"from:">>, [41]),
    ?assertEqual(42, ?COUNTER:increment(Counter)).

plain_values_case() ->
    ?assertEqual(120, beamtalk:call(5, factorial)),
    ?assertEqual(<<"olleh">>, beamtalk:call(<<"hello">>, reverse)),
    ?assertEqual(6, beamtalk:call([1, 2, 3], sum)),
    ?assertEqual(2, beamtalk:call(#{a => 2}, 'at:', [a])).

%%% Actors

actor_case() ->
    Counter = beamtalk:spawn('Counter', #{value => 5}),
    ?assert(beamtalk:is_actor(Counter)),
    ?assertEqual(ok, beamtalk:cast(Counter, increment)),
    ?assertEqual(6, beamtalk:call(Counter, getValue)),
    ?assertEqual(9, beamtalk:call(Counter, 'add:', [3])),
    ?assertEqual(7, beamtalk:call(Counter, '-', [2])),
    ?assertEqual(10, ?COUNTER:increment(Counter)),
    ?assertEqual(10, gen_server:call(Counter, {getValue, []})),
    ?assertMatch(#{value := 10, step := 1}, sys:get_state(Counter)),
    ?assertEqual(ok, beamtalk:stop(Counter)),
    ?assertNot(is_process_alive(Counter)).

future_case() ->
    Counter = beamtalk:spawn('Counter', [{value, 5}]),
    Future = beamtalk:send(Counter, 'sleep:', [50]),
    ?assert(beamtalk:is_future(Future)),
    ?assertEqual(5, beamtalk:await(Future)),
    ?assertEqual({ok, 5}, beamtalk:result(Future)),
    ?assertEqual(5, beamtalk:await(Future, infinity)),
    ?assertEqual(17, beamtalk:await(17)),
    Other = beamtalk:send(Counter, increment),
    Me = self(),
    spawn(fun() -> Me ! {got, beamtalk:await(Other)} end),
    ?assertEqual(6, receive {got, Value} -> Value after 5000 -> late end).

late_future_case() ->
    Counter = beamtalk:spawn('Counter'),
    Slow = beamtalk:send(Counter, 'sleep:', [300]),
    ?assertError(#{kind := timeout}, beamtalk:await(Slow, 20)),
    ?assertMatch({error, #{kind := timeout}}, beamtalk:result(Slow, 0)),
    ?assertMatch({error, #{kind := timeout}}, beamtalk:try_call(Counter, getValue, [], 1)),
    ?assertEqual(0, beamtalk:await(Slow)),
    [?assertError(#{kind := type_error}, beamtalk:await(Slow, Bad)) || Bad <- [-1, soon, 1.5, nil]].

named_actor_case() ->
    Counter = beamtalk:spawn('Counter', #{}, interop_counter),
    ?assertEqual(Counter, whereis(interop_counter)),
    ?assertError(#{kind := name_taken}, beamtalk:spawn('Counter', #{}, interop_counter)),
    ?assertError(#{kind := type_error}, beamtalk:spawn('Counter', #{}, "name")),
    beamtalk:stop(Counter).

wrong_start_case() ->
    ?assertError(#{kind := type_error}, beamtalk:spawn('Money')),
    ?assertError(#{message := <<"Counter has no state variable #valu">>},
                 beamtalk:spawn('Counter', #{valu => 1})),
    ?assertError(#{kind := type_error}, beamtalk:start_link('Money')),
    ?assertError(#{kind := type_error}, beamtalk:stop(nil)).

wrong_messages_case() ->
    Counter = beamtalk:spawn('Counter'),
    ?assertError(#{kind := does_not_understand}, beamtalk:call(Counter, incremnt)),
    ?assertError(#{kind := type_error}, beamtalk:call(Counter, 'add:', [])),
    ?assertError(#{kind := type_error}, beamtalk:call(Counter, 'add:', 3)),
    ?assertError(#{kind := type_error}, beamtalk:send(Counter, 17, [])),
    ?assertMatch({error, #{kind := does_not_understand}}, beamtalk:try_call(Counter, incremnt)),
    ?assertEqual({ok, 0}, beamtalk:try_call(Counter, getValue)),
    ?assertError(#{kind := deadlock}, beamtalk:call(self(), foo)).

dead_actor_case() ->
    Counter = beamtalk:spawn('Counter'),
    beamtalk:stop(Counter),
    ?assertError(#{kind := actor_dead}, beamtalk:call(Counter, getValue)),
    ?assertError(#{kind := actor_dead}, ?COUNTER:getValue(Counter)),
    ?assertMatch({error, #{kind := actor_dead}}, beamtalk:result(beamtalk:send(Counter, getValue))),
    ?assertEqual(ok, beamtalk:cast(Counter, increment)).

%%% Links, monitors, supervisors

monitor_case() ->
    Counter = beamtalk:spawn('Counter'),
    Ref = monitor(process, Counter),
    beamtalk:cast(Counter, crash),
    Reason = receive {'DOWN', Ref, process, Counter, R} -> R after 5000 -> late end,
    ?assertMatch({#{message := <<"on purpose">>}, [_ | _]}, Reason),
    {Exception, _Stack} = Reason,
    ?assert(beamtalk:is_exception(Exception)),
    ?assertEqual(<<"on purpose">>, beamtalk:message(Exception)).

link_case() ->
    process_flag(trap_exit, true),
    {ok, Counter} = ?COUNTER:start_link(#{value => 3}),
    ?assertEqual(3, ?COUNTER:getValue(Counter)),
    beamtalk:cast(Counter, crash),
    ?assertMatch({'EXIT', Counter, {#{kind := user_error}, _}},
                 receive Exit -> Exit after 5000 -> late end),
    {ok, Second} = beamtalk:start_link('Counter'),
    exit(Second, shutdown),
    ?assertEqual({'EXIT', Second, shutdown}, receive Exit2 -> Exit2 after 5000 -> late end),
    process_flag(trap_exit, false).

plain_message_case() ->
    Counter = beamtalk:spawn('Counter'),
    Counter ! {any, thing},
    ?assertEqual({any, thing}, beamtalk:call(Counter, getValue)).

supervisor_case() ->
    {ok, Sup} = supervisor:start_link(interop_sup, [
        beamtalk:child_spec('Counter', #{with => #{value => 5}}),
        beamtalk:child_spec('Counter', [{id, second}, {restart, temporary}, {shutdown, 100}]),
        #{id => third, start => {?COUNTER, start_link, [#{value => 9}]}}
    ]),
    Children = supervisor:which_children(Sup),
    {_, First, worker, [?COUNTER]} = lists:keyfind(?COUNTER, 1, Children),
    {_, Third, worker, _} = lists:keyfind(third, 1, Children),
    ?assertEqual({6, 9}, {?COUNTER:increment(First), ?COUNTER:getValue(Third)}),
    Ref = monitor(process, First),
    beamtalk:cast(First, crash),
    receive {'DOWN', Ref, process, _, _} -> ok after 5000 -> error(late) end,
    Restarted = restarted(Sup, First, 100),
    ?assertEqual(5, ?COUNTER:getValue(Restarted)),
    unlink(Sup),
    exit(Sup, shutdown).

restarted(Sup, Old, Attempts) when Attempts > 0 ->
    case lists:keyfind(?COUNTER, 1, supervisor:which_children(Sup)) of
        {_, New, _, _} when is_pid(New), New =/= Old -> New;
        _ -> timer:sleep(10), restarted(Sup, Old, Attempts - 1)
    end.

child_spec_options_case() ->
    ?assertMatch(#{restart := transient, shutdown := brutal_kill, type := worker},
                 beamtalk:child_spec('Counter', #{restart => transient, shutdown => brutal_kill})),
    ?assertMatch(#{type := supervisor, shutdown := infinity}, beamtalk:child_spec('Shop')),
    ?assertError(#{kind := type_error}, beamtalk:child_spec('Counter', #{restrt => transient})),
    ?assertError(#{kind := type_error}, beamtalk:child_spec('Counter', #{restart => sometimes})),
    ?assertError(#{kind := type_error}, beamtalk:child_spec('Money')).

beamtalk_supervisor_case() ->
    {ok, Sup} = supervisor:start_link(interop_sup, [beamtalk:child_spec('Shop')]),
    [{'bt.shop.Shop', Shop, supervisor, _}] = supervisor:which_children(Sup),
    ?assertEqual(1, beamtalk:call(whereis(till), increment)),
    ?assertEqual(2, length(beamtalk:call(Shop, children))),
    unlink(Sup),
    exit(Sup, shutdown).

%%% Blocks and funs

blocks_as_funs_case() ->
    Convert = beamtalk:class_call('Money', 'converter:', [2]),
    ?assert(is_function(Convert, 1)),
    Money = [beamtalk:new('Money', #{amount => N}) || N <- [1, 2]],
    ?assertEqual([2, 4], [?MONEY:amount(M) || M <- lists:map(Convert, Money)]).

funs_as_blocks_case() ->
    ?assertEqual([2, 4], beamtalk:call([1, 2], 'collect:', [fun(N) -> N * 2 end])),
    Counter = beamtalk:spawn('Counter', #{value => 20}),
    ?assertEqual(21, beamtalk:call(Counter, 'with:', [fun(N) -> N + 1 end])),
    ?assertEqual(9, beamtalk:call(fun erlang:max/2, 'value:value:', [3, 9])),
    ?assertError(#{kind := type_error}, beamtalk:call(fun(N) -> N end, 'value:value:', [3, 9])).
