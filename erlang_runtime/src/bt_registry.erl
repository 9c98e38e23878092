%% @doc Names of actors: those of Erlang's own registry, so that `{name, node}', supervisors and
%% shells know them too. A process has at most one name, and a dead one none.
-module(bt_registry).

-export([named/1, put/2, remove/1, keys/0]).
-export([register_as/2, unregister/1, name_of/1]).

%% @doc The actor of this name, or nil.
-spec named(term()) -> pid() | nil.
named(Name) when is_atom(Name) ->
    case whereis(Name) of
        undefined -> nil;
        Actor -> Actor
    end;
named(_) -> nil.

%% @doc Gives an actor a name, taking it from the one that had it. Answers the actor.
-spec put(term(), term()) -> pid().
put(_, Actor) when not is_pid(Actor); node(Actor) =/= node() ->
    bt_error:raise(bt_fault:type_error(<<"an actor of this node">>, Actor));
put(Name, Actor) when is_atom(Name) ->
    case whereis(Name) of
        undefined -> register_as(Actor, Name);
        Actor -> Actor;
        _ ->
            remove(Name),
            register_as(Actor, Name)
    end;
put(Name, _) -> bt_error:raise(bt_fault:type_error(<<"a Symbol">>, Name)).

%% @doc Takes a name away; answers the actor that had it, or nil.
-spec remove(term()) -> pid() | nil.
remove(Name) ->
    case named(Name) of
        nil -> nil;
        Actor ->
            try erlang:unregister(Name) of
                true -> Actor
            catch error:badarg -> nil
            end
    end.

%% @doc The names of all actors, sorted.
-spec keys() -> [atom()].
keys() -> lists:sort([Name || Name <- registered(), is_actor(whereis(Name))]).

%% Erlang's own servers have names too; an actor is known by its initial call.
-spec is_actor(undefined | pid() | port()) -> boolean().
is_actor(Pid) when is_pid(Pid) ->
    case process_info(Pid, initial_call) of
        {initial_call, {_, '$start', 1}} -> true;
        _ -> false
    end;
is_actor(_) -> false.

%% @doc Gives an actor a name that no live one has. An actor's earlier name is replaced.
-spec register_as(pid(), term()) -> pid().
register_as(Actor, Name) when is_atom(Name), Name =/= nil, Name =/= undefined ->
    case name_of(Actor) of
        Name -> Actor;
        Former ->
            Former =:= nil orelse remove(Former),
            register_new(Actor, Name)
    end;
register_as(_, Name) -> bt_error:raise(bt_fault:type_error(<<"a Symbol">>, Name)).

-spec register_new(pid(), atom()) -> pid().
register_new(Actor, Name) ->
    try erlang:register(Name, Actor) of
        true -> Actor
    catch
        error:badarg ->
            case is_process_alive(Actor) of
                true -> bt_error:raise(bt_fault:name_taken(Name, Actor));
                false -> bt_error:raise(bt_fault:actor_died(Actor, unknown, noproc))
            end
    end.

%% @doc Takes an actor's name away; answers the actor.
-spec unregister(pid()) -> pid().
unregister(Actor) ->
    remove(name_of(Actor)),
    Actor.

%% @doc An actor's name, or nil.
-spec name_of(pid()) -> atom().
name_of(Actor) ->
    case process_info(Actor, registered_name) of
        {registered_name, Name} -> Name;
        _ -> nil
    end.
