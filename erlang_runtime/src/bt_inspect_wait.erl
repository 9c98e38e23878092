%% @doc What a process waits for, read from outside.
%%
%% A short wait leaves no note, because to write one would cost every call. But who waits has a
%% monitor on whom it waits for, and its message is in that one's mailbox, or is being handled.
%% After two ticks (bt_wait) there is a note with the moment.
-module(bt_inspect_wait).

-export([info/3, message/2, waits_in/1, messages/2, selector/1]).

-define(FEW, 50).
-define(SMALL, 1048576).

%% @doc A WaitInfo for a process of which this is known, or nil if it does not wait for an answer.
-spec info(pid(), atom(), #{atom() => term()}) -> map() | nil.
info(Pid, waiting, #{current_function := {Module, _, _} = Where, dictionary := Dictionary} = Seen)
  when Module =/= timer ->
    case waits_in(Where) of
        false -> nil;
        true -> noted(bt_wait:noted(Dictionary), Pid, Where, Seen)
    end;
info(_, _, _) -> nil.

%% @doc Whether what runs in this function waits for something.
-spec waits_in(mfa()) -> boolean().
waits_in({bt_actor, Function, _}) -> Function =:= call orelse Function =:= await_alias;
waits_in({bt_wait, _, _}) -> true;
waits_in({bt_future, _, _}) -> true;
waits_in({bt_actor_start, start, _}) -> true;
waits_in({timer, sleep, _}) -> true;
waits_in(_) -> false.

noted({Target, nil, Since}, Pid, _Where, _Seen) when is_pid(Target) ->
    new(message(Pid, Target), Target, Since);
noted({none, Message, Since}, _Pid, _Where, _Seen) -> new(Message, nil, Since);
noted({Target, Message, Since}, _Pid, _Where, _Seen) -> new(Message, Target, Since);
%% Timer sleep: in a script.
noted(none, _Pid, {bt_wait, _, _}, _Seen) -> nil;
noted(none, Pid, Where, #{monitors := Monitors}) ->
    Targets = lists:sublist([Target || {process, Target} <- Monitors, is_pid(Target)], ?FEW),
    case {Where, targets(Pid, Targets)} of
        {{bt_actor_start, _, _}, [{_, Target} | _]} -> new(initialize, Target, nil);
        {_, [{Message, Target}]} -> new(Message, Target, nil);
        {_, Several} -> among(Several)
    end.

%% It may have monitors of its own besides. One that has its message is the one.
among(Several) ->
    case [Pair || {Message, _} = Pair <- Several, Message =/= nil] of
        [{Message, Target} | _] -> new(Message, Target, nil);
        [] -> new(nil, nil, nil)
    end.

targets(_Pid, [Target]) when node(Target) =/= node() -> [{nil, Target}];
targets(Pid, [Target]) -> [{message(Pid, Target), Target}];
targets(Pid, Targets) -> [{own(Pid, messages(Target, ?SMALL)), Target} || Target <- Targets].

%% @doc What the target will do for the process, or is doing; nil if that cannot be told.
-spec message(pid(), pid()) -> atom().
message(Pid, Target) when node(Target) =:= node() ->
    Messages = messages(Target, ?SMALL),
    case {own(Pid, Messages), is_waited_for(Messages)} of
        {nil, false} -> current(Target);
        {Selector, _} -> Selector
    end;
message(_, _) -> nil.

%% A message to a future does not say who sent it, but the table of futures says who waits for it.
own(Pid, Messages) ->
    case [selector_of(Message) || Message <- Messages, is_from(Pid, Message)] of
        [Selector | _] -> Selector;
        [] -> nil
    end.

is_from(Pid, {'$bt_call', From, _, _, _}) -> From =:= Pid;
is_from(Pid, {'$bt_send', Id, _, _, _}) -> lists:member(Pid, bt_future_store:waiters(Id));
is_from(_, _) -> false.

selector_of({'$bt_call', _, _, Selector, _}) -> Selector;
selector_of({'$bt_send', _, _, Selector, _}) -> Selector.

is_waited_for(Messages) -> lists:any(fun(Message) -> is_send(Message) end, Messages).

is_send({'$bt_send', _, _, _, _}) -> true;
is_send(_) -> false.

%% Whose message it is that the target handles is not known; but it has no other.
current(Target) ->
    case process_info(Target, [current_function, dictionary]) of
        [{_, Where}, {_, Dictionary}] ->
            case bt_inspect:is_between_messages(Where) of
                true -> nil;
                false -> proplists:get_value('$bt_msg', Dictionary, nil)
            end;
        undefined -> nil
    end.

new(Message, Receiver, Since) ->
    bt_class:instantiate('bt.stdlib.WaitInfo',
                         #{message => Message, receiver => Receiver, since => Since}).

%%% Mailboxes

%% @doc The messages that wait for a process, unless they are many, or it is so large that they may
%% be.
-spec messages(pid(), pos_integer()) -> [term()].
messages(Pid, Largest) when node(Pid) =:= node() ->
    case process_info(Pid, message_queue_len) of
        {_, Length} when Length > 0, Length =< ?FEW ->
            case process_info(Pid, memory) of
                {_, Bytes} when Bytes =< Largest -> all(process_info(Pid, messages));
                _ -> []
            end;
        _ -> []
    end;
messages(_, _) -> [].

all({messages, Messages}) -> Messages;
all(undefined) -> [].

%% @doc The selector that a message in an actor's mailbox asks for; none where the message is the
%% runtime's own.
-spec selector(term()) -> [atom()].
selector({'$bt_cast', Selector, _}) -> [Selector];
selector({'$bt_call', _, _, Selector, _}) -> [Selector];
selector({'$bt_send', _, _, Selector, _}) -> [Selector];
selector({'$gen_call', _, Request}) -> requested(Request);
selector({'$gen_cast', Request}) -> requested(Request);
selector({'$bt_timer', _}) -> ['after:do:'];
selector({'DOWN', _, process, _, _}) -> ['actorDown:reason:'];
selector({'EXIT', _, _}) -> ['exit:reason:'];
selector({system, _, {terminate, _}}) -> [stop];
selector({system, _, _}) -> [];
selector('$bt_stop') -> [stop];
selector('$bt_tick') -> [];
selector(Message) when is_tuple(Message), tuple_size(Message) > 1 ->
    case is_own(element(1, Message)) of
        true -> [];
        false -> ['receive:']
    end;
selector(_) -> ['receive:'].

requested({Selector, Arguments}) when is_atom(Selector), is_list(Arguments) -> [Selector];
requested(Selector) when is_atom(Selector) -> [Selector];
requested(_) -> ['receive:'].

is_own(Tag) when is_atom(Tag) -> lists:prefix("$bt_", atom_to_list(Tag));
is_own(_) -> false.
