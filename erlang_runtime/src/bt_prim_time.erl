%%% @doc The clocks: Time, and the numbers behind Duration.
-module(bt_prim_time).

-export([now/1, monotonic/0, run_time/1]).
-export([duration/3, duration_of_parts/1, duration_of/3, in_unit/2, scaled/3, divided/2]).
-export([parse_duration/1, duration_text/1, duration_iso/1]).

-define(DURATION, 'bt.stdlib.Duration').

%% Some 290,000 years, in microseconds.
-define(LONGEST, (1 bsl 63)).

-define(SECOND, 1_000_000).
-define(UNITS, [{w, 604_800_000_000}, {d, 86_400_000_000}, {h, 3_600_000_000}, {m, 60_000_000},
                {s, ?SECOND}, {ms, 1000}, {us, 1}]).

-define(PARTS, [{w, weeks}, {d, days}, {h, hours}, {m, minutes}, {s, seconds}, {ms, milliseconds},
                {us, microseconds}]).

-type duration() :: #{'$class' := ?DURATION, microseconds := integer()}.

%% @doc The time since 1970 in a unit.
-spec now(second | millisecond | microsecond | nanosecond) -> integer().
now(Unit) -> erlang:system_time(Unit).

%% @doc The microseconds since the node was started, by the clock that never jumps.
-spec monotonic() -> non_neg_integer().
monotonic() ->
    Native = erlang:monotonic_time() - erlang:system_info(start_time),
    erlang:convert_time_unit(Native, native, microsecond).

%% @doc The microseconds that the block takes.
-spec run_time(term()) -> non_neg_integer().
run_time(Block) ->
    Start = erlang:monotonic_time(),
    _ = bt_send:call(Block, value),
    erlang:convert_time_unit(erlang:monotonic_time() - Start, native, microsecond).

%%% Durations

%% @doc So many units of so many microseconds.
-spec duration(term(), pos_integer(), atom()) -> duration().
duration(Number, Unit, _Selector) when is_integer(Number), abs(Number) < ?LONGEST div Unit ->
    #{'$class' => ?DURATION, microseconds => Number * Unit};
duration(Number, Unit, _Selector) when is_float(Number), abs(Number) < ?LONGEST div Unit ->
    #{'$class' => ?DURATION, microseconds => round(Number * Unit)};
duration(Number, _Unit, Selector) when is_number(Number) ->
    Wanted = <<"a time of no more than 290,000 years">>,
    bt_prim_collection:type_error(Wanted, Number, bt_class:object(?DURATION), Selector);
duration(Other, _Unit, Selector) ->
    bt_prim_collection:type_error(<<"a Number">>, Other, bt_class:object(?DURATION), Selector).

%% @doc The sum of the counts of a Dictionary by units, such as #hours.
-spec duration_of_parts(map()) -> duration().
duration_of_parts(Parts) ->
    Total = lists:sum([part(Unit, Count) || {Unit, Count} <- maps:to_list(Parts)]),
    duration(Total, 1, 'new:').

part(Name, Count) ->
    case lists:keyfind(Name, 2, ?PARTS) of
        {Key, Name} -> maps:get(microseconds, duration(Count, unit(Key), 'new:'));
        false ->
            Wanted = <<"the units of a Duration, such as #hours">>,
            bt_prim_collection:type_error(Wanted, Name, bt_class:object(?DURATION), 'new:')
    end.

%% @doc The microseconds of an argument that must be a Duration.
-spec duration_of(term(), term(), atom()) -> integer().
duration_of(#{'$class' := ?DURATION, microseconds := Microseconds}, _Receiver, _Selector) when
    is_integer(Microseconds)
->
    Microseconds;
duration_of(Other, Receiver, Selector) ->
    bt_prim_collection:type_error(<<"a Duration">>, Other, Receiver, Selector).

%% @doc An Integer where the unit measures the time exactly, else a Float.
-spec in_unit(integer(), pos_integer()) -> number().
in_unit(Microseconds, Unit) when Microseconds rem Unit =:= 0 -> Microseconds div Unit;
in_unit(Microseconds, Unit) -> Microseconds / Unit.

%% @doc The time so many times.
-spec scaled(integer(), term(), atom()) -> duration().
scaled(0, Factor, Selector) when is_number(Factor) ->
    duration(0, 1, Selector);
scaled(_Microseconds, Factor, Selector) when is_float(Factor), abs(Factor) >= ?LONGEST ->
    duration(Factor, 1, Selector);
scaled(Microseconds, Factor, Selector) when is_number(Factor) ->
    duration(Microseconds * Factor, 1, Selector);
scaled(_Microseconds, Other, Selector) ->
    bt_prim_collection:type_error(<<"a Number">>, Other, nil, Selector).

%% @doc A part of the time; divided by another Duration how often that goes into it.
-spec divided(integer(), term()) -> duration() | float().
divided(Microseconds, Number) when is_number(Number), Number == 0 ->
    bt_error:zero_divide('/', Microseconds);
divided(0, Number) when is_number(Number) ->
    duration(0, 1, '/');
divided(Microseconds, Number) when is_integer(Number), abs(Number) >= ?LONGEST ->
    duration(Microseconds div Number, 1, '/');
divided(_Microseconds, Number) when is_float(Number), abs(Number) < 1.0e-200 ->
    duration(?LONGEST, 1, '/');
divided(Microseconds, Number) when is_number(Number) ->
    duration(Microseconds / Number, 1, '/');
divided(Microseconds, #{'$class' := ?DURATION, microseconds := 0}) ->
    bt_error:zero_divide('/', Microseconds);
divided(Microseconds, #{'$class' := ?DURATION, microseconds := Other}) ->
    Microseconds / Other;
divided(_Microseconds, Other) ->
    bt_prim_collection:type_error(<<"a Number or a Duration">>, Other, nil, '/').

%%% Durations as text

-define(NUMBER, "([0-9]{1,18}(?:[.,][0-9]{1,18})?)").
-define(S(Unit), "(?: *" ?NUMBER Unit ")?").
-define(L(Unit), "(?:" ?NUMBER Unit ")?").
-define(SHORT, "^([+-])?(?=[0-9])" ?S("w") ?S("d") ?S("h") ?S("m(?!s)") ?S("s") ?S("ms")
               ?S("(?:us|µs)") "\\z").
-define(ISO, "^([+-])?P(?=.)" ?L("W") ?L("D") "(?:T(?=[0-9])" ?L("H") ?L("M") ?L("S") ")?\\z").

%% @doc Reads "1h30m" or "PT1H30M".
-spec parse_duration(term()) -> duration().
parse_duration(Text) ->
    Valid = bt_prim_parse:text(Text, nil, 'fromString:'),
    Options = [unicode, caseless, {capture, all_but_first, list}],
    case [Groups || P <- [?SHORT, ?ISO], {match, Groups} <- [re:run(Valid, P, Options)]] of
        [[Sign | Numbers] | _] ->
            duration(signed(Sign, total(Numbers, ?UNITS, 0)), 1, 'fromString:');
        [] ->
            bt_prim_parse:error(<<"a time such as 1h30m or PT1H30M">>, Valid, 'fromString:')
    end.

signed("-", Total) -> -Total;
signed(_, Total) -> Total.

total([], _Units, Sum) -> Sum;
total(["" | Numbers], [_ | Units], Sum) -> total(Numbers, Units, Sum);
total([Number | Numbers], [{_, Unit} | Units], Sum) ->
    Parts = string:lexemes(Number, ".,"),
    total(Numbers, Units, Sum + microseconds(Parts, Unit)).

microseconds([Whole], Unit) ->
    list_to_integer(Whole) * Unit;
microseconds([Whole, Fraction], Unit) ->
    list_to_integer(Whole) * Unit + list_to_integer(Fraction) * Unit div pow10(length(Fraction)).

pow10(0) -> 1;
pow10(N) -> 10 * pow10(N - 1).

%% @doc Such as 1h30m; times below a second in milliseconds or microseconds.
-spec duration_text(integer()) -> binary().
duration_text(0) -> <<"0s">>;
duration_text(Time) when Time < 0 -> <<"-", (duration_text(-Time))/binary>>;
duration_text(Time) when Time < 1000 -> <<(integer_to_binary(Time))/binary, "us">>;
duration_text(Time) when Time < ?SECOND -> <<(decimal(Time, 3))/binary, "ms">>;
duration_text(Time) -> iolist_to_binary(short(Time, [{d, "d"}, {h, "h"}, {m, "m"}, {s, "s"}])).

%% @doc In the format of ISO 8601, such as PT1H30M.
-spec duration_iso(integer()) -> binary().
duration_iso(0) -> <<"PT0S">>;
duration_iso(Time) when Time < 0 -> <<"-", (duration_iso(-Time))/binary>>;
duration_iso(Time) ->
    Day = unit(d),
    Days = short(Time div Day * Day, [{d, "D"}]),
    case short(Time rem Day, [{h, "H"}, {m, "M"}, {s, "S"}]) of
        [] -> iolist_to_binary(["P", Days]);
        Rest -> iolist_to_binary(["P", Days, "T", Rest])
    end.

short(0, _Units) -> [];
short(Time, [{s, Letter}]) -> [decimal(Time, 6), Letter];
short(Time, [{Name, Letter} | Units]) ->
    Unit = unit(Name),
    case Time div Unit of
        0 -> short(Time, Units);
        Count -> [integer_to_list(Count), Letter | short(Time rem Unit, Units)]
    end.

unit(Name) ->
    {Name, Unit} = lists:keyfind(Name, 1, ?UNITS),
    Unit.

%% The number without its last digits, these behind the point, without zeros at the end.
decimal(Number, Digits) ->
    Whole = integer_to_binary(Number div pow10(Digits)),
    Rest = lists:flatten(io_lib:format("~*..0b", [Digits, Number rem pow10(Digits)])),
    case string:trim(Rest, trailing, "0") of
        "" -> Whole;
        Fraction -> <<Whole/binary, ".", (list_to_binary(Fraction))/binary>>
    end.
