%% @doc Runs each benchmark in compiled Beamtalk and by hand, turn about in one node, and prints the
%% medians and their ratio beside the ratio that must not be exceeded.
-module(bench).

-export([main/0]).

-define(ROUNDS, 9).
-define(WORK, 'bt.app.Work').

-type work() :: fun(() -> term()).

-spec main() -> no_return().
main() ->
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    io:format("~-24s ~12s ~12s ~8s ~8s~n", ["", "beamtalk us", "erlang us", "ratio", "bar"]),
    lists:foreach(fun report/1, benchmarks()),
    halt(0).

-spec benchmarks() -> [{string(), work(), work(), float()}].
benchmarks() ->
    Work = #{'$class' => ?WORK},
    List = lists:seq(1, 100000),
    Actor = bt_send:send(bt_class:object('bt.app.Worker'), spawn),
    Server = baseline:start(),
    Map = baseline:fill(10000),
    Json = bt_class:object('bt.stdlib.Json'),
    Document = baseline:document(16000),
    Text = baseline:encode(Document),
    [
        {"integer loop 1M", fun() -> ?WORK:'sumTo:'(Work, 1000000) end,
            fun() -> baseline:sum_to(1000000) end, 2.0},
        {"fib 25", fun() -> ?WORK:'fib:'(Work, 25) end, fun() -> baseline:fib(25) end, 3.5},
        {"collect: 100000", fun() -> ?WORK:'collect:'(Work, List) end,
            fun() -> baseline:collect(List) end, 1.3},
        {"select: 100000", fun() -> ?WORK:'select:'(Work, List) end,
            fun() -> baseline:select(List) end, 1.3},
        {"inject:into: 100000", fun() -> ?WORK:'inject:'(Work, List) end,
            fun() -> baseline:inject(List) end, 1.3},
        {"do: with sum 100000", fun() -> ?WORK:'doSum:'(Work, List) end,
            fun() -> baseline:inject(List) end, infinity},
        {"Dictionary at:put: 10000", fun() -> ?WORK:'fill:'(Work, 10000) end,
            fun() -> baseline:fill(10000) end, 1.3},
        {"Dictionary at: at:put:", fun() -> ?WORK:'touch:of:'(Work, 10000, Map) end,
            fun() -> baseline:touch(10000, Map) end, 1.3},
        {"Set add: includes:", fun() -> ?WORK:'members:'(Work, 10000) end,
            fun() -> baseline:members(10000) end, 1.3},
        {"String , 100000 pieces", fun() -> ?WORK:'text:'(Work, 100000) end,
            fun() -> baseline:text(100000) end, infinity},
        {"round trip 20000", fun() -> ?WORK:'ask:times:'(Work, Actor, 20000) end,
            fun() -> baseline:ask(Server, 20000) end, 0.75},
        {"discarded send 50000", fun() -> ?WORK:'tell:times:'(Work, Actor, 50000) end,
            fun() -> baseline:tell(Server, 50000) end, 1.4},
        {"100 in flight 20000", fun() -> ?WORK:'pipeline:times:'(Work, Actor, 200) end,
            fun() -> baseline:pipeline(Server, 200) end, infinity},
        {"Json parse: 3 MB", fun() -> bt_send:call(Json, 'parse:', Text) end,
            fun() -> baseline:decode(Text) end, 1.3},
        {"Json generate: 3 MB", fun() -> bt_send:call(Json, 'generate:', Document) end,
            fun() -> baseline:encode(Document) end, 1.3}
    ].

-spec report({string(), work(), work(), float() | infinity}) -> ok.
report({Name, Beamtalk, Erlang, Bar}) ->
    Pairs = [{measure(Beamtalk), measure(Erlang)} || _ <- lists:seq(0, ?ROUNDS)],
    {Ours, Theirs} = lists:unzip(tl(Pairs)),
    Ratio = median([O / T || {O, T} <- tl(Pairs)]),
    io:format("~-24s ~12b ~12b ~8.2f ~8s~n",
        [Name, round(median(Ours)), round(median(Theirs)), Ratio, bar(Bar)]).

%% A process of its own each time, so that no run inherits another's heap.
-spec measure(work()) -> pos_integer().
measure(Work) ->
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() ->
        %% As a script waits: without a timer for each answer.
        put('$bt_mode', script),
        {Time, _} = timer:tc(Work),
        Self ! {self(), max(1, Time)}
    end),
    receive
        {Pid, Time} ->
            erlang:demonitor(Ref, [flush]),
            Time;
        {'DOWN', Ref, process, Pid, Reason} -> exit(Reason)
    end.

-spec median([number()]) -> number().
median(List) -> lists:nth((length(List) + 1) div 2, lists:sort(List)).

-spec bar(float() | infinity) -> string().
bar(infinity) -> "-";
bar(Bar) -> float_to_list(Bar, [{decimals, 2}]).
