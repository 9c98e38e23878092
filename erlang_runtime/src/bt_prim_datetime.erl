%%% @doc Primitives of DateTime: the calendar, and points in time as text in the format of ISO 8601.
%%% A DateTime is the microseconds since 1970 in UTC with the offset of a place from UTC.
-module(bt_prim_datetime).

-export([now/0, make/2, from_timestamp/2, part/2, shift/3, add_months/3, to_offset/2, compare/3]).
-export([parse/1, to_text/1, fields/1, from_fields/3, offset_text/2]).
-export_type([date_time/0]).

-define(DATE_TIME, 'bt.stdlib.DateTime').
-define(EPOCH, 62_167_219_200).
-define(SECOND, 1_000_000).
-define(DAY, 86_400_000_000).
-define(FIRST, -?EPOCH * ?SECOND).
-define(LAST, 253_402_300_799_999_999).
-define(DEFAULTS, #{
    year => 1970, month => 1, day => 1, hour => 0, minute => 0, second => 0, microsecond => 0,
    offsetMinutes => 0
}).

-type date_time() :: #{
    '$class' := ?DATE_TIME, microseconds := integer(), offsetMinutes := integer()
}.
-type fields() :: #{atom() => integer()}.

-spec now() -> date_time().
now() -> date_time(erlang:system_time(microsecond), 0).

date_time(Microseconds, Offset) ->
    #{'$class' => ?DATE_TIME, microseconds => Microseconds, offsetMinutes => Offset}.

%% @doc From a Dictionary with some of year, month, day, hour, minute, second, microsecond and
%% offsetMinutes.
-spec make(term(), atom()) -> date_time().
make(Parts, Selector) when is_map(Parts), not is_map_key('$class', Parts) ->
    case maps:keys(maps:without(maps:keys(?DEFAULTS), Parts)) of
        [] -> ok;
        [Key | _] -> type_error(<<"the keys of a DateTime, such as #year">>, Key, Selector)
    end,
    Wrong = fun(Wanted, Value) -> type_error(Wanted, Value, Selector) end,
    from_fields(maps:merge(?DEFAULTS, Parts), Wrong, Selector);
make(Other, Selector) ->
    type_error(<<"a Dictionary">>, Other, Selector).

%% @doc From all fields; the fun is called with what was wanted and the value that is not so.
-spec from_fields(map(), fun((binary(), term()) -> no_return()), atom()) -> date_time().
from_fields(Fields, Wrong, Selector) ->
    All = maps:merge(?DEFAULTS, Fields),
    #{year := Year, month := Month, day := Day, offsetMinutes := Offset} = All,
    ok = check(Wrong, <<"a year from 0 to 9999">>, Year, 0, 9999),
    ok = check(Wrong, <<"a month from 1 to 12">>, Month, 1, 12),
    ok = check(Wrong, day_wanted(Year, Month), Day, 1, calendar:last_day_of_the_month(Year, Month)),
    ok = check(Wrong, <<"an offset of less than a day in minutes">>, Offset, -1439, 1439),
    Time = time(All, Wrong),
    Days = calendar:date_to_gregorian_days(Year, Month, Day),
    in_range(?FIRST + Days * ?DAY + Time - Offset * 60 * ?SECOND, Offset, Days, Selector).

time(#{hour := Hour, minute := Minute, second := Second, microsecond := Microsecond}, Wrong) ->
    ok = check(Wrong, <<"an hour from 0 to 23">>, Hour, 0, 23),
    ok = check(Wrong, <<"a minute from 0 to 59">>, Minute, 0, 59),
    ok = check(Wrong, <<"a second from 0 to 59">>, Second, 0, 59),
    ok = check(Wrong, <<"a microsecond from 0 to 999999">>, Microsecond, 0, 999_999),
    ((Hour * 60 + Minute) * 60 + Second) * ?SECOND + Microsecond.

check(_Wrong, _Wanted, Value, From, To) when is_integer(Value), Value >= From, Value =< To -> ok;
check(Wrong, Wanted, Value, _From, _To) -> Wrong(Wanted, Value).

day_wanted(Year, Month) ->
    Last = calendar:last_day_of_the_month(Year, Month),
    iolist_to_binary(io_lib:format("a day of ~4..0b-~2..0b, from 1 to ~b", [Year, Month, Last])).

%% The years that four digits can write, as the clock at the place shows them.
in_range(Microseconds, Offset, _Shown, _Selector) when
    Microseconds + Offset * 60 * ?SECOND >= ?FIRST, Microseconds + Offset * 60 * ?SECOND =< ?LAST
->
    date_time(Microseconds, Offset);
in_range(_Microseconds, _Offset, Shown, Selector) ->
    type_error(<<"a result in the years from 0 to 9999">>, Shown, Selector).

%% @doc From the time since 1970, so many units of so many microseconds.
-spec from_timestamp(term(), pos_integer()) -> date_time().
from_timestamp(Number, Unit) when is_integer(Number) ->
    in_range(Number * Unit, 0, Number, 'fromTimestamp:');
from_timestamp(Number, Unit) when is_float(Number), abs(Number) < ?LAST ->
    in_range(round(Number * Unit), 0, Number, 'fromTimestamp:');
from_timestamp(Number, _Unit) when is_float(Number) ->
    in_range(?LAST + 1, 0, Number, 'fromTimestamp:');
from_timestamp(Other, _Unit) ->
    type_error(<<"a Number">>, Other, 'fromTimestamp:').

%%% Parts

%% @doc One of the fields, or dayOfWeek (Monday is 1), dayOfYear, week (of ISO 8601), daysInMonth.
-spec part(date_time(), atom()) -> integer().
part(DateTime, Part) ->
    #{year := Year, month := Month, day := Day} = Fields = fields(DateTime),
    case Part of
        dayOfWeek -> calendar:day_of_the_week(Year, Month, Day);
        week -> element(2, calendar:iso_week_number({Year, Month, Day}));
        weekYear -> element(1, calendar:iso_week_number({Year, Month, Day}));
        daysInMonth -> calendar:last_day_of_the_month(Year, Month);
        dayOfYear ->
            calendar:date_to_gregorian_days(Year, Month, Day) -
                calendar:date_to_gregorian_days(Year, 1, 1) + 1;
        _ -> maps:get(Part, Fields)
    end.

%% @doc The fields that the clock at the place shows.
-spec fields(date_time()) -> fields().
fields(#{microseconds := Microseconds, offsetMinutes := Offset}) ->
    Local = Microseconds - ?FIRST + Offset * 60 * ?SECOND,
    {{Year, Month, Day}, {Hour, Minute, Second}} =
        calendar:gregorian_seconds_to_datetime(Local div ?SECOND),
    #{
        year => Year, month => Month, day => Day, hour => Hour, minute => Minute, second => Second,
        microsecond => Local rem ?SECOND, offsetMinutes => Offset
    }.

%%% Calculating

%% @doc So many units of so many microseconds later.
-spec shift(date_time(), term(), {pos_integer(), atom()}) -> date_time().
shift(#{microseconds := Microseconds, offsetMinutes := Offset}, Count, {Unit, Selector}) when
    is_integer(Count)
->
    in_range(Microseconds + Count * Unit, Offset, Count, Selector);
shift(#{microseconds := Microseconds, offsetMinutes := Offset}, Count, {Unit, Selector}) when
    is_float(Count), abs(Count) < ?LAST
->
    in_range(Microseconds + round(Count * Unit), Offset, Count, Selector);
shift(#{offsetMinutes := Offset}, Count, {_Unit, Selector}) when is_float(Count) ->
    in_range(?LAST + ?DAY, Offset, Count, Selector);
shift(_DateTime, Other, {_Unit, Selector}) ->
    type_error(<<"a Number">>, Other, Selector).

%% @doc So many months later; the last day of the month where the day does not exist in it.
-spec add_months(date_time(), term(), atom()) -> date_time().
add_months(DateTime, Count, Selector) when is_integer(Count) ->
    #{year := Year, month := Month, day := Day} = Fields = fields(DateTime),
    Months = Year * 12 + Month - 1 + Count,
    case Months >= 0 andalso Months < 120_000 of
        true ->
            {NewYear, NewMonth} = {Months div 12, Months rem 12 + 1},
            NewDay = min(Day, calendar:last_day_of_the_month(NewYear, NewMonth)),
            Wrong = fun(Wanted, Value) -> type_error(Wanted, Value, Selector) end,
            New = Fields#{year := NewYear, month := NewMonth, day := NewDay},
            from_fields(New, Wrong, Selector);
        false ->
            type_error(<<"a result in the years from 0 to 9999">>, Count, Selector)
    end;
add_months(_DateTime, Other, Selector) ->
    type_error(<<"an Integer">>, Other, Selector).

%% @doc The same instant by the clock of another place.
-spec to_offset(date_time(), term()) -> date_time().
to_offset(#{microseconds := Microseconds}, Offset) when is_integer(Offset), abs(Offset) < 1440 ->
    in_range(Microseconds, Offset, Offset, 'toOffset:');
to_offset(_DateTime, Other) ->
    type_error(<<"an offset of less than a day in minutes">>, Other, 'toOffset:').

%% @doc By the instant: negative, 0 or positive, in microseconds.
-spec compare(date_time(), term(), atom()) -> integer().
compare(#{microseconds := A}, #{'$class' := ?DATE_TIME, microseconds := B}, _Selector) when
    is_integer(B)
->
    A - B;
compare(DateTime, Other, Selector) ->
    bt_prim_collection:type_error(<<"a DateTime">>, Other, DateTime, Selector).

%%% ISO 8601

-define(DATE, "([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{4})([0-9]{2})([0-9]{2})").
-define(CLOCK, "[Tt ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]{1,18}))?)?").
-define(OFFSET, "([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?").
-define(ISO, "^(?|" ?DATE ")(?:" ?CLOCK ?OFFSET ")?\\z").

%% @doc Reads a date, or a date and a time of day, with or without an offset; without one in UTC.
-spec parse(term()) -> date_time().
parse(Text) ->
    Valid = bt_prim_parse:text(Text, nil, 'fromString:'),
    case re:run(Valid, ?ISO, [{capture, all_but_first, list}]) of
        {match, Groups} -> from_groups(Groups, Valid);
        nomatch -> not_a_date(<<"a time such as 2024-02-29T12:30:00Z">>, Valid)
    end.

from_groups(Groups, Text) ->
    [Year, Month, Day, Hour, Minute, Second, Fraction, Offset] =
        Groups ++ lists:duplicate(8 - length(Groups), []),
    Fields = #{
        year => number(Year), month => number(Month), day => number(Day), hour => number(Hour),
        minute => number(Minute), second => number(Second), microsecond => fraction(Fraction),
        offsetMinutes => offset(Offset)
    },
    Wrong = fun(Wanted, _Value) -> not_a_date([<<"a time with ">>, Wanted], Text) end,
    from_fields(Fields, Wrong, 'fromString:').

number([]) -> 0;
number(Digits) -> list_to_integer(Digits).

%% What is smaller than a microsecond is left out.
fraction(Digits) -> number(lists:sublist(Digits ++ "000000", 6)).

offset([Sign | Digits]) when Sign =:= $+; Sign =:= $- ->
    {Hours, Minutes} = lists:split(2, [Digit || Digit <- Digits, Digit =/= $:]),
    case {number(Minutes), Sign} of
        {Rest, _} when Rest > 59 -> 1440;
        {Rest, $+} -> number(Hours) * 60 + Rest;
        {Rest, $-} -> -(number(Hours) * 60 + Rest)
    end;
offset(_) ->
    0.

-spec not_a_date(iodata(), binary()) -> no_return().
not_a_date(Wanted, Text) -> bt_prim_parse:error(Wanted, Text, 'fromString:').

%% @doc Such as 2024-02-29T12:30:00.5+01:00.
-spec to_text(date_time()) -> binary().
to_text(DateTime) ->
    #{
        year := Year, month := Month, day := Day, hour := Hour, minute := Minute, second := Second,
        microsecond := Microsecond, offsetMinutes := Offset
    } = fields(DateTime),
    Format = "~4..0b-~2..0b-~2..0bT~2..0b:~2..0b:~2..0b",
    Text = io_lib:format(Format, [Year, Month, Day, Hour, Minute, Second]),
    iolist_to_binary([Text, fraction_text(Microsecond), zone(Offset)]).

fraction_text(0) -> [];
fraction_text(Microsecond) when Microsecond rem 1000 =:= 0 ->
    io_lib:format(".~3..0b", [Microsecond div 1000]);
fraction_text(Microsecond) -> io_lib:format(".~6..0b", [Microsecond]).

zone(0) -> "Z";
zone(Offset) -> offset_text(Offset, ":").

%% @doc Sign, hours and minutes, with a separator between them.
-spec offset_text(integer(), string()) -> iolist().
offset_text(Offset, Separator) ->
    Sign = case Offset < 0 of true -> $-; false -> $+ end,
    [Sign | io_lib:format("~2..0b~s~2..0b", [abs(Offset) div 60, Separator, abs(Offset) rem 60])].

-spec type_error(iodata(), term(), atom()) -> no_return().
type_error(Wanted, Value, Selector) ->
    bt_prim_collection:type_error(Wanted, Value, bt_class:object(?DATE_TIME), Selector).
