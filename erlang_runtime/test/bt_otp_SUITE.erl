%% Actors as OTP processes: what Erlang's own tools and libraries may do with them.
-module(bt_otp_SUITE).

-include_lib("stdlib/include/assert.hrl").

-export([all/0, init_per_suite/1, end_per_suite/1]).
-export([state_is_a_map/1, state_is_replaced/1, suspended/1, code_change/1, gen_server_calls/1,
         gen_server_refusals/1, status/1, traced/1, observed/1, function_traced/1, supervised/1,
         failing_child/1, shut_down/1,
         exit_signals/1, crash_report/1, refusal_is_logged/1, unexpected_message_is_logged/1,
         initial_call/1, standard_error/1]).
%% A supervisor and a logger handler for the cases.
-export([init/1, log/2]).

-define(C, bt_sample_counter).

all() ->
    [state_is_a_map, state_is_replaced, suspended, code_change, gen_server_calls,
     gen_server_refusals, status, traced, observed, function_traced,
     supervised, failing_child, shut_down, exit_signals,
     crash_report, refusal_is_logged, unexpected_message_is_logged, initial_call,
     standard_error].

init_per_suite(Config) -> [{started, bt_fixture:start()} | Config].
end_per_suite(Config) -> bt_fixture:stop(proplists:get_value(started, Config)).

state_is_a_map(_) ->
    A = bt_actor:spawn(?C),
    bt_actor:cast(A, increment, []),
    ?assertEqual(#{value => 1, downs => [], plan => nil}, sys:get_state(A)).

state_is_replaced(_) ->
    A = bt_actor:spawn(?C),
    sys:replace_state(A, fun(State) -> State#{value := 40} end),
    ?assertEqual(41, bt_actor:call(A, increment, [])).

suspended(_) ->
    A = bt_actor:spawn(?C),
    ok = sys:suspend(A),
    Future = bt_actor:send(A, increment, []),
    ?assertError(#{kind := timeout}, bt_future:await(Future, 50)),
    ok = sys:resume(A),
    ?assertEqual(1, bt_future:await(Future)).

code_change(_) ->
    A = bt_actor:spawn(?C),
    ok = sys:suspend(A),
    ?assertEqual(ok, sys:change_code(A, ?C, 1, [])),
    ok = sys:resume(A),
    ?assertEqual(0, bt_actor:call(A, getValue, [])).

gen_server_calls(_) ->
    A = bt_actor:spawn(?C),
    ok = gen_server:cast(A, {'add:', [5]}),
    ok = gen_server:cast(A, increment),
    ?assertEqual(6, gen_server:call(A, {getValue, []})),
    ?assertEqual(6, gen_server:call(A, getValue)),
    Id = gen_server:send_request(A, {'add:', [1]}),
    ?assertEqual({reply, 7}, gen_server:receive_response(Id, 1000)),
    ?assertExit({{#{kind := erlang_error}, _}, _}, gen_server:call(A, {'fail:', [boom]})).

gen_server_refusals(_) ->
    A = bt_actor:spawn(?C),
    ?assertMatch({error, #{kind := does_not_understand}}, gen_server:call(A, {nonsense, []})),
    ?assertMatch({error, #{kind := type_error}}, gen_server:call(A, "not a selector")),
    ?assertEqual(0, gen_server:call(A, {getValue, []})).

status(_) ->
    A = bt_actor:spawn(?C),
    3 = bt_actor:call(A, 'add:', [3]),
    {status, A, {module, bt_actor_loop}, [_, running, none, [], Text]} = sys:get_status(A),
    [{header, "Status for the actor " ++ _}, {data, Data}, {data, [{"State", State}]}] = Text,
    ?assertEqual('add:', proplists:get_value("Last message", Data)),
    ?assertMatch(#{value := 3}, State).

%% What observer asks for: its list of processes, with the class as the function they began with.
observed(_) ->
    A = bt_actor:spawn(?C),
    Me = self(),
    Backend = spawn_link(fun() -> observer_backend:procs_info(Me) end),
    ?assertEqual({?C, '$start', 1}, name_in(listed(Backend, A))).

listed(Backend, A) ->
    receive
        {procs_info, Backend, Processes} ->
            case lists:keyfind(A, 2, Processes) of
                false -> listed(Backend, A);
                Found -> Found
            end
    after 5000 -> error(not_listed)
    end.

%% #etop_proc_info of runtime_tools.
name_in({etop_proc_info, _Pid, _Memory, _Reductions, Name, _Runtime, _Function, _Queue}) -> Name.

%% As dbg and recon do it.
function_traced(_) ->
    A = bt_actor:spawn(?C),
    1 = erlang:trace(A, true, [call, {tracer, self()}]),
    Pattern = {?C, increment, '_'},
    1 = erlang:trace_pattern(Pattern, [{'_', [], [{return_trace}]}], [local]),
    ok = bt_actor:cast(A, increment, []),
    receive {trace, A, call, {?C, increment, [A]}} -> ok after 5000 -> error(no_call) end,
    receive {trace, A, return_from, {?C, increment, 1}, 1} -> ok after 5000 -> error(none) end,
    1 = erlang:trace_pattern(Pattern, false, [local]),
    erlang:trace(A, false, [all]).

traced(_) ->
    A = bt_actor:spawn(?C),
    ok = sys:log(A, true),
    ok = sys:statistics(A, true),
    1 = bt_actor:call(A, increment, []),
    ok = bt_actor:cast(A, increment, []),
    {ok, Events} = sys:log(A, get),
    ?assertMatch([{in, {'$bt_call', _, _, increment, []}}, {in, {'$bt_cast', increment, []}}],
                 [E || {in, _} = E <- Events]),
    {ok, Statistics} = sys:statistics(A, get),
    ?assertEqual(2, proplists:get_value(messages_in, Statistics)),
    ok = sys:no_debug(A),
    ?assertEqual(3, bt_actor:call(A, increment, [])).

supervised(_) ->
    {ok, Supervisor} = start_supervisor([?C:'$child'(counter)]),
    [{counter, A, worker, _}] = supervisor:which_children(Supervisor),
    ?assertError(#{reason := boom}, bt_actor:call(A, 'fail:', [boom])),
    B = eventually_child(Supervisor, A),
    ?assertEqual(0, bt_actor:call(B, getValue, [])),
    exit(B, kill),
    C = eventually_child(Supervisor, B),
    ?assertEqual(0, bt_actor:call(C, getValue, [])),
    stop_supervisor(Supervisor).

eventually_child(Supervisor, Old) ->
    case supervisor:which_children(Supervisor) of
        [{_, Pid, _, _}] when is_pid(Pid), Pid =/= Old -> Pid;
        _ -> timer:sleep(5), eventually_child(Supervisor, Old)
    end.

start_supervisor(Children) ->
    process_flag(trap_exit, true),
    supervisor:start_link(?MODULE, Children).

stop_supervisor(Supervisor) ->
    Ref = erlang:monitor(process, Supervisor),
    exit(Supervisor, shutdown),
    receive {'DOWN', Ref, process, _, Reason} -> ?assertEqual(shutdown, Reason) end.

init(Children) -> {ok, {#{intensity => 10, period => 10}, Children}}.

failing_child(_) ->
    process_flag(trap_exit, true),
    ?assertMatch({error, {#{kind := erlang_error, reason := planned}, [_ | _]}},
                 bt_actor:start_link(?C, #{plan => crash})),
    ?assertMatch({error, {#{kind := user_error}, _}}, bt_actor:start_link(?C, #{nothing => 1})),
    ?assertMatch({error, {shutdown, {failed_to_start_child, counter, {#{}, _}}}},
                 start_supervisor([(?C:'$child'(counter))#{
                     start := {?C, start_link, [#{plan => crash}]}}])).

%% A supervisor's shutdown runs `terminate:'.
shut_down(_) ->
    Child = (?C:'$child'(counter))#{start := {?C, start_link, [#{plan => {tell, self()}}]}},
    {ok, Supervisor} = start_supervisor([Child]),
    [{_, A, _, _}] = supervisor:which_children(Supervisor),
    stop_supervisor(Supervisor),
    receive {terminated, A, Reason} -> ?assertEqual(shutdown, Reason) after 1000 -> error(none) end.

%% Though it traps exits for that, another process's exit signal ends it as usual.
exit_signals(_) ->
    process_flag(trap_exit, true),
    {ok, A} = bt_actor:start_link(?C, #{}),
    B = bt_actor:spawn(?C),
    bt_actor:link(A, B),
    0 = bt_actor:call(A, getValue, []),
    ok = bt_actor:stop(B),
    ?assertEqual(0, bt_actor:call(A, getValue, [])),
    C = bt_actor:spawn(?C),
    bt_actor:link(A, C),
    0 = bt_actor:call(A, getValue, []),
    bt_actor:kill(C),
    receive {'EXIT', A, Reason} -> ?assertEqual(killed, Reason) after 1000 -> error(none) end.

crash_report(_) ->
    A = bt_actor:spawn_named(?C, #{}, sample_report),
    #{level := error, msg := {report, Report}, meta := #{report_cb := Format}} =
        logged(fun() -> catch bt_actor:call(A, 'fail:', [boom]) end),
    ?assertMatch(#{label := {bt_actor, crash}, class := ?C, selector := 'fail:', actor := A,
                   registered_name := sample_report, exception := #{reason := boom},
                   stacktrace := [_ | _]}, Report),
    {Template, Arguments} = Format(Report),
    Text = unicode:characters_to_binary(io_lib:format(Template, Arguments)),
    [?assertNotEqual(nomatch, binary:match(Text, Part))
     || Part <- [<<"bt_sample_counter">>, <<"fail:">>, <<"boom">>, <<"crashed">>]].

refusal_is_logged(_) ->
    A = bt_actor:spawn(?C),
    ?assertMatch(#{level := warning, msg := {report, #{label := {bt_actor, refused},
                                                       selector := nonsense}}},
                 logged(fun() -> bt_actor:cast(A, nonsense, []) end)).

unexpected_message_is_logged(_) ->
    A = bt_actor:spawn(bt_sample_resumer),
    ?assertMatch(#{msg := {report, #{label := {bt_actor, unexpected}, message := hello}}},
                 logged(fun() -> A ! hello end)).

logged(Action) ->
    ok = logger:add_handler(?MODULE, ?MODULE, #{config => self()}),
    Action(),
    Event = receive {log, E} -> E after 1000 -> error(nothing_logged) end,
    ok = logger:remove_handler(?MODULE),
    Event.

log(Event, #{config := Pid}) -> Pid ! {log, Event}.

initial_call(_) ->
    A = bt_actor:spawn(?C),
    ?assertEqual({initial_call, {?C, '$start', 1}}, process_info(A, initial_call)),
    ?assertEqual({?C, '$start', 1}, proc_lib:translate_initial_call(A)).

%% In a node of its own, because it is the node's own log that moves.
standard_error(_) ->
    Script = "bt_report:to_standard_error(), logger:error(\"to be seen\"), "
             "{ok, #{config := #{type := T}}} = logger:get_handler_config(default), "
             "io:put_chars(atom_to_list(T)), logger_std_h:filesync(default), halt().",
    Command = "erl -noinput -pa " ++ filename:dirname(code:which(bt_report))
              ++ " -eval '" ++ Script ++ "' 2>/dev/null",
    ?assertEqual("standard_error", os:cmd(Command)).
