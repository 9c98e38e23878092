-module(bt_script_tests).

-include_lib("eunit/include/eunit.hrl").

-export([in_node/0]).

-define(C, bt_sample_counter).

%% Scripts end their node, so each has a node of its own, and its output is what counts.
script_test_() ->
    [{timeout, 120, Test}
     || Test <- [fun output_and_status/0, fun uncaught_error/0, fun waits_for_blocks/0,
                 fun killed/0, fun closed_pipe/0]].

run(Body) -> run(Body, "2>&1; echo \"[$?]\"").

%% The text of main/1, with the root classes of the tests loaded in its node.
run(Body, Redirection) ->
    Source = "-module('bt.script.sample'). -export([main/1]). main(Self) -> " ++ Body ++ ".",
    Beam = compile_module(Source),
    Directory = string:trim(os:cmd("mktemp -d")),
    ok = file:write_file(filename:join(Directory, "bt.script.sample.beam"), Beam),
    Paths = [Directory | [filename:dirname(code:which(M)) || M <- [bt_script, ?MODULE]]],
    Command = ["LC_ALL=C erl -noinput", [[" -pa ", P] || P <- Paths],
               " -s ", atom_to_list(?MODULE), " in_node ", Redirection],
    Output = os:cmd(unicode:characters_to_list(Command)),
    os:cmd("rm -r " ++ Directory),
    unicode:characters_to_binary(Output).

in_node() ->
    bt_fixture:start(),
    bt_script:run('bt.script.sample', ["one", "zwölf"]).

compile_module(Source) ->
    {ok, Tokens, _} = erl_scan:string(Source),
    {ok, _, Beam} = compile:forms(forms(Tokens, []), []),
    Beam.

forms([], _) -> [];
forms([{dot, _} = Dot | Rest], Seen) ->
    {ok, Form} = erl_parse:parse_form(lists:reverse([Dot | Seen])),
    [Form | forms(Rest, [])];
forms([Token | Rest], Seen) -> forms(Rest, [Token | Seen]).

output_and_status() ->
    ?assertEqual(<<"π one,zwölf bt.script.sample\n[0]\n"/utf8>>,
                 run("bt_transcript:show(<<\"π \"/utf8>>),"
                     "bt_transcript:show(iolist_to_binary(lists:join($,, bt_script:arguments()))),"
                     "Class = atom_to_binary(maps:get('$class', Self)),"
                     "bt_transcript:write(<<\" \", Class/binary, $\\n>>)")).

uncaught_error() ->
    Output = run("_ = Self, bt_transcript:show_cr(<<\"first\">>),"
                 "erlang:error(bt_fault:user_error(<<\"broken\">>))"),
    ?assertMatch(<<"first\nError: broken", _/binary>>, Output),
    ?assertEqual(<<"[1]\n">>, binary:part(Output, byte_size(Output), -4)),
    ?assertEqual(<<>>, run("_ = Self, error(oops)", "2>/dev/null")).

waits_for_blocks() ->
    Output = run("_ = Self, A = bt_actor:spawn(bt_sample_counter),"
                 "bt_future:when_resolved(bt_actor:send(A, 'slow:', [50]),"
                 "fun(V) -> bt_transcript:show(integer_to_binary(V)) end),"
                 "bt_timer:'after'(10, fun() -> bt_transcript:show(<<\"timer \">>) end),"
                 "bt_timer:'after'(60000, fun() -> bt_transcript:show(<<\"late \">>) end),"
                 "bt_transcript:show(<<\"last \">>)"),
    ?assertEqual(<<"last timer 0[0]\n">>, Output).

killed() ->
    ?assertEqual(<<"the script was ended: killed\n[1]\n">>,
                 run("_ = Self, exit(self(), kill), timer:sleep(1000)")).

%% Who writes to `head' must not hang, nor complain.
closed_pipe() ->
    ?assertEqual(<<"x\n">>,
                 run("_ = Self, [bt_transcript:show_cr(<<\"x\">>) || _ <- lists:seq(1, 100000)]",
                     "2>&1 | head -1")).
