%%% @doc Primitives of Uuid (RFC 9562).
-module(bt_prim_uuid).

-export([v4/0, v7/0, from_string/1, from_bytes/1, is_valid/1, to_text/1, compare/3]).

-define(UUID, 'bt.stdlib.Uuid').
-define(CLOCK, bt_prim_uuid_clock).

%% What follows the milliseconds in the clock of version 7.
-define(COUNTER_BITS, 12).

-type uuid() :: #{'$class' := ?UUID, bytes := binary()}.

%% @doc By chance.
-spec v4() -> uuid().
v4() ->
    <<A:48, _:4, B:12, _:2, C:62>> = crypto:strong_rand_bytes(16),
    uuid(<<A:48, 4:4, B:12, 2:2, C:62>>).

%% @doc By the clock, then by chance: each is greater than all that this node made before.
-spec v7() -> uuid().
v7() ->
    Tick = next_tick(clock()),
    <<Random:62, _:2>> = crypto:strong_rand_bytes(8),
    uuid(<<(Tick bsr ?COUNTER_BITS):48, 7:4, Tick:?COUNTER_BITS, 2:2, Random:62>>).

%% Milliseconds and a counter in one number. The counter begins low, so that it seldom has to
%% borrow from the next millisecond.
next_tick(Clock) ->
    Last = atomics:get(Clock, 1),
    Now = erlang:system_time(millisecond) bsl ?COUNTER_BITS,
    Next = max(Now, Last + 1),
    case atomics:compare_exchange(Clock, 1, Last, Next) of
        ok -> Next;
        _ -> next_tick(Clock)
    end.

clock() ->
    case persistent_term:get(?CLOCK, none) of
        none -> global:trans({?CLOCK, self()}, fun make_clock/0, [node()]);
        Clock -> Clock
    end.

make_clock() ->
    case persistent_term:get(?CLOCK, none) of
        none ->
            Clock = atomics:new(1, [{signed, false}]),
            ok = persistent_term:put(?CLOCK, Clock),
            Clock;
        Clock ->
            Clock
    end.

uuid(Bytes) -> #{'$class' => ?UUID, bytes => Bytes}.

%% @doc From 36 characters, in upper or lower case.
-spec from_string(term()) -> uuid().
from_string(Text) when is_binary(Text) ->
    case parsed(Text) of
        {ok, Bytes} -> uuid(Bytes);
        error ->
            Wanted = <<"a text such as 018f4e3c-8d2a-7b6e-9f10-2a3b4c5d6e7f">>,
            bt_prim_parse:error(Wanted, Text, 'fromString:')
    end;
from_string(Other) ->
    bt_prim_collection:type_error(<<"a String">>, Other, bt_class:object(?UUID), 'fromString:').

parsed(<<A:8/binary, "-", B:4/binary, "-", C:4/binary, "-", D:4/binary, "-", E:12/binary>>) ->
    try
        {ok, binary:decode_hex(<<A/binary, B/binary, C/binary, D/binary, E/binary>>)}
    catch
        error:badarg -> error
    end;
parsed(_Text) ->
    error.

%% @doc From 16 bytes.
-spec from_bytes(term()) -> uuid().
from_bytes(Data) ->
    case bt_prim_binary:bytes(Data, bt_class:object(?UUID), 'new:') of
        Bytes when byte_size(Bytes) =:= 16 -> uuid(Bytes);
        _ ->
            Class = bt_class:object(?UUID),
            bt_prim_collection:type_error(<<"16 bytes or 36 characters">>, Data, Class, 'new:')
    end.

-spec is_valid(term()) -> boolean().
is_valid(Text) when is_binary(Text) -> parsed(Text) =/= error;
is_valid(_Other) -> false.

-spec to_text(binary()) -> binary().
to_text(<<A:4/binary, B:2/binary, C:2/binary, D:2/binary, E:6/binary>>) ->
    iolist_to_binary(lists:join($-, [bt_prim_binary:to_hex(Part) || Part <- [A, B, C, D, E]])).

%% @doc -1, 0 or 1, by the bytes; those of version 7 stand in the order of time.
-spec compare(binary(), term(), atom()) -> -1 | 0 | 1.
compare(Bytes, #{'$class' := ?UUID, bytes := Other}, _Selector) ->
    if
        Bytes < Other -> -1;
        Bytes > Other -> 1;
        true -> 0
    end;
compare(Bytes, Other, Selector) ->
    bt_prim_collection:type_error(<<"a Uuid">>, Other, uuid(Bytes), Selector).
