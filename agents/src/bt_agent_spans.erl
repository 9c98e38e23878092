%% @doc Spans of agents, for the traces that follow an agent: `Trace of:' and `Trace tools:'.
%%
%% An agent looks into a table whether somebody follows it; while nobody does, that is all. Who
%% follows an agent is told of what others do for its turns, too: a second table knows their traces.
-module(bt_agent_spans).
-behaviour(bt_trace).
-behaviour(gen_server).

-export([id/1, follow/3, is_followed/1, tell/2, unfollow/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-type kind() :: turn | model | tool.

%% Who follows the turns of a trace.
-define(TURNS, bt_agent_spans_turns).
-define(DIGITS, {$0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $a, $b, $c, $d, $e, $f}).

%% A follower, or a pattern of some.
-record(follower, {agent :: pid() | '_', session :: pid() | '_', trace :: reference() | '_',
                   kinds :: [kind()] | '_'}).

%% @doc A new identifier of so many bytes, in hexadecimal digits.
-spec id(pos_integer()) -> binary().
id(Bytes) ->
    << <<(element(Four + 1, ?DIGITS))>> || <<Four:4>> <= rand:bytes(Bytes) >>.

%% @doc From now on the caller's process is told of spans of these kinds.
-spec follow(pid(), [kind()], print | keep) -> ok.
follow(Agent, Kinds, Listener) ->
    [Agent] = bt_prim_trace:actors(Agent),
    {Session, Trace} = bt_trace:follow(Agent, Listener, ?MODULE),
    Follower = #follower{agent = Agent, session = Session, trace = Trace, kinds = Kinds},
    gen_server:call(server(), {follow, Follower}).

%% @doc Whether this process follows all that the agent does already.
-spec is_followed(pid()) -> boolean().
is_followed(Agent) ->
    try ets:lookup(?MODULE, Agent) of
        Followers ->
            lists:any(fun(#follower{session = Session, kinds = Kinds}) ->
                              lists:member(turn, Kinds) andalso bt_trace:is_session(Session)
                      end, Followers)
    catch error:badarg -> false
    end.

%% @doc A span of this process, an agent, has begun or ended: tells those who follow.
-spec tell(spanBegan | spanEnded, map()) -> ok.
tell(What, #{kind := Kind, traceId := Id} = Span) ->
    case ets:whereis(?MODULE) of
        undefined -> ok;
        _ ->
            Followers = followers(Id),
            _ = Kind =:= turn andalso [note(Id, F) || F <- Followers],
            _ = [send(What, Span, F) || #follower{kinds = Kinds} = F <- Followers,
                                        lists:member(Kind, Kinds)],
            ok
    end.

%% Of this agent, and of those whose turns ask this one: each process once.
followers(Id) ->
    Own = ets:lookup(?MODULE, self()),
    Told = [Session || #follower{session = Session, kinds = Kinds} <- Own,
                       lists:member(turn, Kinds)],
    Asking = [{Session, F} || {_, #follower{session = Session} = F} <- ets:lookup(?TURNS, Id),
                              not lists:member(Session, Told)],
    Own ++ [F || {_, F} <- lists:ukeysort(1, Asking)].

note(Id, #follower{agent = Agent, kinds = Kinds} = Follower) when Agent =:= self() ->
    lists:member(turn, Kinds) andalso ets:insert(?TURNS, {Id, Follower});
note(_Id, _Follower) -> false.

send(What, #{agent := Agent} = Span, #follower{session = Session, trace = Trace}) ->
    Class = bt_actor:class_of(Agent),
    Event = #{kind => What, id => erlang:unique_integer([positive, monotonic]),
              time => erlang:monotonic_time(), actor => Agent, actorClass => bt_class:object(Class),
              actorName => name(Span, Class), value => Span, depth => depth(Span)},
    Session ! {bt_trace_event, Trace, Event}.

name(#{agentName := Name}, _Class) when is_binary(Name) -> Name;
name(#{agentName := Name}, _Class) when is_atom(Name), Name =/= nil -> atom_to_binary(Name);
name(#{agent := Agent}, Class) ->
    <<(bt_print:class_name(Class))/binary, " ", (bt_supervision:pid_text(Agent))/binary>>.

depth(#{kind := turn}) -> 0;
depth(#{kind := model}) -> 1;
depth(#{kind := tool}) -> 2.

%% @doc A trace has ended.
-spec unfollow(reference()) -> ok.
unfollow(Trace) -> gen_server:call(server(), {unfollow, Trace}).

%%% The process that the table belongs to

server() -> bt_agents:server(?MODULE).

%% @private
-spec init([]) -> {ok, none}.
init([]) ->
    ?MODULE = ets:new(?MODULE, [bag, named_table, protected, {keypos, #follower.agent},
                                {read_concurrency, true}]),
    ?TURNS = ets:new(?TURNS, [bag, named_table, public, {read_concurrency, true}]),
    {ok, none}.

%% Of agent and session, whichever ends first ends it.
%% @private
-spec handle_call(term(), gen_server:from(), none) -> {reply, ok, none}.
handle_call({follow, #follower{agent = Agent, session = Session} = Follower}, _From, State) ->
    true = ets:insert(?MODULE, Follower),
    _ = monitor(process, Agent),
    _ = monitor(process, Session),
    {reply, ok, State};
handle_call({unfollow, Trace}, _From, State) ->
    forget(#follower{trace = Trace, _ = '_'}),
    {reply, ok, State}.

forget(Followers) ->
    true = ets:match_delete(?MODULE, Followers),
    true = ets:match_delete(?TURNS, {'_', Followers}),
    ok.

%% @private
-spec handle_cast(term(), none) -> {noreply, none}.
handle_cast(_Message, State) -> {noreply, State}.

%% @private
-spec handle_info(term(), none) -> {noreply, none}.
handle_info({'DOWN', _, process, Pid, _}, State) ->
    forget(#follower{agent = Pid, _ = '_'}),
    forget(#follower{session = Pid, _ = '_'}),
    {noreply, State};
handle_info(_Message, State) -> {noreply, State}.
