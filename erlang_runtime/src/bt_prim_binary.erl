%%% @doc Primitives of Binary: bytes that need not be text. A Binary is a value around an Erlang
%%% binary, because a bare binary is a String (see docs/adr/0020-binaries-are-wrapped.md).
-module(bt_prim_binary).

-export([wrap/1, bytes/3, from_bytes/1, from_iolist/1, zeros/1]).
-export([at/3, part/4, to_bytes/1, concat/2, compare/2, find/2, starts/2, ends/2]).
-export([to_string/1, to_hex/1, from_hex/1, to_base64/1, from_base64/1]).
-export([to_base64_url/1, from_base64_url/1, from_integer/1, to_integer/1, exclusive_or/2]).
-export([serialize/1, deserialize/1, deserialize_with_used/1]).

-export_type([wrapped/0]).

-define(BINARY, 'bt.stdlib.Binary').

%% No Binary is made longer than this from a number.
-define(MOST_BYTES, (1 bsl 30)).

%% What a compressed term may become: a few bytes can stand for gigabytes.
-define(MOST_UNCOMPRESSED, (1 bsl 26)).

-type wrapped() :: #{'$class' := ?BINARY, bytes := binary()}.

%% @doc The Erlang binary as a Binary.
-spec wrap(binary()) -> wrapped().
wrap(Bytes) -> #{'$class' => ?BINARY, bytes => Bytes}.

%% @doc The bytes of a Binary, or of a String, as an Erlang binary.
-spec bytes(term(), term(), atom()) -> binary().
bytes(#{'$class' := ?BINARY, bytes := Bytes}, _Receiver, _Selector) when is_binary(Bytes) -> Bytes;
bytes(Text, _Receiver, _Selector) when is_binary(Text) -> Text;
bytes(Other, Receiver, Selector) ->
    bt_prim_collection:type_error(<<"a Binary or a String">>, Other, Receiver, Selector).

%%% Making

%% @doc A Binary of Integers from 0 to 255.
-spec from_bytes([term()]) -> wrapped().
from_bytes(Items) ->
    wrap(<<<<(byte(bt_op:touch(Item)))>> || Item <- Items>>).

byte(Byte) when is_integer(Byte), Byte >= 0, Byte < 256 -> Byte;
byte(Other) -> type_error(<<"bytes from 0 to 255">>, Other, 'fromBytes:').

%% @doc A Binary of nested lists of bytes, Strings and Binaries.
-spec from_iolist(term()) -> wrapped().
from_iolist(Parts) ->
    try
        wrap(iolist_to_binary(unwrapped(Parts)))
    catch
        error:badarg ->
            type_error(<<"nested lists of bytes, Strings and Binaries">>, Parts, 'fromIolist:')
    end.

unwrapped([Head | Tail]) -> [unwrapped(Head) | unwrapped(Tail)];
unwrapped(#{'$class' := ?BINARY, bytes := Bytes}) -> Bytes;
unwrapped(Part) -> Part.

%% @doc So many bytes that are 0.
-spec zeros(term()) -> wrapped().
zeros(Count) when is_integer(Count), Count >= 0, Count =< ?MOST_BYTES -> wrap(<<0:Count/unit:8>>);
zeros(Other) -> type_error(<<"a number of bytes that fits into memory">>, Other, 'new:').

%%% Parts

%% @doc The byte at an index, counted from 1.
-spec at(binary(), term(), term()) -> byte().
at(Bytes, Index, _Receiver) when is_integer(Index), Index > 0, Index =< byte_size(Bytes) ->
    binary:at(Bytes, Index - 1);
at(Bytes, Index, Receiver) ->
    bt_prim_collection:out_of_bounds(Index, byte_size(Bytes), Receiver, 'at:').

%% @doc So many bytes from an index on, counted from 1.
-spec part(binary(), term(), term(), term()) -> wrapped().
part(Bytes, Start, Size, _Receiver) when
    is_integer(Start), is_integer(Size), Start > 0, Size >= 0, Start + Size - 1 =< byte_size(Bytes)
->
    wrap(binary:part(Bytes, Start - 1, Size));
part(Bytes, Start, Size, Receiver) ->
    Wrong =
        case is_integer(Start) andalso Start > 0 andalso Start =< byte_size(Bytes) of
            true when is_integer(Size), Size > 0 -> Start + Size - 1;
            true -> Size;
            false -> Start
        end,
    bt_prim_collection:out_of_bounds(Wrong, byte_size(Bytes), Receiver, 'part:size:').

-spec to_bytes(binary()) -> [byte()].
to_bytes(Bytes) -> binary_to_list(Bytes).

%% @doc Both in a row; the second one may be a Binary, a String or a byte.
-spec concat(binary(), term()) -> wrapped().
concat(Bytes, Byte) when is_integer(Byte), Byte >= 0, Byte < 256 ->
    wrap(<<Bytes/binary, Byte>>);
concat(Bytes, Other) ->
    wrap(<<Bytes/binary, (bytes(Other, wrap(Bytes), ','))/binary>>).

%%% Comparing and searching

%% @doc Byte by byte.
-spec compare(binary(), term()) -> -1 | 0 | 1.
compare(Bytes, #{'$class' := ?BINARY, bytes := Other}) ->
    if
        Bytes =:= Other -> 0;
        Bytes < Other -> -1;
        true -> 1
    end;
compare(Bytes, Other) ->
    bt_prim_collection:type_error(<<"a Binary">>, Other, wrap(Bytes), 'compare:').

%% @doc The index of the first occurrence of a byte, or of some bytes in a row; or nil.
-spec find(binary(), term()) -> pos_integer() | nil.
find(Bytes, Byte) when is_integer(Byte), Byte >= 0, Byte < 256 -> find(Bytes, <<Byte>>);
find(Bytes, Other) when is_binary(Other); is_map(Other) ->
    case bytes(Other, wrap(Bytes), 'indexOf:') of
        <<>> -> nil;
        Pattern -> position(binary:match(Bytes, Pattern))
    end;
find(_Bytes, _Other) -> nil.

position({Position, _Length}) -> Position + 1;
position(nomatch) -> nil.

-spec starts(binary(), term()) -> boolean().
starts(Bytes, Other) ->
    Prefix = bytes(Other, wrap(Bytes), 'startsWith:'),
    binary:longest_common_prefix([Bytes, Prefix]) =:= byte_size(Prefix).

-spec ends(binary(), term()) -> boolean().
ends(Bytes, Other) ->
    Suffix = bytes(Other, wrap(Bytes), 'endsWith:'),
    binary:longest_common_suffix([Bytes, Suffix]) =:= byte_size(Suffix).

%%% Converting

%% @doc The text in UTF-8 that the bytes are.
-spec to_string(binary()) -> binary().
to_string(Bytes) ->
    case unicode:characters_to_binary(Bytes) of
        Bytes -> Bytes;
        _ -> bt_prim_collection:type_error(<<"bytes in UTF-8">>, wrap(Bytes), wrap(Bytes), asString)
    end.

-spec to_hex(binary()) -> binary().
to_hex(Bytes) -> string:lowercase(binary:encode_hex(Bytes)).

-spec from_hex(term()) -> wrapped().
from_hex(Text) ->
    decoded(Text, fun binary:decode_hex/1, <<"pairs of hexadecimal digits">>, 'fromHex:').

-spec to_base64(binary()) -> binary().
to_base64(Bytes) -> base64:encode(Bytes).

-spec from_base64(term()) -> wrapped().
from_base64(Text) ->
    decoded(Text, fun base64:decode/1, <<"a text in Base64">>, 'fromBase64:').

%% @doc In the alphabet for URLs and file names, without padding.
-spec to_base64_url(binary()) -> binary().
to_base64_url(Bytes) ->
    Encoded = binary:replace(base64:encode(Bytes), <<"=">>, <<>>, [global]),
    translate(Encoded, <<"+">>, <<"-">>, <<"/">>, <<"_">>).

-spec from_base64_url(term()) -> wrapped().
from_base64_url(Text) ->
    Decode = fun(Encoded) ->
        nomatch = binary:match(Encoded, [<<"+">>, <<"/">>]),
        base64:decode(padded(translate(Encoded, <<"-">>, <<"+">>, <<"_">>, <<"/">>)))
    end,
    decoded(Text, Decode, <<"a text in Base64 for URLs">>, 'fromBase64Url:').

padded(Encoded) ->
    case binary:match(Encoded, <<"=">>) of
        nomatch -> <<Encoded/binary, (binary:copy(<<"=">>, -byte_size(Encoded) band 3))/binary>>;
        _ -> Encoded
    end.

translate(Text, A, NewA, B, NewB) ->
    binary:replace(binary:replace(Text, A, NewA, [global]), B, NewB, [global]).

decoded(Text, Decode, Wanted, Selector) when is_binary(Text) ->
    try
        wrap(Decode(Text))
    catch
        error:_ -> bt_prim_parse:error(Wanted, Text, Selector)
    end;
decoded(Other, _Decode, _Wanted, Selector) ->
    type_error(<<"a String">>, Other, Selector).

%% @doc The bytes of a number that is not negative, the highest one first.
-spec from_integer(term()) -> wrapped().
from_integer(Number) when is_integer(Number), Number >= 0 -> wrap(binary:encode_unsigned(Number));
from_integer(Other) -> type_error(<<"an Integer that is not negative">>, Other, 'fromInteger:').

-spec to_integer(binary()) -> non_neg_integer().
to_integer(<<>>) -> 0;
to_integer(Bytes) -> binary:decode_unsigned(Bytes).

-spec exclusive_or(binary(), term()) -> wrapped().
exclusive_or(Bytes, Other) ->
    case bytes(Other, wrap(Bytes), 'bitXor:') of
        Mask when byte_size(Mask) =:= byte_size(Bytes) -> wrap(crypto:exor(Bytes, Mask));
        _ -> bt_prim_collection:size_mismatch(wrap(Bytes), Other, 'bitXor:')
    end.

%%% Values as bytes

%% @doc The value in Erlang's external term format. What cannot be read back safely is refused.
-spec serialize(term()) -> wrapped().
serialize(Value) ->
    ok = check(Value, Value, 'serialize:'),
    wrap(term_to_binary(Value)).

%% @doc The value. Bytes from a stranger make no new symbols, blocks, processes or class objects.
-spec deserialize(term()) -> term().
deserialize(Binary) ->
    {Value, _Used} = read(Binary, 'deserialize:'),
    Value.

%% @doc The value and how many bytes it took; more may follow.
-spec deserialize_with_used(term()) -> {term(), pos_integer()}.
deserialize_with_used(Binary) ->
    read(Binary, 'deserializeWithUsed:').

read(Binary, Selector) ->
    Bytes = bytes(Binary, nil, Selector),
    ok = check_size(Bytes, Binary, Selector),
    try binary_to_term(Bytes, [safe, used]) of
        {Value, Used} ->
            ok = check(Value, Binary, Selector),
            {Value, Used}
    catch
        error:badarg ->
            type_error(<<"bytes as serialize: answers, without new symbols">>, Binary, Selector)
    end.

check_size(<<131, 80, Size:32, _/binary>>, Binary, Selector) when Size > ?MOST_UNCOMPRESSED ->
    type_error(<<"bytes that become no more than 64 MB">>, Binary, Selector);
check_size(_Bytes, _Binary, _Selector) ->
    ok.

%% Funs could run anything, processes belong to a node, and a forged future or class object would
%% get at the inside of the runtime.
check(Value, Shown, Selector) ->
    case is_data(Value) of
        true -> ok;
        false ->
            type_error(<<"a value without blocks, actors and futures">>, Shown, Selector)
    end.

is_data([Head | Tail]) -> is_data(Head) andalso is_data(Tail);
is_data(#{'$class' := 'bt.stdlib.Class', module := Module} = Class) when map_size(Class) =:= 2 ->
    is_class(Module);
is_data(#{'$class' := Class} = Instance) ->
    is_class(Class) andalso is_plain(maps:remove('$class', Instance));
is_data(Value) ->
    is_plain(Value).

is_plain(Map) when is_map(Map) ->
    is_data(maps:keys(Map)) andalso is_data(maps:values(Map));
is_plain(Tuple) when is_tuple(Tuple) ->
    not is_internal(Tuple) andalso is_data(tuple_to_list(Tuple));
is_plain(Value) ->
    not (is_function(Value) orelse is_pid(Value) orelse is_port(Value) orelse is_reference(Value)).

is_internal(Tuple) when tuple_size(Tuple) > 0, is_atom(element(1, Tuple)) ->
    lists:prefix("$bt_", atom_to_list(element(1, Tuple)));
is_internal(_Tuple) ->
    false.

is_class(Module) when is_atom(Module) ->
    lists:prefix("bt.", atom_to_list(Module)) andalso bt_class:exists(Module) andalso
        erlang:function_exported(Module, '$meta', 0);
is_class(_Other) ->
    false.

-spec type_error(iodata(), term(), atom()) -> no_return().
type_error(Wanted, Value, Selector) ->
    bt_prim_collection:type_error(Wanted, Value, nil, Selector).
