-module(bt_actor_tests).

-include_lib("eunit/include/eunit.hrl").

-define(C, bt_sample_counter).
-define(_RAISES(Kind, Expression), ?_assertError(#{kind := Kind}, Expression)).
-define(RAISES(Kind, Expression), ?assertError(#{kind := Kind}, Expression)).

actor_test_() ->
    {foreach, fun start/0, fun stop/1,
     [fun starting/1, fun starting_with_keywords/1, fun failing_to_start/1, fun sending/1,
      fun crashing/1, fun refusing/1, fun dying_while_others_wait/1, fun answering_a_future/1,
      fun local_messages/1, fun monitoring/1, fun linking/1, fun trapping_exits/1,
      fun stopping/1,
      fun stopping_oneself/1, fun plain_messages/1, fun timing/1, fun waiting_for_itself/1,
      fun waiting_in_a_ring/1, fun waiting_in_a_chain/1, fun waiting_in_a_crowd/1,
      fun bookkeeping/1, fun resuming/1,
      fun foreign_state/1, fun erlang_exit/1, fun late_answers/1]}.

start() ->
    logger:set_primary_config(level, none),
    Started = bt_fixture:start(),
    {Started, bt_actor:spawn(?C)}.

stop({Started, _}) ->
    [exit(A, kill) || A <- instances()],
    bt_fixture:stop(Started),
    logger:set_primary_config(level, notice).

starting({_, A}) ->
    [?_assertEqual(?C, bt_actor:class_of(A)),
     ?_assertEqual(?C, bt_class:'of'(A)),
     ?_assertMatch([_ | _], ancestors(A)),
     ?_assertEqual('bt.stdlib.Process', bt_actor:class_of(self()))].

ancestors(Actor) ->
    {dictionary, Dictionary} = process_info(Actor, dictionary),
    proplists:get_value('$ancestors', Dictionary).

starting_with_keywords(_) ->
    Both = bt_actor:spawn_with(?C, [value, plan], [7, later], 'value:plan:'),
    Message = bt_actor:spawn_with(?C, ['add'], [5], 'add:'),
    Mixed = bt_actor:spawn_with(?C, [at, put], [1, 2], 'at:put:'),
    Named = bt_actor:spawn_named(?C, #{value => 3}, sample_name),
    [?_assertEqual(7, bt_actor:call(Both, getValue, [])),
     ?_assertEqual(5, bt_actor:call(Message, getValue, [])),
     ?_assertEqual({1, 2}, bt_actor:call(Mixed, getValue, [])),
     ?_assertEqual(Named, whereis(sample_name)),
     ?_assertEqual(3, bt_actor:call(Named, getValue, [])),
     ?_RAISES(name_taken, bt_actor:spawn_named(?C, #{}, sample_name)),
     ?_RAISES(user_error, bt_actor:spawn_named(?C, #{nothing => 3}, nil)),
     ?_RAISES(user_error, bt_actor:spawn_named(?C, #{<<"value">> => 3}, nil))].

failing_to_start(_) ->
    Before = instances(),
    [?_RAISES(erlang_error, bt_actor:spawn_with(?C, [plan], [crash], 'plan:')),
     ?_RAISES(does_not_understand, bt_actor:spawn_with(?C, [nonsense], [1], 'nonsense:')),
     ?_RAISES(erlang_error, bt_actor:spawn_with(?C, [fail], [1], 'fail:')),
     ?_assertEqual(Before, instances()),
     ?_assertEqual([], mailbox())].

instances() -> [P || P <- processes(), bt_actor:class_of(P) =:= ?C].

mailbox() ->
    {messages, Messages} = process_info(self(), messages),
    Messages.

sending({_, A}) ->
    fun() ->
        ok = bt_actor:cast(A, increment, []),
        ?assertEqual(2, bt_actor:call(A, increment, [])),
        Future = bt_actor:send(A, 'add:', [40]),
        ?assertEqual(42, bt_future:await(Future)),
        ?assertEqual(42, bt_future:await(Future)),
        nil = bt_actor:call(A, 'at:put:', [<<"a">>, [1, {2}]]),
        ?assertEqual({<<"a">>, [1, {2}]}, bt_future:await(bt_actor:send(A, getValue, []))),
        ?assertEqual([], mailbox())
    end.

%% The error comes when the actor is dead and its name free.
crashing(_) ->
    [fun() ->
         A = bt_actor:spawn_named(?C, #{}, sample_crash),
         ?RAISES(erlang_error, Crash(A)),
         ?assertEqual(undefined, whereis(sample_crash)),
         ?assertNot(is_process_alive(A)),
         ?assertEqual([], mailbox())
     end || Crash <- [fun(A) -> bt_actor:call(A, 'fail:', [boom]) end,
                      fun(A) -> bt_future:await(bt_actor:send(A, 'fail:', [boom])) end]]
    ++ [fun() ->
            A = bt_actor:spawn(?C),
            Future = bt_actor:send(A, 'fail:', [boom]),
            wait_dead(A),
            ?assert(bt_future:is_rejected(Future)),
            ?assertError(#{reason := boom}, bt_future:await(Future))
        end].

wait_dead(Pid) ->
    Ref = erlang:monitor(process, Pid),
    receive {'DOWN', Ref, process, Pid, Reason} -> Reason after 5000 -> error(still_alive) end.

%% Not understood, or no clause for it: only when the message itself was the one received.
refusing({_, A}) ->
    fun() ->
        ?RAISES(does_not_understand, bt_actor:call(A, nonsense, [])),
        ?RAISES(does_not_understand, bt_future:await(bt_actor:send(A, 'nonsense:', [1]))),
        bt_actor:cast(A, nonsense, []),
        ?assertEqual(1, bt_actor:call(A, 'handle:', [one])),
        ?RAISES(match_error, bt_actor:call(A, 'handle:', [other])),
        ?assert(is_process_alive(A)),
        ?RAISES(match_error, bt_actor:call(A, 'handle:', [again])),
        ?assertNot(is_process_alive(A)),
        B = bt_actor:spawn(?C),
        C = bt_actor:spawn(?C),
        ?RAISES(does_not_understand, bt_actor:call(B, 'callsWrong:', [C])),
        ?assertNot(is_process_alive(B)),
        ?assert(is_process_alive(C))
    end.

dying_while_others_wait({_, A}) ->
    fun() ->
        Slow = bt_actor:send(A, 'slow:', [20]),
        Fail = bt_actor:send(A, 'fail:', [boom]),
        Later = bt_actor:send(A, getValue, []),
        ?assertEqual(0, bt_future:await(Slow)),
        ?assertError(#{kind := erlang_error, reason := boom}, bt_future:await(Fail)),
        ?assertError(#{kind := actor_dead, actorClass := #{module := ?C},
                       reason := #{reason := boom}}, bt_future:await(Later)),
        ?assertError(#{kind := actor_dead, reason := noproc, actorClass := #{module := ?C}},
                     bt_actor:call(A, getValue, [])),
        B = bt_actor:spawn(?C),
        Killed = bt_actor:send(B, 'slow:', [1000]),
        bt_actor:kill(B),
        ?assertError(#{kind := actor_dead, actorClass := #{module := ?C}},
                     bt_future:await(Killed)),
        D = bt_actor:spawn(?C),
        Signalled = bt_actor:send(D, 'slow:', [1000]),
        exit(D, kill),
        ?assertError(#{kind := actor_dead, actorClass := nil, reason := _},
                     bt_future:await(Signalled))
    end.

answering_a_future({_, A}) ->
    fun() ->
        B = bt_actor:spawn(?C),
        Lazy = bt_actor:send(B, 'lazy:', [A]),
        ?assertEqual(0, bt_actor:call(B, getValue, [])),
        ?assert(bt_future:is_pending(Lazy)),
        exit(B, kill),
        ?assertEqual(0, bt_future:await(Lazy)),
        ?assert(bt_future:is_resolved(Lazy)),
        C = bt_actor:spawn(?C),
        ?assertEqual(0, bt_actor:call(C, 'lazy:', [A])),
        ?assertEqual(0, gen_server:call(C, {'lazy:', [A]}))
    end.

local_messages({_, A}) ->
    fun() ->
        bt_actor:cast(A, 'slow:', [1000]),
        ?assertEqual(#{'$class' => 'bt.stdlib.Class', module => ?C}, bt_actor:local(A, class, [])),
        ?assert(bt_actor:local(A, isAlive, [])),
        ?assertEqual(A, bt_actor:local(A, pid, [])),
        ?assertNot(bt_actor:local(A, isNil, [])),
        ?assert(bt_actor:local(A, '=', [A])),
        ?assert(bt_actor:local(A, '/=', [self()])),
        ?assertEqual(A, bt_actor:local(A, await, [])),
        ?assertEqual(ok, bt_actor:local(A, kill, [])),
        ?assertNot(bt_actor:local(A, isAlive, []))
    end.

monitoring({_, A}) ->
    fun() ->
        B = bt_actor:spawn(?C),
        C = bt_actor:spawn(?C),
        bt_actor:monitor(A, B),
        bt_actor:call(A, 'run:', [fun() -> bt_actor:monitor(self(), C) end]),
        bt_actor:stop(B, shutdown),
        bt_actor:kill(C),
        ?assertEqual([{B, shutdown}, {C, killed}], lists:sort(eventually_downs(A, 2)))
    end.

eventually_downs(Actor, Count) ->
    case bt_actor:call(Actor, downs, []) of
        Downs when length(Downs) =:= Count -> Downs;
        _ -> timer:sleep(5), eventually_downs(Actor, Count)
    end.

linking({_, A}) ->
    fun() ->
        B = bt_actor:spawn(?C),
        bt_actor:link(A, B),
        C = bt_actor:spawn(?C),
        bt_actor:link(A, C),
        bt_actor:unlink(A, C),
        0 = bt_actor:call(A, getValue, []),
        bt_actor:kill(B),
        wait_dead(A),
        ?assert(is_process_alive(C)),
        ?RAISES(type_error, bt_actor:link(C, 5))
    end.

trapping_exits({_, A}) ->
    fun() ->
        true = bt_actor:call(A, 'run:', [fun() -> bt_actor:trap_exit(true) end]),
        B = bt_actor:spawn(?C),
        C = bt_actor:spawn(?C),
        bt_actor:link(A, B),
        bt_actor:link(A, C),
        0 = bt_actor:call(A, getValue, []),
        catch bt_actor:call(B, 'fail:', [boom]),
        ?assertMatch([{exit, B, #{reason := boom}}], eventually_downs(A, 1)),
        false = bt_actor:call(A, 'run:', [fun() -> bt_actor:trap_exit(false) end]),
        bt_actor:kill(C),
        wait_dead(A),
        ?assertNot(is_process_alive(A))
    end.

stopping(_) ->
    fun() ->
        A = bt_actor:spawn_with(?C, [plan], [{tell, self()}], 'plan:'),
        Before = bt_actor:send(A, 'slow:', [20]),
        ?assertEqual(ok, bt_actor:stop(A)),
        ?assertEqual(0, bt_future:await(Before)),
        ?assertEqual({terminated, A, normal}, receive M -> M after 1000 -> none end),
        ?assertNot(bt_actor:is_alive(A)),
        ?assertEqual(ok, bt_actor:stop(A)),
        ?assertEqual([], mailbox())
    end.

stopping_oneself({_, A}) ->
    fun() ->
        ?assertEqual(stopping, bt_actor:call(A, stopSelf, [])),
        ?assertEqual(normal, case wait_dead(A) of noproc -> normal; Other -> Other end)
    end.

plain_messages({_, A}) ->
    fun() ->
        A ! {hello, world},
        ?assertEqual({hello, world}, bt_actor:call(A, getValue, []))
    end.

timing({_, A}) ->
    fun() ->
        bt_actor:call(A, 'run:', [fun() -> bt_timer:after_send(10, increment, []) end]),
        Ticks = bt_actor:call(A, 'run:', [fun() -> bt_timer:every_send(5, 'add:', [10]) end]),
        ok = ticked(A, 500),
        bt_timer:cancel(Ticks),
        Value = bt_actor:call(A, getValue, []),
        timer:sleep(30),
        ?assertEqual(Value, bt_actor:call(A, getValue, []))
    end.

%% Once by the one timer and some times by the other: on a busy machine that may take a while.
ticked(_, 0) -> error(no_ticks);
ticked(A, Attempts) ->
    case bt_actor:call(A, getValue, []) of
        Value when Value > 30, Value rem 10 =:= 1 -> ok;
        _ -> timer:sleep(10), ticked(A, Attempts - 1)
    end.

waiting_for_itself({_, A}) ->
    fun() ->
        Self = fun() -> bt_future:await(bt_actor:send(self(), getValue, [])) end,
        {Time, _} = timer:tc(fun() -> ?RAISES(deadlock, bt_actor:call(A, 'run:', [Self])) end),
        ?assert(Time < 190000),
        B = bt_actor:spawn(?C),
        ?RAISES(deadlock,
                bt_actor:call(B, 'run:', [fun() -> bt_actor:call(self(), getValue, []) end]))
    end.

waiting_in_a_ring({_, A}) ->
    fun() ->
        B = bt_actor:spawn(?C),
        C = bt_actor:spawn(?C),
        Ask = fun(X, Then) -> fun() -> bt_actor:call(X, 'run:', [Then]) end end,
        Ring = Ask(B, Ask(C, Ask(A, fun() -> never end))),
        {Time, _} = timer:tc(fun() -> ?RAISES(deadlock, bt_actor:call(A, 'run:', [Ring])) end),
        ?assert(Time < 3000000)
    end.

%% Fifty actors that all wait long enough to look for a ring, in a chain that has an end.
waiting_in_a_chain({_, A}) ->
    {timeout, 30, fun() ->
        Deep = lists:foldl(fun(B, Then) -> fun() -> bt_actor:call(B, 'run:', [Then]) end end,
                           fun() -> timer:sleep(1500), done end,
                           [bt_actor:spawn(?C) || _ <- lists:seq(1, 50)]),
        ?assertEqual(done, bt_actor:call(A, 'run:', [Deep])),
        ?assertEqual(0, ets:info(bt_deadlock, size))
    end}.

%% With a long mailbox a call must not search it: that would take a hundred times as long.
waiting_in_a_crowd({_, A}) ->
    {timeout, 60, fun() ->
        Call = fun() -> bt_actor:call(A, getValue, []) end,
        Await = fun() -> bt_future:await(bt_actor:send(A, getValue, [])) end,
        Alone = crowded(0, [Call, Await]),
        Crowded = crowded(20000, [Call, Await]),
        [?assert(C < 20 * S + 20000) || {S, C} <- lists:zip(Alone, Crowded)]
    end}.

%% How long a thousand of each takes in an actor with so many messages.
crowded(Messages, Funs) ->
    B = bt_actor:spawn(?C),
    Work = fun() ->
               [self() ! {'$bt_reply', make_ref(), junk} || _ <- lists:seq(1, Messages)],
               [element(1, timer:tc(fun() -> repeat(1000, Fun) end)) || Fun <- Funs]
           end,
    bt_actor:call(B, 'run:', [Work]).

repeat(0, _) -> ok;
repeat(N, Fun) -> Fun(), repeat(N - 1, Fun).

bookkeeping({_, A}) ->
    fun() ->
        bt_actor:cast(A, 'slow:', [300]),
        timer:sleep(30),
        {dictionary, Dictionary} = process_info(A, dictionary),
        ?assertEqual('slow:', proplists:get_value('$bt_msg', Dictionary)),
        ?assertEqual(?C, proplists:get_value('$bt_class', Dictionary))
    end.

resuming(_) ->
    fun() ->
        A = bt_actor:spawn(bt_sample_resumer),
        0 = bt_actor:call(A, getValue, []),
        1 = bt_actor:call(A, increment, []),
        ?RAISES(erlang_error, bt_actor:call(A, 'fail:', [boom])),
        ?RAISES(erlang_error, bt_future:await(bt_actor:send(A, 'fail:', [boom]))),
        ?assertEqual(1, bt_actor:call(A, getValue, []))
    end.

foreign_state({_, A}) ->
    fun() ->
        ?RAISES(user_error, bt_actor:get_var(A, '@value')),
        ?RAISES(user_error, bt_actor:put_var(A, '@value', 1)),
        ?assertEqual(0, bt_actor:call(A, 'run:', [fun() -> bt_actor:get_var(A, '@value') end])),
        ?assertEqual(5, bt_actor:call(A, 'run:', [fun() -> bt_actor:put_var(A, '@value', 5) end]))
    end.

%% `Erlang erlang exit: reason' in a method ends the actor with that reason.
erlang_exit({_, A}) ->
    fun() ->
        Monitor = erlang:monitor(process, A),
        ?assertError(#{}, bt_actor:call(A, 'exitWith:', [shutdown])),
        ?assertEqual(shutdown, receive {'DOWN', Monitor, _, _, Reason} -> Reason end)
    end.

late_answers({_, A}) ->
    fun() ->
        Slow = bt_actor:send(A, 'slow:', [50]),
        ?RAISES(timeout, bt_future:await(Slow, 10)),
        ?assertEqual(0, bt_future:await(Slow)),
        ?assertEqual([], mailbox())
    end.
