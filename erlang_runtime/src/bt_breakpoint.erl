%% @doc Breakpoints as the process of an actor has them: it stops before a message, and stands
%% still until the debugger (bt_debugger) says how to go on.
%%
%% The actor has them in its dictionary, and an entry among the debug functions of `sys' so that
%% its loop takes the way that comes here; without breakpoints nothing looks for any. While it
%% stands still it answers `sys', obeys its supervisor, and can be inspected and killed.
-module(bt_breakpoint).

-export([change/2, arrived/4]).
-export([system_continue/3, system_terminate/4, system_get_state/1, system_replace_state/2,
         system_code_change/4]).
-export_type([breakpoint/0, command/0]).

%% `any' stops before every message: the second half of a step.
-type condition() :: {selectors, [atom()]} | {block, fun()} | any.
-type breakpoint() :: {reference(), condition(), Ms :: pos_integer()}.
-type command() :: continue | drop | {replace, atom(), [term()]}.

%% `rest' is the loop's own.
-record(held, {message :: term(), rest :: term(), parent :: pid() | none,
               debug :: [sys:dbg_opt()], stop :: reference(), debugger :: reference(),
               deadline :: integer()}).

-define(KEY, '$bt_breaks').
-define(MARK, {?MODULE, fun(State, _, _) -> State end, []}).

%% @doc The actor's breakpoints from now on, and the debug functions that belong to them.
-spec change([breakpoint()], [sys:dbg_opt()]) -> [sys:dbg_opt()].
change(Breakpoints, Debug) ->
    Others = [Option || Option <- Debug, not is_mark(Option)],
    case Breakpoints of
        [] ->
            erase(?KEY),
            Others;
        _ ->
            put(?KEY, Breakpoints),
            sys:debug_options([{install, ?MARK}]) ++ Others
    end.

is_mark({?MODULE, _}) -> true;
is_mark(_) -> false.

%% @doc A message has arrived. Goes back to the loop, sooner or later.
-spec arrived(term(), term(), pid() | none, [sys:dbg_opt()]) -> no_return().
arrived(Message, Rest, Parent, Debug) ->
    case get(?KEY) of
        undefined -> bt_actor_loop:go_on(Rest, {handle, Message});
        Breakpoints ->
            case request(Message) of
                none -> bt_actor_loop:go_on(Rest, {handle, Message});
                Request -> meet(Breakpoints, Request, Message, {Rest, Parent, Debug})
            end
    end.

%% What comes from other actors or programs; the runtime's own bookkeeping goes on.
request({'$bt_cast', Selector, Arguments}) -> request(Selector, Arguments, nil);
request({'$bt_call', From, _, Selector, Arguments}) -> request(Selector, Arguments, From);
request({'$bt_send', Id, _, Selector, Arguments}) ->
    request(Selector, Arguments, hd(bt_future_store:waiters(Id) ++ [nil]));
request({'$gen_call', {From, _}, {Selector, Arguments}}) -> request(Selector, Arguments, From);
request({'$gen_call', {From, _}, Selector}) -> request(Selector, [], From);
request({'$gen_cast', {Selector, Arguments}}) -> request(Selector, Arguments, nil);
request({'$gen_cast', Selector}) -> request(Selector, [], nil);
request(_) -> none.

request(Selector, Arguments, From) when is_atom(Selector), is_list(Arguments) ->
    #{'$class' => 'bt.stdlib.Message', selector => Selector, arguments => Arguments,
      sender => case is_pid(From) of true -> From; false -> nil end};
request(_, _, _) -> none.

meet([], _, Message, {Rest, _, _}) -> bt_actor_loop:go_on(Rest, {handle, Message});
meet([{Id, Condition, Ms} | Others], Request, Message, Loop) ->
    case is_met(Condition, Request) of
        true -> stop(Id, Ms, Request, Message, Loop);
        false -> meet(Others, Request, Message, Loop);
        {failed, Exception, Stack} ->
            bt_report:block_failed(Exception, Stack),
            bt_debugger:useless(Id),
            put(?KEY, lists:keydelete(Id, 1, get(?KEY))),
            meet(Others, Request, Message, Loop)
    end.

is_met(any, _) -> true;
is_met({selectors, Selectors}, #{selector := Selector}) -> lists:member(Selector, Selectors);
is_met({block, Block}, Request) ->
    try bt_op:condition(Block(Request), 'breakOn:in:')
    catch
        Class:Reason:Stack -> {failed, bt_error:wrap(Class, Reason, Stack), Stack}
    end.

stop(Id, Ms, Request, Message, {Rest, Parent, Debug}) ->
    Stop = make_ref(),
    Monitor = erlang:monitor(process, bt_debugger),
    bt_debugger:stopped(Id, Stop, Request),
    hold(#held{message = Message, rest = Rest, parent = Parent, debug = Debug, stop = Stop,
               debugger = Monitor, deadline = bt_wait:deadline(Ms)}).

-spec hold(#held{}) -> no_return().
hold(#held{stop = Stop, debugger = Monitor, parent = Parent} = Held) ->
    receive
        {'$bt_debug', Stop, Command} -> obey(Command, Held);
        {'$bt_break', Breakpoints} ->
            hold(Held#held{debug = change(Breakpoints, Held#held.debug)});
        {system, From, Request} ->
            sys:handle_system_msg(Request, From, Parent, ?MODULE, Held#held.debug, Held);
        %% The message has not been handled: whoever waits for it hears of the actor's death.
        {'EXIT', Parent, _} = Exit ->
            self() ! Held#held.message,
            release({handle, Exit}, Held);
        {'DOWN', Monitor, process, _, _} -> obey(continue, Held)
    after bt_wait:left(Held#held.deadline) ->
        bt_debugger:timed_out(Stop),
        obey(continue, Held)
    end.

-spec obey(command(), #held{}) -> no_return().
obey(continue, #held{message = Message} = Held) -> release({handle, Message}, Held);
obey({replace, Selector, Arguments}, #held{message = Message} = Held) ->
    release({handle, replaced(Message, Selector, Arguments)}, Held);
obey(drop, #held{message = Message} = Held) ->
    reject(Message),
    release(nothing, Held).

-spec release({handle, term()} | nothing, #held{}) -> no_return().
release(What, Held) -> bt_actor_loop:go_on(released(Held), What).

released(#held{rest = Rest, debug = Debug, debugger = Monitor}) ->
    erlang:demonitor(Monitor, [flush]),
    bt_actor_loop:debugged(Rest, Debug).

replaced({'$bt_cast', _, _}, Selector, Arguments) -> {'$bt_cast', Selector, Arguments};
replaced({'$bt_call', From, Ref, _, _}, Selector, Arguments) ->
    {'$bt_call', From, Ref, Selector, Arguments};
replaced({'$bt_send', Id, Address, _, _}, Selector, Arguments) ->
    {'$bt_send', Id, Address, Selector, Arguments};
replaced({'$gen_call', From, _}, Selector, Arguments) ->
    {'$gen_call', From, {Selector, Arguments}};
replaced({'$gen_cast', _}, Selector, Arguments) -> {'$gen_cast', {Selector, Arguments}}.

%% The sender hears that nobody has handled it.
reject({'$bt_call', From, Ref, Selector, _}) ->
    From ! {'$bt_fault', Ref, refused, bt_fault:dropped(Selector)};
reject({'$bt_send', Id, Address, Selector, _}) ->
    bt_future_store:settle(Id, Address, {error, bt_fault:dropped(Selector)});
reject({'$gen_call', From, Request}) ->
    Selector = case Request of {S, _} -> S; S -> S end,
    gen_server:reply(From, {error, bt_fault:dropped(Selector)});
reject(_Cast) -> ok.

%%% sys, while the actor stands still

%% @private
-spec system_continue(pid(), [sys:dbg_opt()], #held{}) -> no_return().
system_continue(_Parent, Debug, Held) -> hold(Held#held{debug = Debug}).

%% @private
-spec system_terminate(term(), pid(), [sys:dbg_opt()], #held{}) -> no_return().
system_terminate(Reason, _Parent, _Debug, #held{message = Message} = Held) ->
    self() ! Message,
    bt_actor_loop:give_up(released(Held), Reason).

%% @private
-spec system_get_state(#held{}) -> {ok, #{atom() => term()}}.
system_get_state(_Held) -> {ok, bt_state:to_map()}.

%% @private
-spec system_replace_state(fun((map()) -> map()), #held{}) -> {ok, map(), #held{}}.
system_replace_state(Change, Held) ->
    New = Change(bt_state:to_map()),
    bt_state:replace(New),
    {ok, New, Held}.

%% @private
-spec system_code_change(#held{}, module(), term(), term()) -> {ok, #held{}}.
system_code_change(Held, _Module, _Old, _Extra) -> {ok, Held}.
