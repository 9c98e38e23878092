%% @doc One conversation: the messages between actors, each with those that it has caused.
-module(bt_conversation).

-export([new/1, add/3, cut/1, participants/1, is_complete/1, is_member/2, serial/1, steps/2]).
-export_type([conversation/0]).

%% Sender and serial number of a message.
-type id() :: {pid(), integer()}.

-record(step, {id :: id(), parent = none :: id() | none, kind :: atom(),
               from :: pid(), to :: pid(), selector :: atom(), arguments :: [term()],
               sent :: integer(), started = nil :: integer() | nil, ended = nil :: integer() | nil,
               outcome = none :: none | {ok, term()} | {error, term()}}).

-record(conversation, {
    root :: pid(),
    started :: integer(),
    steps = #{} :: #{id() => #step{}},
    %% The message that each process handles.
    handling = #{} :: #{pid() => id()},
    %% By which each is answered.
    keys = #{} :: #{bt_trace_reader:key() => id()},
    %% The highest number of a message.
    serial = 0 :: non_neg_integer(),
    classes = #{} :: #{pid() => {module(), Name :: atom()}},
    complete = true :: boolean()
}).

-opaque conversation() :: #conversation{}.

-define(MOST, 10000).

%% @doc A conversation that the process begins.
-spec new(pid()) -> conversation().
new(Root) ->
    met(Root, #conversation{root = Root, started = erlang:monotonic_time()}).

%% @doc Nothing more will be seen of it.
-spec cut(conversation()) -> conversation().
cut(Conversation) -> Conversation#conversation{complete = false}.

%% @doc Whether everything has been seen.
-spec is_complete(conversation()) -> boolean().
is_complete(#conversation{complete = Complete}) -> Complete.

%% @doc Who takes part, and how many messages have not arrived yet.
-spec participants(conversation()) -> {[pid()], non_neg_integer()}.
participants(#conversation{classes = Classes, steps = Steps, root = Root}) ->
    OnTheirWay = [Id || #step{id = Id, started = nil, to = To} <- maps:values(Steps),
                        is_process_alive(To)],
    {maps:keys(maps:remove(Root, Classes)), length(OnTheirWay)}.

%% @doc Whether the process has begun it, or handles one of its messages.
-spec is_member(pid(), conversation()) -> boolean().
is_member(Root, #conversation{root = Root}) -> true;
is_member(Pid, #conversation{handling = Handling}) -> is_map_key(Pid, Handling).

%% @doc A number that no message has had.
-spec serial(conversation()) -> pos_integer().
serial(#conversation{serial = Serial}) -> Serial + 1.

%% @doc What sequential trace says, or that a process has called a function of the runtime.
-spec add(tuple(), integer(), conversation()) -> conversation().
add({send, {_, Serial}, From, To, Message}, At, #conversation{serial = Most} = Conversation) ->
    sent({From, Serial}, To, Message, At, Conversation#conversation{serial = max(Serial, Most)});
add({'receive', {_, Serial}, From, To, _}, At, Conversation) ->
    received({From, Serial}, To, At, Conversation);
add({Settle, _, [Id, _, Outcome]}, At, Conversation) when Settle =:= settle; Settle =:= leave ->
    answered({future, Id}, Outcome, At, Conversation);
add({_Report, Pid, [_, _, Exception | _]}, At, Conversation) ->
    failed(Pid, Exception, At, Conversation);
add(_Other, _, Conversation) -> Conversation.

sent(_, _, {'$bt_reply', _, settled}, _, C) -> C;
sent(_, _, {'$bt_reply', Ref, Value}, At, C) -> answered({ref, Ref}, {ok, Value}, At, C);
sent(_, _, {'$bt_fault', Ref, _, Error}, At, C) -> answered({ref, Ref}, {error, Error}, At, C);
sent(Id, To, Message, At, C) when is_pid(To), is_tuple(Message) ->
    case kind(element(1, Message)) of
        none -> answered({gen, element(1, Message)}, {ok, last(Message)}, At, C);
        Kind -> asked(Id, To, Kind, bt_trace_reader:request(Message), At, C)
    end;
sent(_, _, Message, At, C) when tuple_size(Message) =:= 2 ->
    answered({gen, element(1, Message)}, {ok, last(Message)}, At, C);
sent(_, _, _, _, C) -> C.

last(Message) -> element(tuple_size(Message), Message).

kind('$bt_cast') -> cast;
kind('$bt_call') -> call;
kind('$bt_send') -> send;
kind('$gen_call') -> call;
kind('$gen_cast') -> cast;
kind(_) -> none.

asked(_, _, _, none, _, C) -> C;
asked(_, _, _, _, _, #conversation{steps = Steps} = C) when map_size(Steps) >= ?MOST -> cut(C);
asked({From, _} = Id, To, Kind, {Selector, Arguments, Key, _}, At, C0) ->
    C = #conversation{steps = Steps, handling = Handling, keys = Keys} = met(To, met(From, C0)),
    Step = #step{id = Id, parent = maps:get(From, Handling, none), kind = Kind, from = From,
                 to = To, selector = Selector, arguments = bt_trace_term:cut(Arguments),
                 sent = At},
    C#conversation{steps = Steps#{Id => Step}, keys = Keys#{Key => Id}}.

received(Id, To, At, #conversation{steps = Steps, handling = Handling} = C) ->
    case Steps of
        #{Id := #step{to = To} = Step} ->
            C#conversation{steps = Steps#{Id := Step#step{started = At}},
                           handling = Handling#{To => Id}};
        #{} -> C
    end.

answered(Key, Outcome, At, #conversation{keys = Keys} = C) ->
    case maps:take(Key, Keys) of
        {Id, Rest} -> came(Id, Outcome, At, C#conversation{keys = Rest});
        error -> C
    end.

%% Who answers a future has not answered yet: that future's value is the answer.
came(Id, {ok, {'$bt_future', _, _, _} = Future}, At, #conversation{keys = Keys} = C) ->
    case bt_future:tail(Future) of
        {pending, {'$bt_future', Later, _, _}} ->
            C#conversation{keys = Keys#{{future, Later} => Id}};
        {settled, Outcome} -> ended(Id, Outcome, At, C)
    end;
came(Id, Outcome, At, C) -> ended(Id, Outcome, At, C).

%% An error that is not an answer.
failed(Pid, Exception, At, #conversation{handling = Handling, steps = Steps} = C) ->
    case Handling of
        #{Pid := Id} when (map_get(Id, Steps))#step.kind =:= cast ->
            ended(Id, {error, Exception}, At, C);
        #{} -> C
    end.

ended(Id, {Tag, Value}, At, #conversation{steps = Steps} = C) ->
    #{Id := Step} = Steps,
    Ended = Step#step{ended = At, outcome = {Tag, bt_trace_term:cut(Value)}},
    C#conversation{steps = Steps#{Id := Ended}}.

%% The class is noted at once: of a dead actor nobody knows it.
met(Pid, #conversation{classes = Classes} = C) when is_map_key(Pid, Classes) -> C;
met(Pid, #conversation{classes = Classes} = C) ->
    C#conversation{classes = Classes#{Pid => {class(Pid), name(Pid)}}}.

class(Pid) when node(Pid) =:= node() -> bt_actor:class_of(Pid);
class(_) -> 'bt.stdlib.Actor'.

name(Pid) when node(Pid) =:= node() -> bt_registry:name_of(Pid);
name(_) -> nil.

%%% As values

%% @doc The messages that the block itself has sent, each an instance of ConversationStep with
%% those below it; `RootName' is what the block's process is called.
-spec steps(binary(), conversation()) -> [map()].
steps(RootName, #conversation{steps = Steps} = Conversation) ->
    Sorted = lists:sort(fun(A, B) -> {A#step.sent, A#step.id} =< {B#step.sent, B#step.id} end,
                        maps:values(Steps)),
    Names = names(RootName, Sorted, Conversation),
    Below = lists:foldr(fun(#step{parent = P} = S, Of) ->
                            maps:update_with(P, fun(Others) -> [S | Others] end, [S], Of)
                        end, #{}, Sorted),
    [instance(Step, Below, Names, Conversation) || Step <- maps:get(none, Below, [])].

instance(#step{id = Id} = Step, Below, Names, #conversation{started = Start} = Conversation) ->
    {Reply, Error} = case Step#step.outcome of
                         {ok, Value} -> {Value, nil};
                         {error, Exception} -> {nil, Exception};
                         none -> {nil, nil}
                     end,
    #{'$class' => 'bt.stdlib.ConversationStep', kind => Step#step.kind,
      from => Step#step.from, to => Step#step.to,
      fromName => map_get(Step#step.from, Names), toName => map_get(Step#step.to, Names),
      selector => Step#step.selector, arguments => Step#step.arguments,
      sent => since(Start, Step#step.sent), started => since(Start, Step#step.started),
      ended => since(Start, Step#step.ended), hasAnswer => Step#step.outcome =/= none,
      reply => Reply, error => Error,
      steps => [instance(S, Below, Names, Conversation) || S <- maps:get(Id, Below, [])]}.

since(_, nil) -> nil;
since(Start, At) -> erlang:convert_time_unit(At - Start, native, microsecond).

%% A registered name, or a number where a class has several actors here, in the order of their
%% appearance.
names(RootName, Sorted, #conversation{root = Root, classes = Classes}) ->
    Pids = unique(lists:append([[F, T] || #step{from = F, to = T} <- Sorted]) -- [Root], []),
    Of = fun(Pid) -> maps:get(Pid, Classes) end,
    Unnamed = [{element(1, Of(Pid)), Pid} || Pid <- Pids, element(2, Of(Pid)) =:= nil],
    Named = [{Pid, <<(bt_trace_reader:class_name(Class))/binary, " ",
                     (bt_print:print_string(Name))/binary>>}
             || Pid <- Pids, {Class, Name} <- [Of(Pid)], Name =/= nil],
    Numbered = [{Pid, numbered(Class, Pid, [P || {C, P} <- Unnamed, C =:= Class])}
                || {Class, Pid} <- Unnamed],
    maps:from_list([{Root, RootName} | Named ++ Numbered]).

numbered(Class, Pid, [Pid]) -> bt_trace_reader:class_name(Class);
numbered(Class, Pid, Pids) ->
    Number = length(lists:takewhile(fun(P) -> P =/= Pid end, Pids)) + 1,
    <<(bt_trace_reader:class_name(Class))/binary, " ", (integer_to_binary(Number))/binary>>.

unique([], Seen) -> lists:reverse(Seen);
unique([Pid | Rest], Seen) ->
    case lists:member(Pid, Seen) of
        true -> unique(Rest, Seen);
        false -> unique(Rest, [Pid | Seen])
    end.
