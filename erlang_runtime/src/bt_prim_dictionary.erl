%%% @doc Primitives of Dictionary.
-module(bt_prim_dictionary).

-compile({no_auto_import, [put/2]}).

-export([at/2, put/2, do/2, collect/2, select/2, merge/2]).

%% @doc The value at a key.
-spec at(map(), term()) -> term().
at(Map, Key) ->
    case Map of
        #{Key := Value} -> Value;
        _ -> bt_prim_collection:no_key(Key, Map, 'at:')
    end.

%% @doc The map with a value at a key. A key must be known, so it is waited for; a value need not.
-spec put(map(), {term(), term()}) -> map().
put(Map, {Key, Value}) ->
    Map#{bt_op:touch(Key) => Value}.

%% @doc Evaluates the block with each key and value; answers the map.
-spec do(map(), term()) -> map().
do(Map, Block) ->
    maps:foreach(bt_prim_collection:function(Block, 2, 'keysAndValuesDo:'), Map),
    Map.

%% @doc The block's values for each key and value, at the same keys.
-spec collect(map(), term()) -> map().
collect(Map, Block) ->
    maps:map(bt_prim_collection:function(Block, 2, 'keysAndValuesCollect:'), Map).

%% @doc The pairs of which the block is true.
-spec select(map(), term()) -> map().
select(Map, Block) ->
    Fun = bt_prim_collection:function(Block, 2, 'keysAndValuesSelect:'),
    maps:filter(fun(Key, Value) -> bt_op:condition(Fun(Key, Value), 'ifTrue:') end, Map).

%% @doc The pairs of both; the second one's where both have a key.
-spec merge(map(), term()) -> map().
merge(Map, Other) when is_map(Other), not is_map_key('$class', Other) ->
    maps:merge(Map, Other);
merge(Map, Other) ->
    bt_prim_collection:type_error(<<"a Dictionary">>, Other, Map, 'merge:').
