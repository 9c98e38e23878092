-module(bt_transcript_tests).

-include_lib("eunit/include/eunit.hrl").

transcript_test_() ->
    {foreach, fun start/0, fun stop/1, [fun texts/1, fun order/1, fun devices/1]}.

start() ->
    Started = bt_fixture:start(),
    Me = self(),
    bt_transcript:set_sink(fun(Text) -> Me ! {text, Text} end),
    Started.

stop(Started) ->
    bt_transcript:set_sink(user),
    bt_fixture:stop(Started).

written() ->
    receive {text, Text} -> [Text | written()] after 0 -> [] end.

texts(_) ->
    fun() ->
        Me = self(),
        bt_transcript:set_sink(fun(Text) -> Me ! {text, Text} end),
        nil = bt_transcript:show(<<"a">>),
        nil = bt_transcript:tab(),
        nil = bt_transcript:show_cr(<<"π"/utf8>>),
        nil = bt_transcript:cr(),
        nil = bt_transcript:show(bt_future:resolved(<<"later">>)),
        ?assertEqual(<<"a\tπ\n\nlater"/utf8>>, iolist_to_binary(written()))
    end.

%% What one process has written stands before what it made others write afterwards.
order(_) ->
    fun() ->
        File = string:trim(os:cmd("mktemp")),
        {ok, Device} = file:open(File, [write, {encoding, utf8}]),
        bt_transcript:set_sink(Device),
        A = bt_actor:spawn(bt_sample_counter),
        Show = fun(N) -> bt_transcript:show(<<(integer_to_binary(N))/binary, " ">>) end,
        [begin Show(N), bt_actor:call(A, 'run:', [fun() -> Show(N + 1) end]) end
         || N <- lists:seq(1, 99, 2)],
        ok = file:close(Device),
        {ok, Text} = file:read_file(File),
        ok = file:delete(File),
        ?assertEqual([integer_to_binary(N) || N <- lists:seq(1, 100)],
                     binary:split(Text, <<" ">>, [global, trim]))
    end.

devices(_) ->
    fun() ->
        Device = spawn(fun() -> ok end),
        bt_transcript:set_sink(Device),
        ?assertError(#{kind := user_error}, bt_transcript:show(<<"text">>))
    end.
