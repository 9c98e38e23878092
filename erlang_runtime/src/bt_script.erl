%% @doc Runs a script from its first statement to the end of the node.
%%
%% The script runs in a process of its own, which may crash like any other. After its last
%% statement it still runs the blocks it has registered on futures and timers, for 30 s at most.
%% Then the program's supervisors end in order, and the node.
-module(bt_script).

-export([run/2, arguments/0]).

-define(ARGUMENTS, bt_script_arguments).
-define(SETTLE_MS, 30000).
%% How long those who are busy at the end of a script may still run, so that crashes are reported.
-define(QUIET_MS, 1000).
-define(MANY, 1000).

%% @doc Runs the script of a facade and halts the node: status 0, or 1 after an uncaught error.
-spec run(module(), [unicode:chardata()]) -> no_return().
run(Facade, Arguments) ->
    bt_report:to_standard_error(),
    bt_transcript:use_utf8(),
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    ok = bt_extensions:install_path(),
    ok = bt_transcript:end_with_output(),
    ok = bt_watch:start(),
    Status = main(Facade, Arguments),
    bt_watch:is_active() andalso timer:sleep(infinity),
    %% While the node is going down the script is only one of those who end.
    bt_signals:is_stopping() andalso timer:sleep(infinity),
    end_supervisors(),
    quieten(bt_wait:deadline(?QUIET_MS)),
    sync_tables(),
    _ = logger_std_h:filesync(default),
    erlang:halt(Status).

%% What transactions have written to tables on the disk is in Mnesia's log, part of it in memory.
sync_tables() ->
    whereis(mnesia_sup) =:= undefined orelse mnesia:sync_log().

%% An actor's initial call is its class's `$start'. One that has just been sent a message may be
%% about to crash, and its report on the way.
-spec quieten(bt_wait:deadline()) -> ok.
quieten(Deadline) ->
    case erlang:system_info(process_count) < ?MANY andalso bt_wait:left(Deadline) > 0
        andalso lists:any(fun is_busy/1, processes()) of
        true ->
            timer:sleep(1),
            quieten(Deadline);
        false -> ok
    end.

is_busy(Pid) ->
    case process_info(Pid, [initial_call, message_queue_len, status, current_function]) of
        [{_, {_, '$start', 1}}, {_, Queue}, {_, Status}, {_, {Module, _, _} = Where}] ->
            case bt_inspect:is_between_messages(Where) of
                true -> Queue > 0;
                false -> Status =/= waiting orelse is_soon_done(Module)
            end;
        _ -> false
    end.

%% Waits for code to be loaded or for the logger, not for a time or another actor.
is_soon_done(Module) -> lists:member(Module, [code_server, erl_prim_loader, gen, logger_olp]).

%% Whoever does not end in time is not waited for.
-spec end_supervisors() -> ok.
end_supervisors() ->
    {_, Monitor} = spawn_monitor(fun bt_processes:shut_down/0),
    receive {'DOWN', Monitor, process, _, _} -> ok after ?SETTLE_MS -> ok end.

-spec main(module(), [unicode:chardata()]) -> 0 | 1.
main(Facade, Arguments) ->
    persistent_term:put(?ARGUMENTS, [unicode:characters_to_binary(A) || A <- Arguments]),
    {Pid, Monitor} = spawn_monitor(fun() -> exit({done, perform(Facade)}) end),
    receive
        {'DOWN', Monitor, process, Pid, {done, ok}} -> 0;
        {'DOWN', Monitor, process, Pid, {done, {failed, Exception}}} ->
            complain(bt_error:report(Exception));
        {'DOWN', Monitor, process, Pid, Reason} ->
            complain(["the script was ended: ", ended(Reason)])
    end.

%% By a linked process, an actor say, that failed.
ended({#{'$class' := _} = Exception, Stack}) when is_list(Stack) ->
    bt_error:report(bt_error:wrap(error, Exception, Stack));
ended(Reason) -> io_lib:format("~0tp", [Reason]).

%% @doc What followed the name of the script on the command line: `System arguments'.
-spec arguments() -> [binary()].
arguments() -> persistent_term:get(?ARGUMENTS, []).

-spec perform(module()) -> ok | {failed, bt_fault:exception()}.
perform(Facade) ->
    put('$bt_mode', script),
    bt_error_handler:install(),
    try
        Facade:main(#{'$class' => Facade}),
        bt_wait:settle(?SETTLE_MS)
    catch
        Class:Reason:Stack ->
            bt_trace:settle(),
            {failed, bt_error:wrap(Class, Reason, Stack)}
    end.

-spec complain(unicode:chardata()) -> 1.
complain(Text) ->
    bt_signals:is_stopping() orelse io:put_chars(standard_error, [Text, $\n]),
    1.
