%% What attaching costs a system that serves: the 99th percentile of its calls in windows of two
%% seconds, without a session and while one evaluates, inspects and patches, in turns. The session's
%% side is told by a file when to work.
-module(attach_bench).

-export([main/0]).

-define(WINDOW_MS, 2000).
-define(CALLERS, 10).

-spec main() -> no_return().
main() ->
    [Switch, Count] = init:get_plain_arguments(),
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    register(busy, spawn(fun() -> serve(0) end)),
    register(actor, bt_actor:spawn('bt.app.Till')),
    Table = ets:new(times, [public, duplicate_bag, {write_concurrency, true}]),
    [spawn(fun() -> call(Table) end) || _ <- lists:seq(1, ?CALLERS)],
    io:format("ready~n"),
    timer:sleep(6000),
    Windows = [pair(Table, Switch) || _ <- lists:seq(1, list_to_integer(Count))],
    report(lists:unzip(Windows)),
    halt(0).

serve(N) ->
    receive {call, From, Ref} -> From ! {Ref, N}, serve(N + 1) end.

call(Table) ->
    Start = erlang:monotonic_time(nanosecond),
    Ref = make_ref(),
    busy ! {call, self(), Ref},
    receive {Ref, _} -> ok end,
    ets:insert(Table, {time, erlang:monotonic_time(nanosecond) - Start}),
    timer:sleep(1),
    call(Table).

%% Neighbouring windows, so that other load of the machine hits both.
pair(Table, Switch) ->
    ok = file:write_file(Switch, <<"off">>),
    timer:sleep(100),
    Idle = window(Table),
    ok = file:write_file(Switch, <<"on">>),
    timer:sleep(100),
    {Idle, window(Table)}.

window(Table) ->
    ets:delete_all_objects(Table),
    timer:sleep(?WINDOW_MS),
    Times = lists:sort([T || {_, T} <- ets:tab2list(Table)]),
    lists:nth(max(1, length(Times) * 99 div 100), Times) / 1000.

report({Without, With}) ->
    Ratios = [B / A || {A, B} <- lists:zip(Without, With)],
    io:format("p99 of a call, medians of ~b windows: ~.1f us without a session, ~.1f us with one; "
              "median ratio ~.3f~n",
              [length(Without), median(Without), median(With), median(Ratios)]).

median(Numbers) -> lists:nth((length(Numbers) + 1) div 2, lists:sort(Numbers)).
