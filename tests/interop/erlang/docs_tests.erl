%% The documentation chunk (EEP 48): what `h' shows in the Erlang shell, and what is in the file.
-module(docs_tests).
-include_lib("eunit/include/eunit.hrl").

-define(COUNTER, 'bt.shop.Counter').

chunk_test() ->
    {ok, {docs_v1, Anno, beamtalk, <<"text/markdown">>, #{<<"en">> := Text}, About, Docs}} =
        code:get_doc(?COUNTER),
    ?assertEqual("tests/interop/src/Counter.bt", erl_anno:file(Anno)),
    ?assertMatch(#{name := 'Counter', package := shop}, About),
    ?assertMatch(<<"    Actor subclass: Counter\n\nCounts, and does", _/binary>>, Text),
    ?assertMatch({{function, 'add:', 2}, _, [<<"add: n :: Integer -> Integer">>],
                  #{<<"en">> := <<"Adds", _/binary>>}, #{side := instance, selector := 'add:'}},
                 entry('add:', Docs)),
    ?assertMatch({_, _, [<<"class from: n -> Counter">>], #{}, #{side := class}},
                 entry('class from:', Docs)),
    ?assertMatch({{function, '-', 2}, _, [<<"- n">>], none, _}, entry('-', Docs)),
    ?assertMatch({_, _, [<<"getValue">>], none, _}, entry(getValue, Docs)).

entry(Function, Docs) ->
    hd([Entry || {{_, Name, _}, _, _, _, _} = Entry <- Docs, Name =:= Function]).

%% Every entry is of a function that the module exports, and no accessor is among them.
entries_are_exported_test() ->
    [begin
         {ok, {docs_v1, _, _, _, _, _, Docs}} = code:get_doc(Module),
         Functions = [{Name, Arity} || {{function, Name, Arity}, _, _, _, _} <- Docs],
         ?assertEqual([], Functions -- Module:module_info(exports)),
         ?assertNot(lists:member({amount, 1}, Functions))
     end || Module <- [?COUNTER, 'bt.shop.Money', 'bt.shop.Shop', 'bt.stdlib.List']].

%% The text is in one file and in no loaded module.
once_test() ->
    ?assertMatch({error, _, _}, beam_lib_docs('bt.shop.Counter 1')),
    ?assertMatch({ok, _}, beam_lib_docs(?COUNTER)).

beam_lib_docs(Module) -> beam_lib:chunks(code:which(Module), ["Docs"]).

shell_test() ->
    ?assertMatch({_, _}, binary:match(shell([?COUNTER]), <<"Counts, and does what tests want">>)),
    Method = shell([?COUNTER, 'add:']),
    ?assertMatch({_, _}, binary:match(Method, <<"add: n :: Integer -> Integer">>)),
    ?assertMatch({_, _}, binary:match(Method, <<"counter add: 3">>)),
    ?assertMatch({_, _}, binary:match(shell([?COUNTER, 'add:', 2]), <<"Adds a number.">>)).

%% What `h' prints.
shell([Module | Function]) ->
    {ok, Docs} = code:get_doc(Module),
    Config = #{encoding => unicode, ansi => false, columns => 80},
    %% It asks the device for its options, which EUnit's does not tell.
    EUnit = group_leader(),
    group_leader(whereis(user), self()),
    Text = apply(shell_docs, render, [Module | Function] ++ [Docs, Config]),
    group_leader(EUnit, self()),
    unicode:characters_to_binary(Text).

%% The library has its documentation, too.
library_test() ->
    Text = shell(['bt.stdlib.List', 'collect:']),
    ?assertMatch({_, _}, binary:match(Text, <<"collect: block">>)).
