%%% @doc Access to the elements of a Tuple, or of an Array, whose elements are a tuple. An item to
%%% be put among them comes in a tuple: the compiler waits for a future that is an argument itself.
-module(bt_prim_tuple).

-export([at/3, at_put/4, add/2, result/1]).

%% @doc The element at an index; the error names the collection whose elements they are.
-spec at(tuple(), term(), term()) -> term().
at(Items, Index, _Collection) when is_integer(Index), Index > 0, Index =< tuple_size(Items) ->
    element(Index, Items);
at(Items, Index, Collection) ->
    bt_prim_collection:out_of_bounds(Index, tuple_size(Items), Collection, 'at:').

%% @doc The tuple with another element at an index.
-spec at_put(tuple(), term(), {term()}, term()) -> tuple().
at_put(Items, Index, {Item}, _Collection)
  when is_integer(Index), Index > 0, Index =< tuple_size(Items) ->
    setelement(Index, Items, Item);
at_put(Items, Index, _Item, Collection) ->
    bt_prim_collection:out_of_bounds(Index, tuple_size(Items), Collection, 'at:put:').

%% @doc The tuple with one more element at its end.
-spec add(tuple(), {term()}) -> tuple().
add(Items, {Item}) ->
    erlang:append_element(Items, Item).

%% @doc The Result of an answer as Erlang's functions give it.
-spec result(term()) -> #{atom() => term()}.
result(ok) -> result(true, nil);
result(error) -> result(false, nil);
result({ok, Value}) -> result(true, Value);
result({error, Reason}) -> result(false, Reason);
result(Answer) when is_tuple(Answer), element(1, Answer) =:= ok; element(1, Answer) =:= error ->
    result(element(1, Answer) =:= ok, erlang:delete_element(1, Answer));
result(Other) ->
    bt_prim_collection:type_error(<<"{#ok, value} or {#error, reason}">>, Other, nil, asResult).

result(IsOk, Value) -> #{'$class' => 'bt.stdlib.Result', ok => IsOk, value => Value}.
