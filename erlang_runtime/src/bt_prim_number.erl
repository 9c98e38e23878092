%%% @doc Primitives of Number, Integer and Float. Generated code computes the operators in line;
%%% these are the methods behind them, for `perform:' and for whoever calls them from Erlang.
-module(bt_prim_number).

-export([add/2, subtract/2, multiply/2, divide/2, modulo/2, floor_divide/2, power/2]).
-export([less/2, greater/2]).
-export([calculate/2, atan2/2]).
-export([bit_and/2, bit_or/2, bit_xor/2, bit_shift/2]).
-export([digits/2, format/2, parse/1, parse/2]).

%% A number of more bits than this is not computed: it would take the node's memory or minutes.
-define(MOST_BITS, 1 bsl 26).
-define(MOST_DECIMALS, 253).

-define(ARITHMETIC(Op, A, B), case is_number(B) of
    true -> bt_op:Op(A, B);
    false -> bt_error:operands(Op, A, B)
end).

-spec add(number(), term()) -> number().
add(A, B) -> ?ARITHMETIC('+', A, B).

-spec subtract(number(), term()) -> number().
subtract(A, B) -> ?ARITHMETIC('-', A, B).

-spec multiply(number(), term()) -> number().
multiply(A, B) -> ?ARITHMETIC('*', A, B).

-spec divide(number(), term()) -> float().
divide(A, B) -> ?ARITHMETIC('/', A, B).

-spec modulo(number(), term()) -> number().
modulo(A, B) -> ?ARITHMETIC('%', A, B).

-spec floor_divide(number(), term()) -> integer().
floor_divide(A, B) -> ?ARITHMETIC('div:', A, B).

-spec power(number(), term()) -> number().
power(A, B) -> ?ARITHMETIC('**', A, B).

-spec less(number(), term()) -> boolean().
less(A, B) -> ?ARITHMETIC('<', A, B).

-spec greater(number(), term()) -> boolean().
greater(A, B) -> ?ARITHMETIC('>', A, B).

%% @doc A function of the module math; where it has no value, an error that names the number.
-spec calculate(atom(), number()) -> float().
calculate(Function, Number) ->
    try
        math:Function(Number)
    catch
        error:badarith -> no_result(Function, Number)
    end.

-spec no_result(term(), term()) -> no_return().
no_result(Function, Number) ->
    Message = [bt_print:print_string(Number), " has no ", atom_to_binary(Function)],
    arithmetic_error(Message, Function, Number).

-spec atan2(number(), term()) -> float().
atan2(Y, X) when is_number(X) -> math:atan2(Y, X);
atan2(Y, Other) -> bt_prim_collection:type_error(<<"a Number">>, Other, Y, 'atan2:').

-spec bit_and(integer(), term()) -> integer().
bit_and(A, B) when is_integer(B) -> A band B;
bit_and(A, Other) -> not_an_integer(Other, A, 'bitAnd:').

-spec bit_or(integer(), term()) -> integer().
bit_or(A, B) when is_integer(B) -> A bor B;
bit_or(A, Other) -> not_an_integer(Other, A, 'bitOr:').

-spec bit_xor(integer(), term()) -> integer().
bit_xor(A, B) when is_integer(B) -> A bxor B;
bit_xor(A, Other) -> not_an_integer(Other, A, 'bitXor:').

%% @doc Shifts to the left, or to the right by a negative number of places.
-spec bit_shift(integer(), term()) -> integer().
bit_shift(0, Places) when is_integer(Places) ->
    0;
bit_shift(A, Places) when is_integer(Places), Places =< ?MOST_BITS ->
    A bsl max(Places, -?MOST_BITS);
bit_shift(A, Places) when is_integer(Places) ->
    Message = ["a shift by ", integer_to_binary(Places), " places is too large"],
    arithmetic_error(Message, 'bitShift:', A);
bit_shift(A, Other) ->
    not_an_integer(Other, A, 'bitShift:').

-spec not_an_integer(term(), term(), term()) -> no_return().
not_an_integer(Other, Receiver, Selector) ->
    bt_prim_collection:type_error(<<"an Integer">>, Other, Receiver, Selector).

-spec arithmetic_error(term(), term(), term()) -> no_return().
arithmetic_error(Message, Selector, Receiver) ->
    bt_error:raise('bt.stdlib.ArithmeticError', #{
        message => iolist_to_binary(Message), selector => Selector, receiver => Receiver}).

%% @doc The integer in a base from 2 to 36.
-spec digits(integer(), term()) -> binary().
digits(Integer, Base) when is_integer(Base), Base >= 2, Base =< 36 ->
    integer_to_binary(Integer, Base);
digits(Integer, Other) ->
    not_a_base(Other, Integer, 'printString:').

-spec not_a_base(term(), term(), term()) -> no_return().
not_a_base(Other, Receiver, Selector) ->
    bt_prim_collection:type_error(<<"a base from 2 to 36">>, Other, Receiver, Selector).

%% @doc The float with so many digits after the point.
-spec format(float(), term()) -> binary().
format(Float, Decimals) when is_integer(Decimals), Decimals >= 0, Decimals =< ?MOST_DECIMALS ->
    try
        float_to_binary(Float, [{decimals, Decimals}])
    catch
        %% Too long for the buffer that Erlang has for it.
        error:badarg -> float_to_binary(Float, [short])
    end;
format(Float, Other) ->
    Wanted = io_lib:format("a number of decimals from 0 to ~b", [?MOST_DECIMALS]),
    bt_prim_collection:type_error(Wanted, Other, Float, 'printString:').

%% @doc The number that the text is, or nil. White space around it does no harm.
-spec parse(binary()) -> number() | nil.
parse(Text) ->
    Number = <<"\\A\\s*+([+-]?\\d++)(\\.\\d++)?([eE][+-]?\\d++)?\\s*+\\z">>,
    case re:run(Text, Number, [{capture, all_but_first, binary}]) of
        {match, [Whole]} -> binary_to_integer(Whole);
        {match, [Whole, Fraction]} -> float(Whole, Fraction, <<>>);
        {match, [Whole, <<>>, Exponent]} -> float(Whole, <<".0">>, Exponent);
        {match, [Whole, Fraction, Exponent]} -> float(Whole, Fraction, Exponent);
        nomatch -> nil
    end.

%% Beyond the range of a float there is no number.
float(Whole, Fraction, Exponent) ->
    try
        binary_to_float(<<Whole/binary, Fraction/binary, Exponent/binary>>)
    catch
        error:badarg -> nil
    end.

%% By hand: a regular expression takes ten times as long as the conversion.
without_space(<<C, Rest/binary>>) when C =:= $\s; C >= $\t, C =< $\r -> without_space(Rest);
without_space(<<>>) -> <<>>;
without_space(Text) ->
    Size = byte_size(Text) - 1,
    case Text of
        <<Front:Size/binary, C>> when C =:= $\s; C >= $\t, C =< $\r -> without_space(Front);
        _ -> Text
    end.

%% @doc The integer that the text is in a base, or nil.
-spec parse(binary(), term()) -> integer() | nil.
parse(Text, Base) when is_integer(Base), Base >= 2, Base =< 36 ->
    try
        binary_to_integer(without_space(Text), Base)
    catch
        error:badarg -> nil
    end;
parse(Text, Other) ->
    not_a_base(Other, Text, 'asInteger:').
