-module(bt_app_tests).
-include_lib("eunit/include/eunit.hrl").

%% Whoever looks into a busy node does not wait for the code server.
load_for_looking_test() ->
    code:purge(bt_inspect_text),
    code:delete(bt_inspect_text),
    code:purge(bt_inspect_text),
    ?assertNot(erlang:module_loaded(bt_inspect_text)),
    ok = bt_app:load_for_looking(),
    ?assert(erlang:module_loaded(bt_inspect_text)),
    ?assert(erlang:module_loaded('bt.stdlib.ActorInfo')).
