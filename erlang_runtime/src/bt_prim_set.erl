%%% @doc The representation of a Set: its elements are the keys of a map. A key must be known, so an
%%% element that is a future is waited for.
-module(bt_prim_set).

-export([from_list/1, add/2, includes/2]).

-include("bt.hrl").

%% @doc A Set of the elements of a list.
-spec from_list(list()) -> map().
from_list(List) ->
    #{'$class' => 'bt.stdlib.Set', items => maps:from_keys(List, true)}.

%% @doc The Set with an element in it.
-spec add(map(), term()) -> map().
add(#{items := Items} = Set, Item) when ?IS_FUTURE(Item) ->
    Set#{items := Items#{bt_op:touch(Item) => true}};
add(#{items := Items} = Set, Item) ->
    Set#{items := Items#{Item => true}}.

%% @doc Is it an element?
-spec includes(map(), term()) -> boolean().
includes(#{items := Items}, Item) when ?IS_FUTURE(Item) -> is_map_key(bt_op:touch(Item), Items);
includes(#{items := Items}, Item) -> is_map_key(Item, Items).
