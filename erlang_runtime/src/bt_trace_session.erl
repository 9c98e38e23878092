%% @doc What one process traces: its traces, and the events that they have recorded.
%%
%% A session lives as long as the process that owns it. It selects the events that are wanted (the
%% blocks of `matching:' run here, not in the tracer), keeps the latest, tells the owner, and ends a
%% trace that has made as many events as it may.
-module(bt_trace_session).
-behaviour(gen_server).

-export([start/1, add/2, remove/2, events/1, clear/1, is_traced/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([wish/0, filter/0]).

%% Which events of a trace count: all, those about some selectors, those of which a block is true,
%% those about messages.
-type filter() :: all | {selectors, [atom()]} | {block, fun()} | messages.

%% `tell': whether the owner wants to hear of each event. `source': the module that the events come
%% from, if it is not the tracer.
-type wish() :: #{trace := reference(), actors := [pid()], class := module() | nil,
                  filter := filter(), tell := boolean(), most := pos_integer(),
                  per_second := pos_integer(), source => module()}.

-record(trace, {wish :: wish(), count = 0 :: non_neg_integer()}).

-record(session, {
    owner :: pid(),
    started :: integer(),
    traces = #{} :: #{reference() => #trace{}},
    events = queue:new() :: queue:queue(bt_trace_reader:event()),
    size = 0 :: non_neg_integer(),
    %% The newest event, which other traces of this session may bring again.
    last = 0 :: integer()
}).

%% So many events are kept.
-define(KEPT, 1000).

%% @doc Starts the session of a process.
-spec start(pid()) -> {ok, pid()} | {error, term()}.
start(Owner) -> gen_server:start(?MODULE, Owner, []).

%% @doc Begins a trace.
-spec add(pid(), wish()) -> ok | {error, term()}.
add(Session, Wish) -> gen_server:call(Session, {add, Wish}, infinity).

%% @doc Ends the trace of an actor or class, or all.
-spec remove(pid(), pid() | module() | all) -> [reference()].
remove(Session, What) -> gen_server:call(Session, {remove, What}, infinity).

%% @doc The events that are kept, the oldest first.
-spec events(pid()) -> [map()].
events(Session) -> gen_server:call(Session, events, infinity).

%% @doc Forgets them.
-spec clear(pid()) -> ok.
clear(Session) -> gen_server:call(Session, clear, infinity).

%% @doc Whether a trace of this session follows the actor.
-spec is_traced(pid(), pid()) -> boolean().
is_traced(Session, Actor) -> gen_server:call(Session, {is_traced, Actor}, infinity).

%%% The server

%% @private
-spec init(pid()) -> {ok, #session{}}.
init(Owner) ->
    erlang:monitor(process, Owner),
    erlang:monitor(process, bt_tracer),
    {ok, #session{owner = Owner, started = erlang:monotonic_time()}}.

%% @private
-spec handle_call(term(), gen_server:from(), #session{}) -> {reply, term(), #session{}}.
handle_call({add, #{trace := Trace} = Wish}, _From, #session{traces = Traces} = Session) ->
    case begin_trace(Wish) of
        ok -> {reply, ok, Session#session{traces = Traces#{Trace => #trace{wish = Wish}}}};
        {error, _} = Error -> {reply, Error, Session}
    end;
handle_call({remove, What}, _From, #session{traces = Traces} = Session) ->
    Ended = [Wish || #trace{wish = Wish} <- maps:values(Traces), is_of(What, Wish)],
    lists:foreach(fun end_trace/1, Ended),
    Gone = [Trace || #{trace := Trace} <- Ended],
    {reply, Gone, Session#session{traces = maps:without(Gone, Traces)}};
handle_call(events, _From, #session{events = Events} = Session) ->
    {reply, queue:to_list(Events), Session};
handle_call(clear, _From, Session) ->
    {reply, ok, Session#session{events = queue:new(), size = 0}};
handle_call({is_traced, Actor}, _From, #session{traces = Traces} = Session) ->
    Follows = fun(#trace{wish = Wish}) ->
                      not is_map_key(source, Wish) andalso is_of(Actor, Wish)
              end,
    {reply, lists:any(Follows, maps:values(Traces)), Session}.

%% @private
-spec handle_cast(term(), #session{}) -> {noreply, #session{}}.
handle_cast(_Message, Session) -> {noreply, Session}.

%% @private
-spec handle_info(term(), #session{}) -> {noreply, #session{}} | {stop, normal, #session{}}.
handle_info({bt_trace_event, Trace, Event}, #session{traces = Traces} = Session) ->
    case Traces of
        #{Trace := Known} -> {noreply, arrived(Trace, Known, Event, Session)};
        #{} -> {noreply, Session}
    end;
handle_info({bt_trace_stopped, Trace, Reason}, #session{traces = Traces} = Session) ->
    case Traces of
        #{Trace := Known} -> {noreply, stopped(Trace, Known, Reason, Session)};
        #{} -> {noreply, Session}
    end;
handle_info({'DOWN', _, process, Owner, _}, #session{owner = Owner} = Session) ->
    {stop, normal, Session};
handle_info({'DOWN', _, process, _Tracer, _}, #session{traces = Traces} = Session) ->
    Stop = fun(_, #trace{wish = #{source := _}}, S) -> S;
              (Trace, Known, S) -> stopped(Trace, Known, crash, S)
           end,
    {noreply, maps:fold(Stop, Session, Traces)};
handle_info(_Message, Session) -> {noreply, Session}.

begin_trace(#{source := _}) -> ok;
begin_trace(Wish) ->
    Order = maps:with([trace, actors, class, per_second], Wish),
    bt_tracer:add(Order#{session => self()}).

end_trace(#{source := Source, trace := Trace}) -> Source:unfollow(Trace);
end_trace(#{trace := Trace}) -> bt_tracer:remove(Trace).

is_of(all, _) -> true;
is_of(Pid, #{actors := Actors}) when is_pid(Pid) -> lists:member(Pid, Actors);
is_of(Class, #{class := Of}) -> Class =:= Of.

%%% Events

arrived(Trace, #trace{wish = #{filter := Filter}} = Known, Event0, Session) ->
    Event = instance(Event0, Session),
    case is_wanted(Filter, Event) of
        true -> record(Trace, Known, Event, Session);
        false -> Session;
        {failed, Exception} -> stopped(Trace, Known, {block, Exception}, Session)
    end.

record(Trace, #trace{wish = Wish, count = Count} = Known, Event, Session) ->
    #{most := Most} = Wish,
    Counted = Known#trace{count = Count + 1},
    Told = tell(Trace, Wish, Event, keep(Event, Session)),
    Next = Told#session{traces = (Told#session.traces)#{Trace := Counted}},
    case Count + 1 >= Most of
        true ->
            ok = end_trace(Wish),
            stopped(Trace, Counted, events, Next);
        false -> Next
    end.

tell(Trace, #{tell := true}, Event, #session{owner = Owner} = Session) ->
    Owner ! {'$bt_timer', {trace, Trace, Event}},
    Session;
tell(_, _, _, Session) -> Session.

%% Two traces may follow one actor; an event is kept once.
keep(#{id := Id}, #session{last = Last} = Session) when Id =< Last -> Session;
keep(#{id := Id} = Event, #session{events = Events, size = ?KEPT} = Session) ->
    Session#session{events = queue:in(Event, queue:drop(Events)), last = Id};
keep(#{id := Id} = Event, #session{events = Events, size = Size} = Session) ->
    Session#session{events = queue:in(Event, Events), size = Size + 1, last = Id}.

%% The last event of a trace that ends by itself.
stopped(Trace, #trace{wish = Wish}, Reason, #session{traces = Traces} = Session) ->
    Event = instance(#{kind => stopped, id => erlang:unique_integer([positive, monotonic]),
                       time => erlang:monotonic_time(), value => reason(Reason, Wish)}, Session),
    Told = tell(Trace, Wish, Event, keep(Event, Session)),
    Told#session{traces = maps:remove(Trace, Traces)}.

reason(events, #{most := Most}) -> text("the limit of ~b events is reached", [Most]);
reason(rate, #{per_second := Most}) -> text("more than ~b events in a second", [Most]);
reason(queue, _) -> <<"events come faster than they can be handled">>;
reason(crash, _) -> <<"the tracer has failed">>;
reason({block, #{message := Message}}, _) ->
    <<"the block of matching: failed: ", Message/binary>>.

text(Format, Arguments) -> iolist_to_binary(io_lib:format(Format, Arguments)).

is_wanted(all, _) -> true;
is_wanted({selectors, Selectors}, #{selector := Selector, message := Message, kind := Kind}) ->
    lists:member(Selector, Selectors)
        orelse Kind =:= assigned andalso lists:member(Message, Selectors);
is_wanted(messages, #{kind := Kind}) ->
    lists:member(Kind, [received, sent, replied, failed]);
is_wanted({block, Block}, Event) ->
    try bt_op:condition(Block(Event), 'matching:')
    catch
        Class:Reason:Stack -> {failed, bt_error:wrap(Class, Reason, Stack)}
    end.

%% Times are microseconds since the session began.
instance(#{time := At} = Event, #session{started = Started}) ->
    Waited = maps:get(waited, Event, 0),
    Fields = Event#{time := microseconds(At - Started), waited => microseconds(Waited)},
    maps:merge(#{'$class' => 'bt.stdlib.TraceEvent', actor => nil, actorName => <<"Trace">>,
                 actorClass => nil, selector => nil, arguments => [], from => nil, fromName => nil,
                 to => nil, toName => nil, value => nil, variable => nil, old => nil,
                 cause => nil, message => nil, depth => 0}, Fields).

microseconds(Native) -> erlang:convert_time_unit(Native, native, microsecond).
