-module(shop_tests).
-include_lib("eunit/include/eunit.hrl").

started_test() ->
    {ok, _} = application:ensure_all_started(shop),
    ?assert(is_pid(whereis(shop_sup))).
