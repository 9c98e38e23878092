%% Classes that implement behaviours of OTP.
-module(behaviours_tests).
-include_lib("eunit/include/eunit.hrl").

-define(STORE, 'bt.shop.KeyStore').
-define(DOOR, 'bt.shop.Door').
-define(BOSS, 'bt.shop.Boss').
-define(SINK, 'bt.shop.Sink').

exports_test() ->
    {ok, _} = beamtalk:start(),
    Exports = ?STORE:module_info(exports),
    [?assert(lists:member(Callback, Exports))
     || Callback <- [{init, 1}, {handle_call, 3}, {handle_cast, 2}, {terminate, 2}]],
    ?assertEqual([gen_server], proplists:get_value(behaviour, ?STORE:module_info(attributes))),
    ?assertEqual([supervisor, application, gen_event],
                 proplists:get_value(behaviour, ?BOSS:module_info(attributes))).

gen_server_test() ->
    {ok, Store} = gen_server:start_link(?STORE, #{}, []),
    ?assertEqual(ok, gen_server:call(Store, {put, a, 1})),
    ?assertEqual(1, gen_server:call(Store, {get, a})),
    gen_server:cast(Store, clear),
    ?assertEqual(nil, gen_server:call(Store, {get, a})),
    %% handle_info is optional, and OTP finds out by calling it.
    Store ! hello,
    ?assertEqual(0, gen_server:call(Store, size)),
    ok = gen_server:stop(Store).

started_by_beamtalk_test() ->
    {ok, Store} = beamtalk:class_call('KeyStore', 'start:', [interop_store]),
    ?assertEqual(Store, whereis(interop_store)),
    ?assertEqual(0, gen_server:call(interop_store, size)),
    ok = gen_server:stop(Store).

error_in_a_callback_test() ->
    process_flag(trap_exit, true),
    {ok, Store} = gen_server:start_link(?STORE, #{}, []),
    ?assertExit({{#{kind := does_not_understand,
                    message := <<"Dictionary does not understand #foo">>},
                  [_ | _]}, _}, gen_server:call(Store, fail)),
    receive {'EXIT', Store, {#{}, Stack}} ->
        ?assert(lists:any(fun({'bt.shop.KeyStore 1', 'class handleCall:from:state:', _, Info}) ->
                                  proplists:get_value(file, Info) =:= "KeyStore.bt";
                             (_) -> false
                          end, Stack))
    after 5000 -> error(late)
    end,
    process_flag(trap_exit, false).

gen_statem_test() ->
    {ok, Door} = gen_statem:start_link(?DOOR, <<"1234">>, []),
    ?assertEqual(wrong, gen_statem:call(Door, {enter, <<"1">>})),
    ?assertEqual(welcome, gen_statem:call(Door, {enter, <<"1234">>})),
    ?assertEqual(closed, gen_statem:call(Door, close)),
    ?assertMatch({locked, <<"1234">>}, sys:get_state(Door)),
    ok = gen_statem:stop(Door).

supervisor_and_application_test() ->
    ok = application:load({application, interop_app, [
        {description, "an application whose callback module is a class"}, {vsn, "1"},
        {modules, []}, {registered, []}, {applications, [kernel, stdlib]}, {mod, {?BOSS, []}}]}),
    ?assertEqual(ok, application:start(interop_app)),
    {Sup, ?BOSS} = application_master:get_child(application_controller:get_master(interop_app)),
    [{_, Counter, worker, _}] = supervisor:which_children(Sup),
    ?assertEqual(1, 'bt.shop.Counter':increment(Counter)),
    ?assertEqual(ok, application:stop(interop_app)),
    ok = application:unload(interop_app).

gen_event_test() ->
    {ok, Manager} = gen_event:start_link(),
    ok = gen_event:add_handler(Manager, ?BOSS, zero),
    gen_event:notify(Manager, one),
    ?assertEqual([zero, one], gen_event:call(Manager, ?BOSS, seen)),
    gen_event:stop(Manager).

%% The class of an actor: what is called is no message to an actor.
logger_handler_test() ->
    Sink = beamtalk:spawn('Sink', #{}, sink),
    ok = logger:add_handler(interop, ?SINK, #{}),
    logger:error("seen by Beamtalk"),
    ok = logger:remove_handler(interop),
    ?assert(lists:member({string, "seen by Beamtalk"}, ?SINK:lines(Sink))),
    ?assertEqual(<<"x">>, ?SINK:'name:'(Sink, <<"x">>)),
    beamtalk:stop(Sink).

missing_callbacks_test() ->
    ?assertEqual([{init, 1}, {handle_call, 3}, {handle_cast, 2}],
                 order(bt_behaviour:missing(gen_server, []), [init, handle_call, handle_cast])),
    ?assertEqual([],
                 bt_behaviour:missing(gen_server, [{init, 1}, {handle_call, 3}, {handle_cast, 2}])),
    ?assertEqual([{log, 2}], bt_behaviour:missing(logger_handler, [])),
    ?assertEqual(unknown, bt_behaviour:missing(no_such_behaviour, [])),
    ?assertEqual(unknown, bt_behaviour:missing(lists, [])).

order(Callbacks, Names) -> [Callback || Name <- Names, {N, _} = Callback <- Callbacks, N =:= Name].
