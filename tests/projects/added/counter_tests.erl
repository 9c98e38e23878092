-module(counter_tests).
-include_lib("eunit/include/eunit.hrl").

%% A class and an actor, from Erlang.
counter_test() ->
    {ok, _} = application:ensure_all_started(shop),
    {ok, Counter} = 'bt.shop.Counter':start_link(),
    _ = gen_server:call(Counter, bump),
    ?assertEqual(1, gen_server:call(Counter, value)).
