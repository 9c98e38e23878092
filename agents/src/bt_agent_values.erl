%% @doc Values that were written down by an older version of their classes: what a journal or a
%% store holds. A field that is newer than the value gets what it has in a new one.
-module(bt_agent_values).

-export([complete/1]).

%% @doc A term with all fields in the Values that are in it; or the name of a class that is not
%% there.
-spec complete(term()) -> {ok, term()} | {unknown, binary()}.
complete(Term) ->
    try {ok, completed(Term)}
    catch throw:{?MODULE, unknown, Class} -> {unknown, bt_class:name(Class)}
    end.

completed([Head | Tail]) -> [completed(Head) | completed(Tail)];
completed(#{'$class' := Class} = Value) when is_atom(Class) ->
    maps:merge(fields(Class), maps:map(fun(_Field, Part) -> completed(Part) end, Value));
completed(Map) when is_map(Map) ->
    maps:from_list([{completed(Key), completed(Part)} || {Key, Part} <- maps:to_list(Map)]);
completed(Tuple) when is_tuple(Tuple) -> list_to_tuple(completed(tuple_to_list(Tuple)));
completed(Other) -> Other.

%% Those of a new one. The classes of the runtime itself have none.
fields(Class) ->
    case bt_class:exists(Class) of
        true -> initial(Class, erlang:function_exported(Class, '$init', 1));
        false -> throw({?MODULE, unknown, Class})
    end.

initial(Class, true) -> Class:'$init'(#{'$class' => Class});
initial(_Class, false) -> #{}.
