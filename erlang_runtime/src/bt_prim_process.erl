%%% @doc Primitives of Process: processes without a class.
-module(bt_prim_process).
-compile({no_auto_import, [link/1, unlink/1, monitor/1, demonitor/1, exit/2]}).

-export([spawn/1, current/0, send/2, link/1, unlink/1, monitor/1, demonitor/1, exit/2]).
-export([wait_for/1, is_alive/1, info/1, call/3, cast/2, named/1]).

-define(CLASS, 'bt.stdlib.Process').
-define(REMOTE_MS, 5000).

%% @doc Runs a copy of the block in a new process.
-spec spawn(term()) -> pid().
spawn(Block) when is_function(Block, 0) ->
    Copy = bt_cell:copy(Block),
    Go = make_ref(),
    Pid = erlang:spawn(fun() -> receive Go -> run(Copy) end end),
    %% Known before it runs, so that whoever it tells its pid can send to it.
    bt_processes:add(Pid, ?CLASS, none),
    Pid ! Go,
    Pid;
spawn(Other) ->
    bt_prim_collection:type_error(<<"a block without parameters">>, Other, nil, 'spawn:').

%% An error ends the process with the exception as the reason, which links and monitors tell.
run(Block) ->
    try Block()
    catch
        Class:Reason:Stack when Class =/= exit ->
            Exception = bt_error:wrap(Class, Reason, Stack),
            bt_report:process_crashed(Exception, Stack),
            erlang:exit(Exception)
    end.

%% @doc The process that runs here: an actor, or one of class Process.
-spec current() -> pid().
current() ->
    case bt_actor:current() of
        nil -> bt_processes:add(self(), ?CLASS, none);
        _ -> ok
    end,
    self().

%% @doc Sends a plain Erlang message to a process or a name.
-spec send(term(), term()) -> term().
send(Message, To) ->
    try To ! bt_cell:copy(Message) of
        _ -> Message
    catch
        error:badarg ->
            Wanted = <<"a process or the name of one">>,
            bt_prim_collection:type_error(Wanted, To, nil, 'send:to:')
    end.

%% @doc Links the present process to another.
-spec link(pid()) -> pid().
link(Pid) ->
    bt_actor:link_to(Pid),
    Pid.

-spec unlink(pid()) -> pid().
unlink(Pid) ->
    erlang:unlink(Pid),
    Pid.

%% @doc Has the present process told when the other one ends; once is enough.
-spec monitor(pid()) -> pid().
monitor(Pid) ->
    demonitor(Pid),
    put({'$bt_monitor', Pid}, erlang:monitor(process, Pid)),
    Pid.

-spec demonitor(pid()) -> pid().
demonitor(Pid) ->
    case erase({'$bt_monitor', Pid}) of
        undefined -> ok;
        Ref -> erlang:demonitor(Ref, [flush])
    end,
    Pid.

%% @doc Sends an exit signal.
-spec exit(pid(), term()) -> pid().
exit(Pid, Reason) ->
    erlang:exit(Pid, Reason),
    Pid.

%% @doc Waits until a process has ended, however long that takes; answers the reason. A script runs
%% its registered blocks meanwhile.
-spec wait_for(term()) -> term().
wait_for(Pid) when Pid =:= self() ->
    bt_error:raise(bt_fault:deadlock([Pid]));
wait_for(Pid) when is_pid(Pid) ->
    Ref = erlang:monitor(process, Pid),
    case bt_wait:for(Ref, Pid, 'waitFor:', infinity) of
        {down, Reason} -> bt_fault:exit_reason(Reason);
        {deadlock, Ring} ->
            erlang:demonitor(Ref, [flush]),
            bt_error:raise(bt_fault:deadlock(Ring))
    end;
wait_for(Other) ->
    bt_prim_collection:type_error(<<"an actor or a process">>, Other, nil, 'waitFor:').

-spec is_alive(pid()) -> boolean().
is_alive(Pid) -> bt_actor:is_alive(Pid).

%% @doc What Erlang knows about a process, as a Dictionary; nil when it has ended.
-spec info(pid()) -> #{atom() => term()} | nil.
info(Pid) ->
    Items = [status, message_queue_len, memory, reductions, links, current_function,
             registered_name],
    case on_its_node(Pid, erlang, process_info, [Pid, Items]) of
        undefined -> nil;
        Info -> maps:map(fun known/2, maps:from_list(Info))
    end.

%% Of a process without a name.
known(registered_name, []) -> nil;
known(_, Value) -> Value.

on_its_node(Pid, Module, Function, Args) when node(Pid) =:= node() -> apply(Module, Function, Args);
on_its_node(Pid, Module, Function, Args) ->
    try erpc:call(node(Pid), Module, Function, Args, ?REMOTE_MS)
    catch error:{erpc, _} -> undefined
    end.

%% @doc The process that Erlang knows under a name, or nil.
-spec named(term()) -> pid() | port() | nil.
named(Name) when is_atom(Name), Name =/= nil ->
    case whereis(Name) of
        undefined -> nil;
        Pid -> Pid
    end;
named(Other) -> bt_prim_collection:type_error(<<"a Symbol">>, Other, nil, 'named:').

%%% Behaviours of OTP

%% @doc `gen_server:call/3'; no limit is nil. The ends that it may come to are errors of Beamtalk.
-spec call(pid(), term(), term()) -> term().
call(Pid, Request, nil) -> gen_call(Pid, Request, infinity);
call(Pid, Request, Ms) when is_integer(Ms), Ms >= 0 -> gen_call(Pid, Request, Ms);
call(_, _, Other) ->
    bt_prim_collection:type_error(<<"milliseconds or nil">>, Other, nil, 'call:timeout:').

gen_call(Pid, Request, Limit) ->
    try gen_server:call(Pid, bt_cell:copy(Request), Limit)
    catch
        exit:{timeout, _} -> bt_error:raise(bt_fault:timeout(Pid, Limit));
        exit:{calling_self, _} -> bt_error:raise(bt_fault:deadlock([Pid]));
        exit:{Reason, {gen_server, call, _}} ->
            bt_error:raise(bt_fault:actor_died(Pid, 'bt.stdlib.Process', Reason))
    end.

%% @doc `gen_server:cast/2'; answers the message.
-spec cast(pid(), Message) -> Message.
cast(Pid, Message) ->
    ok = gen_server:cast(Pid, bt_cell:copy(Message)),
    Message.
