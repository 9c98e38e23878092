%% @doc The debugger: which actors have breakpoints, for whom, and which stand still.
%%
%% What happens in the actor is bt_breakpoint's. A breakpoint belongs to the process that has set
%% it, and goes with it: then the actor goes on.
-module(bt_debugger).
-behaviour(gen_server).

-export([start_link/0, break/3, unbreak/1, breakpoints/0, stopped/0, command/3, step/2, await/2]).
-export([stopped/3, useless/1, timed_out/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-include_lib("kernel/include/logger.hrl").

-type id() :: reference().
-type stop() :: #{actor := pid(), stop := reference(), breakpoint := id(), message := map(),
                  since := integer()}.

-record(breakpoint, {owner :: pid(), actors :: [pid()], condition :: term(),
                     ms :: pos_integer()}).

-record(state, {
    breakpoints = #{} :: #{id() => #breakpoint{}},
    stops = #{} :: #{pid() => stop()},
    %% Who wants to stop before the next message, whatever it is, and for whose breakpoint.
    steps = #{} :: #{pid() => id()},
    waiting = [] :: [{id(), gen_server:from()}],
    monitors = #{} :: #{pid() => reference()}
}).

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Sets a breakpoint of the calling process; an actor that it stops goes on by itself after so
%% many milliseconds.
-spec break([pid()], term(), pos_integer()) -> id().
break(Actors, Condition, Ms) ->
    gen_server:call(?MODULE, {break, Actors, Condition, Ms}, infinity).

%% @doc Takes a breakpoint away, or all of an actor, or all of the calling process. The actors that
%% it holds go on.
-spec unbreak(id() | pid() | own) -> ok.
unbreak(What) -> gen_server:call(?MODULE, {unbreak, What}, infinity).

%% @doc The breakpoints: who has set them, and in which actors.
-spec breakpoints() -> [{id(), Owner :: pid(), [pid()]}].
breakpoints() -> gen_server:call(?MODULE, breakpoints, infinity).

%% @doc The actors that stand still, the longest first.
-spec stopped() -> [stop()].
stopped() -> gen_server:call(?MODULE, stopped, infinity).

%% @doc Lets an actor go on; `any' whatever it stands before.
-spec command(pid(), reference() | any, bt_breakpoint:command()) -> ok | not_stopped.
command(Actor, Stop, Command) ->
    gen_server:call(?MODULE, {command, Actor, Stop, Command}, infinity).

%% @doc Lets it handle this one message, and stops it before the next one.
-spec step(pid(), reference() | any) -> ok | not_stopped.
step(Actor, Stop) -> gen_server:call(?MODULE, {step, Actor, Stop}, infinity).

%% @doc Waits until a breakpoint, or a step that began there, holds an actor.
-spec await(id(), timeout()) -> {ok, stop()} | gone | timeout.
await(Id, Ms) ->
    try gen_server:call(?MODULE, {await, Id}, Ms)
    catch exit:{timeout, _} -> timeout
    end.

%% @doc An actor says that it stands still.
-spec stopped(id(), reference(), map()) -> ok.
stopped(Id, Stop, Message) -> gen_server:cast(?MODULE, {stopped, self(), Id, Stop, Message}).

%% @doc An actor says that the block of a breakpoint fails.
-spec useless(id()) -> ok.
useless(Id) -> gen_server:cast(?MODULE, {useless, Id}).

%% @doc An actor says that it has stood still for long enough.
-spec timed_out(reference()) -> ok.
timed_out(Stop) -> gen_server:cast(?MODULE, {timed_out, self(), Stop}).

%%% The server

%% @private
-spec init([]) -> {ok, #state{}}.
init([]) -> {ok, #state{}}.

%% @private
-spec handle_call(term(), gen_server:from(), #state{}) ->
          {reply, term(), #state{}} | {noreply, #state{}}.
handle_call({break, Actors, Condition, Ms}, {Owner, _}, #state{breakpoints = All} = State) ->
    Id = make_ref(),
    New = #breakpoint{owner = Owner, actors = Actors, condition = Condition, ms = Ms},
    Set = lists:foldl(fun watch/2, State#state{breakpoints = All#{Id => New}}, [Owner | Actors]),
    tell(Actors, Set),
    {reply, Id, Set};
handle_call({unbreak, What}, {Caller, _}, #state{breakpoints = All} = State) ->
    Ids = [Id || {Id, Breakpoint} <- maps:to_list(All), is_meant(What, Caller, Id, Breakpoint)],
    {reply, ok, remove(Ids, State)};
handle_call(breakpoints, _From, #state{breakpoints = All} = State) ->
    {reply, [{Id, Owner, Actors} || {Id, #breakpoint{owner = Owner, actors = Actors}}
                                        <- maps:to_list(All)], State};
handle_call(stopped, _From, #state{stops = Stops} = State) ->
    Earlier = fun(#{since := A}, #{since := B}) -> A =< B end,
    {reply, lists:sort(Earlier, maps:values(Stops)), State};
handle_call({command, Actor, Stop, Command}, _From, State) ->
    case find(Actor, Stop, State) of
        none -> {reply, not_stopped, State};
        Found -> {reply, ok, release(Found, Command, State)}
    end;
handle_call({step, Actor, Stop}, _From, #state{steps = Steps} = State) ->
    case find(Actor, Stop, State) of
        none -> {reply, not_stopped, State};
        #{breakpoint := Id} = Found ->
            Stepping = State#state{steps = Steps#{Actor => Id}},
            tell([Actor], Stepping),
            {reply, ok, release(Found, continue, Stepping)}
    end;
handle_call({await, Id}, From, #state{stops = Stops, waiting = Waiting} = State) ->
    case {[S || #{breakpoint := B} = S <- maps:values(Stops), B =:= Id], is_live(Id, State)} of
        {[Stop | _], _} -> {reply, {ok, Stop}, State};
        {[], true} -> {noreply, State#state{waiting = [{Id, From} | Waiting]}};
        {[], false} -> {reply, gone, State}
    end.

%% @private
-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({stopped, Actor, Id, Stop, Message}, State) ->
    {noreply, note_stop(Actor, Id, Stop, Message, State)};
handle_cast({useless, Id}, State) -> {noreply, remove([Id], State)};
handle_cast({timed_out, Actor, Stop}, #state{stops = Stops} = State) ->
    case Stops of
        #{Actor := #{stop := Stop}} ->
            ?LOG_NOTICE("~ts goes on: nobody has told it to for too long", [name(Actor)]),
            {noreply, State#state{stops = maps:remove(Actor, Stops)}};
        #{} -> {noreply, State}
    end.

%% @private
-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({'DOWN', _, process, Pid, _}, State) -> {noreply, died(Pid, State)};
handle_info(_Message, State) -> {noreply, State}.

is_meant(own, Caller, _, #breakpoint{owner = Owner}) -> Owner =:= Caller;
is_meant(Actor, _, _, #breakpoint{actors = Actors}) when is_pid(Actor) ->
    lists:member(Actor, Actors);
is_meant(Id, _, Own, _) -> Id =:= Own.

%% Not if all actors are dead.
is_live(Id, #state{breakpoints = All}) ->
    case All of
        #{Id := #breakpoint{actors = [_ | _]}} -> true;
        #{} -> false
    end.

%%% Stops

%% The breakpoint may have been removed while the actor was on its way to it, or have been that of
%% a debugger that has crashed.
note_stop(Actor, Id, Stop, Message, #state{breakpoints = All, steps = Steps} = State) ->
    Seen = #{actor => Actor, stop => Stop, breakpoint => Id, message => Message,
             since => erlang:system_time(millisecond)},
    Stopped = State#state{stops = (State#state.stops)#{Actor => Seen},
                          steps = maps:remove(Actor, Steps)},
    case is_map_key(Id, All) of
        false ->
            tell([Actor], Stopped),
            release(Seen, continue, Stopped);
        true ->
            tell([Actor], Stopped),
            ?LOG_NOTICE("~ts stands before ~ts: Debug stopped",
                        [name(Actor), bt_print:print_string(maps:get(selector, Message))]),
            answer_waiting(Id, {ok, Seen}, Stopped)
    end.

answer_waiting(Id, Answer, #state{waiting = Waiting} = State) ->
    {Its, Others} = lists:partition(fun({Of, _}) -> Of =:= Id end, Waiting),
    [gen_server:reply(From, Answer) || {_, From} <- Its],
    State#state{waiting = Others}.

find(Actor, Stop, #state{stops = Stops}) ->
    case Stops of
        #{Actor := Found} when Stop =:= any; Stop =:= map_get(stop, Found) -> Found;
        #{} -> none
    end.

release(#{actor := Actor, stop := Stop}, Command, #state{stops = Stops} = State) ->
    Actor ! {'$bt_debug', Stop, Command},
    State#state{stops = maps:remove(Actor, Stops)}.

%%% Breakpoints

%% Each actor knows its own.
tell(Actors, State) -> [Actor ! {'$bt_break', of_actor(Actor, State)} || Actor <- Actors].

of_actor(Actor, #state{breakpoints = All, steps = Steps}) ->
    Own = [{Id, Condition, Ms} || {Id, #breakpoint{actors = Actors, condition = Condition, ms = Ms}}
                                      <- maps:to_list(All), lists:member(Actor, Actors)],
    case Steps of
        #{Actor := Id} when is_map_key(Id, All) ->
            [{Id, any, (map_get(Id, All))#breakpoint.ms} | Own];
        #{} -> Own
    end.

remove(Ids, #state{breakpoints = All, stops = Stops, steps = Steps} = State) ->
    Actors = lists:append([Of || #breakpoint{actors = Of} <- maps:values(maps:with(Ids, All))]),
    Left = State#state{breakpoints = maps:without(Ids, All),
                       steps = maps:filter(fun(_, Id) -> not lists:member(Id, Ids) end, Steps)},
    tell(lists:usort(Actors), Left),
    Held = [Stop || #{breakpoint := Id} = Stop <- maps:values(Stops), lists:member(Id, Ids)],
    Freed = lists:foldl(fun(Stop, S) -> release(Stop, continue, S) end, Left, Held),
    lists:foldl(fun(Id, S) -> answer_waiting(Id, gone, S) end, Freed, Ids).

watch(Pid, #state{monitors = Monitors} = State) when is_map_key(Pid, Monitors) -> State;
watch(Pid, #state{monitors = Monitors} = State) ->
    State#state{monitors = Monitors#{Pid => erlang:monitor(process, Pid)}}.

died(Pid, #state{breakpoints = All, stops = Stops, steps = Steps, monitors = Monitors} = State) ->
    Its = [Id || {Id, #breakpoint{owner = Owner}} <- maps:to_list(All), Owner =:= Pid],
    Bereft = maps:map(fun(_, #breakpoint{actors = Actors} = B) ->
                          B#breakpoint{actors = lists:delete(Pid, Actors)}
                      end, All),
    Left = State#state{breakpoints = Bereft, stops = maps:remove(Pid, Stops),
                       steps = maps:remove(Pid, Steps), monitors = maps:remove(Pid, Monitors)},
    Empty = [Id || {Id, #breakpoint{actors = []}} <- maps:to_list(Bereft)],
    lists:foldl(fun(Id, S) -> answer_waiting(Id, gone, S) end, remove(Its, Left), Empty).

name(Actor) -> bt_print:print_string(Actor).
