%% @doc Primitives of Trace.
-module(bt_prim_trace).

-export([on/4, off/1, off/0, events/0, clear/0, messages_of/1, conversation/2]).
-export([actors/1, filter/1, pattern/0]).

-define(EVENTS, 10000).
-define(PER_SECOND, 20000).
%% More actors at once could not be followed without harm.
-define(MOST_ACTORS, 1000).

%% @doc Begins a trace of an actor, a List of actors, or a class; answers what is traced. The filter
%% may be nil, a selector, a List of selectors or a block; the listener nil (to print) or a block.
-spec on(term(), term(), term(), term()) -> term().
on(Target0, Filter, Listener, Limits) ->
    Target = bt_op:touch(Target0),
    Wish = maps:merge(limits(bt_op:touch(Limits)), #{filter => filter(bt_op:touch(Filter))}),
    begin_trace(target(Target), listener(bt_op:touch(Listener)), Wish),
    Target.

begin_trace(Target, Listener, Wish) ->
    case bt_trace:on(Target, Listener, Wish) of
        ok -> ok;
        {error, {traced, Actor, Tracer}} ->
            Text = [bt_print:print_string(Actor), <<" is traced already, by ">>,
                    bt_trace_term:text(Tracer)],
            raise(already_traced, Text, <<"Erlang has one tracer for a process: dbg, observer or ",
                                          "Trace">>)
    end.

%% @doc Ends the traces of an actor or a class that this process has begun.
-spec off(term()) -> nil.
off(Target0) ->
    case bt_op:touch(Target0) of
        #{'$class' := 'bt.stdlib.Class', module := Module} -> bt_trace:off(Module);
        Pid when is_pid(Pid) -> bt_trace:off(Pid);
        List when is_list(List) -> lists:foreach(fun off/1, List);
        Other -> expected(<<"an actor or a class of actors">>, Other)
    end,
    nil.

%% @doc Ends all traces that this process has begun.
-spec off() -> nil.
off() ->
    bt_trace:off(all),
    nil.

%% @doc The latest events of this process's traces, the oldest first.
-spec events() -> [map()].
events() -> bt_trace:events().

%% @doc Forgets them.
-spec clear() -> nil.
clear() ->
    bt_trace:clear(),
    nil.

%% @doc The recorded messages to and from an actor. One that is not traced yet is from now on.
-spec messages_of(term()) -> [map()].
messages_of(Actor0) ->
    case bt_op:touch(Actor0) of
        Actor when is_pid(Actor) ->
            bt_trace:is_on(Actor) orelse is_process_dead(Actor) orelse watch_messages(Actor),
            [Event || #{actor := A, kind := Kind} = Event <- bt_trace:events(), A =:= Actor,
                      lists:member(Kind, [received, sent, replied, failed])];
        Other -> expected(<<"an actor">>, Other)
    end.

%% What is known of an actor can be asked after its death.
is_process_dead(Actor) -> node(Actor) =:= node() andalso not is_process_alive(Actor).

watch_messages(Actor) ->
    begin_trace(target(Actor), keep, (limits(nil))#{filter => messages}).

%%% Arguments

target(#{'$class' := 'bt.stdlib.Class', module := Module} = Class) ->
    bt_class:kind(Module) =:= actor
        orelse expected(<<"an actor or a class of actors">>, Class),
    Live = lists:append([bt_prim_behaviour:instances(C)
                         || C <- [Class | bt_prim_behaviour:all_subclasses(Class)]]),
    {class, Module, few(Live)};
target(Actors) when is_list(Actors), Actors =/= [] ->
    few(lists:map(fun(Actor) -> actor(bt_op:touch(Actor)) end, Actors));
target(Actor) -> [actor(Actor)].

%% @doc The actors that are meant by an actor, a List of actors or a class.
-spec actors(term()) -> [pid()].
actors(Target) ->
    case target(Target) of
        {class, _, Actors} -> Actors;
        Actors -> Actors
    end.

few(Actors) when length(Actors) =< ?MOST_ACTORS -> Actors;
few(Actors) ->
    raise(too_many_actors, io_lib:format("~b actors cannot be traced at once", [length(Actors)]),
          io_lib:format("trace some of them, at most ~b", [?MOST_ACTORS])).

actor(Actor) when is_pid(Actor), node(Actor) =/= node() ->
    raise(remote_actor, [bt_print:print_string(Actor), <<" is on another node">>],
          <<"trace it there">>);
actor(Actor) when is_pid(Actor) ->
    case process_info(Actor, initial_call) of
        undefined -> bt_error:raise(bt_fault:actor_died(Actor, unknown, noproc));
        {initial_call, {_, '$start', 1}} -> Actor;
        _ -> expected(<<"an actor or a class of actors">>, Actor)
    end;
actor(Other) -> expected(<<"an actor or a class of actors">>, Other).

%% @doc What is meant by a pattern.
-spec filter(term()) -> bt_trace_session:filter().
filter(nil) -> all;
filter(Selector) when is_atom(Selector) -> {selectors, [Selector]};
filter(Block) when is_function(Block, 1) -> {block, bt_cell:copy(Block)};
filter([_ | _] = Selectors) ->
    lists:all(fun is_selector/1, Selectors) orelse expected(pattern(), Selectors),
    {selectors, Selectors};
filter(Other) -> expected(pattern(), Other).

is_selector(Selector) -> is_atom(Selector) andalso Selector =/= nil.

%% @doc What a pattern may be.
-spec pattern() -> binary().
pattern() -> <<"a selector, a List of selectors or a block with one parameter">>.

listener(nil) -> print;
listener(Block) when is_function(Block, 1) -> Block;
listener(Other) -> expected(<<"a block with one parameter">>, Other).

limits(nil) -> limits(#{});
limits(Limits) when is_map(Limits), not is_map_key('$class', Limits) ->
    [expected(<<"#events or #perSecond as a limit">>, Key)
     || Key <- maps:keys(Limits), Key =/= events, Key =/= perSecond],
    #{most => limit(maps:get(events, Limits, ?EVENTS)),
      per_second => limit(maps:get(perSecond, Limits, ?PER_SECOND))};
limits(Other) -> expected(<<"a Dictionary of limits">>, Other).

limit(Count) when is_integer(Count), Count > 0 -> Count;
limit(Other) -> expected(<<"a positive Integer">>, Other).

-spec expected(binary(), term()) -> no_return().
expected(What, Got) -> bt_error:raise(bt_fault:type_error(What, Got)).

-spec raise(atom(), iodata(), iodata()) -> no_return().
raise(Kind, Message, Hint) ->
    bt_error:raise('bt.stdlib.Error', #{kind => Kind,
                                        message => unicode:characters_to_binary(Message),
                                        hint => unicode:characters_to_binary(Hint)}).

%%% Conversations

%% @doc Runs the block and answers an instance of Conversation: all messages that it has caused, in
%% whatever actors. Waits until they are handled, for so many milliseconds at most.
-spec conversation(term(), term()) -> map().
conversation(Block, Ms) when is_function(Block, 0), is_integer(Ms), Ms >= 0 ->
    Former = seq_trace:get_token(),
    case bt_conversations:start() of
        {ok, Label} -> converse(Label, Former, Block, Ms);
        {error, {busy, Other}} ->
            raise(already_traced, [<<"messages are traced already, by ">>,
                                   bt_trace_term:text(Other)],
                  <<"Erlang has one tracer of sequences for a node">>)
    end;
conversation(Block, Ms) when is_function(Block, 0) ->
    expected(<<"milliseconds">>, Ms);
conversation(Other, _) -> expected(<<"a block without parameters or an actor">>, Other).

converse(Label, Former, Block, Ms) ->
    Started = erlang:monotonic_time(),
    Outcome = marked(Label, Block),
    Deadline = bt_wait:deadline(Ms),
    IsQuiet = wait_for_silence(Label, Deadline),
    Conversation = bt_conversations:finish(Label),
    {Pids, _} = bt_conversation:participants(Conversation),
    lists:foreach(fun unmark/1, Pids),
    _ = seq_trace:set_token(Former),
    instance(Conversation, Outcome, Started, IsQuiet).

%% The block's value is waited for here, so that its answer belongs to the conversation.
marked(Label, Block) ->
    bt_conversations:join(Label, 0),
    try bt_op:touch(Block()) of
        Value -> {Value, nil}
    catch
        Class:Reason:Stack -> {nil, bt_error:wrap(Class, Reason, Stack)}
    after
        seq_trace:set_token([])
    end.

%% Until all messages have arrived and everybody waits for another one.
wait_for_silence(Label, Deadline) ->
    erlang:yield(),
    {Pids, OnTheirWay} = bt_conversations:participants(Label),
    case OnTheirWay =:= 0 andalso lists:all(fun is_idle/1, Pids) of
        true -> true;
        false ->
            case bt_wait:left(Deadline) of
                0 -> false;
                _ ->
                    timer:sleep(1),
                    wait_for_silence(Label, Deadline)
            end
    end.

is_idle(Pid) when node(Pid) =/= node() -> true;
is_idle(Pid) ->
    case process_info(Pid, [status, current_function, initial_call]) of
        undefined -> true;
        [{status, Status}, {current_function, {Module, _, _}}, {initial_call, {_, Start, 1}}]
          when Start =:= '$start' ->
            Status =:= waiting andalso Module =:= bt_actor_loop;
        _ -> true
    end.

%% An actor keeps the token until it takes a message without one.
unmark(Pid) ->
    case node(Pid) =:= node() andalso process_info(Pid, initial_call) of
        {initial_call, {_, '$start', 1}} -> Pid ! '$bt_tick', ok;
        _ -> ok
    end.

instance(Conversation, {Value, Error}, Started, IsQuiet) ->
    Duration = erlang:monotonic_time() - Started,
    Name = case bt_actor:current() of
               nil -> <<"main">>;
               Self -> bt_print:class_name(bt_actor:class_of(Self))
           end,
    #{'$class' => 'bt.stdlib.Conversation', value => Value, error => Error, root => Name,
      steps => bt_conversation:steps(Name, Conversation),
      duration => erlang:convert_time_unit(Duration, native, microsecond),
      isComplete => IsQuiet andalso bt_conversation:is_complete(Conversation)}.
