%% Errors of Beamtalk, as Erlang's own tools show them.
-module(errors_tests).
-include_lib("eunit/include/eunit.hrl").

-define(MONEY, 'bt.shop.Money').

shell_text_of_a_value_test() ->
    {ok, _} = beamtalk:start(),
    Text = shell_text(fun() -> ?MONEY:'class parse:'(beamtalk:class('Money'), <<"five">>) end),
    ?assertMatch({_, _}, binary:match(Text, <<"exception error: Error: no amount: five">>)),
    Frame = <<"'bt.shop.Money 1':'class parse:'/2 (Money.bt, line ">>,
    ?assertMatch({_, _}, binary:match(Text, Frame)),
    ?assertEqual(nomatch, binary:match(Text, <<"$class">>)).

shell_text_of_an_actor_test() ->
    {ok, _} = beamtalk:start(),
    Counter = beamtalk:spawn('Counter'),
    Text = shell_text(fun() -> 'bt.shop.Counter':fail(Counter) end),
    ?assertMatch({_, _}, binary:match(Text, <<"DoesNotUnderstand: nil does not understand #foo">>)),
    ?assertMatch({_, _}, binary:match(Text, <<"*** a variable or an answer is nil">>)),
    Frame = <<"in function  'bt.shop.Counter':'check:'/2 (Counter.bt">>,
    ?assertMatch({_, _}, binary:match(Text, Frame)).

%% What the shell prints.
shell_text(Fun) ->
    try Fun() of
        Value -> error({no_error, Value})
    catch
        Class:Reason:Stack ->
            Skip = fun(_, _, _) -> false end,
            Format = fun(Term, I) -> io_lib:format("~.*p", [I, Term]) end,
            Text = erl_error:format_exception(1, Class, Reason, Stack, Skip, Format, unicode),
            unicode:characters_to_binary(Text)
    end.

stack_of_an_actor_test() ->
    {ok, _} = beamtalk:start(),
    Counter = beamtalk:spawn('Counter'),
    try beamtalk:call(Counter, fail) of
        _ -> error(no_error)
    catch
        error:#{kind := does_not_understand} = Exception:Stack ->
            ?assertMatch([{'bt.shop.Counter', 'check:', 2, [_ | _]},
                          {'bt.shop.Counter', fail, 1, _} | _], Stack),
            ?assertEqual(does_not_understand, beamtalk:kind(Exception)),
            ?assertMatch(<<"DoesNotUnderstand: nil does not understand #foo\n  hint: ", _/binary>>,
                         beamtalk:report(Exception))
    end.

other_terms_test() ->
    ?assertEqual(#{}, bt_error_info:format_error(badarg, [])),
    ?assertNot(beamtalk:is_exception(badarg)),
    ?assertNot(beamtalk:is_exception(#{})),
    ?assertNot(beamtalk:is_exception(beamtalk:new('Money'))).
