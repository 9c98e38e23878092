%% @doc The classes of actors that have died lately, and why they did, so that an ActorDied can say
%% whose instance it was. A process that is dead tells nothing any more.
-module(bt_graves).

-export([create_table/0, bury/3, class_of/1, last_words/1]).

-define(GRAVES, bt_graves).
-define(MOST, 10000).
-define(LONG, 500).
-define(DEPTH, 15).

%% @doc Makes the table; the owner is the keeper process of the runtime.
-spec create_table() -> ok.
create_table() ->
    ?GRAVES = ets:new(?GRAVES, [named_table, public, {write_concurrency, true}]),
    ok.

%% @doc The actor is about to die. The table is emptied when it is full: it only helps messages.
-spec bury(pid(), module(), term()) -> ok.
bury(Actor, Class, Reason) ->
    ets:info(?GRAVES, size) >= ?MOST andalso ets:delete_all_objects(?GRAVES),
    ets:insert(?GRAVES, {Actor, Class, summary(bt_fault:exit_reason(Reason))}),
    ok.

%% @doc The class of a dead actor, if it is remembered.
-spec class_of(term()) -> module() | unknown.
class_of(Actor) ->
    case ets:lookup(?GRAVES, Actor) of
        [{_, Class, _}] -> Class;
        [] -> unknown
    end.

%% @doc Its class and the reason: a symbol, or a short text; nil for what is not remembered.
-spec last_words(pid()) -> {bt_class:object() | nil, atom() | binary()}.
last_words(Actor) ->
    case ets:lookup(?GRAVES, Actor) of
        [{_, Class, Reason}] -> {bt_class:object(Class), Reason};
        [] -> {nil, nil}
    end.

%% The reason itself may be large.
summary(Reason) when is_atom(Reason) -> Reason;
summary(#{'$class' := Class, message := Text}) when is_binary(Text), byte_size(Text) < ?LONG ->
    <<(bt_print:class_name(Class))/binary, ": ", Text/binary>>;
summary(Reason) -> unicode:characters_to_binary(io_lib:format("~0tP", [Reason, ?DEPTH])).
