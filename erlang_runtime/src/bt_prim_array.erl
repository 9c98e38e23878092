%%% @doc The representation of an Array.
-module(bt_prim_array).

-export([from_list/1, new/2, tuple/1, tuple/2]).

%% Erlang has no larger tuples.
-define(MOST, 16#ffffff).

%% @doc An Array of the elements of a list.
-spec from_list(list()) -> map().
from_list(List) ->
    #{'$class' => 'bt.stdlib.Array', items => tuple(List)}.

%% @doc An Array with the same item so many times.
-spec new(term(), {term()}) -> map().
new(Count, Item) ->
    #{'$class' => 'bt.stdlib.Array', items => tuple(Count, Item)}.

%% @doc A Tuple of the elements of a list.
-spec tuple(list()) -> tuple().
tuple(List) ->
    try
        list_to_tuple(List)
    catch
        error:system_limit -> too_large(length(List), 'withAll:')
    end.

%% @doc A Tuple with the same item so many times.
-spec tuple(term(), {term()}) -> tuple().
tuple(Count, {Item}) ->
    case bt_prim_collection:count(Count, nil, 'new:withAll:') of
        Size when Size =< ?MOST -> erlang:make_tuple(Size, Item);
        Size -> too_large(Size, 'new:')
    end.

-spec too_large(integer(), atom()) -> no_return().
too_large(Size, Selector) ->
    bt_prim_collection:type_error(<<"at most 16777215 elements">>, Size, nil, Selector).
