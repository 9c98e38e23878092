%% Counters of messages, errors and time.
-module(bt_counters_tests).
-include_lib("eunit/include/eunit.hrl").

-define(C, 'bt.app.Counted').

counters_test_() ->
    {foreach, fun setup/0, fun bt_fixture:stop/1,
     [fun none/1, fun one/1, fun many/1, fun every_kind_of_message/1, fun errors/1,
      fun refused/1, fun busy/1, fun of_a_class/1, fun over_a_load/1, fun many_selectors/1,
      fun of_what_is_no_actor/1, fun killed/1]}.

setup() ->
    Started = bt_fixture:start(),
    Text = ["'$init'(_) -> ok. a(_) -> 1. b(_) -> 2. fail(_) -> error(oops).
             wait(_) -> receive go -> ok end. 'nap:'(_, Ms) -> timer:sleep(Ms).
             'class onError'(_) -> resume."
            | [io_lib:format(" s~b(_) -> ~b.", [N, N]) || N <- lists:seq(1, 50)]],
    Meta = #{superclass => 'bt.stdlib.Actor', kind => actor},
    ok = bt_fixture:class(?C, Meta, lists:flatten(Text)),
    Started.

calls(Actor) ->
    maps:map(fun(_, #{calls := Calls}) -> Calls end, bt_counters:of_pid(Actor)).

none(_) ->
    fun() -> ?assertEqual(#{}, bt_counters:of_pid(bt_actor:spawn(?C))) end.

one(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        bt_actor:call(A, a, []),
        ?assertEqual(#{a => 1}, calls(A)),
        bt_actor:call(A, b, []),
        ?assertEqual(#{a => 1, b => 1}, calls(A))
    end.

%% Exact numbers, and a time that was taken.
many(_) ->
    {timeout, 60, fun() ->
        A = bt_actor:spawn(?C),
        [bt_actor:call(A, 'nap:', [2]) || _ <- lists:seq(1, 200)],
        [bt_actor:cast(A, a, []) || _ <- lists:seq(1, 1000)],
        bt_actor:call(A, b, []),
        ?assertEqual(#{'nap:' => 200, a => 1000, b => 1}, calls(A)),
        #{'nap:' := #{meanMicroseconds := Mean, errors := 0}} = bt_counters:of_pid(A),
        ?assert(Mean > 1900)
    end}.

every_kind_of_message(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        bt_actor:call(A, a, []),
        bt_actor:cast(A, a, []),
        bt_future:await(bt_actor:send(A, a, [])),
        gen_server:call(A, a),
        gen_server:call(A, {a, []}),
        gen_server:cast(A, {a, []}),
        bt_actor:call(A, b, []),
        ?assertEqual(#{a => 6, b => 1}, calls(A))
    end.

errors(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        quietly(fun() ->
            [?assertError(_, bt_actor:call(A, fail, [])) || _ <- lists:seq(1, 5)]
        end),
        bt_actor:call(A, a, []),
        ?assertMatch(#{fail := #{calls := 5, errors := 5}, a := #{calls := 1, errors := 0}},
                     bt_counters:of_pid(A))
    end.

refused(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        ?assertError(_, bt_actor:call(A, nonsense, [])),
        ?assertEqual(#{}, calls(A)),
        bt_actor:call(A, a, []),
        ?assertError(_, bt_actor:call(A, nonsense, [])),
        bt_actor:call(A, a, []),
        ?assertEqual(#{a => 2}, calls(A))
    end.

busy(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        bt_actor:call(A, a, []),
        bt_actor:cast(A, wait, []),
        timer:sleep(20),
        ?assertEqual(#{a => 1, wait => 1}, calls(A)),
        A ! go
    end.

of_a_class(_) ->
    fun() ->
        Class = 'bt.app.CountedTogether',
        bt_fixture:class(Class, #{superclass => 'bt.stdlib.Actor', kind => actor},
            "'$init'(_) -> ok. a(_) -> 1. b(_) -> 2."),
        Actors = [bt_actor:spawn(Class) || _ <- lists:seq(1, 10)],
        [bt_actor:call(A, a, []) || A <- Actors],
        [bt_actor:call(hd(Actors), b, []) || _ <- lists:seq(1, 5)],
        ?assertMatch(#{a := #{calls := 10}, b := #{calls := 5}}, bt_counters:of_class(Class)),
        [bt_actor:stop(A) || A <- Actors],
        ?assertMatch(#{a := #{calls := 10}, b := #{calls := 5}}, bt_counters:of_class(Class)),
        ?assertEqual(#{}, bt_counters:of_class('bt.app.Nothing'))
    end.

over_a_load(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        [bt_actor:call(A, a, []) || _ <- lists:seq(1, 70)],
        ok = bt_fixture:class(?C, #{superclass => 'bt.stdlib.Actor', kind => actor},
            "'$init'(_) -> ok. a(_) -> 3."),
        ?assertEqual(3, bt_actor:call(A, a, [])),
        ?assertEqual(#{a => 71}, calls(A))
    end.

many_selectors(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        Selectors = [list_to_atom("s" ++ integer_to_list(N)) || N <- lists:seq(1, 50)],
        [bt_actor:call(A, S, []) || _ <- [1, 2, 3], S <- Selectors],
        ?assertEqual(maps:from_list([{S, 3} || S <- Selectors]), calls(A))
    end.

of_what_is_no_actor(_) ->
    fun() ->
        ?assertEqual(#{}, bt_counters:of_pid(self())),
        A = bt_actor:spawn(?C),
        bt_actor:kill(A),
        ?assertEqual(#{}, bt_counters:of_pid(A))
    end.

killed(_) ->
    fun() ->
        #{a := #{calls := Before}} =
            maps:merge(#{a => #{calls => 0}}, bt_counters:of_class(?C)),
        A = bt_actor:spawn(?C),
        [bt_actor:call(A, a, []) || _ <- [1, 2, 3]],
        ok = bt_actor:kill(A),
        ok = bt_actor:kill(A),
        #{a := #{calls := After}} = bt_counters:of_class(?C),
        ?assertEqual(3, After - Before)
    end.

quietly(Fun) ->
    #{level := Level} = logger:get_primary_config(),
    ok = logger:set_primary_config(level, none),
    try Fun() after logger:set_primary_config(level, Level) end.
