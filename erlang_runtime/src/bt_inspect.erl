%% @doc Processes as one looks at them from outside: `anActor inspect'.
%%
%% Nobody is asked and nothing is stopped: all of it is read from the emulator, so an actor in the
%% middle of a method, or one that waits, is seen as it is. What is read is consistent as far as
%% one `process_info/2' goes, which a running process answers when it is next scheduled: after
%% microseconds as a rule, or when its garbage collection is over. Beside thousands of others that
%% have work to do that would be after all of these. So who looks has high priority while it does:
%% the emulator then lets the answer, too, go first.
-module(bt_inspect).

-export([process/1, is_between_messages/1]).

-define(ACTOR, 'bt.stdlib.Actor').
-define(ACTOR_INFO, 'bt.stdlib.ActorInfo').
-define(PROCESS_INFO, 'bt.stdlib.ProcessInfo').

-define(ITEMS, [status, current_function, dictionary, message_queue_len, reductions, links,
                monitors, registered_name, initial_call, garbage_collection_info]).

%% A node that does not answer by then is out of reach.
-define(REMOTE_MS, 2000).
%% A server that is idle answers at once, or it was not idle.
-define(STATE_MS, 100).
%% Messages are copied to be looked at; their memory is counted by walking through them.
-define(FEW_MESSAGES, 20).
-define(COUNTABLE, 1000).
-define(SMALL, 1048576).
%% How often to look again at an actor that is about to take its first step.
-define(LOOKS, 10).

-type info() :: #{atom() => term()}.

%% @doc An ActorInfo, a ProcessInfo, or of a supervisor a SupervisorInfo. Never raises.
-spec process(pid()) -> map().
process(Pid) when node(Pid) =/= node() -> remote(Pid);
process(Pid) ->
    case bt_processes:lookup(Pid) of
        {Facade, Data} when Data =/= none -> bt_supervision:tree(Pid, Facade);
        _ -> first(fun() -> local(Pid) end)
    end.

first(Look) ->
    Priority = process_flag(priority, high),
    try Look()
    after process_flag(priority, Priority)
    end.

-spec remote(pid()) -> map().
remote(Pid) ->
    try erpc:call(node(Pid), ?MODULE, process, [Pid], ?REMOTE_MS)
    catch
        _:_ ->
            Reason = <<(atom_to_binary(node(Pid)))/binary, " does not answer">>,
            new(?PROCESS_INFO, #{pid => Pid, status => unreachable, reason => Reason})
    end.

local(Pid) ->
    case bt_look:again(fun(_) -> look(Pid) end, dead, bt_look:pauses(?LOOKS, ?LOOKS)) of
        dead -> dead(Pid);
        Seen -> seen(Pid, Seen)
    end.

%% An actor that was just spawned may not have its variables yet. Its first step takes microseconds;
%% only one that has to load code takes longer.
look(Pid) ->
    case process_info(Pid, ?ITEMS) of
        undefined ->
            {enough, dead};
        Items ->
            Seen = maps:from_list(Items),
            case is_starting(Seen) of
                true -> {again, Seen};
                false -> {enough, Seen}
            end
    end.

seen(Pid, #{initial_call := {Facade, '$start', 1}} = Seen) ->
    actor(Pid, Facade, Seen, status_of_actor(Seen));
seen(Pid, Seen) -> plain(Pid, Seen).

status_of_actor(Seen) ->
    case is_starting(Seen) of
        true -> starting;
        false -> status(Seen)
    end.

%% An actor that is neither between messages nor at one.
is_starting(#{initial_call := {_, '$start', 1}, dictionary := Dictionary} = Seen) ->
    status(Seen) =/= idle andalso not lists:keymember('$bt_msg', 1, Dictionary);
is_starting(_) -> false.

%% @doc What is known of the dead: not much.
-spec dead(pid()) -> map().
dead(Pid) ->
    {Class, Reason} = bt_graves:last_words(Pid),
    new(?ACTOR_INFO, #{pid => Pid, status => dead, reason => Reason, actorClass => Class}).

%%% Actors

actor(Pid, Class, Seen, Status) ->
    #{dictionary := Dictionary} = Seen,
    Common = common(Pid, Seen, Status),
    new(?ACTOR_INFO, Common#{
        actorClass => bt_class:object(Class),
        methods => methods(Class),
        currentMessage => current_message(Status, Dictionary),
        state => bt_state:from_dictionary(Dictionary),
        counters => bt_counters:of_dictionary(Dictionary),
        queued => [Selector || Message <- messages(Pid, Seen),
                               Selector <- bt_inspect_wait:selector(Message)]
    }).

common(Pid, Seen, Status) ->
    #{dictionary := Dictionary, links := Links, message_queue_len := Queue} = Seen,
    #{
        pid => Pid,
        status => Status,
        name => name(maps:get(registered_name, Seen, [])),
        queue => Queue,
        reductions => maps:get(reductions, Seen),
        memory => memory(Pid, Seen),
        links => Links,
        supervisor => supervisor(Dictionary, Links),
        currentFunction => maps:get(current_function, Seen),
        waitingFor => bt_inspect_wait:info(Pid, Status, Seen)
    }.

%% What the class has of its own, and of its superclasses below Actor.
methods(Class) ->
    Below = lists:takewhile(fun(Each) -> Each =/= ?ACTOR end, bt_class:chain(Class)),
    lists:usort([Selector || Each <- Below,
                             #{selector := Selector, side := instance} <- bt_class:methods(Each)]).

status(#{status := suspended}) -> suspended;
status(#{current_function := {bt_breakpoint, hold, _}}) -> suspended;
status(#{current_function := {sys, suspend_loop, _}}) -> suspended;
status(#{current_function := {sys, suspend_loop_hib, _}}) -> suspended;
status(#{status := Status, current_function := Where}) ->
    case is_between_messages(Where) of
        true -> idle;
        %% Every message wakes it, whether it is the one that it waits for or not.
        false when Status =/= waiting ->
            case bt_inspect_wait:waits_in(Where) of
                true -> waiting;
                false -> running
            end;
        false -> waiting
    end.

%% @doc Whether an actor that is in this function waits for its next message.
-spec is_between_messages(mfa()) -> boolean().
is_between_messages({bt_actor_loop, loop, _}) -> true;
is_between_messages({bt_actor_loop, next_timed, _}) -> true;
is_between_messages(_) -> false.

current_message(idle, _) -> nil;
current_message(_, Dictionary) -> proplists:get_value('$bt_msg', Dictionary, nil).

%%% Other processes

plain(Pid, #{dictionary := Dictionary, initial_call := Initial} = Seen) ->
    Status = plain_status(Seen),
    Common = common(Pid, Seen, Status),
    new(?PROCESS_INFO, Common#{
        initialCall => proplists:get_value('$initial_call', Dictionary, Initial),
        state => server_state(Pid, Status, Seen),
        queued => messages(Pid, Seen)
    }).

plain_status(#{status := waiting, current_function := {Module, _, _}} = Seen) ->
    case is_server(Module) of
        true -> idle;
        false -> status(Seen)
    end;
plain_status(Seen) -> status(Seen).

is_server(Module) -> lists:member(Module, [gen_server, gen_statem, gen_event]).

%% Of one that is not idle we would wait for what it does.
server_state(Pid, idle, #{message_queue_len := 0}) ->
    try sys:get_state(Pid, ?STATE_MS)
    catch _:_ -> nil
    end;
server_state(_, _, _) -> nil.

%%% Details

name([]) -> nil;
name(Name) -> Name.

%% To count the messages' memory takes 10 ns for each of them.
memory(Pid, #{message_queue_len := Queue}) when Queue =< ?COUNTABLE ->
    case process_info(Pid, memory) of
        {memory, Bytes} -> Bytes;
        undefined -> 0
    end;
memory(_, #{garbage_collection_info := Sizes}) ->
    Words = [Size || {Item, Size} <- Sizes, Item =:= heap_block_size
                                     orelse Item =:= old_heap_block_size
                                     orelse Item =:= mbuf_size],
    lists:sum(Words) * erlang:system_info(wordsize).

%% Those that wait, when it is cheap to copy them.
messages(_, #{message_queue_len := 0}) -> [];
messages(Pid, #{message_queue_len := Queue}) when Queue =< ?FEW_MESSAGES ->
    bt_inspect_wait:messages(Pid, ?SMALL);
messages(_, _) -> [].

%% A process that starts another one is among its ancestors, whether it supervises it or not.
supervisor(Dictionary, Links) ->
    case proplists:get_value('$ancestors', Dictionary, []) of
        [Parent | _] ->
            Pid = pid_of(Parent),
            case is_pid(Pid) andalso lists:member(Pid, Links) andalso is_supervisor(Pid) of
                true -> Pid;
                false -> nil
            end;
        _ -> nil
    end.

pid_of(Name) when is_atom(Name) -> whereis(Name);
pid_of(Pid) -> Pid.

is_supervisor(Pid) when node(Pid) =:= node() ->
    case bt_processes:lookup(Pid) of
        {_, Data} when Data =/= none -> true;
        _ -> is_supervisor_of_otp(process_info(Pid, dictionary))
    end;
is_supervisor(_) -> false.

is_supervisor_of_otp({dictionary, Dictionary}) ->
    case lists:keyfind('$initial_call', 1, Dictionary) of
        {_, {supervisor, _, _}} -> true;
        _ -> false
    end;
is_supervisor_of_otp(undefined) -> false.

-spec new(module(), info()) -> map().
new(Class, Fields) -> bt_class:instantiate(Class, Fields).
