-module(bt_repl_tests).
-include_lib("eunit/include/eunit.hrl").

%% The module that stands for an input; what it does is told by the test.
-export([eval/2]).

session_test_() ->
    {foreach, fun bt_fixture:start/0, fun bt_fixture:stop/1, [in_session(Test) || Test <- [
        fun variables/1, fun blocks_live_on/1, fun crash/1, fun queued/1,
        fun interrupt_of_one_that_waits/1, fun interrupt_of_one_that_computes/1,
        fun interrupt_of_nothing/1, fun interrupt_passes_handlers/1, fun late_interrupt/1,
        fun futures/1, fun rejected/1, fun output_comes_before_the_value/1, fun a_flood_waits/1,
        fun selectors/1, fun bindings/1, fun places/1, fun wrong_requests/1, fun closed/1
    ]]}.

%% The process of the test is the client.
in_session(Test) ->
    fun(_) -> fun() ->
        {ok, Session} = bt_repl:start_link(self(), self(), group_leader()),
        try Test(Session)
        after ended(Session)
        end
    end end.

ended(Session) ->
    unlink(Session),
    Monitor = monitor(process, Session),
    exit(Session, shutdown),
    receive {'DOWN', Monitor, process, _, _} -> ok end,
    persistent_term:erase(?MODULE).

eval(_Self, Cells) ->
    (persistent_term:get(?MODULE))(Cells).

variables(Session) ->
    ?assertEqual({{value, <<"1">>}, [x]}, run(Session, bind(x, 1))),
    ?assertEqual({{value, <<"2">>}, [x, y]}, run(Session, bind(y, 2))),
    ?assertEqual({{value, <<"1">>}, [x, y]}, run(Session, fun(C) -> {get(x, C), C} end)).

%% `x := 1. b := [x := x + 1]'; a fun stands for a block: here only that it lives on matters.
blocks_live_on(Session) ->
    Cells = #{x => bt_cell:new(1), big => bt_cell:new([1, 2]), b => bt_cell:new(fun() -> 7 end)},
    {{value, _}, _} = run(Session, fun(_) -> {nil, Cells} end),
    ok = killed(Session),
    {Outcome, Bound} = run(Session, fun(C) -> {{get(x, C), (get(b, C))(), get(big, C)}, C} end),
    ?assertEqual({value, <<"{1, 7, #(1, 2)}">>}, Outcome),
    ?assertEqual([b, big, x], lists:sort(Bound)).

crash(Session) ->
    {_, _} = run(Session, bind(x, [1, 2, 3])),
    ok = killed(Session),
    ?assertEqual({{value, <<"#(1, 2, 3)">>}, [x]}, run(Session, fun(C) -> {get(x, C), C} end)).

%% What waits behind an input that kills the process is answered too.
queued(Session) ->
    persistent_term:put(?MODULE, fun(_) ->
        timer:sleep(50),
        exit(self(), kill),
        timer:sleep(infinity)
    end),
    ok = bt_session:request(Session, 1, {repl, {eval, ?MODULE, 80}}),
    ok = bt_session:request(Session, 2, settle),
    Ended = {session_ended, <<"killed">>},
    ?assertEqual([Ended, Ended], [reply(1), reply(2)]).

interrupt_of_one_that_waits(Session) ->
    {_, _} = run(Session, bind(x, 1)),
    {{value, Before}, _} = run(Session, fun(C) -> {self(), C} end),
    Sleep = fun(C) -> {bt_timer:sleep(60000), C} end,
    ?assertEqual({interrupted, [x]}, interrupted(Session, Sleep)),
    ?assertMatch({{value, Before}, [x]}, run(Session, fun(C) -> {self(), C} end)).

interrupt_of_one_that_computes(Session) ->
    {_, _} = run(Session, bind(x, 1)),
    ?assertEqual({session_ended, <<"interrupted">>}, interrupted(Session, fun(_) -> forever() end)),
    ?assertEqual({{value, <<"1">>}, [x]}, run(Session, fun(C) -> {get(x, C), C} end)).

interrupt_of_nothing(Session) ->
    ?assertEqual(ok, ask(Session, interrupt)),
    ?assertEqual({{value, <<"3">>}, []}, run(Session, fun(C) -> {3, C} end)).

%% `on: Exception do:' does not catch an interrupt, `ensure:' runs.
interrupt_passes_handlers(Session) ->
    Me = self(),
    Wait = fun() -> bt_timer:sleep(60000) end,
    Input = fun(C) ->
        Ensured = fun() -> bt_error:ensure(Wait, fun() -> Me ! ensured end) end,
        {bt_error:on_do(Ensured, bt_class:object('bt.stdlib.Exception'), fun(_) -> caught end), C}
    end,
    ?assertEqual({interrupted, []}, interrupted(Session, Input)),
    receive ensured -> ok after 1000 -> error(not_ensured) end.

%% An interrupt that comes when the input is over does not reach the next one.
late_interrupt(Session) ->
    {{value, _}, _} = run(Session, fun(C) -> self() ! {'$bt_timer', interrupt}, {1, C} end),
    ?assertEqual({{value, <<"2">>}, []}, run(Session, fun(C) -> bt_timer:sleep(10), {2, C} end)).

%% A client that goes on without the session has it ended, with what runs in it.
closed(Session) ->
    Me = self(),
    {_, _} = run(Session, fun(C) ->
        Me ! {linked, spawn_link(fun() -> timer:sleep(infinity) end)},
        {nil, C}
    end),
    Linked = receive {linked, Pid} -> monitor(process, Pid) after 1000 -> error(not_started) end,
    Monitor = monitor(process, Session),
    unlink(Session),
    ?assertEqual(ok, ask(Session, close)),
    receive {'DOWN', Monitor, process, _, Reason} -> ?assertEqual(normal, Reason) end,
    receive {'DOWN', Linked, process, _, End} -> ?assertEqual(killed, End) end.

futures(Session) ->
    Settled = bt_future:resolved(5),
    ?assertEqual({{value, <<"5">>}, []}, run(Session, fun(C) -> {Settled, C} end)),
    Other = spawn(fun() -> timer:sleep(infinity) end),
    Open = bt_future:new(Other),
    {Outcome, _} = run(Session, fun(C) -> {Open, C} end),
    ?assertEqual({pending, 1, <<"a Future (pending)">>}, Outcome),
    {Id, Address} = bt_future:address(Open, Other),
    bt_future_store:settle(Id, Address, {ok, 42}),
    ?assertEqual({1, [{settled, 1, resolved, <<"42">>}]}, ask(Session, events)).

%% The target dies: the future is rejected, at the prompt and in the news.
rejected(Session) ->
    Other = spawn(fun() -> timer:sleep(400) end),
    {{pending, 1, _}, _} = run(Session, fun(C) -> {bt_future:new(Other), C} end),
    {1, [{settled, 1, rejected, Text}]} = ask(Session, events),
    ?assertMatch({match, _}, re:run(Text, "^ActorDied: ")).

output_comes_before_the_value(Session) ->
    ok = ask(Session, capture),
    persistent_term:put(?MODULE, fun(C) -> {bt_transcript:show(<<"a">>), C} end),
    ok = bt_session:request(Session, 1, {repl, {eval, ?MODULE, 80}}),
    ?assertEqual({{value, <<"nil">>}, [], 1}, reply(1)),
    ?assertEqual({1, [{output, <<"a">>}]}, ask(Session, events)),
    ok = bt_session:request(Session, 2, {repl, events}),
    ok = bt_repl:write(Session, <<"b">>),
    ?assertEqual({2, [{output, <<"b">>}]}, reply(2)).

%% Whoever writes more than is shown has to wait, and nothing is lost.
a_flood_waits(Session) ->
    Writer = spawn_link(fun() -> [bt_repl:write(Session, <<"x">>) || _ <- lists:seq(1, 500)] end),
    timer:sleep(200),
    ?assert(is_process_alive(Writer)),
    {Count, Events} = ask(Session, events),
    ?assert(Count < 300),
    ?assertEqual(500, length(Events) + rest(Session, 500 - Count)).

rest(_, 0) -> 0;
rest(Session, Left) ->
    {_, Events} = ask(Session, events),
    length(Events) + rest(Session, Left - length(Events)).

selectors(Session) ->
    bt_fixture:class('bt.app.Bird', "sing(_) -> 1. 'fly:to:'(_, _, _) -> 1."),
    {_, _} = run(Session, bind(x, #{'$class' => 'bt.app.Bird'})),
    Selectors = ask(Session, {selectors, {variable, x}}),
    ?assert(is_list(Selectors)),
    ?assertEqual([], ask(Session, {selectors, {variable, nowhere}})),
    ?assertEqual([], ask(Session, {selectors, {class, 'Nowhere'}})).

bindings(Session) ->
    {_, _} = run(Session, bind(x, 1)),
    ?assertEqual({{value, <<"#{#x => 1}">>}, [x]},
                 run(Session, fun(C) -> {bt_session:bindings(), C} end)),
    ?assertEqual(#{}, bt_session:bindings()).

places(Session) ->
    Raise = fun(_) -> erlang:raise(error, badarith, [{m, f, 1, [{file, "repl.3"}, {line, 7}]}]) end,
    {{error, _, _, _, Place}, _} = run(Session, Raise),
    ?assertEqual({<<"repl.3">>, 7, <<>>}, Place).

wrong_requests(Session) ->
    ?assertEqual({unknown, nonsense}, ask(Session, nonsense)),
    ?assertEqual({{value, <<"3">>}, []}, run(Session, fun(C) -> {3, C} end)).

print_test_() ->
    {setup, fun bt_fixture:start/0, fun bt_fixture:stop/1, fun(_) -> [
        {"what fits stays on a line", fun() ->
            ?assertEqual(<<"#(1, 2, 3)">>, bt_repl_print:text([1, 2, 3], 20))
        end},
        {"short elements fill lines", fun() ->
            ?assertEqual(<<"#(1, 2, 3,\n  4, 5, 6)">>, bt_repl_print:text([1, 2, 3, 4, 5, 6], 10))
        end},
        {"tuples are laid out, futures are not tuples", fun() ->
            ?assertEqual(<<"{1, 2, 3,\n 4, 5, 6}">>, bt_repl_print:text({1, 2, 3, 4, 5, 6}, 10)),
            ?assertEqual(<<"#(a Future (resolved: 1))">>,
                         bt_repl_print:text([bt_future:resolved(1)], 80))
        end},
        {"others have a line each", fun() ->
            ?assertEqual(<<"#{#a => #(1, 2),\n  #b => #(3, 4)}">>,
                         bt_repl_print:text(#{a => [1, 2], b => [3, 4]}, 20))
        end},
        {"no line is wider than it may be", fun() ->
            Value = [#{n => N, text => <<"日本語"/utf8>>, more => {N, [N, N]}}
                     || N <- lists:seq(1, 40)],
            Lines = binary:split(bt_repl_print:text(Value, 60), <<"\n">>, [global]),
            ?assertEqual([], [Line || Line <- Lines, columns(Line) > 61])
        end},
        {"of long collections the beginning", fun() ->
            Text = bt_repl_print:text(lists:seq(1, 100000), 80),
            ?assertMatch({match, _}, re:run(Text, "1000, ... 99000 more\\)$")),
            ?assert(byte_size(Text) < 10000)
        end},
        {"of long texts the beginning", fun() ->
            Text = bt_repl_print:text(binary:copy(<<"x">>, 1000000), 80),
            ?assertMatch({match, _}, re:run(Text, "\\(1000002 bytes\\)$"))
        end},
        {"odd values are printed by the library", fun() ->
            [?assertEqual(bt_print:print_string(V), bt_repl_print:text(V, 20))
             || V <- [[], {}, #{}, [1 | 2], <<255>>, self(), #{'$class' => 5}, 1.5, nil]]
        end}
    ] end}.

columns(Line) -> lists:sum([case C > 255 of true -> 2; false -> 1 end || <<C/utf8>> <= Line]).

%%% Talking to the session

bind(Name, Value) -> fun(Cells) -> {Value, Cells#{Name => bt_cell:new(Value)}} end.

get(Name, Cells) -> bt_cell:get(map_get(Name, Cells)).

run(Session, Input) ->
    persistent_term:put(?MODULE, Input),
    {Outcome, Bound, _} = ask(Session, {eval, ?MODULE, 80}),
    {Outcome, Bound}.

interrupted(Session, Input) ->
    persistent_term:put(?MODULE, Input),
    ok = bt_session:request(Session, 1, {repl, {eval, ?MODULE, 80}}),
    timer:sleep(100),
    ok = ask(Session, interrupt),
    case reply(1) of
        {Outcome, Bound, _} -> {Outcome, Bound};
        Ended -> Ended
    end.

killed(Session) ->
    persistent_term:put(?MODULE, fun(_) -> exit(self(), kill), timer:sleep(infinity) end),
    {session_ended, <<"killed">>} = ask(Session, {eval, ?MODULE, 80}),
    ok.

forever() -> forever().

ask(Session, Request) ->
    Id = erlang:unique_integer(),
    ok = bt_session:request(Session, Id, {repl, Request}),
    reply(Id).

reply(Id) ->
    receive {'$gen_cast', {reply, Id, Reply}} -> Reply after 5000 -> error({no_reply, Id}) end.
