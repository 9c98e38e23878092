-module(bt_prim_text_tests).
-include_lib("eunit/include/eunit.hrl").

all_test_() ->
    {setup, fun start/0, fun bt_fixture:stop/1, fun(_) ->
        [
            {"positions count graphemes", fun graphemes/0},
            {"searching and replacing", fun searching/0},
            {"splitting", fun splitting/0},
            {"numbers in texts", fun numbers/0},
            {"regular expressions", fun regular_expressions/0},
            {"kinds of characters, in all scripts", fun kinds/0},
            {"URLs", fun urls/0},
            {"hostile arguments give typed errors", fun hostile/0},
            {"bytes that are not UTF-8 give typed errors", fun not_utf8/0},
            {"a power that would take minutes is refused", fun huge_powers/0},
            {"what is no selector is refused", fun selectors/0}
        ]
    end}.

start() ->
    Started = bt_fixture:start(),
    [bt_fixture:class(Class, #{superclass => 'bt.stdlib.Error', variables => [kind]}, init(Kind))
     || {Class, Kind} <- [{'bt.stdlib.TypeError', "type_error"},
                          {'bt.stdlib.IndexOutOfBounds', "index_out_of_bounds"},
                          {'bt.stdlib.ArithmeticError', "badarith"}]],
    Started.

init(Kind) ->
    "'$init'(X) -> X#{kind => " ++ Kind ++ "}.".

graphemes() ->
    Text = <<"e\x{301}🇩🇪x"/utf8>>,
    ?assertEqual(3, bt_prim_string:length(Text)),
    ?assertEqual(<<"🇩🇪"/utf8>>, bt_prim_string:at(Text, 2)),
    ?assertEqual(<<"x🇩🇪e\x{301}"/utf8>>, bt_prim_string:reverse(Text)),
    Graphemes = [<<"e\x{301}"/utf8>>, <<"🇩🇪"/utf8>>, <<"x">>],
    ?assertEqual(Graphemes, bt_prim_string:graphemes(Text)),
    ?assertEqual(<<"x">>, bt_prim_string:drop(Text, 2)),
    ?assertEqual(Text, bt_prim_string:drop(Text, -1)),
    ?assertEqual(<<>>, bt_prim_string:slice(Text, 0, -1)).

searching() ->
    ?assertEqual(<<"he">>, bt_prim_string:find(<<"l">>, <<"hello">>)),
    ?assertEqual(nil, bt_prim_string:find(<<"z">>, <<"hello">>)),
    ?assertEqual(<<>>, bt_prim_string:find(<<>>, <<"hello">>)),
    ?assert(bt_prim_string:starts(<<"hello">>, <<"he">>)),
    ?assert(bt_prim_string:starts(<<"hello">>, <<>>)),
    ?assertNot(bt_prim_string:starts(<<"h">>, <<"he">>)),
    ?assert(bt_prim_string:ends(<<"hello">>, <<"lo">>)),
    ?assertEqual(<<"b--a">>, bt_prim_string:replace(<<"an">>, <<"banana">>, <<"-">>, all)),
    ?assertEqual(<<"b-ana">>, bt_prim_string:replace(<<"an">>, <<"banana">>, <<"-">>, first)),
    ?assertEqual(<<"abc">>, bt_prim_string:replace(<<>>, <<"abc">>, <<"-">>, all)).

splitting() ->
    ?assertEqual([<<"a">>, <<>>, <<"b">>], bt_prim_string:split(<<"a,,b">>, <<",">>)),
    ?assertEqual([<<"a">>, <<"b">>], bt_prim_string:split(<<"ab">>, <<>>)),
    ?assertEqual([<<"a">>, <<>>, <<"b">>], bt_prim_string:lines(<<"a\n\r\nb\n">>)),
    ?assertEqual([], bt_prim_string:lines(<<>>)),
    ?assertEqual([<<"to">>, <<"be">>], bt_prim_string:words(<<" to\t be\n">>)).

numbers() ->
    Cases = [
        {<<"42">>, 42}, {<<"-7">>, -7}, {<<"+7">>, 7}, {<<" 3\n">>, 3}, {<<"3.5">>, 3.5},
        {<<"1e3">>, 1000.0}, {<<"1.5E-1">>, 0.15}, {<<>>, nil}, {<<"x">>, nil}, {<<"4x">>, nil},
        {<<"1e999">>, nil}, {<<".5">>, nil}
    ],
    [?assertEqual(Number, bt_prim_number:parse(Text)) || {Text, Number} <- Cases],
    ?assertEqual(255, bt_prim_number:parse(<<"fF">>, 16)),
    ?assertEqual(nil, bt_prim_number:parse(<<"12">>, 2)),
    ?assertEqual(<<"FF">>, bt_prim_number:digits(255, 16)),
    ?assertEqual(<<"3.14">>, bt_prim_number:format(3.14159, 2)).

regular_expressions() ->
    Digits = bt_prim_regex:compile(<<"([0-9]+)">>, []),
    ?assertEqual(<<"12">>, bt_prim_regex:first(Digits, <<"ab12c3">>, x)),
    ?assertEqual(nil, bt_prim_regex:first(Digits, <<"abc">>, x)),
    ?assert(bt_prim_regex:matches(
        bt_prim_regex:compile(<<"b">>, [caseInsensitive]), <<"ABC">>, somewhere, x)),
    ?assertEqual([<<"12">>, <<"3">>], bt_prim_regex:texts(Digits, <<"ab12c3">>, x)),
    ?assertEqual([], bt_prim_regex:texts(Digits, <<"z">>, x)),
    ?assertEqual(<<"<1>&">>, bt_prim_regex:replace(Digits, <<"1">>, <<"<\\1>&">>, {all, x})),
    ?assertEqual([<<"a">>, <<"b">>], bt_prim_regex:split(Digits, <<"a1b">>, x)).

kinds() ->
    ?assert(bt_prim_character:are(letter, <<"aéλ"/utf8>>)),
    ?assert(bt_prim_character:are(letter, <<"e\x{301}"/utf8>>)),
    ?assertNot(bt_prim_character:are(letter, <<"a1">>)),
    ?assertNot(bt_prim_character:are(letter, <<>>)),
    ?assert(bt_prim_character:are(digit, <<"٣3"/utf8>>)),
    ?assert(bt_prim_character:is(uppercase, $A)),
    ?assertNot(bt_prim_character:is(lowercase, $A)),
    ?assert(bt_prim_character:is(whitespace, 16#A0)),
    ?assertNot(bt_prim_character:is(letter, -1)),
    ?assertNot(bt_prim_character:is(letter, 16#D800)).

urls() ->
    ?assertEqual(<<"a%20b%26%C3%A9">>, bt_prim_string:url_encode(<<"a b&é"/utf8>>)),
    ?assertEqual(<<"a b&é"/utf8>>, bt_prim_string:url_decode(<<"a%20b%26%C3%A9">>)).

%% Every primitive with every kind of wrong argument.
hostile() ->
    Text = <<"hello">>,
    Object = #{'$class' => 'bt.stdlib.Object'},
    Wrong = [nil, 1.5, [], #{}, {}, fun() -> 1 end, make_ref(), self(), Object],
    Primitives = [
        fun(X) -> bt_prim_string:at(Text, X) end,
        fun(X) -> bt_prim_string:slice(Text, 0, X) end,
        fun(X) -> bt_prim_string:drop(Text, X) end,
        fun(X) -> bt_prim_string:find(X, Text) end,
        fun(X) -> bt_prim_string:starts(Text, X) end,
        fun(X) -> bt_prim_string:ends(Text, X) end,
        fun(X) -> bt_prim_string:compare(Text, X) end,
        fun(X) -> bt_prim_string:concat(Text, X) end,
        fun(X) -> bt_prim_string:repeat(Text, X) end,
        fun(X) -> bt_prim_string:replace(X, Text, Text, all) end,
        fun(X) -> bt_prim_string:replace(Text, Text, X, first) end,
        fun(X) -> bt_prim_string:split(Text, X) end,
        fun(X) -> bt_prim_string:from_elements([X]) end,
        fun(X) -> bt_prim_string:from_code_points([X]) end,
        fun(X) -> bt_prim_string:from_iolist([a | X]) end,
        fun(X) -> bt_prim_regex:regex(X, [], x) end,
        fun(X) -> bt_prim_regex:compile(Text, [X]) end,
        fun(X) -> bt_prim_regex:replace(bt_prim_regex:compile(Text, []), Text, X, {all, x}) end,
        fun(X) -> bt_prim_character:code(X) end,
        fun(X) -> bt_prim_character:code_of(X, '<') end,
        fun(X) -> bt_prim_character:are(X, Text) end,
        fun(X) -> bt_prim_number:digits(5, X) end,
        fun(X) -> bt_prim_number:format(5.0, X) end,
        fun(X) -> bt_prim_number:parse(Text, X) end,
        fun(X) -> bt_prim_number:bit_and(5, X) end,
        fun(X) -> bt_prim_number:bit_shift(5, X) end,
        fun(X) -> bt_prim_symbol:name_of(X, '<') end,
        fun(X) -> bt_prim_random:generator([X]) end
    ],
    [?assertError(#{kind := type_error}, Primitive(X)) || Primitive <- Primitives, X <- Wrong],
    ?assertError(#{kind := type_error}, bt_prim_number:add(1, <<"a">>)),
    ?assertError(#{kind := type_error}, bt_prim_string:repeat(Text, 1 bsl 60)),
    ?assertError(#{kind := type_error}, bt_prim_symbol:from(binary:copy(<<"a">>, 300))),
    ?assertError(#{kind := type_error}, bt_prim_regex:first(<<"(">>, Text, [])),
    ?assertError(#{kind := type_error}, bt_prim_string:url_decode(<<"%zz">>)),
    ?assertError(#{kind := index_out_of_bounds}, bt_prim_string:at(Text, 6)),
    ?assertError(#{kind := index_out_of_bounds}, bt_prim_string:at(Text, 0)),
    ?assertError(#{kind := badarith}, bt_prim_number:calculate(sqrt, -1)),
    ?assertError(#{kind := badarith}, bt_prim_number:calculate(log, 0)),
    ?assertError(#{kind := badarith}, bt_prim_number:bit_shift(1, 1 bsl 60)).

not_utf8() ->
    Bytes = <<255, 254>>,
    Primitives = [
        fun bt_prim_string:length/1, fun bt_prim_string:reverse/1, fun bt_prim_string:uppercase/1,
        fun bt_prim_string:lowercase/1, fun bt_prim_string:graphemes/1,
        fun bt_prim_string:code_points/1, fun bt_prim_string:words/1,
        fun bt_prim_string:url_encode/1, fun bt_prim_symbol:from/1,
        fun(Text) -> bt_prim_string:at(Text, 1) end,
        fun(Text) -> bt_prim_string:trim(Text, both) end,
        fun(Text) -> bt_prim_regex:first(<<"a">>, Text, []) end,
        fun(Text) -> bt_prim_character:are(letter, Text) end
    ],
    [?assertError(#{kind := type_error}, Primitive(Bytes)) || Primitive <- Primitives].

huge_powers() ->
    ?assertEqual(1 bsl 1000000, bt_prim_number:power(2, 1000000)),
    ?assertEqual(1, bt_prim_number:power(-1, 1 bsl 200)),
    [?assertError(#{kind := badarith}, bt_prim_number:power(Base, Exponent))
     || Base <- [2, -3, 1 bsl 1000000], Exponent <- [1 bsl 40, 1 bsl 1000000]].

selectors() ->
    [?assertError(#{kind := type_error}, bt_error:does_not_understand(3, Selector, []))
     || Selector <- [3, <<"foo">>, #{}]],
    ?assertError(#{kind := type_error}, bt_send:perform(3, <<255>>, [])).
