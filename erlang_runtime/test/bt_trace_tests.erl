%% @doc Traces under load, and what becomes of them when something dies.
-module(bt_trace_tests).

-include_lib("eunit/include/eunit.hrl").

-define(C, bt_sample_counter).
-define(LIMITS, #{filter => all, most => 10000, per_second => 20000}).

trace_test_() ->
    {foreach, fun start/0, fun stop/1,
     [fun in_order/1, fun costs_nothing_afterwards/1, fun a_flood/1, fun too_fast/1,
      fun traced_by_another/1, fun ends_with_its_owner/1, fun survives_the_tracer/1,
      fun huge_arguments/1, fun two_conversations/1, fun conversation_of_many/1]}.

start() ->
    logger:set_primary_config(level, none),
    Started = bt_fixture:start(),
    {Started, bt_actor:spawn(?C)}.

stop({Started, Actor}) ->
    bt_trace:off(all),
    erase('$bt_trace'),
    exit(Actor, kill),
    bt_fixture:stop(Started),
    logger:set_primary_config(level, notice).

in_order({_, A}) ->
    fun() ->
        ok = bt_trace:on([A], keep, ?LIMITS),
        1 = bt_actor:call(A, increment, []),
        Events = bt_trace:events(),
        %% The class describes no method that could be entered.
        ?assertEqual([received, assigned, replied], kinds(Events)),
        ?assert(times(Events) =:= lists:sort(times(Events))),
        [#{id := Id, from := From} | Others] = Events,
        ?assertEqual(self(), From),
        ?assert(lists:all(fun(#{cause := Cause}) -> Cause =:= Id end, Others)),
        bt_trace:off(A),
        2 = bt_actor:call(A, increment, []),
        ?assertEqual(Events, bt_trace:events())
    end.

%% Neither flags nor breakpoints are left.
costs_nothing_afterwards({_, A}) ->
    fun() ->
        ok = bt_trace:on([A], keep, ?LIMITS),
        ?assertMatch({traced, global}, erlang:trace_info({erlang, put, 2}, traced)),
        ?assertMatch({meta, Tracer} when is_pid(Tracer),
                                         erlang:trace_info({bt_actor, cast, 3}, meta)),
        bt_trace:off(all),
        assert_untraced(A)
    end.

assert_untraced(Actor) ->
    ?assertEqual({flags, []}, erlang:trace_info(Actor, flags)),
    ?assertEqual([], ets:tab2list(bt_tracer)),
    [begin
         ?assertEqual({traced, false}, erlang:trace_info(Function, traced)),
         ?assertEqual({meta, false}, erlang:trace_info(Function, meta))
     end || Function <- [{erlang, put, 2}, {bt_actor, cast, 3}, {bt_actor, send, 3},
                         {bt_future_store, settle, 3}, {?C, increment, 1}]].

%% Senders that do nothing else: the trace ends by itself, all messages are handled, and meanwhile
%% the rest of the node works.
a_flood({_, A}) ->
    {timeout, 60, fun() ->
        B = bt_actor:spawn(?C),
        ok = bt_trace:on([A], keep, (?LIMITS)#{most => 100000000, per_second => 100000000}),
        Count = 300000,
        Floods = [spawn_monitor(fun() -> flood(A, Count) end) || _ <- [1, 2]],
        Slowest = lists:max([element(1, timer:tc(fun() -> bt_actor:call(B, increment, []) end))
                             || _ <- lists:seq(1, 50), timer:sleep(2) =:= ok]),
        [receive {'DOWN', Ref, process, Pid, _} -> ok end || {Pid, Ref} <- Floods],
        ?assertEqual(2 * Count, wait_for(A, 2 * Count, 1000)),
        ?assertMatch(#{kind := stopped, value := <<"events come faster", _/binary>>},
                     lists:last(bt_trace:events())),
        assert_untraced(A),
        ?assert(Slowest < 1000000),
        ?assertEqual({message_queue_len, 0}, process_info(whereis(bt_tracer), message_queue_len))
    end}.

flood(_, 0) -> ok;
flood(A, N) ->
    bt_actor:cast(A, increment, []),
    flood(A, N - 1).

%% A call would time out behind so many casts.
wait_for(A, Value, Tries) ->
    case maps:get(value, bt_state:from_dictionary(element(2, process_info(A, dictionary)))) of
        Other when Other =/= Value, Tries > 0 ->
            timer:sleep(20),
            wait_for(A, Value, Tries - 1);
        Is -> Is
    end.

too_fast({_, A}) ->
    fun() ->
        ok = bt_trace:on([A], keep, (?LIMITS)#{per_second => 100}),
        [bt_actor:call(A, increment, []) || _ <- lists:seq(1, 200)],
        ?assertMatch(#{kind := stopped, value := <<"more than 100 events in a second">>},
                     lists:last(bt_trace:events())),
        assert_untraced(A)
    end.

traced_by_another({_, A}) ->
    fun() ->
        Other = spawn(fun() -> erlang:trace(A, true, [send]), receive stop -> ok end end),
        timer:sleep(20),
        ?assertEqual({error, {traced, A, Other}}, bt_trace:on([A], keep, ?LIMITS)),
        ?assertError(#{kind := already_traced, message := _}, bt_prim_trace:on(A, nil, nil, nil)),
        %% It goes on.
        ?assertEqual({tracer, Other}, erlang:trace_info(A, tracer)),
        exit(Other, kill)
    end.

ends_with_its_owner({_, A}) ->
    fun() ->
        {Owner, Ref} = spawn_monitor(fun() -> ok = bt_trace:on([A], keep, ?LIMITS), exit(done) end),
        receive {'DOWN', Ref, process, Owner, done} -> ok end,
        timer:sleep(50),
        bt_tracer:sync(),
        assert_untraced(A)
    end.

survives_the_tracer({_, A}) ->
    fun() ->
        ok = bt_trace:on([A], keep, ?LIMITS),
        exit(whereis(bt_tracer), kill),
        timer:sleep(100),
        assert_untraced(A),
        ?assertMatch(#{kind := stopped}, lists:last(bt_trace:events())),
        %% And can be used again.
        ok = bt_trace:on([A], keep, ?LIMITS),
        bt_actor:call(A, increment, []),
        ?assertMatch(#{kind := replied}, lists:last(bt_trace:events()))
    end.

huge_arguments({_, A}) ->
    fun() ->
        ok = bt_trace:on([A], keep, ?LIMITS),
        Huge = #{list => lists:seq(1, 100000), text => binary:copy(<<"π"/utf8>>, 100000),
                 deep => lists:foldl(fun(N, Deep) -> {N, Deep} end, nil, lists:seq(1, 10000)),
                 improper => [1 | 2], tuple => list_to_tuple(lists:seq(1, 1000))},
        catch bt_actor:call(A, 'plan:', [Huge]),
        Events = bt_trace:events(),
        ?assertMatch([#{selector := 'plan:'} | _], Events),
        ?assert(erts_debug:flat_size(Events) < 100000)
    end.

%% Two processes that ask at the same time see their own messages only.
two_conversations({_, A}) ->
    fun() ->
        Self = self(),
        Ask = fun(N) ->
            Block = fun() -> [bt_actor:call(A, increment, []) || _ <- lists:seq(1, N)] end,
            spawn_link(fun() -> Self ! {N, bt_prim_trace:conversation(Block, 1000)} end)
        end,
        lists:foreach(Ask, [3, 5, 7]),
        [receive {N, #{steps := Steps, isComplete := Complete}} ->
             ?assertEqual(N, length(Steps)),
             ?assert(Complete)
         end || N <- [3, 5, 7]],
        ?assertEqual(false, seq_trace:get_system_tracer()),
        ?assertEqual({meta, false}, erlang:trace_info({bt_future_store, settle, 3}, meta))
    end.

%% Too much for one conversation: it says so.
conversation_of_many({_, A}) ->
    {timeout, 60, fun() ->
        Block = fun() -> [bt_actor:call(A, increment, []) || _ <- lists:seq(1, 12000)], done end,
        #{steps := Steps, isComplete := Complete, value := Value} =
            bt_prim_trace:conversation(Block, 1000),
        ?assertEqual(done, Value),
        ?assertNot(Complete),
        ?assert(length(Steps) =< 10000)
    end}.

kinds(Events) -> [Kind || #{kind := Kind} <- Events].

times(Events) -> [Time || #{time := Time} <- Events].
