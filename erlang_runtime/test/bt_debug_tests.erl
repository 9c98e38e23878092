%% @doc Actors that stand still, and what may happen to them meanwhile.
-module(bt_debug_tests).

-include_lib("eunit/include/eunit.hrl").

-define(C, bt_sample_counter).
-define(MS, 60000).

debug_test_() ->
    {foreach, fun start/0, fun stop/1,
     [fun standing_still/1, fun of_gen_server_calls/1, fun shut_down_by_a_supervisor/1,
      fun debugger_dies/1, fun sys_goes_on/1, fun many_steps/1, fun costs_nothing_afterwards/1,
      fun with_sys_trace/1, fun naming_a_deadlock/1]}.

start() ->
    logger:set_primary_config(level, none),
    Started = bt_fixture:start(),
    {Started, bt_actor:spawn(?C)}.

stop({Started, Actor}) ->
    exit(Actor, kill),
    bt_fixture:stop(Started),
    logger:set_primary_config(level, notice).

break(A) -> bt_debugger:break([A], {selectors, [increment, 'add:']}, ?MS).

standing_still({_, A}) ->
    fun() ->
        Id = break(A),
        Future = bt_actor:send(A, increment, []),
        {ok, #{actor := A, message := #{selector := increment}}} = bt_debugger:await(Id, 1000),
        ?assert(bt_future:is_pending(Future)),
        ok = bt_debugger:command(A, any, continue),
        ?assertEqual(1, bt_future:await(Future)),
        ?assertEqual(not_stopped, bt_debugger:command(A, any, continue)),
        ?assertEqual(timeout, bt_debugger:await(Id, 20))
    end.

of_gen_server_calls({_, A}) ->
    fun() ->
        Id = break(A),
        Self = self(),
        Call = fun(Request) ->
            spawn_link(fun() -> Self ! {got, gen_server:call(A, Request)} end)
        end,
        Call({'add:', [5]}),
        {ok, #{message := #{sender := Sender}}} = bt_debugger:await(Id, 1000),
        ?assert(is_pid(Sender)),
        ok = bt_debugger:command(A, any, {replace, 'add:', [7]}),
        ?assertEqual(7, receive {got, R1} -> R1 end),
        Call(increment),
        {ok, _} = bt_debugger:await(Id, 1000),
        ok = bt_debugger:command(A, any, drop),
        ?assertMatch({error, #{kind := message_dropped}}, receive {got, R2} -> R2 end),
        gen_server:cast(A, increment),
        {ok, _} = bt_debugger:await(Id, 1000),
        ok = bt_debugger:command(A, any, drop),
        ?assertEqual(7, bt_actor:call(A, getValue, []))
    end.

%% The supervisor need not kill it: `terminate:' runs, and who waits hears of the death.
shut_down_by_a_supervisor(_) ->
    fun() ->
        {Sup, Ref} = spawn_monitor(fun supervisor_process/0),
        A = receive_child(Sup),
        Id = break(A),
        register(debug_test, self()),
        bt_actor:call(A, 'run:', [fun() -> put('@plan', {tell, whereis(debug_test)}), ok end]),
        Future = bt_actor:send(A, increment, []),
        {ok, _} = bt_debugger:await(Id, 1000),
        Sup ! stop,
        ?assertEqual(shutdown, receive {terminated, A, Reason} -> Reason after 2000 -> late end),
        receive {'DOWN', Ref, process, Sup, _} -> ok end,
        ?assertError(#{kind := actor_dead}, bt_future:await(Future)),
        ?assertEqual([], bt_debugger:stopped()),
        unregister(debug_test)
    end.

supervisor_process() ->
    process_flag(trap_exit, true),
    {ok, A} = ?C:start_link(),
    receive {ask, From} -> From ! {child, A} end,
    receive stop -> exit(A, shutdown) end,
    receive {'EXIT', A, _} -> ok end.

receive_child(Sup) ->
    Sup ! {ask, self()},
    receive {child, A} -> A end.

debugger_dies({_, A}) ->
    fun() ->
        Id = break(A),
        Future = bt_actor:send(A, increment, []),
        {ok, _} = bt_debugger:await(Id, 1000),
        exit(whereis(bt_debugger), kill),
        ?assertEqual(1, bt_future:await(Future, 2000))
    end.

sys_goes_on({_, A}) ->
    fun() ->
        Id = break(A),
        Future = bt_actor:send(A, increment, []),
        {ok, _} = bt_debugger:await(Id, 1000),
        ?assertMatch(#{value := 0}, sys:get_state(A)),
        sys:replace_state(A, fun(State) -> State#{value := 10} end),
        ok = sys:suspend(A),
        ok = sys:change_code(A, ?C, old, extra),
        ok = sys:resume(A),
        ok = sys:no_debug(A),
        ok = bt_debugger:command(A, any, continue),
        ?assertEqual(11, bt_future:await(Future))
    end.

%% Step by step through a full mailbox, in order.
many_steps({_, A}) ->
    {timeout, 30, fun() ->
        Id = break(A),
        Futures = [bt_actor:send(A, 'add:', [1]) || _ <- lists:seq(1, 200)],
        [begin
             {ok, #{stop := Stop}} = bt_debugger:await(Id, 1000),
             ok = bt_debugger:step(A, Stop)
         end || _ <- Futures],
        ?assertEqual(lists:seq(1, 200), [bt_future:await(F) || F <- Futures]),
        ok = bt_debugger:unbreak(Id),
        ?assertEqual(200, bt_actor:call(A, getValue, []))
    end}.

%% The actor takes the short way through its loop again.
costs_nothing_afterwards({_, A}) ->
    fun() ->
        Id = break(A),
        ?assertNotEqual([], debug_options(A)),
        ok = bt_debugger:unbreak(Id),
        ?assertEqual([], debug_options(A)),
        {dictionary, Dictionary} = process_info(A, dictionary),
        ?assertNot(lists:keymember('$bt_breaks', 1, Dictionary))
    end.

debug_options(A) ->
    {status, _, _, [_, _, _, Debug | _]} = sys:get_status(A),
    Debug.

with_sys_trace({_, A}) ->
    fun() ->
        ok = sys:statistics(A, true),
        Id = break(A),
        Future = bt_actor:send(A, increment, []),
        {ok, _} = bt_debugger:await(Id, 1000),
        ok = bt_debugger:unbreak(Id),
        ?assertEqual(1, bt_future:await(Future)),
        ?assertMatch({ok, [_ | _]}, sys:statistics(A, get))
    end.

naming_a_deadlock({_, A}) ->
    fun() ->
        B = bt_actor:spawn(?C),
        Ask = fun(X, Then) -> fun() -> bt_actor:call(X, 'run:', [Then]) end end,
        #{message := Message, cycle := Cycle} =
            try bt_actor:call(A, 'run:', [Ask(B, fun() -> bt_actor:call(A, getValue, []) end)])
            catch error:#{kind := deadlock} = E -> E
            end,
        ?assertEqual([getValue, 'run:'], lists:sort([S || #{selector := S} <- Cycle])),
        [?assertNotEqual(nomatch, binary:match(Message, list_to_binary(pid_to_list(P))))
         || P <- [A, B]]
    end.
