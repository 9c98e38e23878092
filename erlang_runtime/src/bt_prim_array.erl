%%% @doc The representation of an Array.
-module(bt_prim_array).

-export([from_list/1]).

%% @doc An Array of the elements of a list.
-spec from_list(list()) -> map().
from_list(List) ->
    #{'$class' => 'bt.stdlib.Array', items => list_to_tuple(List)}.
