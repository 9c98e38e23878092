-module(bt_future_tests).

-include_lib("eunit/include/eunit.hrl").

-define(C, bt_sample_counter).
-define(RAISES(Kind, Expression), ?assertError(#{kind := Kind}, Expression)).

future_test_() ->
    {foreach, fun start/0, fun stop/1,
     [fun values/1, fun made_ones/1, fun states/1, fun many_waiters/1, fun time_limits/1,
      fun blocks_in_a_script/1, fun blocks_in_an_actor/1, fun blocks_that_fail/1,
      fun blocks_on_futures_of_futures/1, fun combinations/1, fun not_futures/1,
      fun rings_of_futures/1, fun sweeping/1, fun dead_waiters/1, fun in_tables/1,
      fun without_leaks/1]}.

start() ->
    logger:set_primary_config(level, none),
    Started = bt_fixture:start(),
    {Started, bt_actor:spawn(?C)}.

stop({Started, _}) ->
    [exit(P, kill) || P <- processes(), bt_actor:class_of(P) =:= ?C],
    bt_fixture:stop(Started),
    logger:set_primary_config(level, notice).

%% Small values live in the word, all others in the table: both must come back as they were.
values({_, A}) ->
    Big = 1 bsl 58,
    Values = [0, 1, -1, Big - 1, Big, -Big, -Big - 1, 1 bsl 64, -(1 bsl 70), nil, true, false, ok,
              undefined, 1.5, <<"text">>, <<>>, [], [1, 2], {}, #{a => 1}, self(), make_ref()],
    [?_assertEqual(V, bt_future:await(bt_actor:send(A, 'run:', [fun() -> V end])))
     || V <- Values]
    ++ [?_assertEqual(V, bt_future:await(bt_future:resolved(V))) || V <- Values].

made_ones(_) ->
    fun() ->
        ?assertEqual(7, bt_future:await(bt_future:resolved(7))),
        ?assertError(#{kind := user_error, message := <<"late">>},
                     bt_future:await(bt_future:rejected(<<"late">>))),
        Error = bt_fault:user_error(<<"mine">>),
        ?assertError(Error, bt_future:await(bt_future:rejected(Error)))
    end.

states({_, A}) ->
    fun() ->
        Slow = bt_actor:send(A, 'slow:', [50]),
        ?assert(bt_future:is_future(Slow)),
        ?assert(bt_future:is_pending(Slow)),
        ?assertEqual(<<"a Future (pending)">>, bt_future:print_string(Slow)),
        0 = bt_future:await(Slow),
        ?assert(bt_future:is_resolved(Slow)),
        ?assertEqual(<<"a Future (resolved: 0)">>, bt_future:print_string(Slow)),
        Refused = bt_actor:send(A, nonsense, []),
        0 = bt_actor:call(A, getValue, []),
        ?assert(bt_future:is_rejected(Refused)),
        Never = bt_actor:send(A, 'slow:', [10000]),
        bt_actor:kill(A),
        ?assert(bt_future:is_rejected(Never))
    end.

many_waiters({_, A}) ->
    fun() ->
        Future = bt_actor:send(A, 'slow:', [50]),
        Me = self(),
        [spawn(fun() -> Me ! {got, bt_future:await(Future)} end) || _ <- lists:seq(1, 1000)],
        [receive {got, 0} -> ok after 5000 -> error(no_answer) end || _ <- lists:seq(1, 1000)],
        ?assertEqual({0, 0}, rows_after_sweep())
    end.

%% A reference lives until the processes that had it have collected their garbage.
rows_after_sweep() ->
    [garbage_collect(P) || P <- processes()],
    bt_future_keeper:sweep(),
    bt_future_keeper:rows().

time_limits({_, A}) ->
    fun() ->
        Slow = bt_actor:send(A, 'slow:', [200]),
        ?RAISES(timeout, bt_future:await(Slow, 0)),
        ?RAISES(timeout, bt_future:await(Slow, 20)),
        ?assertEqual(0, bt_future:await_forever(Slow)),
        ?assertEqual([], element(2, process_info(self(), messages)))
    end.

blocks_in_a_script({_, A}) ->
    fun() ->
        Me = self(),
        Future = bt_actor:send(A, 'slow:', [10]),
        Next = bt_future:when_resolved(Future, fun(V) -> {V, self()} end),
        ?assert(bt_future:is_pending(Next)),
        timer:sleep(30),
        ?assert(bt_future:is_pending(Next)),
        ?assertEqual({0, Me}, bt_future:await(Next)),
        Passed = bt_future:when_rejected(Future, fun(_) -> wrong end),
        ?assertEqual(0, bt_future:await(Passed)),
        Refused = bt_actor:send(A, nonsense, []),
        ?RAISES(does_not_understand,
                bt_future:await(bt_future:when_resolved(Refused, fun(_) -> 1 end))),
        ?assertEqual(does_not_understand,
                     bt_future:await(bt_future:when_settled(Refused, fun(_) -> wrong end,
                                                            fun(#{kind := K}) -> K end))),
        put(order, []),
        [bt_future:when_resolved(bt_future:resolved(N), fun(V) -> put(order, [V | get(order)]) end)
         || N <- [1, 2, 3]],
        bt_wait:settle(1000),
        ?assertEqual([3, 2, 1], get(order)),
        ?assertEqual(#{}, bt_when:blocks())
    end.

blocks_in_an_actor({_, A}) ->
    fun() ->
        B = bt_actor:spawn(?C),
        Register = fun() ->
                       Future = bt_actor:send(A, 'slow:', [10]),
                       bt_future:when_resolved(Future, fun(_) -> put('@value', self()) end),
                       timer:sleep(50),
                       get('@value')
                   end,
        ?assertEqual(0, bt_actor:call(B, 'run:', [Register])),
        ?assertEqual(B, bt_actor:call(B, getValue, [])),
        Wait = fun() ->
                   Future = bt_actor:send(A, getValue, []),
                   bt_future:await(bt_future:when_resolved(Future, fun(V) -> V end))
               end,
        ?RAISES(deadlock, bt_actor:call(B, 'run:', [Wait]))
    end.

blocks_that_fail({_, A}) ->
    fun() ->
        Failing = fun() ->
                      Future = bt_actor:send(A, getValue, []),
                      bt_future:when_resolved(Future, fun(_) -> error(oops) end)
                  end,
        B = bt_actor:spawn(?C),
        ?assertError(#{reason := oops}, bt_actor:call(B, 'run:', [Failing])),
        ?assert(is_process_alive(B)),
        ?assertError(#{reason := oops}, bt_future:await(Failing())),
        ?assertEqual(0, bt_future:await(bt_future:when_rejected(Failing(), fun(_) -> 0 end)))
    end.

blocks_on_futures_of_futures({_, A}) ->
    fun() ->
        B = bt_actor:spawn(?C),
        Lazy = bt_actor:send(B, 'lazy:', [A]),
        ?assertEqual(got, bt_future:await(bt_future:when_resolved(Lazy, fun(0) -> got end))),
        Nested = bt_future:when_resolved(bt_future:resolved(1),
                                         fun(_) -> bt_actor:send(A, 'slow:', [10]) end),
        ?assertEqual(0, bt_future:await(Nested))
    end.

combinations({_, A}) ->
    Slow = fun() -> bt_actor:send(A, 'slow:', [30]) end,
    Bad = fun() -> bt_future:rejected(<<"bad">>) end,
    Good = fun() -> bt_future:resolved(good) end,
    [?_assertEqual([good, 0, 5], bt_future:await(bt_future:all([Good(), Slow(), 5]))),
     ?_assertEqual([], bt_future:await(bt_future:all([]))),
     ?_assertError(#{message := <<"bad">>}, bt_future:await(bt_future:all([Good(), Bad()]))),
     ?_assertError(#{message := <<"bad">>},
                   bt_future:await(bt_future:all([bt_future:new(A), Bad()]), 2000)),
     ?_assertEqual(good, bt_future:await(bt_future:any([Bad(), Slow(), Good()]))),
     ?_assertEqual(0, bt_future:await(bt_future:any([Bad(), Slow()]))),
     ?_assertError(#{message := <<"bad">>}, bt_future:await(bt_future:any([Bad(), Bad()]))),
     ?_assertError(#{message := <<"bad">>}, bt_future:await(bt_future:race([Slow(), Bad()]))),
     ?_assertEqual(good, bt_future:await(bt_future:race([Slow(), Good()]))),
     ?_assertError(#{kind := user_error}, bt_future:await(bt_future:race([])))].

not_futures(_) ->
    [?_assertEqual(5, bt_future:await(5)),
     ?_assertEqual(nil, bt_future:await(nil, 10)),
     ?_assertEqual([], bt_future:await_forever([])),
     ?_assertNot(bt_future:is_future({1, 2})),
     ?_assertEqual(6, bt_future:await(bt_future:when_resolved(5, fun(N) -> N + 1 end)))].

%% A future that settles with itself, by way of another one, must not be followed for ever.
rings_of_futures(_) ->
    fun() ->
        One = bt_future:new(spawn(fun() -> timer:sleep(1000) end)),
        Two = bt_future:resolved(One),
        {Id, Address} = bt_future:address(One, self()),
        bt_future_store:settle(Id, Address, {ok, Two}),
        ?RAISES(deadlock, bt_future:await(One))
    end.

sweeping({_, A}) ->
    fun() ->
        [bt_actor:send(A, 'run:', [fun() -> {a, tuple} end]) || _ <- lists:seq(1, 1000)],
        0 = bt_actor:call(A, getValue, []),
        Kept = bt_actor:send(A, 'run:', [fun() -> {kept, tuple} end]),
        0 = bt_actor:call(A, getValue, []),
        ?assertEqual({1, 0}, rows_after_sweep()),
        ?assertEqual({kept, tuple}, bt_future:await(Kept))
    end.

dead_waiters({_, A}) ->
    fun() ->
        Future = bt_actor:send(A, 'slow:', [10000]),
        {Waiter, Ref} = spawn_monitor(fun() -> bt_future:await(Future) end),
        timer:sleep(20),
        ?assertMatch({_, 1}, bt_future_keeper:rows()),
        exit(Waiter, kill),
        receive {'DOWN', Ref, _, _, _} -> ok end,
        ?assertMatch({_, 0}, rows_after_sweep())
    end.

%% In a table a future lives as long as its row.
in_tables({_, A}) ->
    fun() ->
        Table = ets:new(futures, []),
        ets:insert(Table, {1, bt_actor:send(A, 'run:', [fun() -> {in, table} end])}),
        0 = bt_actor:call(A, getValue, []),
        ?assertEqual({1, 0}, rows_after_sweep()),
        [{1, Future}] = ets:lookup(Table, 1),
        ?assertEqual({in, table}, bt_future:await(Future))
    end.

without_leaks({_, A}) ->
    {timeout, 60, fun() ->
        Work = fun(N) -> bt_actor:send(A, 'run:', [fun() -> {N} end]) end,
        Most = lists:max([burst(20000, Work, A) || _ <- lists:seq(1, 10)]),
        ?assert(Most < 50000),
        ?assertEqual({0, 0}, rows_after_sweep()),
        ?assertEqual([], element(2, process_info(self(), messages)))
    end}.

burst(N, Work, A) ->
    lists:foreach(Work, lists:seq(1, N)),
    _ = bt_actor:call(A, getValue, []),
    element(1, bt_future_keeper:rows()).
