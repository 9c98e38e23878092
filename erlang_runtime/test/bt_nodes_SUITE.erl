%% Actors and futures between two nodes.
-module(bt_nodes_SUITE).

-include_lib("stdlib/include/assert.hrl").

-export([all/0, init_per_suite/1, end_per_suite/1, init_per_testcase/2, end_per_testcase/2]).
-export([remote_calls/1, remote_errors/1, remote_futures/1, futures_that_travel/1,
         blocks_of_remote_futures/1, node_goes_down/1, local_messages/1, pinned/1]).

-define(C, bt_sample_counter).

all() ->
    [remote_calls, remote_errors, remote_futures, futures_that_travel, blocks_of_remote_futures,
     local_messages, pinned, node_goes_down].

%% The node that rebar3 runs in is not distributed; `epmd' may not be there yet either.
init_per_suite(Config) ->
    os:cmd("epmd -daemon"),
    {ok, _} = net_kernel:start([bt_nodes_suite, shortnames]),
    [{started, bt_fixture:start()} | Config].

end_per_suite(Config) ->
    bt_fixture:stop(proplists:get_value(started, Config)),
    net_kernel:stop().

init_per_testcase(_, Config) ->
    {ok, Peer, Node} = peer:start_link(#{name => peer:random_name(), connection => standard_io,
                                         args => ["-pa" | code:get_path()]}),
    erpc:call(Node, fun bt_fixture:start/0),
    erpc:call(Node, logger, set_primary_config, [level, none]),
    [{peer, Peer}, {node, Node}, {actor, erpc:call(Node, bt_actor, spawn, [?C])} | Config].

end_per_testcase(_, Config) ->
    catch peer:stop(proplists:get_value(peer, Config)),
    ok.

actor(Config) -> proplists:get_value(actor, Config).
node_of(Config) -> proplists:get_value(node, Config).

remote_calls(Config) ->
    A = actor(Config),
    bt_actor:cast(A, increment, []),
    ?assertEqual(3, bt_actor:call(A, 'add:', [2])).

remote_errors(Config) ->
    A = actor(Config),
    ?assertError(#{kind := does_not_understand}, bt_actor:call(A, nonsense, [])),
    ?assertError(#{reason := boom}, bt_future:await(bt_actor:send(A, 'fail:', [boom]))),
    ?assertError(#{kind := actor_dead}, bt_actor:call(A, getValue, [])).

remote_futures(Config) ->
    A = actor(Config),
    Slow = bt_actor:send(A, 'slow:', [50]),
    ?assert(bt_future:is_pending(Slow)),
    ?assertEqual(0, bt_future:await(Slow)),
    nil = bt_actor:call(A, 'at:put:', [a, b]),
    ?assertEqual({a, b}, bt_future:await(bt_actor:send(A, getValue, []))).

%% A future of this node, awaited on the other one, before and after it settles.
futures_that_travel(Config) ->
    B = bt_actor:spawn(?C),
    Future = bt_actor:send(B, 'slow:', [100]),
    ?assertEqual(0, erpc:call(node_of(Config), bt_future, await, [Future])),
    ?assertEqual(0, erpc:call(node_of(Config), bt_future, await, [Future])),
    ?assert(erpc:call(node_of(Config), bt_future, is_resolved, [Future])),
    Failing = bt_actor:send(B, 'fail:', [boom]),
    ?assertError({exception, #{reason := boom}, _},
                 erpc:call(node_of(Config), bt_future, await, [Failing])).

blocks_of_remote_futures(Config) ->
    Future = bt_actor:send(actor(Config), 'slow:', [20]),
    ?assertEqual(got, bt_future:await(bt_future:when_resolved(Future, fun(0) -> got end))),
    B = bt_actor:spawn(?C),
    Travelling = bt_actor:send(B, 'slow:', [50]),
    Work = fun() -> bt_future:await(bt_future:when_resolved(Travelling, fun(N) -> N + 1 end)) end,
    ?assertEqual(1, erpc:call(node_of(Config), erlang, apply, [Work, []])).

local_messages(Config) ->
    A = actor(Config),
    ?assertEqual(?C, bt_actor:class_of(A)),
    ?assert(bt_actor:is_alive(A)),
    ok = bt_actor:stop(A),
    ?assertNot(bt_actor:is_alive(A)).

%% Only the other node still holds the future, in the state of an actor.
pinned(Config) ->
    A = actor(Config),
    keep_elsewhere(A),
    [garbage_collect(P) || P <- processes()],
    timer:sleep(50),
    [garbage_collect(P) || P <- processes()],
    bt_future_keeper:sweep(),
    Ask = fun() -> {_, Future} = get('@value'), bt_future:await(Future) end,
    ?assertEqual({kept, value}, bt_actor:call(A, 'run:', [Ask])).

keep_elsewhere(A) ->
    B = bt_actor:spawn(?C),
    Future = bt_actor:send(B, 'run:', [fun() -> {kept, value} end]),
    nil = bt_actor:call(A, 'at:put:', [future, Future]).

node_goes_down(Config) ->
    Future = bt_actor:send(actor(Config), 'slow:', [10000]),
    spawn(fun() -> timer:sleep(50), peer:stop(proplists:get_value(peer, Config)) end),
    ?assertError(#{kind := actor_dead, reason := noconnection}, bt_future:await(Future)),
    ?assertError(#{kind := actor_dead}, bt_actor:call(actor(Config), getValue, [])),
    ?assertNot(bt_actor:is_alive(actor(Config))).
