%% @doc Operators, and the other places where the value itself is needed and not a future of it.
%%
%% Built-in values are computed here, in the first clauses; futures among the operands are
%% waited for; anything else is sent the message.
-module(bt_op).

-export(['+'/2, '-'/2, '*'/2, '/'/2, '%'/2, '**'/2, 'div:'/2]).
-export(['<'/2, '<='/2, '>'/2, '>='/2]).
-export(['='/2, '=='/2, '/='/2, '~='/2, '=:='/2, '=/='/2]).
-export(['++'/2, ','/2, '->'/2]).
-export([touch/1, condition/2, number/2, limit/2, negate/1, interpolate/1, display/1, power/2]).

-include("bt.hrl").

%% A power of more bits is refused: a multiplication of such numbers holds up its scheduler for
%% seconds.
-define(MOST_BITS, 1 bsl 22).

-define(BOTH_NUMBERS(A, B), is_number(A), is_number(B)).
-define(BOTH_INTEGERS(A, B), is_integer(A), is_integer(B)).

%%% Arithmetic

-spec '+'(term(), term()) -> term().
'+'(A, B) when ?BOTH_NUMBERS(A, B) -> A + B;
'+'(A, B) -> other('+', A, B).

-spec '-'(term(), term()) -> term().
'-'(A, B) when ?BOTH_NUMBERS(A, B) -> A - B;
'-'(A, B) -> other('-', A, B).

-spec '*'(term(), term()) -> term().
'*'(A, B) when ?BOTH_NUMBERS(A, B) -> A * B;
'*'(A, B) -> other('*', A, B).

-spec '/'(term(), term()) -> term().
'/'(A, B) when ?BOTH_NUMBERS(A, B), B /= 0 -> A / B;
'/'(A, B) when ?BOTH_NUMBERS(A, B) -> bt_error:zero_divide('/', A);
'/'(A, B) -> other('/', A, B).

%% @doc The remainder of floored division: it has the divisor's sign.
-spec '%'(term(), term()) -> term().
'%'(A, B) when ?BOTH_INTEGERS(A, B), B =/= 0 ->
    case A rem B of
        R when R < 0, B > 0; R > 0, B < 0 -> R + B;
        R -> R
    end;
'%'(A, B) when ?BOTH_NUMBERS(A, B), B /= 0 -> A - B * floor(A / B);
'%'(A, B) when ?BOTH_NUMBERS(A, B) -> bt_error:zero_divide('%', A);
'%'(A, B) -> other('%', A, B).

%% @doc Floored division of integers; of floats, the floor of the quotient.
-spec 'div:'(term(), term()) -> term().
'div:'(A, B) when ?BOTH_INTEGERS(A, B), B =/= 0 ->
    case A rem B of
        R when R < 0, B > 0; R > 0, B < 0 -> A div B - 1;
        _ -> A div B
    end;
'div:'(A, B) when ?BOTH_NUMBERS(A, B), B /= 0 -> floor(A / B);
'div:'(A, B) when ?BOTH_NUMBERS(A, B) -> bt_error:zero_divide('div:', A);
'div:'(A, B) -> other('div:', A, B).

-spec '**'(term(), term()) -> term().
'**'(A, B) when ?BOTH_NUMBERS(A, B) -> power(A, B);
'**'(A, B) -> other('**', A, B).

%% @doc Exact for integers, however large.
-spec power(number(), number()) -> number().
power(A, B) when is_integer(A), is_integer(B), B >= 0 ->
    case abs(A) =< 1 orelse B * bits(A) =< ?MOST_BITS of
        true -> power(A, B, 1);
        false -> bt_error:too_large('**', A, B)
    end;
power(A, B) when A == 0, B < 0 -> bt_error:zero_divide('**', A);
power(A, B) -> math:pow(A, B).

bits(Integer) when abs(Integer) < 1 bsl 32 -> length(integer_to_list(abs(Integer), 2));
bits(Integer) -> byte_size(binary:encode_unsigned(abs(Integer))) * 8.

power(_Base, 0, Product) -> Product;
power(Base, 1, Product) -> Base * Product;
power(Base, N, Product) when N band 1 =:= 1 -> power(Base * Base, N bsr 1, Product * Base);
power(Base, N, Product) -> power(Base * Base, N bsr 1, Product).

%%% Order

-spec '<'(term(), term()) -> term().
'<'(A, B) when ?BOTH_NUMBERS(A, B) -> A < B;
'<'(A, B) when is_binary(A), is_binary(B) -> A < B;
'<'(A, B) -> other('<', A, B).

-spec '<='(term(), term()) -> term().
'<='(A, B) when ?BOTH_NUMBERS(A, B) -> A =< B;
'<='(A, B) when is_binary(A), is_binary(B) -> A =< B;
'<='(A, B) -> other('<=', A, B).

-spec '>'(term(), term()) -> term().
'>'(A, B) when ?BOTH_NUMBERS(A, B) -> A > B;
'>'(A, B) when is_binary(A), is_binary(B) -> A > B;
'>'(A, B) -> other('>', A, B).

-spec '>='(term(), term()) -> term().
'>='(A, B) when ?BOTH_NUMBERS(A, B) -> A >= B;
'>='(A, B) when is_binary(A), is_binary(B) -> A >= B;
'>='(A, B) -> other('>=', A, B).

%%% Equality

-spec '='(term(), term()) -> term().
'='(A, B) when ?BOTH_NUMBERS(A, B) -> A == B;
'='(A, B) when is_atom(A), is_atom(B) -> A =:= B;
'='(A, B) -> equal(['='], touch(A), touch(B)).

-spec '=='(term(), term()) -> term().
'=='(A, B) when ?BOTH_NUMBERS(A, B) -> A == B;
'=='(A, B) when is_atom(A), is_atom(B) -> A =:= B;
'=='(A, B) -> equal(['==', '='], touch(A), touch(B)).

-spec '~='(term(), term()) -> term().
'~='(A, B) -> differ('~=', ['='], touch(A), touch(B)).

-spec '/='(term(), term()) -> term().
'/='(A, B) -> differ('/=', ['==', '='], touch(A), touch(B)).

-spec '=:='(term(), term()) -> term().
'=:='(A, B) when is_integer(A), is_integer(B) -> A =:= B;
'=:='(A, B) -> identical(touch(A), touch(B)).

-spec '=/='(term(), term()) -> term().
'=/='(A0, B0) ->
    A = touch(A0),
    B = touch(B0),
    case own(['=/='], A) of
        none -> negate(identical(A, B));
        Op -> ask(Op, A, B)
    end.

%% By value, unless the receiver's class says otherwise in one of the operators.
equal(Ops, A, B) ->
    case own(Ops, A) of
        none -> A == B;
        Op -> ask(Op, A, B)
    end.

differ(Own, Ops, A, B) ->
    case own([Own], A) of
        none -> negate(equal(Ops, A, B));
        Op -> ask(Op, A, B)
    end.

identical(A, B) ->
    case own(['=:='], A) of
        none -> A =:= B;
        Op -> ask(Op, A, B)
    end.

%% The first of the operators that the value's class or a superclass below Object defines: only
%% those are in its facade.
own([Op | Ops], #{'$class' := Class} = A) ->
    case erlang:function_exported(Class, Op, 2) of
        true -> Op;
        false -> own(Ops, A)
    end;
own(_Ops, _A) ->
    none.

ask(Op, #{'$class' := Class} = A, B) ->
    Class:Op(A, B).

%%% Strings and collections

-spec '++'(term(), term()) -> term().
'++'(A, B) when is_binary(A), is_binary(B) -> <<A/binary, B/binary>>;
'++'(A, B) when is_list(A), is_list(B) -> A ++ B;
'++'(A, B) -> other('++', A, B).

-spec ','(term(), term()) -> term().
','(A, B) when is_binary(A), is_binary(B) -> <<A/binary, B/binary>>;
','(A, B) when is_list(A), is_list(B) -> A ++ B;
','(A, B) -> other(',', A, B).

-spec '->'(term(), term()) -> term().
'->'(Key, Value) ->
    K = touch(Key),
    V = touch(Value),
    case own(['->'], K) of
        none -> #{'$class' => 'bt.stdlib.Association', key => K, value => V};
        Op -> bt_send:send(K, Op, V)
    end.

%%% Operands that are not computed above

other(Op, A, B) when ?IS_FUTURE(A); ?IS_FUTURE(B) ->
    ?MODULE:Op(touch(A), touch(B));
other(Op, A, B) when is_binary(A), Op =:= ','; is_binary(A), Op =:= '++' ->
    %% A Symbol or Character may follow a String.
    bt_prim_string:concat(A, B);
other(Op, A, B) when is_number(A); is_binary(A) ->
    case is_computed(Op, A) of
        true -> bt_error:operands(Op, A, B);
        false -> bt_send:send(A, Op, B)
    end;
other(Op, A, B) ->
    bt_send:send(A, Op, B).

%% Whether the operators above are all there is for this receiver: then the argument is to blame.
is_computed(Op, A) when is_binary(A) -> lists:member(Op, ['<', '<=', '>', '>=']);
is_computed(Op, _) -> Op =/= '++' andalso Op =/= ','.

%%% Touch points

%% @doc The value of a future, awaited; anything else is itself.
-spec touch(term()) -> term().
touch(V) when ?IS_FUTURE(V) -> bt_future:await(V);
touch(V) -> V.

-spec condition(term(), atom()) -> boolean().
condition(V, _Sel) when is_boolean(V) -> V;
condition(V, Sel) when ?IS_FUTURE(V) -> condition(bt_future:await(V), Sel);
condition(V, Sel) -> bt_error:not_boolean(V, Sel).

-spec number(term(), atom()) -> number().
number(V, _Sel) when is_number(V) -> V;
number(V, Sel) when ?IS_FUTURE(V) -> number(bt_future:await(V), Sel);
number(V, Sel) -> bt_error:not_in_line(V, Sel).

%% @doc The last number of a loop; not the receiver, so that another value is of the wrong type.
-spec limit(term(), atom()) -> number().
limit(V, _Sel) when is_number(V) -> V;
limit(V, Sel) when ?IS_FUTURE(V) -> limit(bt_future:await(V), Sel);
limit(V, Sel) -> bt_prim_collection:type_error(<<"a Number">>, V, nil, Sel).

-spec negate(term()) -> boolean().
negate(V) -> not condition(V, 'not').

-spec interpolate([term()]) -> binary().
interpolate(Parts) ->
    iolist_to_binary([display(Part) || Part <- Parts]).

%% @doc The displayString of the value; the commonest kinds at once.
-spec display(term()) -> binary().
display(V) when is_binary(V) -> V;
display(V) when is_integer(V) -> integer_to_binary(V);
display(V) when is_atom(V) -> atom_to_binary(V);
display(V) -> bt_print:display_string(touch(V)).
