%% @doc Actors as their senders see them: started, sent to, called, stopped.
%%
%% What an actor's own process does is in bt_actor_loop. A call is not a `gen_server:call/2': it
%% starts no timer and makes no alias (bt_wait says how it still ends in time), and an error in the
%% actor is raised in the caller only when the actor is dead.
-module(bt_actor).
-compile({no_auto_import, [spawn/1, monitor/2]}).

-export([spawn/1, spawn_with/4, spawn_named/3, start_link/1, start_link/2, init/2]).
-export([send/3, call/3, cast/3]).
-export([local/3, class_of/1, get_var/2, put_var/3, current/0]).
-export([stop/1, stop/2, kill/1, is_alive/1, link/2, link_to/1, unlink/2, monitor/2,
         trap_exit/1]).

-define(CALL_MS, 30000).
-define(PATIENCE_MS, 200).
-define(STOP_MS, 30000).

%%% Starting

%% @doc `C spawn'.
-spec spawn(module()) -> pid().
spawn(Facade) -> bt_actor_start:spawn(Facade, #{}).

%% @doc `C spawn k1: v1 k2: v2', selector `k1:k2:'.
-spec spawn_with(module(), [atom()], [term()], atom()) -> pid().
spawn_with(Facade, Keywords, Values, Selector) ->
    bt_actor_start:spawn(Facade, #{keywords => lists:zip(Keywords, copy(Values)),
                                   message => {Selector, copy(Values)}}).

%% @doc `C spawnWith: aDictionary as: #name'; the name may be nil.
-spec spawn_named(module(), #{atom() => term()}, atom()) -> pid().
spawn_named(Facade, State, Name) ->
    bt_actor_start:spawn(Facade, #{keywords => maps:to_list(copy(State)), strict => true,
                                   name => Name}).

%% @doc For a supervisor's child specification.
-spec start_link(module()) -> {ok, pid()} | {error, term()}.
start_link(Facade) -> start_link(Facade, #{}).

%% @doc The same with state variables by name.
-spec start_link(module(), #{atom() => term()}) -> {ok, pid()} | {error, term()}.
start_link(Facade, State) ->
    Wishes = bt_actor_start:child_wishes(Facade, State),
    bt_actor_start:start_link(Facade, Wishes#{keywords => maps:to_list(State), strict => true}).

%% @doc What a facade's `$start'/1 runs in the new process.
-spec init(module(), bt_actor_start:order()) -> no_return().
init(Facade, Order) -> bt_actor_start:init(Facade, Order).

%%% Sending

%% @doc Sends a message; answers a future that can go anywhere.
-spec send(pid(), atom(), [term()]) -> bt_future:future().
send(Actor, Selector, Arguments) ->
    bt_future:send(Actor, Selector, outgoing(Actor, Arguments)).

%% @doc Sends a message whose value nobody wants.
-spec cast(pid(), atom(), [term()]) -> ok.
cast(Actor, Selector, Arguments) ->
    Actor ! {'$bt_cast', Selector, outgoing(Actor, Arguments)},
    ok.

%% @doc Sends a message and waits for its value, or raises the error.
-spec call(pid(), atom(), [term()]) -> term().
call(Actor, Selector, Arguments0) when Actor =/= self() ->
    Arguments = outgoing(Actor, Arguments0),
    case bt_wait:way() of
        tick ->
            Ref = erlang:monitor(process, Actor),
            Actor ! {'$bt_call', self(), Ref, Selector, Arguments},
            receive
                {'$bt_reply', Ref, Value} ->
                    erlang:demonitor(Ref, [flush]),
                    value(Value);
                '$bt_tick' ->
                    Answer = bt_wait:after_ticks(Ref, Actor, Selector, ?CALL_MS),
                    answer(Answer, Ref, Actor);
                {'$bt_fault', Ref, How, Exception} ->
                    fail({fault, How, Exception}, Ref, Actor);
                {'DOWN', Ref, process, _, Reason} ->
                    fail({down, Reason}, Ref, Actor)
            end;
        crowded ->
            Ref = erlang:monitor(process, Actor),
            Actor ! {'$bt_call', self(), Ref, Selector, Arguments},
            Answer = receive
                         {'$bt_reply', Ref, Value} -> {reply, Value};
                         {'$bt_fault', Ref, How, Exception} -> {fault, How, Exception};
                         {'DOWN', Ref, process, _, Reason} -> {down, Reason}
                     after ?PATIENCE_MS ->
                         bt_wait:for(Ref, Actor, Selector, ?CALL_MS - ?PATIENCE_MS)
                     end,
            answer(Answer, Ref, Actor);
        Way -> call_with_alias(Way, Actor, Selector, Arguments)
    end;
call(_, _, _) -> bt_error:raise(bt_fault:deadlock([self()])).

%% A late answer must not stay in the mailbox of a process that does not know our messages.
-spec call_with_alias(foreign | open, pid(), atom(), [term()]) -> term().
call_with_alias(Way, Actor, Selector, Arguments) ->
    Ref = erlang:monitor(process, Actor, [{alias, demonitor}]),
    Actor ! {'$bt_call', Ref, Ref, Selector, Arguments},
    answer(await_alias(Way, Ref, Actor, Selector), Ref, Actor).

-spec await_alias(foreign | open, reference(), pid(), atom()) -> bt_wait:answer().
await_alias(open, Ref, Actor, Selector) -> bt_wait:for(Ref, Actor, Selector, ?CALL_MS);
await_alias(foreign, Ref, Actor, Selector) ->
    receive
        {'$bt_reply', Ref, Value} -> {reply, Value};
        {'$bt_fault', Ref, How, Exception} -> {fault, How, Exception};
        {'DOWN', Ref, process, _, Reason} -> {down, Reason}
    after ?PATIENCE_MS -> bt_wait:for(Ref, Actor, Selector, ?CALL_MS - ?PATIENCE_MS)
    end.

-spec answer(bt_wait:answer(), reference(), pid()) -> term().
answer({reply, Value}, Ref, _) ->
    erlang:demonitor(Ref, [flush]),
    value(Value);
answer(Failure, Ref, Actor) -> fail(Failure, Ref, Actor).

-spec fail(bt_wait:answer(), reference(), pid()) -> no_return().
fail({fault, refused, Exception}, Ref, _) ->
    erlang:demonitor(Ref, [flush]),
    bt_error:raise_here(Exception);
fail({fault, dying, Exception}, Ref, _) ->
    receive {'DOWN', Ref, process, _, _} -> ok end,
    bt_conversations:rejoin(),
    bt_error:raise_here(Exception);
fail({down, Reason}, _, Actor) ->
    bt_conversations:rejoin(),
    bt_error:raise(bt_fault:actor_died(Actor, unknown, Reason));
fail(timeout, Ref, Actor) ->
    forget(Ref),
    bt_error:raise(bt_fault:timeout(Actor, ?CALL_MS));
fail({deadlock, Ring}, Ref, _) ->
    forget(Ref),
    bt_error:raise(bt_fault:deadlock(Ring)).

-spec forget(reference()) -> ok.
forget(Ref) ->
    erlang:demonitor(Ref, [flush]),
    receive {'$bt_reply', Ref, _} -> ok after 0 -> ok end.

-spec value(term()) -> term().
value({'$bt_future', _, _, _} = Future) -> bt_future:await(Future);
value(Value) -> Value.

%% Blocks go as copies. The frequent arguments without blocks are not worth a look.
-spec outgoing(pid(), [term()]) -> [term()].
outgoing(_, []) -> [];
outgoing(_, [A] = Arguments) when is_number(A); is_atom(A); is_binary(A); is_pid(A) -> Arguments;
outgoing(Actor, Arguments) when node(Actor) =:= node() -> copy(Arguments);
outgoing(_, Arguments) ->
    bt_future_keeper:pin(Arguments),
    copy(Arguments).

-spec copy(term()) -> term().
copy(Term) -> bt_cell:copy(Term).

%%% Messages that are answered in the sender's process

%% @doc Answers such a message (`bt_send' knows which they are): here what concerns the process,
%% and what every object understands in Object.
-spec local(pid(), atom(), [term()]) -> term().
local(Actor, Selector, Arguments) ->
    case is_own(Selector) of
        true -> own(Selector, Actor, Arguments);
        false ->
            case is_outward(Selector) of
                true -> outward(Selector, Actor, Arguments);
                false -> apply('bt.stdlib.Object', Selector, [Actor | Arguments])
            end
    end.

%% Names and watchers: a class of the program may give these selectors a meaning of its own, and
%% then they are messages like any other.
-spec is_outward(atom()) -> boolean().
is_outward(Selector) ->
    lists:member(Selector, [monitor, 'onExit:', 'registerAs:', unregister, registeredName,
                            isRegistered, 'withTimeout:']).

-spec outward(atom(), pid(), [term()]) -> term().
outward(Selector, Actor, Arguments) ->
    case class_of(Actor) of
        'bt.stdlib.Process' when Selector =:= monitor -> bt_prim_process:monitor(Actor);
        'bt.stdlib.Process' -> for_sender(Selector, Actor, Arguments);
        Class ->
            case bt_actor_loop:declares(Class, Selector) of
                true -> declared(Selector, Actor, Arguments);
                false -> for_sender(Selector, Actor, Arguments)
            end
    end.

-spec declared(atom(), pid(), [term()]) -> term().
declared(Selector, Actor, Arguments) ->
    case bt_processes:lookup(Actor) of
        none -> send(Actor, Selector, Arguments);
        {Facade, _} -> apply(Facade, Selector, [Actor | Arguments])
    end.

-spec for_sender(atom(), pid(), [term()]) -> term().
for_sender(monitor, Actor, []) -> bt_prim_actor:monitor(Actor);
for_sender('onExit:', Actor, [Block]) -> bt_prim_actor:on_exit(Actor, Block);
for_sender('registerAs:', Actor, [Name]) -> bt_registry:register_as(Actor, bt_op:touch(Name));
for_sender(unregister, Actor, []) -> bt_registry:unregister(Actor);
for_sender(registeredName, Actor, []) -> bt_registry:name_of(Actor);
for_sender(isRegistered, Actor, []) -> bt_registry:name_of(Actor) =/= nil;
for_sender('withTimeout:', Actor, [Ms]) -> bt_prim_actor:with_timeout(Actor, bt_op:touch(Ms)).

-spec is_own(atom()) -> boolean().
is_own(Selector) ->
    lists:member(Selector, [class, isAlive, pid, stop, 'stop:', kill, 'link:', 'unlink:',
                            'monitor:', inspect, printString, displayString, yourself, isNil,
                            notNil, '=', '==', '=:=', '/=', '~=', '=/=', await, 'await:',
                            awaitForever]).

-spec own(atom(), pid(), [term()]) -> term().
own(class, Actor, []) -> bt_class:object(class_of(Actor));
own(isAlive, Actor, []) -> is_alive(Actor);
own(pid, Actor, []) -> Actor;
own(yourself, Actor, []) -> Actor;
own(isNil, _, []) -> false;
own(notNil, _, []) -> true;
own(stop, Actor, []) -> stop(Actor);
own('stop:', Actor, [Reason]) -> stop(Actor, Reason);
own(kill, Actor, []) -> kill(Actor);
own('link:', Actor, [Other]) -> link(Actor, Other);
own('unlink:', Actor, [Other]) -> unlink(Actor, Other);
own('monitor:', Actor, [Other]) -> monitor(Actor, Other);
own(Await, Actor, _) when Await =:= await; Await =:= 'await:'; Await =:= awaitForever -> Actor;
own(Same, Actor, [Other]) when Same =:= '='; Same =:= '=='; Same =:= '=:=' ->
    Actor =:= bt_op:touch(Other);
own(Differs, Actor, [Other]) when Differs =:= '/='; Differs =:= '~='; Differs =:= '=/=' ->
    Actor =/= bt_op:touch(Other);
own(inspect, Actor, []) -> bt_inspect:process(Actor);
own(displayString, Actor, []) -> bt_print:display_string(Actor);
own(_, Actor, []) -> bt_print:print_string(Actor).

%% @doc The class an actor was started with, or that answers for another process; of the dead nobody
%% knows it: `bt.stdlib.Actor'.
-spec class_of(pid()) -> module().
class_of(Actor) when node(Actor) =:= node() ->
    case process_info(Actor, initial_call) of
        {initial_call, {Facade, '$start', 1}} -> Facade;
        {initial_call, _} -> bt_processes:class_of(Actor);
        undefined -> 'bt.stdlib.Actor'
    end;
class_of(Actor) ->
    try erpc:call(node(Actor), ?MODULE, class_of, [Actor], 5000)
    catch error:{erpc, _} -> 'bt.stdlib.Actor'
    end.

%% @doc The actor whose method is running, or nil outside of actors.
-spec current() -> pid() | nil.
current() ->
    case get('$bt_class') of
        undefined -> nil;
        _ -> self()
    end.

%%% State, for blocks that may run elsewhere

%% @doc Reads a variable of the actor that made the block; an error in any other process.
-spec get_var(pid(), atom()) -> term().
get_var(Actor, Key) when Actor =:= self() -> get(Key);
get_var(_, Key) -> bt_error:raise(bt_fault:foreign_state(Key)).

%% @doc Assigns a variable of the actor that made the block.
-spec put_var(pid(), atom(), Value) -> Value.
put_var(Actor, Key, Value) when Actor =:= self() ->
    put(Key, Value),
    Value;
put_var(_, Key, _) -> bt_error:raise(bt_fault:foreign_state(Key)).

%%% Life and death

%% @doc Ends an actor after the messages it already has; answers `#ok' when it is dead.
-spec stop(pid()) -> ok.
stop(Actor) -> stop(Actor, normal).

%% @doc The same with a reason. An actor that stops itself does so after the present message.
-spec stop(pid(), term()) -> ok.
stop(Actor, Reason) when Actor =:= self() ->
    put('$bt_stop', Reason),
    self() ! '$bt_stop',
    ok;
stop(Actor, Reason) ->
    Ref = erlang:monitor(process, Actor),
    Actor ! {system, {self(), Ref}, {terminate, Reason}},
    case bt_wait:for(Ref, Actor, stop, ?STOP_MS) of
        {down, _} -> flush_system(Ref);
        Other -> fail(Other, Ref, Actor)
    end.

%% `sys' confirms the request before the process ends.
-spec flush_system(reference()) -> ok.
flush_system(Ref) ->
    receive {Ref, _} -> ok after 0 -> ok end.

%% @doc Ends an actor at once; `terminate:' does not run.
-spec kill(pid()) -> ok.
kill(Actor) when node(Actor) =:= node() ->
    Class = class_of(Actor),
    is_process_alive(Actor) andalso bt_graves:bury(Actor, Class, killed),
    Numbers = bt_counters:of_victim(Actor),
    case killed(Actor) of
        killed -> bt_counters:retire_victim(Class, Numbers);
        _ -> ok
    end;
kill(Actor) ->
    _ = killed(Actor),
    ok.

killed(Actor) ->
    Ref = erlang:monitor(process, Actor),
    exit(Actor, kill),
    receive {'DOWN', Ref, process, _, Reason} -> Reason end.

%% @doc Whether the process lives.
-spec is_alive(pid()) -> boolean().
is_alive(Actor) when node(Actor) =:= node() -> is_process_alive(Actor);
is_alive(Actor) ->
    try erpc:call(node(Actor), erlang, is_process_alive, [Actor], 5000)
    catch error:{erpc, _} -> false
    end.

%% @doc Links two actors. Only the first can do that itself, so another process asks it to.
-spec link(pid(), pid()) -> pid().
link(Actor, Other) -> own_duty(Actor, {link, Other}).

%% @doc Links the present process to another.
-spec link_to(pid()) -> true.
link_to(Other) ->
    try erlang:link(Other)
    catch error:noproc -> bt_error:raise(bt_fault:actor_died(Other, unknown, noproc))
    end.

%% @doc Takes a link back.
-spec unlink(pid(), pid()) -> pid().
unlink(Actor, Other) -> own_duty(Actor, {unlink, Other}).

%% @doc `actor monitor: other': the first gets `actorDown:reason:' when the second dies.
-spec monitor(pid(), pid()) -> pid().
monitor(Actor, Other) -> own_duty(Actor, {monitor, Other}).

%% @doc Whether this actor gets `exit:reason:' when a linked process ends, rather than ending too.
-spec trap_exit(term()) -> boolean().
trap_exit(Flag) when is_boolean(Flag) ->
    process_flag(trap_exit, Flag),
    put('$bt_trap_exit', Flag),
    Flag;
trap_exit(Other) ->
    bt_prim_collection:type_error(<<"true or false">>, Other, nil, 'trapExit:').

-spec own_duty(pid(), {link | unlink | monitor, pid()}) -> pid().
own_duty(_, {_, Other}) when not is_pid(Other) ->
    bt_error:raise(bt_fault:type_error(<<"an actor">>, Other));
own_duty(Actor, Duty) when Actor =:= self() ->
    duty(Duty),
    Actor;
own_duty(Actor, {What, Other} = Duty) ->
    case bt_processes:lookup(Actor) of
        none -> Actor ! {'$bt_duty', Duty};
        _ -> others_duty(Actor, What, Other)
    end,
    Actor.

%% Neither a supervisor nor a process without a class does anything for others. But a link has no
%% direction.
-spec others_duty(pid(), link | unlink | monitor, pid()) -> term().
others_duty(Actor, monitor, Other) -> bt_error:does_not_understand(Actor, 'monitor:', [Other]);
others_duty(Actor, What, Other) when Other =:= self() -> duty({What, Actor});
others_duty(Actor, What, Other) ->
    case bt_processes:lookup(Other) of
        none -> Other ! {'$bt_duty', {What, Actor}};
        _ -> bt_error:raise(bt_fault:type_error(<<"an actor">>, Other))
    end.

-spec duty({link | unlink | monitor, pid()}) -> term().
duty({link, Other}) -> link_to(Other);
duty({unlink, Other}) -> erlang:unlink(Other);
duty({monitor, Other}) -> erlang:monitor(process, Other).
