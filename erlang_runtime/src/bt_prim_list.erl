%%% @doc Primitives of List. What goes through all elements is a loop of its own where the standard
%%% one would not wait for a future that a block answers as its condition. An item to be put into a
%%% list comes in a tuple, because the compiler waits for a future that is an argument by itself.
-module(bt_prim_list).

-export([at/2, at_put/3, index_of/2, duplicate/2, take/2, drop/2, from_to/3]).
-export([do/2, collect/2, select/2, reject/2, inject/3, group_by/2]).
-export([sort/1, sort/2, unique/1, shuffle/1, zip/2, join/2]).

%% No list is made longer than this of one item: two gigabytes.
-define(MOST, 1 bsl 27).

%% @doc The element at an index, counted from 1.
-spec at(list(), term()) -> term().
at(List, Index) when is_integer(Index), Index > 0 ->
    nth(Index, List, List, Index);
at(List, Index) ->
    bt_prim_collection:out_of_bounds(Index, length(List), List, 'at:').

nth(1, [Item | _], _List, _Index) -> Item;
nth(N, [_ | Rest], List, Index) -> nth(N - 1, Rest, List, Index);
nth(_, [], List, Index) -> bt_prim_collection:out_of_bounds(Index, length(List), List, 'at:').

%% @doc The list with another element at an index.
-spec at_put(list(), term(), {term()}) -> list().
at_put(List, Index, {Item}) when is_integer(Index), Index > 0, Index =< length(List) ->
    {Before, [_ | After]} = lists:split(Index - 1, List),
    Before ++ [Item | After];
at_put(List, Index, _Item) ->
    bt_prim_collection:out_of_bounds(Index, length(List), List, 'at:put:').

%% @doc The index of the first element that is equal to the item, or nil.
-spec index_of(list(), term()) -> pos_integer() | nil.
index_of(List, Item) ->
    index_of(List, Item, 1).

index_of([Item | _], Item, Index) -> Index;
index_of([Head | Rest], Item, Index) ->
    case bt_op:'='(Head, Item) of
        true -> Index;
        _ -> index_of(Rest, Item, Index + 1)
    end;
index_of([], _Item, _Index) -> nil.

%% @doc A list of so many times the item.
-spec duplicate(term(), {term()}) -> list().
duplicate(Count, {Item}) ->
    case bt_prim_collection:count(Count, [], 'new:withAll:') of
        Size when Size =< ?MOST -> lists:duplicate(Size, Item);
        _ -> bt_prim_collection:type_error(<<"a size that fits into memory">>, Count, nil,
                                           'new:withAll:')
    end.

%% @doc The first elements, as many as there are.
-spec take(list(), term()) -> list().
take(List, Count) ->
    lists:sublist(List, bt_prim_collection:count(Count, List, 'take:')).

%% @doc The elements after the first ones.
-spec drop(list(), term()) -> list().
drop(List, Count) ->
    nthtail(bt_prim_collection:count(Count, List, 'drop:'), List).

nthtail(0, List) -> List;
nthtail(N, [_ | Rest]) -> nthtail(N - 1, Rest);
nthtail(_, []) -> [].

%% @doc The elements from one index to another, both included; none if the second is the smaller.
-spec from_to(list(), term(), term()) -> list().
from_to(List, Start, Stop) when is_integer(Start), is_integer(Stop) ->
    Size = length(List),
    if
        Stop < Start -> [];
        Start < 1 -> bt_prim_collection:out_of_bounds(Start, Size, List, 'from:to:');
        Stop > Size -> bt_prim_collection:out_of_bounds(Stop, Size, List, 'from:to:');
        true -> lists:sublist(List, Start, Stop - Start + 1)
    end;
from_to(List, Start, Stop) ->
    Wrong = case is_integer(Start) of true -> Stop; false -> Start end,
    bt_prim_collection:type_error(<<"an Integer">>, Wrong, List, 'from:to:').

%% @doc Evaluates the block with each element; answers the list.
-spec do(list(), term()) -> list().
do(List, Block) ->
    lists:foreach(bt_prim_collection:function(Block, 1, 'do:'), List),
    List.

%% @doc The values of the block for each element.
-spec collect(list(), term()) -> list().
collect(List, Block) ->
    lists:map(bt_prim_collection:function(Block, 1, 'collect:'), List).

%% @doc The elements of which the block is true.
-spec select(list(), term()) -> list().
select(List, Block) when is_function(Block, 1) ->
    filter(Block, List);
select(List, Other) ->
    select(List, bt_prim_collection:function(Other, 1, 'select:')).

%% Here as in fold/3 the callers have tested the fun: then the call in the loop need not.
filter(Fun, [Item | Rest]) ->
    case Fun(Item) of
        true -> [Item | filter(Fun, Rest)];
        false -> filter(Fun, Rest);
        Other -> keep(bt_op:condition(Other, 'ifTrue:'), Item, filter(Fun, Rest))
    end;
filter(_Fun, []) -> [].

%% @doc The elements of which the block is false.
-spec reject(list(), term()) -> list().
reject(List, Block) when is_function(Block, 1) ->
    filter_out(Block, List);
reject(List, Other) ->
    reject(List, bt_prim_collection:function(Other, 1, 'reject:')).

filter_out(Fun, [Item | Rest]) ->
    case Fun(Item) of
        true -> filter_out(Fun, Rest);
        false -> [Item | filter_out(Fun, Rest)];
        Other -> keep(not bt_op:condition(Other, 'ifFalse:'), Item, filter_out(Fun, Rest))
    end;
filter_out(_Fun, []) -> [].

keep(true, Item, Rest) -> [Item | Rest];
keep(false, _Item, Rest) -> Rest.

%% @doc Carries a value through the list; the block gets it before the element, while a fun of
%% `lists:foldl/3' gets it after.
-spec inject(list(), term(), term()) -> term().
inject(List, Initial, Block) when is_function(Block, 2) ->
    fold(Block, List, Initial);
inject(List, Initial, Other) ->
    inject(List, Initial, bt_prim_collection:function(Other, 2, 'inject:into:')).

%% The value goes last: as an earlier parameter it would make the loop 2.5 times slower, because the
%% JIT would then move two registers at once that were just written one by one.
fold(Fun, [Item | Rest], Value) -> fold(Fun, Rest, Fun(Value, Item));
fold(_Fun, [], Value) -> Value.

%% @doc A map from the block's values to the elements that have them, in their order.
-spec group_by(list(), term()) -> map().
group_by(List, Block) ->
    Key = bt_prim_collection:function(Block, 1, 'groupBy:'),
    Add = fun(Item, Groups) ->
        maps:update_with(bt_op:touch(Key(Item)), fun(Group) -> [Item | Group] end, [Item], Groups)
    end,
    maps:map(fun(_, Group) -> lists:reverse(Group) end, lists:foldl(Add, #{}, List)).

%% @doc The elements in order: numbers, strings or symbols as Erlang has them, others by their `<'.
-spec sort(list()) -> list().
sort(List) ->
    Kinds = [fun is_number/1, fun is_binary/1, fun is_atom/1],
    case lists:any(fun(IsKind) -> lists:all(IsKind, List) end, Kinds) of
        true -> lists:sort(List);
        false -> lists:sort(fun(A, B) -> not bt_op:condition(bt_op:'<'(B, A), 'sort') end, List)
    end.

%% @doc The elements in the order of a block. Two that the block has in neither order, or in both,
%% stay as they are: so `<' and `<=' sort alike, and stably.
-spec sort(list(), term()) -> list().
sort(List, Block) ->
    Before = bt_prim_collection:function(Block, 2, 'sort:'),
    InOrder = fun(A, B) ->
        bt_op:condition(Before(A, B), 'sort:') orelse not bt_op:condition(Before(B, A), 'sort:')
    end,
    lists:sort(InOrder, List).

%% @doc The elements, each but once, where it stood first.
-spec unique(list()) -> list().
unique(List) ->
    unique(List, #{}).

unique([Item | Rest], Seen) when is_map_key(Item, Seen) -> unique(Rest, Seen);
unique([Item | Rest], Seen) -> [Item | unique(Rest, Seen#{Item => true})];
unique([], _Seen) -> [].

%% @doc The elements in an order by chance.
-spec shuffle(list()) -> list().
shuffle(List) ->
    [Item || {_, Item} <- lists:keysort(1, [{rand:uniform(), Item} || Item <- List])].

%% @doc The pairs of the elements of both, as many as the shorter one has.
-spec zip(list(), list()) -> [{term(), term()}].
zip([A | As], [B | Bs]) -> [{A, B} | zip(As, Bs)];
zip(_, _) -> [].

%% @doc The display strings of the elements with a separator between them.
-spec join(list(), term()) -> binary().
join(List, Separator) when is_binary(Separator) ->
    Texts = [bt_print:display_string(bt_op:touch(Item)) || Item <- List],
    iolist_to_binary(lists:join(Separator, Texts));
join(List, Separator) ->
    bt_prim_collection:type_error(<<"a String">>, Separator, List, 'join:').
