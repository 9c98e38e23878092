%%% @doc The representation of a Set.
-module(bt_prim_set).

-export([from_list/1]).

%% @doc A Set of the elements of a list.
-spec from_list(list()) -> map().
from_list(List) ->
    #{'$class' => 'bt.stdlib.Set', items => maps:from_keys(List, true)}.
