%% @doc Primitives of Trace.
-module(bt_prim_trace).

-export([on/4, off/1, off/0, events/0, clear/0, messages_of/1]).

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

few(Actors) when length(Actors) =< ?MOST_ACTORS -> Actors;
few(Actors) ->
    raise(too_many_actors, io_lib:format("~b actors cannot be traced at once", [length(Actors)]),
          io_lib:format("trace some of them, at most ~b", [?MOST_ACTORS])).

actor(Actor) when is_pid(Actor), node(Actor) =/= node() ->
    raise(remote_actor, [bt_print:print_string(Actor), <<" is on another node">>],
          <<"trace it there">>);
actor(Actor) when is_pid(Actor) ->
    case process_info(Actor, initial_call) of
        undefined -> erlang:error(bt_fault:actor_died(Actor, unknown, noproc));
        {initial_call, {_, '$start', 1}} -> Actor;
        _ -> expected(<<"an actor or a class of actors">>, Actor)
    end;
actor(Other) -> expected(<<"an actor or a class of actors">>, Other).

filter(nil) -> all;
filter(Selector) when is_atom(Selector) -> {selectors, [Selector]};
filter(Block) when is_function(Block, 1) -> {block, bt_cell:copy(Block)};
filter([_ | _] = Selectors) ->
    lists:all(fun is_selector/1, Selectors) orelse expected(pattern(), Selectors),
    {selectors, Selectors};
filter(Other) -> expected(pattern(), Other).

is_selector(Selector) -> is_atom(Selector) andalso Selector =/= nil.

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
expected(What, Got) -> erlang:error(bt_fault:type_error(What, Got)).

-spec raise(atom(), iodata(), iodata()) -> no_return().
raise(Kind, Message, Hint) ->
    bt_error:raise('bt.stdlib.Error', #{kind => Kind,
                                        message => unicode:characters_to_binary(Message),
                                        hint => unicode:characters_to_binary(Hint)}).
