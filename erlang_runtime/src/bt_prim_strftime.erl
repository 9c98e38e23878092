%%% @doc DateTime `format:' and `parse:format:' with the directives of strftime.
-module(bt_prim_strftime).

-export([format/2, parse/2]).

-define(DAYS, ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]).
-define(MONTHS, ["January", "February", "March", "April", "May", "June", "July", "August",
                 "September", "October", "November", "December"]).

%%% Writing

%% @doc The text that the pattern makes of a DateTime.
-spec format(bt_prim_datetime:date_time(), term()) -> binary().
format(DateTime, Pattern) ->
    Text = bt_prim_parse:text(Pattern, DateTime, 'format:'),
    Part = fun(Name) -> bt_prim_datetime:part(DateTime, Name) end,
    iolist_to_binary(written(Text, Part, DateTime)).

written(<<"%:z", Rest/binary>>, Part, DateTime) ->
    [bt_prim_datetime:offset_text(Part(offsetMinutes), ":") | written(Rest, Part, DateTime)];
written(<<"%s", Rest/binary>>, Part, #{microseconds := Microseconds} = DateTime) ->
    Seconds = (Microseconds - (Part(microsecond))) div 1_000_000,
    [integer_to_list(Seconds) | written(Rest, Part, DateTime)];
written(<<"%", Directive/utf8, Rest/binary>>, Part, DateTime) ->
    [directive(Directive, Part) | written(Rest, Part, DateTime)];
written(<<"%">>, _Part, _DateTime) ->
    unknown(<<"%">>);
written(<<Char/utf8, Rest/binary>>, Part, DateTime) ->
    [<<Char/utf8>> | written(Rest, Part, DateTime)];
written(<<>>, _Part, _DateTime) ->
    [].

directive($Y, Part) -> padded(Part(year), 4);
directive($y, Part) -> padded(Part(year) rem 100, 2);
directive($m, Part) -> padded(Part(month), 2);
directive($d, Part) -> padded(Part(day), 2);
directive($e, Part) -> io_lib:format("~2b", [Part(day)]);
directive($j, Part) -> padded(Part(dayOfYear), 3);
directive($H, Part) -> padded(Part(hour), 2);
directive($I, Part) -> padded((Part(hour) + 11) rem 12 + 1, 2);
directive($M, Part) -> padded(Part(minute), 2);
directive($S, Part) -> padded(Part(second), 2);
directive($f, Part) -> padded(Part(microsecond), 6);
directive($L, Part) -> padded(Part(microsecond) div 1000, 3);
directive($p, Part) -> case Part(hour) < 12 of true -> "AM"; false -> "PM" end;
directive($a, Part) -> short(lists:nth(Part(dayOfWeek), ?DAYS));
directive($A, Part) -> lists:nth(Part(dayOfWeek), ?DAYS);
directive($b, Part) -> short(lists:nth(Part(month), ?MONTHS));
directive($B, Part) -> lists:nth(Part(month), ?MONTHS);
directive($u, Part) -> integer_to_list(Part(dayOfWeek));
directive($G, Part) -> padded(Part(weekYear), 4);
directive($V, Part) -> padded(Part(week), 2);
directive($z, Part) -> bt_prim_datetime:offset_text(Part(offsetMinutes), "");
directive($Z, Part) ->
    case Part(offsetMinutes) of
        0 -> "UTC";
        Offset -> bt_prim_datetime:offset_text(Offset, ":")
    end;
directive($F, Part) -> [directive($Y, Part), $-, directive($m, Part), $-, directive($d, Part)];
directive($T, Part) -> [directive($H, Part), $:, directive($M, Part), $:, directive($S, Part)];
directive($%, _Part) -> "%";
directive(Other, _Part) -> unknown(<<"%", Other/utf8>>).

padded(Number, Width) -> io_lib:format("~*..0b", [Width, Number]).

short(Name) -> lists:sublist(Name, 3).

-spec unknown(binary()) -> no_return().
unknown(Directive) ->
    Wanted = <<"one of %Y %y %m %d %e %j %H %I %M %S %f %L %p %a %A %b %B %u %G %V %z %:z %Z %s "
               "%F %T %%">>,
    bt_prim_parse:error(Wanted, Directive, 'format:').

%%% Reading

%% @doc The DateTime that the text says by the pattern. What the pattern does not read is that of
%% 1970-01-01T00:00:00Z.
-spec parse(term(), term()) -> bt_prim_datetime:date_time().
parse(Text, Pattern) ->
    Valid = bt_prim_parse:text(Text, nil, 'parse:format:'),
    Format = bt_prim_parse:text(Pattern, nil, 'parse:format:'),
    Wrong = fun(Wanted, _Value) -> wrong([<<"a time with ">>, Wanted], Valid) end,
    case read(expand(Format), Valid, #{}) of
        {ok, #{timestamp := Seconds} = Read} ->
            UTC = bt_prim_datetime:from_timestamp(Seconds, 1_000_000),
            bt_prim_datetime:to_offset(UTC, maps:get(offsetMinutes, Read, 0));
        {ok, Read} ->
            Fields = maps:without([half, weekday], half_day(Read)),
            DateTime = bt_prim_datetime:from_fields(Fields, Wrong, 'parse:format:'),
            ok = check_weekday(Read, DateTime, Valid),
            DateTime;
        error ->
            wrong([<<"a text of the format ">>, Format], Valid)
    end.

-spec wrong(iodata(), binary()) -> no_return().
wrong(Wanted, Text) -> bt_prim_parse:error(Wanted, Text, 'parse:format:').

expand(Format) ->
    Date = binary:replace(Format, <<"%F">>, <<"%Y-%m-%d">>, [global]),
    binary:replace(Date, <<"%T">>, <<"%H:%M:%S">>, [global]).

half_day(#{half := Half, hour := Hour} = Read) when Hour >= 1, Hour =< 12 ->
    Read#{hour := Hour rem 12 + Half};
half_day(Read) ->
    Read.

check_weekday(#{weekday := Day}, DateTime, Text) ->
    case bt_prim_datetime:part(DateTime, dayOfWeek) of
        Day -> ok;
        Other -> wrong([<<"a time on a ">>, lists:nth(Other, ?DAYS)], Text)
    end;
check_weekday(_Read, _DateTime, _Text) ->
    ok.

read(<<>>, <<>>, Read) -> {ok, Read};
read(<<"%:z", Format/binary>>, Text, Read) -> zone(Text, Format, Read);
read(<<"%", Directive/utf8, Format/binary>>, Text, Read) -> read(Directive, Text, Format, Read);
read(<<"%">>, _Text, _Read) -> unknown(<<"%">>);
read(<<Char/utf8, Format/binary>>, <<Char/utf8, Text/binary>>, Read) -> read(Format, Text, Read);
read(_Format, _Text, _Read) -> error.

read($Y, Text, Format, Read) -> number(year, 4, 4, Text, Format, Read);
read($m, Text, Format, Read) -> number(month, 1, 2, Text, Format, Read);
read($d, Text, Format, Read) -> number(day, 1, 2, Text, Format, Read);
read($e, <<" ", Text/binary>>, Format, Read) -> number(day, 1, 1, Text, Format, Read);
read($e, Text, Format, Read) -> number(day, 1, 2, Text, Format, Read);
read($H, Text, Format, Read) -> number(hour, 1, 2, Text, Format, Read);
read($I, Text, Format, Read) -> number(hour, 1, 2, Text, Format, Read);
read($M, Text, Format, Read) -> number(minute, 1, 2, Text, Format, Read);
read($S, Text, Format, Read) -> number(second, 1, 2, Text, Format, Read);
read($y, Text, Format, Read) ->
    %% As POSIX has it: 69 to 99 are of the 20th century.
    Year = fun(Digits) -> (list_to_integer(Digits) + 31) rem 100 + 1969 end,
    digits(year, 2, 2, Year, Text, Format, Read);
read($f, Text, Format, Read) ->
    Fraction = fun(Digits) -> list_to_integer(lists:sublist(Digits ++ "00000", 6)) end,
    digits(microsecond, 1, 6, Fraction, Text, Format, Read);
read($L, Text, Format, Read) ->
    Fraction = fun(Digits) -> list_to_integer(lists:sublist(Digits ++ "00", 3)) * 1000 end,
    digits(microsecond, 1, 3, Fraction, Text, Format, Read);
read($s, Text, Format, Read) -> number(timestamp, 1, 12, Text, Format, Read);
read($p, Text, Format, Read) ->
    name(half, ["AM", "PM"], fun(N) -> (N - 1) * 12 end, Text, Format, Read);
read($a, Text, Format, Read) -> name(weekday, shorts(?DAYS), fun same/1, Text, Format, Read);
read($A, Text, Format, Read) -> name(weekday, ?DAYS, fun same/1, Text, Format, Read);
read($b, Text, Format, Read) -> name(month, shorts(?MONTHS), fun same/1, Text, Format, Read);
read($B, Text, Format, Read) -> name(month, ?MONTHS, fun same/1, Text, Format, Read);
read($z, Text, Format, Read) -> zone(Text, Format, Read);
read($Z, Text, Format, Read) -> zone(Text, Format, Read);
read($%, <<"%", Text/binary>>, Format, Read) -> read(Format, Text, Read);
read($%, _Text, _Format, _Read) -> error;
read(Other, _Text, _Format, _Read) -> unknown(<<"%", Other/utf8>>).

same(N) -> N.

shorts(Names) -> [short(Name) || Name <- Names].

number(Field, Least, Most, Text, Format, Read) ->
    digits(Field, Least, Most, fun erlang:list_to_integer/1, Text, Format, Read).

digits(Field, Least, Most, Convert, Text, Format, Read) ->
    {Digits, Rest} = split_digits(Text, Most, []),
    case length(Digits) >= Least of
        true -> read(Format, Rest, Read#{Field => Convert(Digits)});
        false -> error
    end.

split_digits(<<Digit, Rest/binary>>, Most, Digits) when Most > 0, Digit >= $0, Digit =< $9 ->
    split_digits(Rest, Most - 1, [Digit | Digits]);
split_digits(Rest, _Most, Digits) ->
    {lists:reverse(Digits), Rest}.

name(Field, Names, Convert, Text, Format, Read) ->
    Numbered = lists:zip(lists:seq(1, length(Names)), Names),
    Found = [{N, Rest} || {N, Name} <- Numbered, {ok, Rest} <- [after_name(Text, Name)]],
    case Found of
        [{N, Rest} | _] -> read(Format, Rest, Read#{Field => Convert(N)});
        [] -> error
    end.

after_name(Text, Name) ->
    Size = length(Name),
    case Text of
        <<Begin:Size/binary, Rest/binary>> ->
            case string:equal(Begin, Name, true) of
                true -> {ok, Rest};
                false -> error
            end;
        _ ->
            error
    end.

zone(Text, Format, Read) ->
    case re:run(Text, "^(?:(Z|UTC|GMT)|([+-])([0-9]{2}):?([0-5][0-9]))", [{capture, all, list}]) of
        {match, [All, _]} -> zone(0, All, Text, Format, Read);
        {match, [All, _, Sign, Hours, Minutes]} ->
            Offset = list_to_integer(Hours) * 60 + list_to_integer(Minutes),
            zone(list_to_integer(Sign ++ integer_to_list(Offset)), All, Text, Format, Read);
        nomatch -> error
    end.

zone(Offset, Prefix, Text, Format, Read) ->
    Rest = binary:part(Text, length(Prefix), byte_size(Text) - length(Prefix)),
    read(Format, Rest, Read#{offsetMinutes => Offset}).
