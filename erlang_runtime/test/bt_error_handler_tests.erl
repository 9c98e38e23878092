-module(bt_error_handler_tests).
-include_lib("eunit/include/eunit.hrl").

handler_test_() ->
    {setup, fun bt_fixture:start/0, fun bt_fixture:stop/1,
     [fun inherited/0, fun unknown_message/0, fun unknown_function/0, fun module_that_is_loaded/0]}.

in_process(Fun) ->
    {Pid, Ref} = spawn_monitor(fun() ->
        bt_error_handler:install(),
        exit({result, try Fun() catch Class:Reason -> {Class, Reason} end})
    end),
    receive {'DOWN', Ref, process, Pid, {result, Result}} -> Result end.

inherited() ->
    bt_fixture:class('bt.app.Base', "hello(_) -> base."),
    bt_fixture:class('bt.app.Derived', #{superclass => 'bt.app.Base'}, "other(_) -> 1."),
    Derived = #{'$class' => 'bt.app.Derived'},
    ?assertEqual(base, in_process(fun() -> 'bt.app.Derived':hello(Derived) end)).

unknown_message() ->
    ?assertMatch({error, #{'$class' := 'bt.stdlib.DoesNotUnderstand', selector := frobnicate}},
                 in_process(fun() -> 'bt.stdlib.Integer':frobnicate(3) end)).

unknown_function() ->
    ?assertEqual({error, undef}, in_process(fun() -> lists:frobnicate(3) end)),
    ?assertEqual({error, undef}, in_process(fun() -> no_such_module:frobnicate(3) end)).

module_that_is_loaded() ->
    code:purge(xref_parser),
    code:delete(xref_parser),
    code:purge(xref_parser),
    ?assertMatch({error, _}, in_process(fun() -> xref_parser:parse([]) end)),
    ?assert(erlang:module_loaded(xref_parser)).
