%% @doc The reader and writer that stand in for jiffy do what it does.
-module(bt_json_tests).

-include_lib("eunit/include/eunit.hrl").

-define(LIBRARY, bt_prim_json_library).

texts() ->
    [
        <<"null">>, <<"true">>, <<"false">>, <<"0">>, <<"-1">>, <<"12345678901234567890">>,
        <<"0.5">>,
        <<"-1.5e-7">>, <<"1E5">>, <<"1e-400">>, <<"\"\"">>, <<"\"a\\n\\u00e9\\ud83d\\ude00\"">>,
        <<"\"gr\xc3\xbcn\"">>, <<"[]">>, <<" [ 1 , [ ] , { } ] ">>,
        <<"{\"a\":1,\"b\":[{\"c\":null}],\"a\":2}">>,
        <<"\"\\/\\\\\\\"\"">>, <<"[[[[]]]]">>
    ].

bad_texts() ->
    [
        <<>>, <<" ">>, <<"nul">>, <<"[1,]">>, <<"[1 2]">>, <<"{\"a\"}">>, <<"{a:1}">>, <<"01">>,
        <<"1.">>,
        <<".5">>, <<"+1">>, <<"1e">>, <<"1e400">>, <<"\"">>, <<"\"\\x\"">>, <<"\"\\ud800\"">>,
        <<"\"\t\"">>,
        <<"\"", 255, "\"">>, <<"\"", 16#ED, 16#A0, 16#80, "\"">>, <<"[1] 2">>,
        <<"{\"a\":1,}">>, <<"]">>
    ].

reader_agrees_with_jiffy_test_() ->
    [?_assertEqual(jiffy:decode(Text, [return_maps, use_nil]), read(Text)) || Text <- texts()].

%% An error is an instance of a class, and classes need the runtime.
in_runtime(Tests) ->
    {setup, fun() -> application:ensure_all_started(beamtalk_runtime) end,
     fun(_) -> application:stop(beamtalk_runtime) end, Tests}.

both_refuse_test_() ->
    in_runtime([
        [?_assertError(_, jiffy:decode(Text, [return_maps])),
         ?_assertError(#{'$class' := 'bt.stdlib.JsonError'}, read(Text))]
     || Text <- bad_texts()
    ]).

read(Text) -> bt_json_reader:read(Text, 1000, 10000).

writer_agrees_with_jiffy_test_() ->
    Values = [
        nil, true, symbol, 0, 1 bsl 80, 1.5, <<"a\"\\\n\r\t", 1, "gr\xc3\xbcn">>, [], [1, [2]], #{},
        #{<<"a">> => [1]}
    ],
    [
        ?_assertEqual(
            iolist_to_binary(jiffy:encode(Value, [use_nil])),
            iolist_to_binary(bt_json_writer:compact(bt_json_writer:prepared(Value, 'generate:'))))
     || Value <- Values
    ].

without_jiffy_test_() ->
    {setup, fun() -> persistent_term:put(?LIBRARY, none) end,
     fun(_) -> persistent_term:erase(?LIBRARY) end,
     [
        ?_assertEqual([1, #{<<"a">> => nil}], bt_prim_json:parse(<<"[1,{\"a\":null}]">>)),
        ?_assertEqual(<<"[1,{\"a\":null}]">>, bt_prim_json:generate([1, #{a => nil}]))
     ]}.

%% What the scan before jiffy lets through, and what it hands to the reader.
limits_test_() ->
    Deep = fun(N) -> [binary:copy(<<"[">>, N), binary:copy(<<"]">>, N)] end,
    Brackets = binary:copy(<<"[">>, 2000),
    Letters = binary:copy(<<"a">>, 20000),
    Digits = binary:copy(<<"9">>, 10050),
    Parse = fun(Parts) -> bt_prim_json:parse(iolist_to_binary(Parts)) end,
    in_runtime([
        ?_assertMatch([[_]], Parse(Deep(1000))),
        ?_assertError(#{reason := too_deep}, Parse(Deep(1001))),
        ?_assertError(#{reason := too_deep}, Parse([binary:copy(<<"{\"a\":[1,">>, 501), "1"])),
        ?_assertEqual(1000, length(Parse(["[1", binary:copy(<<",[]">>, 999), "]"]))),
        ?_assertEqual([<<Brackets/binary>>], Parse(["[\"", Brackets, "\"]"])),
        ?_assert(is_integer(Parse(binary:copy(<<"9">>, 10000)))),
        ?_assertError(#{reason := number_too_large}, Parse(binary:copy(<<"9">>, 10001))),
        ?_assertError(#{reason := number_too_large}, Parse(["[[-", Digits, "]]"])),
        ?_assertEqual([<<Letters/binary>>], Parse(["[\"", Letters, "\"]"]))
     | [?_assertEqual([], lists:foldl(fun(_, [V]) -> V end, Parse(Deep(N)), lists:seq(2, N)))
        || N <- lists:seq(1, 20)]
    ]).
