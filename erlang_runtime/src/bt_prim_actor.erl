%%% @doc Primitives of Actor: starting, finding and watching actors.
-module(bt_prim_actor).

-compile({no_auto_import, [monitor/1, spawn/3]}).

-export([spawn/3, child_spec/2, monitor/1, on_exit/2, with_timeout/2]).

%% @doc Starts an actor with values for some of its variables and a name, or nil for none.
-spec spawn(bt_class:object(), term(), term()) -> pid().
spawn(#{module := Facade}, State, nil) when State =:= #{} ->
    bt_actor:spawn(Facade);
spawn(#{module := Facade}, State, Name) when is_map(State), is_atom(Name) ->
    bt_actor:spawn_named(Facade, State, Name);
spawn(Class, State, Name) when is_map(State) ->
    bt_prim_collection:type_error(<<"a Symbol">>, Name, Class, 'spawnAs:');
spawn(Class, State, _Name) ->
    bt_prim_collection:type_error(<<"a Dictionary">>, State, Class, 'spawnWith:').

%% @doc The class as a child of an Erlang supervisor.
-spec child_spec(bt_class:object(), permanent | transient | temporary) -> supervisor:child_spec().
child_spec(#{module := Facade}, Restart) -> bt_child_spec:of_class(Facade, Restart).

%% @doc Has `actorDown:reason:' sent to the process that asks.
-spec monitor(pid()) -> term().
monitor(Actor) ->
    bt_actor:monitor(self(), Actor).

%% @doc Runs the block with the reason, in this process, some time after the actor has ended.
-spec on_exit(pid(), term()) -> bt_future:future().
on_exit(Actor, Block) ->
    Tag = make_ref(),
    Watcher = erlang:spawn(fun() ->
        put('$bt_role', watcher),
        receive {Tag, Settle} -> watch(Actor, Settle) end
    end),
    Future = bt_future:new(Watcher),
    {Id, Address} = bt_future:address(Future, Watcher),
    Watcher ! {Tag, fun(Reason) -> bt_future_store:settle(Id, Address, {ok, Reason}) end},
    bt_prim_future:when_resolved({Future}, Block).

%% @doc A stand-in for the actor whose messages are awaited for a limited time.
-spec with_timeout(pid(), term()) -> map().
with_timeout(Actor, Ms) ->
    bt_class:instantiate('bt.stdlib.TimeoutProxy', #{target => Actor, timeout => Ms}).

watch(Actor, Settle) ->
    Monitor = erlang:monitor(process, Actor),
    receive
        {'DOWN', Monitor, process, _, Reason} -> Settle(Reason)
    end.
