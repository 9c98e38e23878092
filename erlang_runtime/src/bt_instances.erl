%% @doc The live instances of actor classes.
%%
%% An actor's class is its initial call, which is read in a fifth of a microsecond; its dictionary
%% would take ten times as long.
-module(bt_instances).

-export([list/1, count/1, all_below/1, catch_up/1]).

%% So long an actor may take to handle what it was sent, in milliseconds, and in so many processes
%% at most one looks for those who have to.
-define(CATCH_UP_MS, 100).
-define(FEW, 2000).

%% @doc The live actors, supervisors or processes of a class, not of its subclasses.
-spec list(module()) -> [pid()].
list(Facade) ->
    case bt_class:kind(Facade) of
        actor -> actors(Facade);
        _ -> bt_processes:of_class(Facade)
    end.

%% @doc How many there are.
-spec count(module()) -> non_neg_integer().
count(Facade) -> length(list(Facade)).

%% @doc Those of the class and of all classes below it.
-spec all_below(module()) -> [pid()].
all_below(Facade) ->
    actors_where(fun(Class) -> bt_class:inherits_from(Class, Facade) end)
        ++ bt_processes:below(Facade).

%% @doc Lets actors of the classes, and of those below them, handle messages that wait for them:
%% what was sent before a change shall not depend on it. One that waits for something itself, or has
%% too much to do, handles them afterwards; where there are many processes nobody waits.
-spec catch_up([module()]) -> ok.
catch_up([]) ->
    ok;
catch_up(Facades) ->
    case erlang:system_info(process_count) =< ?FEW of
        true ->
            Actors = actors_where(fun(Class) -> is_below(Class, Facades) end) -- [self()],
            _ = bt_look:again(fun behind/1, Actors, bt_look:pauses(0, ?CATCH_UP_MS)),
            ok;
        false ->
            ok
    end.

%% One that has caught up once is not waited for again.
behind(Actors) ->
    Items = [message_queue_len, status, current_function],
    case [Pid || Pid <- Actors, is_behind(process_info(Pid, Items))] of
        [] -> {enough, []};
        Behind -> {again, Behind}
    end.

%% Its first messages may need code that is not loaded yet.
is_behind([{message_queue_len, 0} | _]) -> false;
is_behind([_, {status, waiting}, {current_function, {code_server, call, _}}]) -> true;
is_behind([_, {status, Status}, _]) -> Status =:= runnable orelse Status =:= running;
is_behind(undefined) -> false.

%% To ask about a class that is not loaded would be to ask the code server, which may be busy.
is_below(Class, Facades) ->
    erlang:module_loaded(Class)
        andalso lists:any(fun(Facade) -> bt_class:inherits_from(Class, Facade) end, Facades).

%% The actors of some classes; about each class is asked once.
actors_where(IsWanted) ->
    {Actors, _} = lists:foldl(fun(Pid, Acc) -> actor_where(class_of(Pid), Pid, IsWanted, Acc) end,
                              {[], #{none => false}}, processes()),
    lists:reverse(Actors).

actor_where(Class, Pid, IsWanted, {Pids, Known}) ->
    case Known of
        #{Class := true} -> {[Pid | Pids], Known};
        #{Class := false} -> {Pids, Known};
        #{} -> actor_where(Class, Pid, IsWanted, {Pids, Known#{Class => IsWanted(Class)}})
    end.

class_of(Pid) ->
    case process_info(Pid, initial_call) of
        {initial_call, {Facade, '$start', 1}} -> Facade;
        _ -> none
    end.

actors(Facade) ->
    Call = {initial_call, {Facade, '$start', 1}},
    [Pid || Pid <- processes(), process_info(Pid, initial_call) =:= Call].
