%% @doc The live instances of actor classes.
%%
%% An actor's class is its initial call, which is read in a fifth of a microsecond; its dictionary
%% would take ten times as long.
-module(bt_instances).

-export([list/1, count/1, all_below/1]).

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
    {Actors, _} = lists:foldl(fun(Pid, Acc) -> below(class_of(Pid), Pid, Facade, Acc) end,
                              {[], #{none => false}}, processes()),
    lists:reverse(Actors, bt_processes:below(Facade)).

%% Whether a class is below is found out once.
below(Class, Pid, Facade, {Pids, Known}) ->
    case Known of
        #{Class := true} -> {[Pid | Pids], Known};
        #{Class := false} -> {Pids, Known};
        #{} ->
            Is = bt_class:inherits_from(Class, Facade),
            below(Class, Pid, Facade, {Pids, Known#{Class => Is}})
    end.

class_of(Pid) ->
    case process_info(Pid, initial_call) of
        {initial_call, {Facade, '$start', 1}} -> Facade;
        _ -> none
    end.

actors(Facade) ->
    Call = {initial_call, {Facade, '$start', 1}},
    [Pid || Pid <- processes(), process_info(Pid, initial_call) =:= Call].
