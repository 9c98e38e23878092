%% @doc Primitives of Debug: breakpoints, deadlocks, stacks.
-module(bt_prim_debug).

-export([break/3, unbreak/1, unbreak/0, breakpoints/0, stopped/0, stopped_at/1]).
-export([command/3, replace/4, step/2, await/2, stack/1, deadlocks/0]).

-include("bt.hrl").

-define(LONGEST_MS, 3600000).

%% @doc Sets a breakpoint in an actor, a List of actors, or all live actors of a class.
-spec break(term(), term(), term()) -> map().
break(Condition, Target, Ms) ->
    Actors = bt_prim_trace:actors(bt_op:touch(Target)),
    Id = bt_debugger:break(Actors, condition(bt_op:touch(Condition)), limit(bt_op:touch(Ms))),
    breakpoint(Id, Actors).

breakpoint(Id, Actors) ->
    #{'$class' => 'bt.stdlib.Breakpoint', id => Id, actors => Actors}.

condition(Block) when is_function(Block, 1) -> {block, bt_cell:copy(Block)};
condition(Other) ->
    case bt_prim_trace:filter(Other) of
        {selectors, _} = Selectors -> Selectors;
        _ -> expected(bt_prim_trace:pattern(), Other)
    end.

limit(Ms) when is_integer(Ms), Ms > 0, Ms =< ?LONGEST_MS -> Ms;
limit(Other) -> expected(<<"milliseconds up to an hour">>, Other).

%% @doc Takes a breakpoint away, or all of an actor.
-spec unbreak(term()) -> nil.
unbreak(What0) ->
    What = bt_op:touch(What0),
    is_reference(What) orelse is_pid(What) orelse expected(<<"an actor">>, What),
    bt_debugger:unbreak(What),
    nil.

%% @doc Takes all breakpoints of this process away.
-spec unbreak() -> nil.
unbreak() ->
    bt_debugger:unbreak(own),
    nil.

%% @doc The breakpoints of this process.
-spec breakpoints() -> [map()].
breakpoints() ->
    [breakpoint(Id, Actors) || {Id, Owner, Actors} <- bt_debugger:breakpoints(), Owner =:= self()].

%% @doc The actors that stand still.
-spec stopped() -> [map()].
stopped() -> [stop(Stop) || Stop <- bt_debugger:stopped()].

%% @doc Those that a breakpoint has stopped.
-spec stopped_at(reference()) -> [map()].
stopped_at(Id) ->
    [stop(Stop) || #{breakpoint := Of} = Stop <- bt_debugger:stopped(), Of =:= Id].

stop(#{actor := Actor, stop := Stop, breakpoint := Id, message := Message, since := Since}) ->
    #{'$class' => 'bt.stdlib.StoppedActor', actor => Actor, id => Stop, message => Message,
      breakpoint => Id, since => Since}.

%% @doc `continue' or `drop'.
-spec command(term(), reference() | any, continue | drop) -> pid().
command(Actor0, Stop, Command) ->
    Actor = actor(Actor0),
    done(bt_debugger:command(Actor, Stop, Command), Actor).

%% @doc Has the actor handle another message instead.
-spec replace(term(), reference() | any, term(), term()) -> pid().
replace(Actor0, Stop, Selector, Arguments0) ->
    Actor = actor(Actor0),
    Arguments = bt_send:call(bt_op:touch(Arguments0), asList),
    Other = bt_send:check_selector(Actor, bt_op:touch(Selector), Arguments),
    Replace = {replace, Other, bt_cell:copy(Arguments)},
    done(bt_debugger:command(Actor, Stop, Replace), Actor).

%% @doc Has the actor handle this message, and stop before the next one.
-spec step(term(), reference() | any) -> pid().
step(Actor0, Stop) ->
    Actor = actor(Actor0),
    done(bt_debugger:step(Actor, Stop), Actor).

done(ok, Actor) -> Actor;
done(not_stopped, Actor) ->
    raise(not_stopped, [bt_print:print_string(Actor), <<" does not stand still">>],
          <<"Debug stopped lists those that do">>).

%% @doc Waits until a breakpoint stops an actor, and answers a StoppedActor.
-spec await(reference(), term()) -> map().
await(Id, Ms) when is_integer(Ms), Ms >= 0, Ms < 1 bsl 32 ->
    case bt_debugger:await(Id, Ms) of
        {ok, Stop} -> stop(Stop);
        timeout -> bt_error:raise(bt_fault:timeout(nil, Ms));
        gone -> raise(not_stopped, <<"the breakpoint is gone, or its actors are dead">>, <<>>)
    end;
await(_, Ms) -> expected(<<"milliseconds">>, Ms).

%% @doc The methods that a process is in, innermost first.
-spec stack(term()) -> [bt_stack:frame()].
stack(Actor0) ->
    case bt_op:touch(Actor0) of
        Actor when is_pid(Actor), node(Actor) =:= node() ->
            case process_info(Actor, current_stacktrace) of
                {current_stacktrace, Stack} -> bt_stack:frames(Stack);
                undefined -> bt_error:raise(bt_fault:actor_died(Actor, unknown, noproc))
            end;
        Other -> expected(<<"an actor of this node">>, Other)
    end.

%% @doc The rings of processes that wait for each other, each a List of PendingWaits.
-spec deadlocks() -> [[map()]].
deadlocks() -> bt_deadlock:rings().

actor(Actor0) ->
    case bt_op:touch(Actor0) of
        Actor when is_pid(Actor) -> Actor;
        Other -> expected(<<"an actor">>, Other)
    end.

-spec expected(binary(), term()) -> no_return().
expected(What, Got) -> bt_error:raise(bt_fault:type_error(What, Got)).

-spec raise(atom(), iodata(), binary()) -> no_return().
raise(Kind, Message, Hint) ->
    bt_error:raise('bt.stdlib.Error', #{kind => Kind, message => iolist_to_binary(Message),
                                        hint => case Hint of <<>> -> nil; _ -> Hint end}).
