%% @doc The last good states of actors whose class declares `recover: #last'.
%%
%% They are kept in a table that the runtime's top supervisor owns, by supervisor and place in it:
%% so they outlive the actor, however it ends, and are dropped with the supervisor.
-module(bt_recovery).

-export([create_tables/0, wanted/1, save/3, last/1, forget/1, forget_children_of/1]).
-export_type([place/0]).

-define(TABLE, ?MODULE).

-type place() :: {Supervisor :: pid(), Child :: integer()}.

-spec create_tables() -> ok.
create_tables() ->
    ?TABLE = ets:new(?TABLE, [named_table, ordered_set, public, {write_concurrency, true}]),
    ok.

%% @doc Whether the class declares `recover: #last'.
-spec wanted(module()) -> boolean().
wanted(Facade) ->
    erlang:function_exported(Facade, 'class recover', 1)
        andalso Facade:'class recover'(bt_class:object(Facade)) =:= last.

%% @doc Keeps the state of the actor in this place, and the shape that its class had. Its blocks go
%% as copies, as in a message.
-spec save(place(), bt_migration:shape(), bt_state:snapshot()) -> ok.
save(Place, Shape, Snapshot) ->
    ets:insert(?TABLE, {Place, Shape, bt_cell:copy(Snapshot)}),
    ok.

%% @doc The state that was saved last in this place.
-spec last(place()) -> {ok, bt_migration:shape(), bt_state:snapshot()} | none.
last(Place) ->
    case ets:lookup(?TABLE, Place) of
        [{_, Shape, Snapshot}] -> {ok, Shape, Snapshot};
        [] -> none
    end.

%% @doc Drops it: the actor ended as it should.
-spec forget(place()) -> ok.
forget(Place) ->
    ets:delete(?TABLE, Place),
    ok.

%% @doc Drops all of a supervisor that has ended.
-spec forget_children_of(pid()) -> ok.
forget_children_of(Supervisor) ->
    ets:match_delete(?TABLE, {{Supervisor, '_'}, '_', '_'}),
    ok.
