%% @doc The classes of actors that have died lately, so that an ActorDied can say whose instance it
%% was. A process that is dead tells nothing any more.
-module(bt_graves).

-export([create_table/0, bury/2, class_of/1]).

-define(GRAVES, bt_graves).
-define(MOST, 10000).

%% @doc Makes the table; the owner is the keeper process of the runtime.
-spec create_table() -> ok.
create_table() ->
    ?GRAVES = ets:new(?GRAVES, [named_table, public, {write_concurrency, true}]),
    ok.

%% @doc The actor is about to die. The table is emptied when it is full: it only helps messages.
-spec bury(pid(), module()) -> ok.
bury(Actor, Class) ->
    ets:info(?GRAVES, size) >= ?MOST andalso ets:delete_all_objects(?GRAVES),
    ets:insert(?GRAVES, {Actor, Class}),
    ok.

%% @doc The class of a dead actor, if it is remembered.
-spec class_of(term()) -> module() | unknown.
class_of(Actor) ->
    case ets:lookup(?GRAVES, Actor) of
        [{_, Class}] -> Class;
        [] -> unknown
    end.
