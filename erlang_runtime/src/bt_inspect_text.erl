%% @doc The text of a value for somebody who looks at it: its `printString' if it is short, and
%% otherwise its beginning. Never raises, however large or broken the value is.
-module(bt_inspect_text).

-export(['of'/1]).

%% So many parts and bytes of text are printed in full.
-define(PARTS, 60).
-define(BYTES, 400).
%% Of what is larger, so much.
-define(DEPTH, 4).
-define(ELEMENTS, 8).
-define(LONGEST, 600).

%% @doc The text.
-spec 'of'(term()) -> binary().
'of'(Value) ->
    case is_short(Value) of
        true ->
            try cut(bt_print:print_string(Value))
            catch _:_ -> structure(Value)
            end;
        false -> structure(Value)
    end.

structure(Value) ->
    try cut(iolist_to_binary(part(Value, ?DEPTH)))
    catch _:_ -> cut(unicode:characters_to_binary(io_lib:format("~0tP", [Value, ?ELEMENTS])))
    end.

cut(Text) when byte_size(Text) =< ?LONGEST -> Text;
cut(Text) ->
    case string:slice(Text, 0, ?LONGEST div 2) of
        Text -> Text;
        Start -> <<Start/binary, "...">>
    end.

%%% How much there is of it

is_short(Value) -> left(Value, {?PARTS, ?BYTES}) =/= none.

left(_, none) -> none;
left(_, {Parts, Bytes}) when Parts =< 0; Bytes =< 0 -> none;
left(Text, {Parts, Bytes}) when is_binary(Text) -> {Parts - 1, Bytes - byte_size(Text)};
left(Integer, {Parts, Bytes}) when is_integer(Integer) ->
    {Parts - 1, Bytes - 3 * erts_debug:flat_size(Integer)};
left([Head | Tail], Left) -> left(Tail, left(Head, Left));
%% Its value may be large.
left({'$bt_future', _, _, _}, _) -> none;
left(Tuple, Left) when is_tuple(Tuple) -> tuple_left(Tuple, Left);
left(Map, Left) when is_map(Map) -> map_left(maps:next(maps:iterator(Map)), less(Left));
left(_, Left) -> less(Left).

less({Parts, Bytes}) -> {Parts - 1, Bytes}.

tuple_left(Tuple, _) when tuple_size(Tuple) > ?PARTS -> none;
tuple_left(Tuple, Left) -> left(tuple_to_list(Tuple), less(Left)).

map_left(_, none) -> none;
map_left(none, Left) -> Left;
map_left({Key, Value, Next}, Left) ->
    map_left(maps:next(Next), left(Value, left(Key, Left))).

%%% The beginning of it

part(Value, _) when is_number(Value); is_atom(Value) -> short(Value);
part(Text, _) when is_binary(Text), byte_size(Text) =< ?BYTES -> short(Text);
part(Text, _) when is_binary(Text) -> long_text(Text);
part(_, 0) -> <<"...">>;
part({'$bt_future', _, _, _} = Future, Depth) -> future(Future, Depth);
part([_ | _] = List, Depth) ->
    [<<"#(">>, list(List, ?ELEMENTS, Depth - 1), $)];
part(Tuple, Depth) when is_tuple(Tuple) ->
    [${, some(first(Tuple), tuple_size(Tuple), Depth), $}];
part(#{'$class' := 'bt.stdlib.Array', items := Items}, Depth) when is_tuple(Items) ->
    [<<"#[">>, some(first(Items), tuple_size(Items), Depth), $]];
part(#{'$class' := 'bt.stdlib.Set', items := Items}, Depth) when is_map(Items) ->
    [<<"a Set(">>, some([Key || {Key, _} <- pairs(Items)], map_size(Items), Depth), $)];
part(#{'$class' := Class} = Instance, Depth) when is_atom(Class) -> instance(Instance, Depth);
part(Map, Depth) when is_map(Map) ->
    [<<"#{">>, rows([[part(K, Depth - 1), <<" => ">>, part(V, Depth - 1)] || {K, V} <- pairs(Map)],
                    map_size(Map)), $}];
part(Value, _) -> short(Value).

short(Value) -> bt_print:print_string(Value).

long_text(Text) ->
    Start = case unicode:characters_to_binary(binary:part(Text, 0, ?BYTES)) of
                Good when is_binary(Good) -> Good;
                {_, Good, _} -> Good
            end,
    [short(Start), <<"... (">>, integer_to_binary(byte_size(Text)), <<" bytes)">>].

future(Future, Depth) ->
    case bt_future:is_pending(Future) of
        true -> <<"a Future (pending)">>;
        false ->
            case bt_future:outcome(Future, 0) of
                {ok, Value} -> [<<"a Future (resolved: ">>, part(Value, Depth - 1), $)];
                {error, _} -> <<"a Future (rejected)">>
            end
    end.

%% Erlang may have made it improper, and to count a long one takes its time.
list([], _, _) -> [];
list(_, 0, _) -> <<"...">>;
list([Last], _, Depth) -> part(Last, Depth);
list([Head | Tail], Left, Depth) when is_list(Tail) ->
    [part(Head, Depth), <<", ">> | list(Tail, Left - 1, Depth)];
list([Head | Tail], _, Depth) -> [part(Head, Depth), <<" | ">> | part(Tail, Depth)].

some(First, Size, Depth) -> rows([part(Each, Depth - 1) || Each <- First], Size).

rows(Texts, Size) when length(Texts) < Size ->
    [lists:join(<<", ">>, Texts), <<", ... ">>, integer_to_binary(Size), <<" in all">>];
rows(Texts, _) -> lists:join(<<", ">>, Texts).

instance(#{'$class' := Class} = Instance, Depth) ->
    Fields = maps:remove('$class', Instance),
    Texts = [[atom_or(Name), <<": ">>, part(V, Depth - 1)] || {Name, V} <- pairs(Fields)],
    [bt_print:article(bt_print:class_name(Class)), $(, rows(Texts, map_size(Fields)), $)].

atom_or(Name) when is_atom(Name) -> bt_print:symbol_text(Name);
atom_or(Name) -> part(Name, 1).

first(Tuple) -> [element(N, Tuple) || N <- lists:seq(1, min(tuple_size(Tuple), ?ELEMENTS))].

pairs(Map) when map_size(Map) =< ?PARTS ->
    lists:sublist(lists:sort(maps:to_list(Map)), ?ELEMENTS);
pairs(Map) -> pairs(maps:next(maps:iterator(Map)), ?ELEMENTS).

pairs(none, _) -> [];
pairs(_, 0) -> [];
pairs({Key, Value, Next}, Left) -> [{Key, Value} | pairs(maps:next(Next), Left - 1)].
