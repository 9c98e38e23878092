%% @doc Terms as a trace keeps them: no larger than one wants to read.
-module(bt_trace_term).

-export([cut/1, text/1]).

%% What stands for what is left out.
-define(REST, '…').
-define(MOST_ELEMENTS, 32).
-define(MOST_BYTES, 512).
-define(MOST_TERMS, 400).
-define(DEEPEST, 8).

%% @doc The term, with long collections and strings cut off and deep ones left out.
-spec cut(term()) -> term().
cut(Term) ->
    {Cut, _} = cut(Term, ?DEEPEST, ?MOST_TERMS),
    Cut.

%% Answers the number of terms that may still be taken, too.
cut(Binary, _, Left) when is_binary(Binary) -> {cut_binary(Binary), Left - 1};
cut(Bits, _, Left) when is_bitstring(Bits), bit_size(Bits) > 8 * ?MOST_BYTES -> {?REST, Left - 1};
cut([], _, Left) -> {[], Left};
cut(Term, Depth, Left)
  when Depth =:= 0, (is_list(Term) orelse is_tuple(Term) orelse is_map(Term)); Left =< 0 ->
    {?REST, Left - 1};
cut(List, Depth, Left) when is_list(List) -> cut_list(List, ?MOST_ELEMENTS, Depth - 1, Left - 1);
cut({'$bt_future', _, _, _} = Future, _, Left) -> {Future, Left - 1};
cut(Tuple, Depth, Left) when is_tuple(Tuple), tuple_size(Tuple) =< ?MOST_ELEMENTS ->
    {Elements, Next} = cut_list(tuple_to_list(Tuple), ?MOST_ELEMENTS, Depth - 1, Left - 1),
    {list_to_tuple(Elements), Next};
cut(Tuple, Depth, Left) when is_tuple(Tuple) ->
    First = [element(N, Tuple) || N <- lists:seq(1, ?MOST_ELEMENTS)],
    {Elements, Next} = cut_list(First, ?MOST_ELEMENTS, Depth - 1, Left - 1),
    {list_to_tuple(Elements ++ [?REST]), Next};
cut(#{'$class' := _} = Instance, Depth, Left) -> cut_fields(Instance, Depth - 1, Left - 1);
cut(Map, Depth, Left) when is_map(Map), map_size(Map) =< ?MOST_ELEMENTS ->
    {Pairs, Next} = cut_list(maps:to_list(Map), ?MOST_ELEMENTS, Depth, Left - 1),
    {maps:from_list([Pair || {_, _} = Pair <- Pairs]), Next};
cut(Map, Depth, Left) when is_map(Map) ->
    {Few, Next} = cut(maps:from_list(first(maps:iterator(Map), ?MOST_ELEMENTS - 1)), Depth, Left),
    {Few#{?REST => map_size(Map)}, Next};
cut(Other, _, Left) -> {Other, Left - 1}.

%% Lists may be improper.
cut_list([Head | Tail], N, Depth, Left) when N > 0, Left > 0 ->
    {Cut, Next} = cut(Head, Depth, Left),
    {Rest, Last} = cut_list(Tail, N - 1, Depth, Next),
    {[Cut | Rest], Last};
cut_list([], _, _, Left) -> {[], Left};
cut_list([_ | _], _, _, Left) -> {[?REST], Left};
cut_list(Tail, _, Depth, Left) -> cut(Tail, Depth, Left).

%% An instance keeps all of its fields, so that its own methods can print it.
cut_fields(Instance, Depth, Left) ->
    maps:fold(fun(Key, Value, {Fields, L}) ->
                  {Cut, Next} = cut_field(Key, Value, Depth, L),
                  {Fields#{Key => Cut}, Next}
              end, {#{}, Left}, Instance).

cut_field('$class', Class, _, Left) -> {Class, Left};
%% The elements of a Set.
cut_field(items, Items, Depth, Left) when is_map(Items) ->
    Few = maps:from_list(first(maps:iterator(Items), ?MOST_ELEMENTS)),
    cut(Few, max(1, Depth), Left);
cut_field(_, Value, Depth, Left) -> cut(Value, Depth, Left).

first(_, 0) -> [];
first(Iterator, N) ->
    case maps:next(Iterator) of
        none -> [];
        {Key, Value, Next} -> [{Key, Value} | first(Next, N - 1)]
    end.

%% Not in the middle of a character; and a copy, lest the trace keep the whole alive.
cut_binary(Binary) when byte_size(Binary) =< ?MOST_BYTES -> Binary;
cut_binary(Binary) ->
    Start = binary:part(Binary, 0, ?MOST_BYTES),
    case unicode:characters_to_binary(Start) of
        {incomplete, Whole, _} -> <<Whole/binary, "…"/utf8>>;
        {error, _, _} -> binary:copy(Start);
        Whole -> <<Whole/binary, "…"/utf8>>
    end.

%% @doc Any Erlang term as a short text.
-spec text(term()) -> binary().
text(Term) -> unicode:characters_to_binary(io_lib:format("~0tP", [Term, 12])).
