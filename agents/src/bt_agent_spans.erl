%% @doc Spans of agents, for the traces that follow an agent: `Trace of:' and `Trace tools:'.
%%
%% An agent looks into a table whether somebody follows it; while nobody does, that is all.
-module(bt_agent_spans).
-behaviour(bt_trace).
-behaviour(gen_server).

-export([id/1, follow/3, is_followed/1, tell/2, unfollow/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-type kind() :: turn | model | tool.

-record(follower, {agent :: pid(), session :: pid(), trace :: reference(), kinds :: [kind()]}).

%% @doc A new identifier of so many bytes, in hexadecimal digits.
-spec id(pos_integer()) -> binary().
id(Bytes) ->
    << <<(digit(Four))>> || <<Four:4>> <= rand:bytes(Bytes) >>.

digit(Number) when Number < 10 -> $0 + Number;
digit(Number) -> $a + Number - 10.

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
tell(What, #{kind := Kind} = Span) ->
    try ets:lookup(?MODULE, self()) of
        Followers ->
            _ = [send(What, Span, F) || #follower{kinds = Kinds} = F <- Followers,
                                        lists:member(Kind, Kinds)],
            ok
    catch error:badarg -> ok
    end.

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

server() ->
    case whereis(?MODULE) of
        undefined ->
            _ = gen_server:start({local, ?MODULE}, ?MODULE, [], []),
            server();
        Pid -> Pid
    end.

%% @private
-spec init([]) -> {ok, none}.
init([]) ->
    ?MODULE = ets:new(?MODULE, [bag, named_table, protected, {keypos, #follower.agent},
                                {read_concurrency, true}]),
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
    true = ets:match_delete(?MODULE, #follower{trace = Trace, _ = '_'}),
    {reply, ok, State}.

%% @private
-spec handle_cast(term(), none) -> {noreply, none}.
handle_cast(_Message, State) -> {noreply, State}.

%% @private
-spec handle_info(term(), none) -> {noreply, none}.
handle_info({'DOWN', _, process, Pid, _}, State) ->
    true = ets:delete(?MODULE, Pid),
    true = ets:match_delete(?MODULE, #follower{session = Pid, _ = '_'}),
    {noreply, State};
handle_info(_Message, State) -> {noreply, State}.
