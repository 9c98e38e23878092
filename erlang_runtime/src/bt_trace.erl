%% @doc Traces as the process that owns them sees them.
%%
%% Its session and the blocks it has registered are in its dictionary. An event comes as a message
%% like that of a timer, and so runs its block when the process next waits.
-module(bt_trace).

-export([on/3, follow/3, is_session/1, off/1, events/0, clear/0, is_on/1, fire/2, settle/0]).
-export_type([listener/0]).

%% What to do with each event: run a block, print it, or only keep it.
-type listener() :: fun() | print | keep.

%% Of a module that makes events of its own: a trace that follows them has ended.
-callback unfollow(reference()) -> ok.

-define(KEY, '$bt_trace').
%% So many events a trace of what others tell may have.
-define(MOST, 10000).

-record(mine, {session :: pid(), listeners = #{} :: #{reference() => listener()}}).

%% @doc Begins a trace of this process.
-spec on([pid()] | {class, module(), [pid()]}, listener(), map()) -> ok | {error, term()}.
on(Target, Listener, Options) ->
    #mine{session = Session, listeners = Listeners} = Mine = mine(),
    Trace = make_ref(),
    {Class, Actors} = case Target of
                          {class, Facade, Live} -> {Facade, Live};
                          _ -> {nil, Target}
                      end,
    Wish = Options#{trace => Trace, class => Class, actors => Actors, tell => Listener =/= keep},
    case bt_trace_session:add(Session, Wish) of
        ok ->
            put(?KEY, Mine#mine{listeners = Listeners#{Trace => Listener}}),
            ok;
        Error -> Error
    end.

%% @doc Begins a trace of what a module tells of an actor: it sends `{bt_trace_event, Trace, Event}'
%% to the session. The tracer has nothing to do with it.
-spec follow(pid(), listener(), module()) -> {Session :: pid(), Trace :: reference()}.
follow(Actor, Listener, Source) ->
    #mine{session = Session, listeners = Listeners} = Mine = mine(),
    Trace = make_ref(),
    Wish = #{trace => Trace, source => Source, class => nil, actors => [Actor], filter => all,
             tell => Listener =/= keep, most => ?MOST, per_second => ?MOST},
    ok = bt_trace_session:add(Session, Wish),
    put(?KEY, Mine#mine{listeners = Listeners#{Trace => Listener}}),
    {Session, Trace}.

%% @doc Whether it is the session of this process.
-spec is_session(pid()) -> boolean().
is_session(Session) ->
    case get(?KEY) of
        #mine{session = Session} -> true;
        _ -> false
    end.

%% @doc Ends the traces of an actor or a class, or all, when what has happened so far is told.
-spec off(pid() | module() | all) -> ok.
off(What) ->
    settle(),
    case get(?KEY) of
        undefined -> ok;
        #mine{session = Session, listeners = Listeners} = Mine ->
            Gone = bt_trace_session:remove(Session, What),
            put(?KEY, Mine#mine{listeners = maps:without(Gone, Listeners)}),
            ok
    end.

%% @doc The latest events of this process's traces, the oldest first.
-spec events() -> [map()].
events() -> with_session(fun bt_trace_session:events/1, []).

%% @doc Forgets them.
-spec clear() -> ok.
clear() -> with_session(fun bt_trace_session:clear/1, ok).

%% @doc Whether this process traces the actor.
-spec is_on(pid()) -> boolean().
is_on(Actor) ->
    with_session(fun(Session) -> bt_trace_session:is_traced(Session, Actor) end, false).

with_session(Ask, Default) ->
    case get(?KEY) of
        undefined -> Default;
        #mine{session = Session} ->
            bt_tracer:sync(),
            Ask(Session)
    end.

mine() ->
    case get(?KEY) of
        undefined ->
            {ok, Session} = bt_trace_session:start(self()),
            Mine = #mine{session = Session},
            put(?KEY, Mine),
            Mine;
        Mine -> Mine
    end.

%% @doc The message of an event has arrived. A block that fails ends its trace.
-spec fire(reference(), map()) -> ok.
fire(Trace, Event) ->
    case get(?KEY) of
        #mine{listeners = #{Trace := Listener}} -> hear(Listener, Trace, Event);
        _ -> ok
    end.

hear(Listener, Trace, Event) ->
    try tell(Listener, Event) of
        _ -> ok
    catch
        Class:Reason:Stack ->
            #mine{listeners = Listeners} = Mine = get(?KEY),
            put(?KEY, Mine#mine{listeners = maps:remove(Trace, Listeners)}),
            bt_tracer:remove(Trace),
            bt_report:block_failed(bt_error:wrap(Class, Reason, Stack), Stack)
    end.

tell(print, Event) -> bt_transcript:show_cr(bt_print:display_string(Event));
tell(Block, Event) -> bt_send:call(Block, 'value:', Event).

%% @doc Tells this process all that has happened until now.
-spec settle() -> ok.
settle() ->
    case get(?KEY) of
        undefined -> ok;
        #mine{session = Session} ->
            bt_tracer:sync(),
            _ = bt_trace_session:events(Session),
            drain()
    end.

drain() ->
    receive
        {'$bt_timer', {trace, Trace, Event}} ->
            fire(Trace, Event),
            drain()
    after 0 -> ok
    end.
