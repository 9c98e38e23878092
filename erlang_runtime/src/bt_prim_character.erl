%%% @doc Primitives of Character, and what a code point or a text consists of.
-module(bt_prim_character).

-export([code/1, code_of/2, is/2, are/2]).

-define(IS_CODE(Code), (is_integer(Code) andalso
    (Code >= 0 andalso Code < 16#D800 orelse Code > 16#DFFF andalso Code =< 16#10FFFF))).

%% @doc The code point, if it is one.
-spec code(term()) -> char().
code(Code) when ?IS_CODE(Code) -> Code;
code(Other) -> bt_prim_collection:type_error(<<"a code point">>, Other, nil, 'value:').

%% @doc The code point of the character that a comparison was given.
-spec code_of(term(), atom()) -> char().
code_of(#{'$class' := 'bt.stdlib.Character', code := Code}, _Selector) -> Code;
code_of(Other, Selector) -> bt_prim_collection:type_error(<<"a Character">>, Other, nil, Selector).

%% @doc Whether the code point is of the kind; a number that is no code point is of none.
-spec is(atom(), integer()) -> boolean().
is(Kind, Code) when ?IS_CODE(Code) -> are(Kind, <<Code/utf8>>);
is(_Kind, _Code) -> false.

%% @doc Whether all of a text is of the kind, and there is some of it.
-spec are(term(), binary()) -> boolean().
are(Kind, Text) ->
    case pattern(Kind) of
        unknown ->
            Wanted = <<"#letter, #digit, #alphanumeric, #uppercase, #lowercase or #whitespace">>,
            bt_prim_collection:type_error(Wanted, Kind, Text, 'isAll:');
        Pattern ->
            Matches = fun() -> re:run(Text, Pattern, [unicode, ucp]) =/= nomatch end,
            bt_prim_string:utf8(Text, 'isAll:', Matches)
    end.

%% A letter may be followed by combining marks.
pattern(letter) -> <<"\\A\\p{L}[\\p{L}\\p{M}]*+\\z">>;
pattern(digit) -> <<"\\A\\p{Nd}++\\z">>;
pattern(alphanumeric) -> <<"\\A[\\p{L}\\p{Nd}][\\p{L}\\p{M}\\p{Nd}]*+\\z">>;
pattern(uppercase) -> <<"\\A\\p{Lu}[\\p{Lu}\\p{M}]*+\\z">>;
pattern(lowercase) -> <<"\\A\\p{Ll}[\\p{Ll}\\p{M}]*+\\z">>;
pattern(whitespace) -> <<"\\A\\s++\\z">>;
pattern(_) -> unknown.
