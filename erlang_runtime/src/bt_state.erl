%% @doc The variables of an actor: keys `'@x'' of the process dictionary of its process.
-module(bt_state).

-export([key/1, to_map/0, replace/1, assign/1, snapshot/0, restore/1, from_dictionary/1]).
-export_type([snapshot/0]).

-type snapshot() :: [{atom(), term()}].

%% @doc The key of a variable. Names come from programs, not from data, so atoms may be made.
-spec key(atom()) -> atom().
key(Name) -> list_to_atom([$@ | atom_to_list(Name)]).

%% @doc The variables by name.
-spec to_map() -> #{atom() => term()}.
to_map() -> from_dictionary(get()).

%% @doc The same from a dictionary that `process_info/2' gave.
-spec from_dictionary([{term(), term()}]) -> #{atom() => term()}.
from_dictionary(Dictionary) ->
    maps:from_list([{name(Key), Value} || {Key, Value} <- Dictionary, is_variable(Key)]).

%% @doc Makes these the variables.
-spec replace(#{atom() => term()}) -> ok.
replace(Map) -> restore([{key(Name), Value} || {Name, Value} <- maps:to_list(Map)]).

%% @doc Gives these variables new values, and leaves the others.
-spec assign(#{atom() => term()}) -> ok.
assign(Map) ->
    _ = [put(key(Name), Value) || {Name, Value} <- maps:to_list(Map)],
    ok.

%% @doc The variables as they are now, to come back to.
-spec snapshot() -> snapshot().
snapshot() -> [Pair || {Key, _} = Pair <- get(), is_variable(Key)].

%% @doc Makes the variables what they were.
-spec restore(snapshot()) -> ok.
restore(Snapshot) ->
    [erase(Key) || {Key, _} <- get(), is_variable(Key)],
    [put(Key, Value) || {Key, Value} <- Snapshot],
    ok.

-spec is_variable(term()) -> boolean().
is_variable(Key) when is_atom(Key), Key =/= '@' ->
    case atom_to_binary(Key) of
        <<$@, _/binary>> -> true;
        _ -> false
    end;
is_variable(_) -> false.

-spec name(atom()) -> atom().
name(Key) ->
    [$@ | Name] = atom_to_list(Key),
    list_to_atom(Name).
