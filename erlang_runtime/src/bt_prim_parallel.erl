%%% @doc The elements of a list worked on by several processes at a time.
-module(bt_prim_parallel).

-export([collect/3]).

%% @doc The block's values, in the order of the elements, computed by at most `Limit' processes at a
%% time. The first error is raised here; the other processes are killed then. Each process has a
%% copy of the block: what it assigns stays with it.
-spec collect(list(), term(), term()) -> list().
collect(List, Block, Limit) when is_integer(Limit), Limit > 0 ->
    Fun = bt_cell:copy(bt_prim_collection:function(Block, 1, 'parallelCollect:')),
    Waiting = lists:enumerate(List),
    Results = run(Fun, Waiting, Limit, #{}, #{}),
    [maps:get(Index, Results) || {Index, _} <- Waiting];
collect(List, _Block, Limit) ->
    Selector = 'parallelCollect:maxConcurrency:',
    bt_prim_collection:type_error(<<"an Integer above 0">>, Limit, List, Selector).

run(_Fun, [], _Limit, Running, Results) when map_size(Running) =:= 0 ->
    Results;
run(Fun, [{Index, Item} | Waiting], Limit, Running, Results) when map_size(Running) < Limit ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({'$bt_value', evaluate(Fun, Item)}) end),
    run(Fun, Waiting, Limit, Running#{Monitor => {Index, Pid}}, Results);
run(Fun, Waiting, Limit, Running, Results) ->
    receive
        {'DOWN', Monitor, process, _, Outcome} when is_map_key(Monitor, Running) ->
            {{Index, _}, Others} = maps:take(Monitor, Running),
            Value = value(Outcome, Others),
            run(Fun, Waiting, Limit, Others, Results#{Index => Value})
    end.

evaluate(Fun, Item) ->
    try
        {ok, bt_cell:copy(bt_op:touch(Fun(Item)))}
    catch
        Class:Reason:Stack -> {failed, bt_error:wrap(Class, Reason, Stack)}
    end.

value({'$bt_value', {ok, Value}}, _Others) ->
    Value;
value({'$bt_value', {failed, Exception}}, Others) ->
    abandon(Others),
    erlang:error(Exception);
value(Reason, Others) ->
    abandon(Others),
    exit(Reason).

abandon(Running) ->
    maps:foreach(fun(Monitor, {_, Pid}) ->
        demonitor(Monitor, [flush]),
        exit(Pid, kill)
    end, Running).
