%%% @doc JSON as text. `prepared' turns any value into what jiffy takes, too: objects are
%%% `{[{Key, Value}]}', so that the fields of an instance keep their order.
-module(bt_json_writer).

-export([prepared/2, compact/1, pretty/1]).

-type json() ::
    number() | binary() | atom() | [json()] | {[{binary(), json()}]}.

%%% Values

%% @doc The value as JSON knows values; what has no place there raises a TypeError.
-spec prepared(term(), atom()) -> json().
prepared(Value, _Selector) when is_number(Value); is_atom(Value) ->
    Value;
prepared(Text, Selector) when is_binary(Text) ->
    bt_prim_parse:text(Text, nil, Selector);
prepared(List, Selector) when is_list(List) ->
    elements(List, List, Selector);
prepared(#{'$class' := Class} = Instance, Selector) ->
    instance(Class, Instance, Selector);
prepared(Map, Selector) when is_map(Map) ->
    object(lists:sort([{key(Key, Map, Selector), Value} || {Key, Value} <- maps:to_list(Map)]),
           Map, Selector);
prepared(Tuple, Selector) when is_tuple(Tuple) ->
    case bt_op:touch(Tuple) of
        Tuple -> elements(tuple_to_list(Tuple), Tuple, Selector);
        Value -> prepared(Value, Selector)
    end;
prepared(Other, Selector) ->
    not_json(Other, Selector).

elements([Head | Tail], Whole, Selector) ->
    [prepared(Head, Selector) | elements(Tail, Whole, Selector)];
elements([], _Whole, _Selector) ->
    [];
elements(_Improper, Whole, Selector) ->
    bt_prim_collection:type_error(<<"a List with a proper end">>, Whole, nil, Selector).

object([{Key, _}, {Key, _} | _], Map, Selector) ->
    Wanted = [<<"a Dictionary with one key ">>, Key],
    bt_prim_collection:type_error(Wanted, Map, nil, Selector);
object(Pairs, Map, Selector) ->
    {members(Pairs, Map, Selector)}.

members([{Key, _}, {Key, _} | _] = Pairs, Map, Selector) ->
    object(Pairs, Map, Selector);
members([{Key, Value} | Pairs], Map, Selector) ->
    [{Key, prepared(Value, Selector)} | members(Pairs, Map, Selector)];
members([], _Map, _Selector) ->
    [].

key(Key, _Map, Selector) when is_binary(Key) -> bt_prim_parse:text(Key, nil, Selector);
key(Key, _Map, _Selector) when is_atom(Key) -> atom_to_binary(Key);
key(Key, _Map, _Selector) when is_integer(Key) -> integer_to_binary(Key);
key(#{'$class' := 'bt.stdlib.Character', code := Code}, _Map, _Selector) -> <<Code/utf8>>;
key(Key, _Map, Selector) ->
    Wanted = <<"keys that are Strings, Symbols or Integers">>,
    bt_prim_collection:type_error(Wanted, Key, nil, Selector).

%% Unless the class says otherwise by `jsonValue', an instance is an object of its fields.
instance('bt.stdlib.Array', #{items := Items}, Selector) ->
    prepared(tuple_to_list(Items), Selector);
instance(Class, Instance, Selector) ->
    case is_atom(Class) andalso bt_class:find(Class, jsonValue, 1) of
        {'bt.stdlib.Value', jsonValue} ->
            {[{atom_to_binary(Name), prepared(maps:get(Name, Instance, nil), Selector)}
              || Name <- bt_class:variables(Class)]};
        {_, _} ->
            case bt_send:call(Instance, jsonValue) of
                Instance -> not_json(Instance, Selector);
                Value -> prepared(Value, Selector)
            end;
        _ ->
            not_json(Instance, Selector)
    end.

-spec not_json(term(), atom()) -> no_return().
not_json(Value, Selector) ->
    Message = unicode:characters_to_binary(
        [atom_to_binary(Selector), <<" cannot write ">>, bt_print:print_string(Value)]),
    bt_error:raise('bt.stdlib.TypeError', #{
        message => Message,
        hint => <<"jsonValue says what stands for an object in JSON">>,
        selector => Selector,
        receiver => Value
    }).

%%% Text

%% @doc Without white space.
-spec compact(json()) -> iodata().
compact({Members}) ->
    [${, lists:join($,, [[string(Key), $:, compact(Value)] || {Key, Value} <- Members]), $}];
compact(List) when is_list(List) ->
    [$[, lists:join($,, [compact(Item) || Item <- List]), $]];
compact(Value) ->
    scalar(Value).

%% @doc A line for each member and element.
-spec pretty(json()) -> iodata().
pretty(Value) ->
    pretty(Value, <<"\n">>).

pretty({[]}, _Line) ->
    <<"{}">>;
pretty([], _Line) ->
    <<"[]">>;
pretty({Members}, Line) ->
    Deeper = <<Line/binary, "  ">>,
    Lines = [[Deeper, string(Key), <<": ">>, pretty(Value, Deeper)] || {Key, Value} <- Members],
    [${, lists:join($,, Lines), Line, $}];
pretty(List, Line) when is_list(List) ->
    Deeper = <<Line/binary, "  ">>,
    [$[, lists:join($,, [[Deeper, pretty(Item, Deeper)] || Item <- List]), Line, $]];
pretty(Value, _Line) ->
    scalar(Value).

scalar(nil) -> <<"null">>;
scalar(Atom) when Atom =:= true; Atom =:= false; Atom =:= null -> atom_to_binary(Atom);
scalar(Symbol) when is_atom(Symbol) -> string(atom_to_binary(Symbol));
scalar(Integer) when is_integer(Integer) -> integer_to_binary(Integer);
scalar(Float) when is_float(Float) -> float_to_binary(Float, [short]);
scalar(Text) when is_binary(Text) -> string(Text).

string(Text) ->
    [$", escaped(Text, Text, 0, 0), $"].

%% The stretches between what must be escaped are parts of the text as it is.
escaped(Text, <<Byte, Rest/binary>>, Start, Length) when Byte < 32; Byte =:= $"; Byte =:= $\\ ->
    [binary:part(Text, Start, Length), escape(Byte) | escaped(Text, Rest, Start + Length + 1, 0)];
escaped(Text, <<_, Rest/binary>>, Start, Length) ->
    escaped(Text, Rest, Start, Length + 1);
escaped(Text, <<>>, Start, Length) ->
    [binary:part(Text, Start, Length)].

escape($") -> <<"\\\"">>;
escape($\\) -> <<"\\\\">>;
escape($\n) -> <<"\\n">>;
escape($\r) -> <<"\\r">>;
escape($\t) -> <<"\\t">>;
escape(Byte) -> io_lib:format("\\u~4.16.0b", [Byte]).
