%% @doc The tracer: the one process that Erlang's trace messages about actors go to.
%%
%% A trace is Erlang's own: flags of the traced processes, and breakpoints on the functions that
%% say what an actor does (the methods of its class, `put' of its variables, the settling of
%% futures). With no trace there are neither, so tracing costs nothing until somebody asks.
%% Who sent a message is not in it; a meta breakpoint on bt_actor's sending functions tells.
%%
%% What the messages mean is for bt_trace_reader; the events go to the sessions (bt_trace_session)
%% of those who asked. The tracer must never become a danger itself: it looks at its own mailbox
%% and those of the sessions, counts what each trace makes in a second, and ends traces that are
%% too much.
-module(bt_tracer).
-behaviour(gen_server).

-export([create_tables/0, start_link/0, add/1, remove/1, sync/0, loaded/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export_type([order/0]).

%% What a session asks for. `class': besides the actors, those of the class that start later.
-type order() :: #{trace := reference(), session := pid(), actors := [pid()],
                   class := module() | nil, per_second := pos_integer()}.

-record(trace, {
    order :: order(),
    second = 0 :: integer(),
    %% Trace messages of this second.
    count = 0 :: non_neg_integer()
}).

-record(state, {
    traces = #{} :: #{reference() => #trace{}},
    actors = #{} :: #{pid() => {bt_trace_reader:actor(), [reference()]}},
    waiting = #{} :: #{reference() => gen_server:from()},
    %% Trace messages since the mailboxes were last looked at.
    unseen = 0 :: non_neg_integer()
}).

%% The functions with a breakpoint: what a restarted tracer has to take back.
-define(TABLE, ?MODULE).
-define(LOOK_EVERY, 128).
-define(LONGEST_QUEUE, 20000).
%% Words; the last resort if the mailbox grows faster than it can be looked at.
-define(LARGEST_HEAP, 64 * 1024 * 1024).
%% A breakpoint that tells more receivers apart than this would slow down every send.
-define(MANY_ACTORS, 64).
-define(FLAGS, [call, 'receive', send, procs, monotonic_timestamp]).
-define(SENDERS, [{bt_actor, send, 3}, {bt_actor, cast, 3}, {bt_actor, call, 3}]).
-define(BIRTH, {bt_actor_start, init, 2}).

%% @doc The caller owns the table.
-spec create_tables() -> ok.
create_tables() ->
    ?TABLE = ets:new(?TABLE, [named_table, public]),
    ok.

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Begins a trace, unless one of the actors is traced by somebody else.
-spec add(order()) -> ok | {error, {traced, pid(), term()}}.
add(Order) -> gen_server:call(?MODULE, {add, Order}, infinity).

%% @doc Ends a trace.
-spec remove(reference()) -> ok.
remove(Trace) -> gen_server:call(?MODULE, {remove, Trace}, infinity).

%% @doc Returns when the sessions have all events of what has happened until now.
-spec sync() -> ok.
sync() -> gen_server:call(?MODULE, sync, infinity).

%% @doc A module has been loaded: its breakpoints are gone with the old code.
-spec loaded(module()) -> ok.
loaded(Module) ->
    case ets:info(?TABLE, size) of
        Size when is_integer(Size), Size > 0 -> gen_server:cast(?MODULE, {loaded, Module});
        _ -> ok
    end.

%%% The server

%% @private
-spec init([]) -> {ok, #state{}}.
init([]) ->
    process_flag(priority, high),
    process_flag(trap_exit, true),
    process_flag(max_heap_size, #{size => ?LARGEST_HEAP, kill => true, error_logger => true}),
    %% What is not loaded yet gets no breakpoints.
    ok = code:ensure_modules_loaded([bt_actor, bt_actor_start, bt_future_store, bt_report]),
    clear(),
    {ok, #state{}}.

%% @private
-spec handle_call(term(), gen_server:from(), #state{}) ->
          {reply, term(), #state{}} | {noreply, #state{}}.
handle_call({add, Order}, _From, State) ->
    %% The breakpoints come first: an actor with flags must not do anything unseen.
    Begun = set_breakpoints(begin_trace(Order, State)),
    case flag_all(Order, State) of
        ok -> {reply, ok, Begun};
        {error, _} = Error -> {reply, Error, set_breakpoints(State)}
    end;
handle_call({remove, Trace}, _From, State) ->
    {reply, ok, set_breakpoints(end_trace(Trace, State))};
handle_call(sync, From, #state{waiting = Waiting} = State) ->
    Ref = erlang:trace_delivered(all),
    {noreply, State#state{waiting = Waiting#{Ref => From}}}.

%% @private
-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({loaded, Module}, State) ->
    true = ets:match_delete(?TABLE, {{Module, '_', '_'}, '_', '_'}),
    {noreply, set_breakpoints(State)}.

%% @private
-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({trace_delivered, all, Ref}, #state{waiting = Waiting} = State) ->
    {From, Rest} = maps:take(Ref, Waiting),
    Flushed = lists:foldl(fun flush/2, State, maps:keys(State#state.actors)),
    gen_server:reply(From, ok),
    {noreply, Flushed#state{waiting = Rest}};
%% Of a meta breakpoint: those stamp in the old way.
handle_info({trace_ts, Sender, call, {bt_actor, _, [To, Selector, Arguments]}, {_, _, _}},
            State) ->
    {noreply, look(heard(Sender, To, Selector, Arguments, State))};
handle_info({trace_ts, Pid, call, {bt_actor_start, init, [Facade, _]}, {_, _, _}}, State) ->
    {noreply, look(born(Pid, Facade, State))};
handle_info(Message, State) when element(1, Message) =:= trace_ts ->
    {noreply, look(happened(element(2, Message), Message, State))};
handle_info({'DOWN', _, process, Session, _}, State) ->
    {noreply, set_breakpoints(session_ended(Session, State))};
handle_info(_Message, State) ->
    {noreply, State}.

%% @private
-spec terminate(term(), #state{}) -> ok.
terminate(_Reason, _State) -> clear().

%%% Traces

begin_trace(#{trace := Trace, session := Session, actors := Actors} = Order, State) ->
    erlang:monitor(process, Session),
    Traces = (State#state.traces)#{Trace => #trace{order = Order}},
    Follow = fun(Pid, Following) -> follow(Pid, [Trace], Following) end,
    lists:foldl(Follow, State#state{traces = Traces}, Actors).

%% All or none.
flag_all(#{actors := Actors}, State) ->
    flag_each([Pid || Pid <- Actors, not is_map_key(Pid, State#state.actors)], []).

flag_each([], _) -> ok;
flag_each([Pid | Rest], Flagged) ->
    try erlang:trace(Pid, true, ?FLAGS) of
        _ -> flag_each(Rest, [Pid | Flagged])
    catch
        error:badarg ->
            case erlang:trace_info(Pid, tracer) of
                %% It is dead: there will be nothing to tell.
                undefined -> flag_each(Rest, Flagged);
                {tracer, Other} ->
                    lists:foreach(fun unflag/1, Flagged),
                    {error, {traced, Pid, Other}}
            end
    end.

unflag(Pid) ->
    try erlang:trace(Pid, false, [all]) catch error:badarg -> 0 end.

follow(Pid, Traces, #state{actors = Actors} = State) ->
    {Actor, Others} = case Actors of
                          #{Pid := Known} -> Known;
                          #{} -> {bt_trace_reader:new(Pid), []}
                      end,
    State#state{actors = Actors#{Pid => {Actor, lists:usort(Traces ++ Others)}}}.

end_trace(Trace, #state{traces = Traces, actors = Actors} = State) ->
    Unfollow = fun(Pid, {Actor, Of}) -> unfollow(Pid, Actor, lists:delete(Trace, Of)) end,
    Left = maps:filtermap(Unfollow, Actors),
    State#state{traces = maps:remove(Trace, Traces), actors = Left}.

unfollow(Pid, _Actor, []) ->
    unflag(Pid),
    false;
unfollow(_Pid, Actor, Traces) -> {true, {Actor, Traces}}.

session_ended(Session, #state{traces = Traces} = State) ->
    Its = [Trace || {Trace, #trace{order = #{session := S}}} <- maps:to_list(Traces),
                    S =:= Session],
    lists:foldl(fun end_trace/2, State, Its).

%% The trace does harm: it ends by itself, and says why.
stop_trace(Trace, Reason, #state{traces = Traces} = State) ->
    case Traces of
        #{Trace := #trace{order = #{session := Session}}} ->
            Session ! {bt_trace_stopped, Trace, Reason},
            set_breakpoints(end_trace(Trace, State));
        #{} -> State
    end.

%%% Trace messages

heard(Sender, To, Selector, Arguments, #state{actors = Actors} = State) ->
    case Actors of
        #{To := {Actor, Traces}} ->
            Heard = bt_trace_reader:heard(Sender, Selector, Arguments, Actor),
            State#state{actors = Actors#{To => {Heard, Traces}}};
        #{} -> State
    end.

%% An actor has been started; the breakpoint has set its flags.
born(Pid, Facade, #state{traces = Traces} = State) ->
    Wanted = [Trace || {Trace, #trace{order = #{class := Class}}} <- maps:to_list(Traces),
                       Class =/= nil, is_below(Facade, Class)],
    case Wanted of
        [] ->
            unflag(Pid),
            State;
        _ -> set_breakpoints(follow(Pid, Wanted, State))
    end.

is_below(Facade, Class) -> lists:member(Class, bt_class:chain(Facade)).

happened(Pid, Message, State) ->
    happens(Pid, fun(Actor) -> bt_trace_reader:read(Message, Actor) end, State).

flush(Pid, State) -> happens(Pid, fun bt_trace_reader:flush/1, State).

happens(Pid, Read, #state{actors = Actors} = State) ->
    case Actors of
        #{Pid := {Actor, Traces}} ->
            {Events, Next} = Read(Actor),
            Told = State#state{actors = Actors#{Pid => {Next, Traces}}},
            Linked = lists:foldl(fun link_sent/2, Told, Events),
            buried(Pid, Events, tell(Events, Traces, Linked));
        #{} -> State
    end.

%% What a traced actor sends to another one: who receives it then knows which event it was.
link_sent(#{kind := sent, to := To, actor := From, selector := Selector, id := Id},
          #state{actors = Actors} = State) ->
    case Actors of
        #{To := {Actor, Traces}} ->
            Linked = bt_trace_reader:sent(From, Selector, Id, Actor),
            State#state{actors = Actors#{To => {Linked, Traces}}};
        #{} -> State
    end;
link_sent(_Event, State) -> State.

buried(Pid, Events, #state{actors = Actors} = State) ->
    case lists:any(fun(#{kind := Kind}) -> Kind =:= ended end, Events) of
        true -> State#state{actors = maps:remove(Pid, Actors)};
        false -> State
    end.

tell(Events, Traces, State) ->
    lists:foldl(fun(Trace, S) -> tell_one(Trace, Events, S) end, State, Traces).

tell_one(Trace, Events, #state{traces = Traces} = State) ->
    #{Trace := #trace{order = #{session := Session, per_second := Most}} = Known} = Traces,
    [Session ! {bt_trace_event, Trace, Event} || Event <- Events],
    Counted = count(Known, erlang:monotonic_time(second)),
    Next = State#state{traces = Traces#{Trace := Counted}},
    case Counted#trace.count > Most of
        true -> stop_trace(Trace, rate, Next);
        false -> Next
    end.

count(#trace{second = Second, count = Count} = Trace, Second) -> Trace#trace{count = Count + 1};
count(Trace, Second) -> Trace#trace{second = Second, count = 1}.

%%% Self-defence

look(#state{unseen = Unseen} = State) when Unseen < ?LOOK_EVERY ->
    State#state{unseen = Unseen + 1};
look(#state{traces = Traces} = State) ->
    Calm = State#state{unseen = 0},
    case is_long(self()) of
        true -> lists:foldl(fun(T, S) -> stop_trace(T, queue, S) end, Calm, maps:keys(Traces));
        false ->
            Slow = [T || {T, #trace{order = #{session := Session}}} <- maps:to_list(Traces),
                         is_long(Session)],
            lists:foldl(fun(T, S) -> stop_trace(T, queue, S) end, Calm, Slow)
    end.

is_long(Pid) ->
    case process_info(Pid, message_queue_len) of
        {_, Length} -> Length > ?LONGEST_QUEUE;
        undefined -> false
    end.

%%% Breakpoints

%% Each is a row {Function, Kind, Match specification}; those that differ from what is wanted are
%% set anew, those that are not wanted are taken back.
set_breakpoints(State) ->
    Wanted = breakpoints(State),
    [unset(Row) || {Function, _, _} = Row <- ets:tab2list(?TABLE),
                   not lists:keymember(Function, 1, Wanted)],
    [set(Row) || {Function, _, _} = Row <- Wanted, ets:lookup(?TABLE, Function) =/= [Row]],
    State.

set({Function, Kind, Specification} = Row) ->
    ets:insert(?TABLE, Row),
    erlang:trace_pattern(Function, Specification, options(Kind)).

unset({Function, Kind, _}) ->
    ets:delete(?TABLE, Function),
    erlang:trace_pattern(Function, false, case Kind of meta -> [meta]; _ -> options(Kind) end).

%% Local breakpoints go together with the meta ones of bt_conversations.
options(meta) -> [{meta, self()}];
options(local) -> [local];
options(call) -> [].

%% Of a tracer that has crashed.
clear() -> lists:foreach(fun unset/1, ets:tab2list(?TABLE)).

breakpoints(#state{traces = Traces}) when map_size(Traces) =:= 0 -> [];
breakpoints(#state{traces = Traces, actors = Actors}) ->
    Classes = [Class || #trace{order = #{class := Class}} <- maps:values(Traces), Class =/= nil],
    Facades = lists:usort(Classes ++ [bt_trace_reader:class(A) || {A, _} <- maps:values(Actors)]),
    lists:usort(methods(Facades)) ++ [variables(Facades) | runtime()] ++ senders(Actors)
        ++ births(Classes).

methods(Facades) ->
    Told = [{'_', [], [{exception_trace}]}],
    [{{Class, Function, Arity + 1}, call, Told}
     || Facade <- Facades, Class <- user_chain(Facade),
        #{function := Function, arity := Arity, side := instance} <- bt_class:methods(Class)].

%% What every actor has from the library is of no interest.
user_chain(Facade) ->
    bt_class:chain(Facade) -- ['bt.stdlib.Actor', 'bt.stdlib.Object', 'bt.stdlib.ProtoObject'].

%% The old value is what `put' answers.
variables(Facades) ->
    Keys = lists:usort([bt_state:key(Name) || F <- Facades, Name <- bt_class:variables(F)]),
    Told = [{[Key, '_'], [], [{return_trace}]} || Key <- Keys],
    {{erlang, put, 2}, call, [{['$bt_msg', '_'], [], [{message, {caller}}]} | Told]}.

%% Answers to futures, and errors that nobody waits for.
runtime() ->
    [{Function, local, [{'_', [], []}]}
     || Function <- [{bt_future_store, settle, 3}, {bt_future_store, leave, 3},
                     {bt_report, crash, 4}, {bt_report, resumed, 4}, {bt_report, refused, 3}]].

senders(Actors) ->
    Told = case maps:keys(Actors) of
               Pids when length(Pids) =< ?MANY_ACTORS -> [{[P, '_', '_'], [], []} || P <- Pids];
               _ -> []
           end,
    [{Function, meta, Told} || Function <- ?SENDERS, Told =/= []].

births([]) -> [];
births(Classes) ->
    Flag = {trace, [], ?FLAGS ++ [{{tracer, self()}}]},
    Facades = lists:usort(lists:append([[Class | subclasses(Class)] || Class <- Classes])),
    [{?BIRTH, meta, [{[Facade, '_'], [], [Flag]} || Facade <- Facades]}].

subclasses(Class) ->
    [Module || #{module := Module} <- bt_prim_behaviour:all_subclasses(bt_class:object(Class))].
