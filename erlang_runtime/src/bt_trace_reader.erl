%% @doc What Erlang's trace messages about one actor mean, as events.
%%
%% The messages of a process come in the order in which things happened there. So it is enough to
%% keep, for each actor, the messages that have arrived and are not handled yet, who is known to
%% have sent them, and which message is being handled: what else happens is caused by that one.
-module(bt_trace_reader).

-export([new/1, class/1, heard/4, sent/4, read/2, flush/1, request/1, name/1, class_name/1]).
-export_type([actor/0, event/0, key/0]).

-include("bt.hrl").

-type key() :: none | {ref, reference()} | {future, integer()} | {gen, term()}.

%% What has arrived: selector, arguments, how it is answered, sender, and when.
-type arrived() :: {atom(), [term()], key(), pid() | nil, integer()}.

%% What a sender said that it sends: selector, arguments, and the event of a traced sender.
-type heard() :: {atom(), [term()], pid(), integer() | nil}.

-record(current, {id :: integer() | nil, selector :: atom(), key = none :: key(),
                  from = nil :: pid() | nil,
                  %% Nothing has happened yet.
                  fresh = false :: boolean()}).

-record(actor, {pid :: pid(), class :: module(), name :: binary(),
                inbox = [] :: [arrived()], heard = [] :: [heard()],
                current = none :: #current{} | none,
                %% A selector that the loop has noted, and may take back.
                announced = none :: {atom(), integer()} | none,
                assigning = none :: {atom(), term()} | none,
                depth = 0 :: non_neg_integer()}).

-opaque actor() :: #actor{}.
-type event() :: #{kind := atom(), id := integer(), atom() => term()}.

%% Messages that are not handled as messages, and senders of what never arrives, are forgotten.
-define(MOST, 1000).

%% @doc An actor of which nothing is known yet.
-spec new(pid()) -> actor().
new(Pid) ->
    Class = bt_actor:class_of(Pid),
    #actor{pid = Pid, class = Class, name = name(Pid)}.

%% @doc Its class.
-spec class(actor()) -> module().
class(#actor{class = Class}) -> Class.

%% @doc A process is about to send this message to the actor.
-spec heard(pid(), atom(), [term()], actor()) -> actor().
heard(Sender, Selector, Arguments, #actor{heard = Heard} = Actor) ->
    Entry = {Selector, bt_trace_term:cut(Arguments), Sender, nil},
    Actor#actor{heard = recent(Heard ++ [Entry])}.

%% @doc The event of a traced sender: it belongs to the newest message that was heard of it.
-spec sent(pid(), atom(), integer(), actor()) -> actor().
sent(Sender, Selector, Id, #actor{heard = Heard} = Actor) ->
    {After, Before} = lists:splitwith(fun(Entry) -> not is_sent(Sender, Selector, Entry) end,
                                      lists:reverse(Heard)),
    case Before of
        [{Selector, Arguments, Sender, nil} | Rest] ->
            Known = [{Selector, Arguments, Sender, Id} | Rest],
            Actor#actor{heard = lists:reverse(After ++ Known)};
        [] -> Actor
    end.

is_sent(Sender, Selector, {Selector, _, Sender, nil}) -> true;
is_sent(_, _, _) -> false.

recent(List) when length(List) > ?MOST -> tl(List);
recent(List) -> List.

%% @doc What has happened.
-spec read(tuple(), actor()) -> {[event()], actor()}.
read({trace_ts, _, 'receive', Message, At}, Actor) ->
    {[], arrived(request(Message), At, Actor)};
read({trace_ts, _, call, {erlang, put, ['$bt_msg', Selector]}, Caller, At}, Actor) ->
    noted(Caller, Selector, At, Actor);
read(Message, #actor{announced = none} = Actor) -> happens(Message, Actor);
read(Message, Actor) -> after_flush(Actor, fun(Next) -> happens(Message, Next) end).

after_flush(Actor, Read) ->
    {Before, Flushed} = flush(Actor),
    {Events, Next} = Read(Flushed),
    {Before ++ Events, Next}.

%% @doc The message that is being handled without anything else having happened.
-spec flush(actor()) -> {[event()], actor()}.
flush(#actor{announced = none} = Actor) -> {[], Actor};
flush(#actor{announced = {Selector, At}} = Actor) ->
    begins(Selector, At, Actor#actor{announced = none}).

%% Where the runtime notes the selector of a message, and what it means there. The first two
%% messages of an actor are counted by their notes (bt_actor_loop), so a note may be taken back; who
%% dies of a message, or migrates, notes something that is no message.
noted({bt_actor_loop, another, _}, _, _, Actor) -> {[], Actor#actor{announced = none}};
noted({bt_actor_loop, first, _}, Selector, At, Actor) ->
    after_flush(Actor, fun(Next) -> {[], Next#actor{announced = {Selector, At}}} end);
noted({bt_actor_loop, crash, _}, _, _, Actor) -> flush(Actor);
noted({Module, _, _}, Selector, At, Actor)
  when Module =:= bt_actor_loop; Module =:= bt_actor_start ->
    after_flush(Actor, fun(Next) -> begins(Selector, At, Next) end);
noted(_Caller, _, _, Actor) -> {[], Actor}.

happens({trace_ts, _, call, {erlang, put, [Key, Value]}, _}, Actor) ->
    {[], Actor#actor{assigning = {Key, bt_trace_term:cut(Value)}}};
happens({trace_ts, _, return_from, {erlang, put, 2}, Old, At}, Actor) ->
    assigned(Old, At, Actor);
happens({trace_ts, _, call, {bt_future_store, _, [Id, _, Outcome]}, At}, Actor) ->
    settled({future, Id}, Outcome, At, Actor);
happens({trace_ts, _, call, {bt_report, _, [_, _, Exception | _]}, At}, Actor) ->
    settled(none, {error, Exception}, At, Actor);
happens({trace_ts, _, call, {_, Function, [_ | Arguments]}, At}, #actor{depth = Depth} = Actor) ->
    {Events, Next} = event(entered, At, #{selector => Function, depth => Depth,
                                          arguments => bt_trace_term:cut(Arguments)}, Actor),
    {Events, stale(Next#actor{depth = Depth + 1})};
happens({trace_ts, _, return_from, {_, Function, _}, Value, At}, Actor) ->
    left(returned, #{selector => Function, value => bt_trace_term:cut(Value)}, At, Actor);
happens({trace_ts, _, exception_from, {_, Function, _}, Raised, At}, Actor) ->
    raised(Function, Raised, At, Actor);
happens({trace_ts, _, Send, Message, To, At}, Actor)
  when Send =:= send; Send =:= send_to_non_existing_process ->
    sends(Message, To, At, Actor);
happens({trace_ts, _, spawn, Child, {Facade, '$start', _}, At}, Actor) ->
    event(spawned, At, #{value => bt_class:object(Facade), to => Child,
                         toName => name(Child, Facade)}, Actor);
happens({trace_ts, _, exit, Reason, At}, Actor) ->
    event(ended, At, #{value => bt_trace_term:cut(bt_fault:exit_reason(Reason))}, Actor);
happens(_Other, Actor) -> {[], Actor}.

stale(#actor{current = #current{fresh = true} = Current} = Actor) ->
    Actor#actor{current = Current#current{fresh = false}};
stale(Actor) -> Actor.

event(Kind, At, Fields, #actor{current = Current} = Actor) ->
    {Cause, Message} = case Current of
                           none -> {nil, nil};
                           #current{id = Id, selector = Selector} -> {Id, Selector}
                       end,
    Event = #{kind => Kind, id => erlang:unique_integer([positive, monotonic]), time => At,
              actor => Actor#actor.pid, actorName => Actor#actor.name,
              actorClass => bt_class:object(Actor#actor.class), cause => Cause, message => Message},
    {[maps:merge(Event, Fields)], Actor}.

%%% Messages that arrive

%% @doc What a message of bt_actor_loop's means: selector, arguments, how it is answered, sender.
-spec request(term()) -> {atom(), [term()], key(), pid() | nil} | none.
request({'$bt_cast', Selector, Arguments}) -> {Selector, Arguments, none, nil};
request({'$bt_call', From, Ref, Selector, Arguments}) ->
    {Selector, Arguments, {ref, Ref}, caller(From)};
request({'$bt_send', Id, _, Selector, Arguments}) -> {Selector, Arguments, {future, Id}, nil};
request({'$gen_call', {From, Tag}, Request}) -> request(Request, {gen, Tag}, From);
request({'$gen_cast', Request}) -> request(Request, none, nil);
request({'DOWN', _, process, Pid, Reason}) ->
    {'actorDown:reason:', [Pid, bt_fault:exit_reason(Reason)], none, nil};
request({'EXIT', Pid, Reason}) ->
    {'exit:reason:', [Pid, bt_fault:exit_reason(Reason)], none, nil};
request({system, _, _}) -> none;
request(Message) ->
    case is_internal(Message) of
        true -> none;
        false -> {'receive:', [Message], none, nil}
    end.

request({Selector, Arguments}, Key, From) when is_atom(Selector), is_list(Arguments) ->
    {Selector, Arguments, Key, From};
request(Selector, Key, From) when is_atom(Selector) -> {Selector, [], Key, From};
request(_, _, _) -> none.

is_internal('$bt_tick') -> true;
is_internal('$bt_stop') -> true;
is_internal(Message) when is_tuple(Message), is_atom(element(1, Message)) ->
    lists:prefix("$bt_", atom_to_list(element(1, Message)));
is_internal(_) -> false.

caller(From) when is_pid(From) -> From;
caller(_Alias) -> nil.

arrived(none, _, Actor) -> Actor;
arrived({Selector, Arguments, Key, From}, At, #actor{inbox = Inbox} = Actor) ->
    Entry = {Selector, bt_trace_term:cut(Arguments), Key, From, At},
    Actor#actor{inbox = recent(Inbox ++ [Entry])}.

%%% Messages that are handled

%% The runtime notes the selector before it runs the method.
begins(initialize, _, Actor) ->
    {[], Actor#actor{current = #current{id = nil, selector = initialize}, depth = 0}};
begins(Selector, At, #actor{inbox = Inbox, current = Current} = Actor) ->
    case {lists:keytake(Selector, 1, Inbox), Current} of
        {{value, Entry, Rest}, _} -> handled(Entry, At, Actor#actor{inbox = Rest});
        %% It is noted again when the class turns out to have been loaded again.
        {false, #current{selector = Selector, fresh = true}} -> {[], Actor};
        %% It arrived before the trace began, or is the runtime's own (a timer, a future's block).
        {false, _} -> handled({Selector, [], none, nil, At}, At, Actor)
    end.

handled({Selector, Arguments, Key, From0, Arrived}, At, Actor0) ->
    {From, Sent, Actor} = sender(Selector, Arguments, From0, Actor0),
    {[Event], _} = event(received, At, #{
        selector => Selector, arguments => Arguments, from => From, fromName => name(From),
        waited => max(0, At - Arrived)
    }, Actor#actor{current = none}),
    Current = #current{id = maps:get(id, Event), selector = Selector, key = Key, from = From,
                       fresh = true},
    {[Event#{cause := Sent, message := Selector}], Actor#actor{current = Current, depth = 0}}.

%% Who sent it: the first of those that were heard, with the same arguments if possible (those
%% that went through a copy of a block are not the same).
sender(Selector, Arguments, From, #actor{heard = Heard} = Actor) ->
    Same = [Entry || {S, A, _, _} = Entry <- Heard, S =:= Selector, A =:= Arguments],
    Alike = [Entry || {S, _, _, _} = Entry <- Heard, S =:= Selector],
    case Same ++ Alike of
        [{_, _, Sender, Id} = Entry | _] ->
            {Sender, Id, Actor#actor{heard = lists:delete(Entry, Heard)}};
        [] -> {From, nil, Actor}
    end.

%%% What happens while one is handled

assigned(_, _, #actor{assigning = none} = Actor) -> {[], Actor};
assigned(Old0, At, #actor{assigning = {Key, New}} = Actor) ->
    Done = Actor#actor{assigning = none},
    case bt_trace_term:cut(Old0) of
        New -> {[], Done};
        undefined -> assigned(Key, nil, New, At, Done);
        Old -> assigned(Key, Old, New, At, Done)
    end.

assigned(Key, Old, New, At, Actor) ->
    "@" ++ Name = atom_to_list(Key),
    event(assigned, At, #{variable => list_to_atom(Name), old => Old, value => New,
                          depth => Actor#actor.depth}, Actor).

left(Kind, Fields, At, #actor{depth = Depth0} = Actor) ->
    Depth = max(0, Depth0 - 1),
    event(Kind, At, Fields#{depth => Depth}, Actor#actor{depth = Depth}).

%% `^' out of a block, and the like, are the runtime's own way out.
raised(Function, {throw, Reason}, At, Actor) when is_tuple(Reason), is_atom(element(1, Reason)) ->
    case is_internal(Reason) of
        true -> left(returned, #{selector => Function, value => nil}, At, Actor);
        false -> raised_error(Function, throw, Reason, At, Actor)
    end;
raised(Function, {Class, Reason}, At, Actor) -> raised_error(Function, Class, Reason, At, Actor).

raised_error(Function, Class, Reason, At, Actor) ->
    left(raised, #{selector => Function, value => exception(Class, Reason)}, At, Actor).

exception(error, #{'$class' := _} = Exception) -> bt_trace_term:cut(Exception);
exception(Class, Reason) -> bt_error:wrap(Class, bt_trace_term:cut(Reason), []).

%%% Messages and answers that leave

sends({'$bt_reply', Ref, Value}, _, At, Actor) -> settled({ref, Ref}, {ok, Value}, At, Actor);
sends({'$bt_fault', Ref, _, Error}, _, At, Actor) -> settled({ref, Ref}, {error, Error}, At, Actor);
sends({Tag, Value}, _, At, #actor{current = #current{key = {gen, Tag}}} = Actor) ->
    settled({gen, Tag}, {ok, Value}, At, Actor);
sends(Message, To, At, Actor) when is_tuple(Message) ->
    case lists:member(element(1, Message), ['$bt_cast', '$bt_call', '$bt_send']) of
        true ->
            {Selector, Arguments, _, _} = request(Message),
            event(sent, At, #{selector => Selector, arguments => bt_trace_term:cut(Arguments),
                              to => To, toName => name(To), depth => Actor#actor.depth}, Actor);
        false -> {[], Actor}
    end;
sends(_, _, _, Actor) -> {[], Actor}.

settled(Key, Outcome, At, #actor{current = #current{key = Key} = Current} = Actor) ->
    #current{selector = Selector, from = From} = Current,
    {Kind, Value} = case Outcome of
                        {ok, Answer} -> {replied, Answer};
                        {error, Error} -> {failed, Error}
                    end,
    Answered = Actor#actor{current = Current#current{key = none, fresh = false}},
    To = case Key of none -> nil; _ -> From end,
    event(Kind, At, #{selector => Selector, value => bt_trace_term:cut(Value), to => To,
                      toName => name(To)}, Answered);
settled(_, _, _, Actor) -> {[], Actor}.

%%% Names

%% @doc Class and name or number: `Counter #main', `Counter <0.120.0>'.
-spec name(term()) -> binary() | nil.
name(nil) -> nil;
name(Pid) when is_pid(Pid), node(Pid) =:= node() ->
    case {bt_actor:class_of(Pid), bt_processes:lookup(Pid)} of
        {'bt.stdlib.Process', none} -> name(Pid, 'bt.stdlib.Actor');
        {Class, _} -> name(Pid, Class)
    end;
name(Other) -> bt_trace_term:text(Other).

name(Pid, Facade) ->
    Who = case bt_registry:name_of(Pid) of
              nil -> list_to_binary(pid_to_list(Pid));
              Name -> bt_print:print_string(Name)
          end,
    <<(class_name(Facade))/binary, " ", Who/binary>>.

%% @doc What is no actor has no class: a script, a session, a process of Erlang's.
-spec class_name(module()) -> binary().
class_name('bt.stdlib.Actor') -> <<"process">>;
class_name(Facade) -> bt_print:class_name(Facade).
