-module(bt_timer_tests).

-include_lib("eunit/include/eunit.hrl").

timer_test_() ->
    {setup, fun start/0, fun stop/1,
     [fun once/0, fun again/0, fun cancelled/0, fun due/0, fun failing/0, fun arguments/0]}.

start() ->
    logger:set_primary_config(level, none),
    bt_fixture:start().

stop(Started) ->
    bt_fixture:stop(Started),
    logger:set_primary_config(level, notice).

once() ->
    put(times, 0),
    Timer = bt_timer:'after'(5, fun tick/0),
    ?assert(bt_timer:is_active(Timer)),
    nil = bt_timer:sleep(50),
    ?assertEqual(1, get(times)),
    ?assertNot(bt_timer:is_active(Timer)).

tick() -> put(times, get(times) + 1).

again() ->
    put(times, 0),
    Timer = bt_timer:every(5, fun tick/0),
    bt_timer:sleep(100),
    ?assert(get(times) > 3),
    ?assert(bt_timer:is_active(Timer)),
    bt_timer:cancel(Timer),
    Times = get(times),
    bt_timer:sleep(30),
    ?assertEqual(Times, get(times)).

cancelled() ->
    put(times, 0),
    Timer = bt_timer:'after'(5, fun tick/0),
    Me = self(),
    spawn(fun() -> bt_timer:cancel(Timer), Me ! cancelled end),
    receive cancelled -> ok end,
    ?assertNot(bt_timer:is_active(Timer)),
    bt_timer:sleep(30),
    ?assertEqual(0, get(times)).

%% What a script waits for at its end: timers that are due in time, and run once.
due() ->
    put(times, 0),
    bt_timer:'after'(20, fun tick/0),
    Late = bt_timer:'after'(60000, fun tick/0),
    Often = bt_timer:every(7, fun() -> ok end),
    {Time, ok} = timer:tc(fun() -> bt_wait:settle(1000) end),
    ?assertEqual(1, get(times)),
    ?assert(Time < 500000),
    bt_timer:cancel(Late),
    bt_timer:cancel(Often).

failing() ->
    bt_timer:'after'(1, fun() -> error(oops) end),
    ?assertEqual(nil, bt_timer:sleep(20)).

arguments() ->
    ?assertError(#{kind := type_error}, bt_timer:sleep(<<"1">>)),
    ?assertError(#{kind := type_error}, bt_timer:'after'(-1, fun() -> ok end)),
    ?assertError(#{kind := type_error}, bt_timer:'after'(1, 4)),
    ?assertError(#{kind := type_error}, bt_timer:every_send(1, 5, [])),
    ?assertEqual(nil, bt_timer:sleep(1.4)).
