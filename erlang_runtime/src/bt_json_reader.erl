%%% @doc Reads JSON (RFC 8259) and says in which line and column a text is none, and why.
-module(bt_json_reader).

-export([read/3]).

-record(limits, {levels :: non_neg_integer(), digits :: pos_integer()}).

-type limits() :: #limits{}.

-define(IS_BLANK(C), (C =:= $\s orelse C =:= $\n orelse C =:= $\r orelse C =:= $\t)).
-define(IS_DIGIT(C), (C >= $0 andalso C =< $9)).

%% @doc The value; an error is a JsonError.
-spec read(binary(), pos_integer(), pos_integer()) -> term().
read(Text, Levels, Digits) ->
    try
        {Value, Rest} = value(blanks(Text), #limits{levels = Levels, digits = Digits}),
        case blanks(Rest) of
            <<>> -> Value;
            More -> fail(trailing_data, <<"the end of the text">>, More, nil)
        end
    catch
        throw:{?MODULE, Reason, Wanted, At, Hint} -> raise(Text, Reason, Wanted, At, Hint)
    end.

blanks(<<C, Rest/binary>>) when ?IS_BLANK(C) -> blanks(Rest);
blanks(Text) -> Text.

-spec value(binary(), limits()) -> {term(), binary()}.
value(<<$", Rest/binary>>, _Limits) -> string(Rest);
value(<<${, Rest/binary>> = Text, Limits) -> object(blanks(Rest), deeper(Limits, Text), #{});
value(<<$[, Rest/binary>> = Text, Limits) -> array(blanks(Rest), deeper(Limits, Text), []);
value(<<"true", Rest/binary>>, _Limits) -> {true, Rest};
value(<<"false", Rest/binary>>, _Limits) -> {false, Rest};
value(<<"null", Rest/binary>>, _Limits) -> {nil, Rest};
value(<<C, _/binary>> = Text, Limits) when C =:= $-; ?IS_DIGIT(C) -> number(Text, Limits);
value(Text, _Limits) -> fail(unexpected(Text), <<"a value">>, Text, value_hint(Text)).

value_hint(<<"'", _/binary>>) -> <<"strings stand in double quotes">>;
value_hint(<<"/", _/binary>>) -> <<"JSON has no comments">>;
value_hint(<<"+", _/binary>>) -> <<"numbers have no + in front">>;
value_hint(<<".", _/binary>>) -> <<"a digit stands before the point">>;
value_hint(<<C, _/binary>>) when C =:= $]; C =:= $} -> <<"there is no value after the last comma">>;
value_hint(<<C, _/binary>>) when C >= $A, C =< $Z; C >= $a, C =< $z ->
    <<"the only words are true, false and null">>;
value_hint(_Text) -> nil.

deeper(#limits{levels = 0}, Text) -> fail(too_deep, <<"no more than 1000 levels">>, Text, nil);
deeper(#limits{levels = Levels} = Limits, _Text) -> Limits#limits{levels = Levels - 1}.

%%% Objects and arrays

object(<<$}, Rest/binary>>, _Limits, Members) when map_size(Members) =:= 0 -> {Members, Rest};
object(<<$", Rest/binary>>, Limits, Members) ->
    {Key, AfterKey} = string(Rest),
    {Value, AfterValue} = value(blanks(colon(blanks(AfterKey))), Limits),
    %% As in jiffy, the last of several members with one key counts.
    members(blanks(AfterValue), Limits, Members#{Key => Value});
object(Text, _Limits, _Members) ->
    fail(unexpected(Text), <<"a key in double quotes">>, Text, key_hint(Text)).

key_hint(<<$}, _/binary>>) -> <<"there is no comma after the last member">>;
key_hint(_Text) -> nil.

colon(<<$:, Rest/binary>>) -> Rest;
colon(Text) -> fail(unexpected(Text), <<"a colon after the key">>, Text, nil).

members(<<$,, Rest/binary>>, Limits, Members) -> object(blanks(Rest), Limits, Members);
members(<<$}, Rest/binary>>, _Limits, Members) -> {Members, Rest};
members(Text, _Limits, _Members) -> fail(unexpected(Text), <<"a comma or }">>, Text, nil).

array(<<$], Rest/binary>>, _Limits, []) -> {[], Rest};
array(Text, Limits, Items) ->
    {Value, Rest} = value(Text, Limits),
    items(blanks(Rest), Limits, [Value | Items]).

items(<<$,, Rest/binary>>, Limits, Items) -> array(blanks(Rest), Limits, Items);
items(<<$], Rest/binary>>, _Limits, Items) -> {lists:reverse(Items), Rest};
items(Text, _Limits, _Items) -> fail(unexpected(Text), <<"a comma or ]">>, Text, nil).

%%% Strings

string(Text) ->
    string(Text, []).

string(Text, Parts) ->
    Length = plain(Text, 0),
    <<Part:Length/binary, Rest/binary>> = Text,
    case Rest of
        <<$", After/binary>> ->
            {joined(Part, Parts), After};
        <<$\\, Escape/binary>> ->
            {Code, After} = escape(Escape),
            string(After, [<<Code/utf8>>, Part | Parts]);
        <<>> ->
            fail(unexpected_end, <<"a quote at the end of the string">>, <<>>, nil);
        <<C, _/binary>> when C < 32 ->
            Wanted = <<"a string without control characters">>,
            fail(invalid_string, Wanted, Rest, <<"a new line is \\n">>);
        _ ->
            fail(invalid_utf8, <<"text in UTF-8">>, Rest, nil)
    end.

%% How many bytes stand for themselves.
plain(<<C, Rest/binary>>, Length) when C >= 32, C < 128, C =/= $", C =/= $\\ ->
    plain(Rest, Length + 1);
plain(<<C/utf8, Rest/binary>>, Length) when C >= 16#10000 -> plain(Rest, Length + 4);
plain(<<C/utf8, Rest/binary>>, Length) when C >= 16#800 -> plain(Rest, Length + 3);
plain(<<C/utf8, Rest/binary>>, Length) when C >= 16#80 -> plain(Rest, Length + 2);
plain(_Text, Length) -> Length.

joined(Part, []) -> binary:copy(Part);
joined(Part, Parts) -> iolist_to_binary(lists:reverse(Parts, [Part])).

escape(<<$n, Rest/binary>>) -> {$\n, Rest};
escape(<<$t, Rest/binary>>) -> {$\t, Rest};
escape(<<$r, Rest/binary>>) -> {$\r, Rest};
escape(<<$b, Rest/binary>>) -> {$\b, Rest};
escape(<<$f, Rest/binary>>) -> {$\f, Rest};
escape(<<C, Rest/binary>>) when C =:= $"; C =:= $\\; C =:= $/ -> {C, Rest};
escape(<<$u, Rest/binary>>) ->
    case unit(Rest) of
        {High, <<"\\u", After/binary>>} when High >= 16#D800, High < 16#DC00 ->
            surrogates(High, unit(After), Rest);
        {Unit, _After} when Unit >= 16#D800, Unit < 16#E000 -> lone_surrogate(Rest);
        {Unit, After} -> {Unit, After}
    end;
escape(Text) ->
    Wanted = <<"one of \\n \\t \\r \\b \\f \\\" \\\\ \\/ \\uXXXX">>,
    fail(unexpected_or(invalid_escape, Text), Wanted, Text, nil).

surrogates(High, {Low, Rest}, _At) when Low >= 16#DC00, Low < 16#E000 ->
    {16#10000 + ((High - 16#D800) bsl 10) + (Low - 16#DC00), Rest};
surrogates(_High, _Low, At) ->
    lone_surrogate(At).

-spec lone_surrogate(binary()) -> no_return().
lone_surrogate(At) -> fail(invalid_escape, <<"both halves of a surrogate pair">>, At, nil).

unit(<<Digits:4/binary, Rest/binary>> = Text) ->
    try
        {binary:decode_unsigned(binary:decode_hex(Digits)), Rest}
    catch
        error:badarg -> fail(invalid_escape, <<"four hexadecimal digits">>, Text, nil)
    end;
unit(Text) ->
    fail(unexpected_or(invalid_escape, Text), <<"four hexadecimal digits">>, Text, nil).

%%% Numbers

%% The parts are told apart by their sizes: to compare the rests of the text would take long.
number(Text, #limits{digits = Most}) ->
    AfterSign = skip(Text, $-),
    AfterWhole = digits(AfterSign),
    ok = check_whole(AfterSign, byte_size(AfterSign) - byte_size(AfterWhole)),
    AfterFraction = fraction(AfterWhole),
    After = exponent(AfterFraction),
    Length = byte_size(Text) - byte_size(After),
    ok = check_length(Length, Most, Text),
    Fraction = byte_size(AfterWhole) - byte_size(AfterFraction),
    Exponent = byte_size(AfterFraction) - byte_size(After),
    {convert(binary:part(Text, 0, Length), Fraction, Exponent, Text), After}.

check_length(Length, Most, _Text) when Length =< Most -> ok;
check_length(_Length, _Most, Text) ->
    fail(number_too_large, <<"numbers of no more than 10000 digits">>, Text, nil).

convert(Number, 0, 0, _Text) ->
    binary_to_integer(Number);
convert(Number, 0, Exponent, Text) ->
    Size = byte_size(Number) - Exponent,
    <<Whole:Size/binary, Power/binary>> = Number,
    to_float(<<Whole/binary, ".0", Power/binary>>, Text);
convert(Number, _Fraction, _Exponent, Text) ->
    to_float(Number, Text).

to_float(Number, Text) ->
    try
        binary_to_float(Number)
    catch
        error:badarg -> fail(number_too_large, <<"numbers that a Float can hold">>, Text, nil)
    end.

skip(<<C, Rest/binary>>, C) -> Rest;
skip(Text, _C) -> Text.

digits(<<C, Rest/binary>>) when ?IS_DIGIT(C) -> digits(Rest);
digits(Text) -> Text.

check_whole(Text, 0) -> fail(unexpected_or(invalid_number, Text), <<"a digit">>, Text, nil);
check_whole(<<$0, _/binary>> = Text, Length) when Length > 1 ->
    fail(invalid_number, <<"numbers without zeros in front">>, Text, nil);
check_whole(_Text, _Length) -> ok.

fraction(<<$., Rest/binary>>) -> some_digits(Rest, <<"a digit after the point">>);
fraction(Text) -> Text.

exponent(<<E, Rest/binary>>) when E =:= $e; E =:= $E ->
    some_digits(skip(skip_plus(Rest), $-), <<"a digit of the exponent">>);
exponent(Text) ->
    Text.

skip_plus(<<$+, $-, _/binary>> = Text) -> Text;
skip_plus(Text) -> skip(Text, $+).

some_digits(<<C, Rest/binary>>, _Wanted) when ?IS_DIGIT(C) -> digits(Rest);
some_digits(Text, Wanted) -> fail(unexpected_or(invalid_number, Text), Wanted, Text, nil).

%%% Errors

unexpected(Text) -> unexpected_or(unexpected_character, Text).

unexpected_or(_Reason, <<>>) -> unexpected_end;
unexpected_or(Reason, _Text) -> Reason.

-spec fail(atom(), binary(), binary(), binary() | nil) -> no_return().
fail(Reason, Wanted, At, Hint) -> throw({?MODULE, Reason, Wanted, At, Hint}).

-spec raise(binary(), atom(), binary(), binary(), binary() | nil) -> no_return().
raise(Text, Reason, Wanted, At, Hint) ->
    {Line, Column} = position(binary:part(Text, 0, byte_size(Text) - byte_size(At))),
    Message = io_lib:format("line ~b, column ~b: JSON wants ~ts here, not ~ts",
                            [Line, Column, Wanted, found(At)]),
    bt_error:raise('bt.stdlib.JsonError', #{
        message => unicode:characters_to_binary(Message), hint => Hint, reason => Reason,
        line => Line, column => Column, selector => 'parse:'
    }).

%% A column for each code point.
position(Before) -> position(Before, 1, 1).

position(<<$\n, Rest/binary>>, Line, _Column) -> position(Rest, Line + 1, 1);
position(<<Byte, Rest/binary>>, Line, Column) when Byte band 16#C0 =:= 16#80 ->
    position(Rest, Line, Column);
position(<<_, Rest/binary>>, Line, Column) -> position(Rest, Line, Column + 1);
position(<<>>, Line, Column) -> {Line, Column}.

found(<<>>) -> <<"the end">>;
found(<<Char/utf8, _/binary>>) -> bt_print:print_string(<<Char/utf8>>);
found(<<Byte, _/binary>>) -> [<<"the byte ">>, integer_to_binary(Byte)].
