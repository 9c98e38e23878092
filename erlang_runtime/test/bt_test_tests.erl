-module(bt_test_tests).

-include_lib("eunit/include/eunit.hrl").

-define(SAMPLE, 'bt.app.SampleTest').

runner_test_() ->
    {setup, fun start/0, fun stop/1,
     [fun statuses/0, fun fresh_instances/0, fun filters/0, fun failing_fixture/0, fun limit/0,
      fun several_classes/0, fun inherited_tests/0]}.

start() ->
    logger:set_primary_config(level, none),
    Started = bt_fixture:start(),
    bt_fixture:class('bt.stdlib.TestCase', #{superclass => 'bt.stdlib.Actor', kind => actor},
                     "'$init'(_) -> put('@suiteFixture', nil), ok. "
                     "setUp(_) -> nil. tearDown(_) -> nil. setUpOnce(_) -> nil. "
                     "tearDownOnce(_) -> nil. 'class serial'(_) -> false."),
    Started.

stop(Started) ->
    bt_fixture:stop(Started),
    logger:set_primary_config(level, notice).

test_class(Facade, Text) -> test_class(Facade, 'bt.stdlib.TestCase', Text).

test_class(Facade, Superclass, Text) ->
    bt_fixture:class(Facade, #{superclass => Superclass, kind => actor},
                     "'$init'(Self) -> put('@n', 0),"
                     "'bt.stdlib.TestCase':'$init'(Self). " ++ Text).

run(Text) -> run(Text, #{}).

run(Text, Options) ->
    ok = test_class(?SAMPLE, Text),
    bt_test:run([?SAMPLE], Options).

statuses() ->
    Results = run("testGood(_) -> nil. "
                  "testFailed(_) -> error((bt_fault:user_error(<<\"expected 1, got 2\">>))"
                  "  #{kind => assertion_failed}). "
                  "testError(_) -> error(oops). "
                  "testSkipped(_) -> error((bt_fault:user_error(<<\"not today\">>))"
                  "  #{kind => test_skipped}). "
                  "testKilled(_) -> exit(self(), kill), timer:sleep(1000). "
                  "testLate(_) -> bt_future:rejected(<<\"late\">>). "
                  "helper(_) -> error(never)."),
    ?assertMatch([#{class := <<"SampleTest">>, test := <<"testGood">>, status := passed,
                    message := nil, file := <<"fixture.bt">>, line := 1},
                  #{test := <<"testFailed">>, status := failed,
                    message := <<"expected 1, got 2">>},
                  #{test := <<"testError">>, status := error,
                    message := <<"ErlangError", _/binary>>},
                  #{test := <<"testSkipped">>, status := skipped, message := <<"not today">>},
                  #{test := <<"testKilled">>, status := error},
                  #{test := <<"testLate">>, status := error}], Results),
    ?assert(lists:all(fun(#{ms := Ms}) -> is_integer(Ms) end, Results)).

%% setUp and tearDown around each test, in its own instance; tearDown also after a failure.
fresh_instances() ->
    register(sample_log, self()),
    run("setUpOnce(_) -> fixture. "
        "tearDownOnce(_) -> sample_log ! once. "
        "setUp(_) -> put('@n', get('@n') + 1). "
        "testA(_) -> sample_log ! {a, get('@n'), get('@suiteFixture')}, error(oops). "
        "testB(_) -> sample_log ! {b, get('@n'), get('@suiteFixture')}. "
        "tearDown(_) -> sample_log ! {down, get('@n')}."),
    unregister(sample_log),
    ?assertEqual([{a, 1, fixture}, {down, 1}, {b, 1, fixture}, {down, 1}, once], received(5)).

received(0) -> [];
received(N) -> receive Message -> [Message | received(N - 1)] after 1000 -> [] end.

filters() ->
    Text = "testApple(_) -> nil. testPear(_) -> nil.",
    Names = fun(Filter) -> [T || #{test := T} <- run(Text, #{filter => Filter})] end,
    ?assertEqual([<<"testApple">>], Names(<<"Apple">>)),
    ?assertEqual([<<"testPear">>], Names(<<"SampleTest >> testPear">>)),
    ?assertEqual([<<"testApple">>, <<"testPear">>], Names(<<"SampleTest">>)),
    ?assertEqual([<<"testApple">>, <<"testPear">>], Names(<<>>)),
    ?assertEqual([], Names(<<"Plum">>)).

failing_fixture() ->
    ?assertMatch([#{status := error, message := <<"ErlangError", _/binary>>}],
                 run("setUpOnce(_) -> error(oops). testA(_) -> nil.")),
    ?assertMatch([#{status := error}], run("setUp(_) -> error(oops). testA(_) -> nil.")),
    ?assertMatch([#{status := error}], run("tearDown(_) -> error(oops). testA(_) -> nil.")).

limit() ->
    ?assertMatch([#{status := error}, #{status := passed}],
                 run("testSlow(_) -> timer:sleep(10000). testQuick(_) -> nil.", #{timeout => 50})).

%% Classes run beside each other, but the results come in order, and a serial one runs alone.
several_classes() ->
    Facades = [list_to_atom("bt.app.Many" ++ integer_to_list(N)) || N <- lists:seq(1, 6)],
    [test_class(F, "testA(_) -> timer:sleep(20). testB(_) -> nil.") || F <- Facades],
    test_class('bt.app.Alone', "'class serial'(_) -> true. testA(_) -> nil."),
    Results = bt_test:run(['bt.app.Alone' | Facades], #{parallel => 6}),
    Names = [<<(maps:get(class, R))/binary, " ", (maps:get(test, R))/binary>> || R <- Results],
    ?assertEqual([<<"Alone testA">>, <<"Many1 testA">>, <<"Many1 testB">>],
                 lists:sublist(Names, 3)),
    ?assertEqual(13, length(Results)),
    ?assert(lists:all(fun(#{status := S}) -> S =:= passed end, Results)).

inherited_tests() ->
    test_class('bt.app.BaseTest', "testA(_) -> error(overridden). testB(_) -> nil."),
    test_class('bt.app.DerivedTest', 'bt.app.BaseTest', "testA(_) -> nil. testC(_) -> nil."),
    ?assertMatch([#{test := <<"testA">>, status := passed}, #{test := <<"testB">>},
                  #{test := <<"testC">>}], bt_test:run(['bt.app.DerivedTest'], #{})).
