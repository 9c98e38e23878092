%% Agents of Beamtalk, as Erlang programs use them: the model's answers are written beforehand.
-module(agents_tests).
-include_lib("eunit/include/eunit.hrl").

agents_test_() ->
    {setup, fun beamtalk:start/0, fun(_) -> ok end,
     [fun ask/0, fun tools/0, fun supervised/0]}.

ask() ->
    beamtalk:class_call('FakeLLM', 'script:as:', [[<<"Hello.">>], erlang_agent]),
    With = #{model => erlang_agent, system => <<"You help.">>},
    Agent = beamtalk:class_call('Agent', 'spawn:', [With]),
    Future = beamtalk:send(Agent, 'ask:', [<<"Hi">>]),
    ?assertEqual(<<"Hello.">>, beamtalk:await(Future)),
    ?assertEqual(2, length(beamtalk:call(Agent, history))),
    beamtalk:stop(Agent).

tools() ->
    Shout = fun(#{<<"text">> := Text}) -> string:uppercase(Text) end,
    Tool = beamtalk:class_call('Tool', 'name:description:parameters:do:',
                               [<<"shout">>, <<"Shouts.">>, #{text => <<"String">>}, Shout]),
    Call = beamtalk:class_call('ToolCall', 'id:name:arguments:',
                               [<<"c1">>, <<"shout">>, #{<<"text">> => <<"hey">>}]),
    beamtalk:class_call('FakeLLM', 'script:as:', [[Call, <<"HEY!">>], erlang_tools]),
    Agent = beamtalk:spawn('Agent', #{model => erlang_tools, tools => [Tool]}),
    ?assertEqual(<<"HEY!">>, beamtalk:call(Agent, 'ask:', [<<"Shout hey">>])),
    [_, _, #{content := Result} | _] = beamtalk:call(Agent, history),
    ?assertEqual(<<"HEY">>, Result),
    beamtalk:stop(Agent).

supervised() ->
    beamtalk:class_call('FakeLLM', 'always:as:', [<<"fine">>, erlang_supervised]),
    process_flag(trap_exit, true),
    {ok, Agent} = beamtalk:start_link('Agent', #{model => erlang_supervised}),
    ?assertEqual({ok, <<"fine">>}, beamtalk:result(beamtalk:send(Agent, 'ask:', [<<"Hi">>]))),
    exit(Agent, kill),
    receive {'EXIT', Agent, killed} -> ok end.
