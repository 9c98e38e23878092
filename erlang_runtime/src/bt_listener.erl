%%% @doc A server's listening socket, and its connections: a process each.
%%%
%%% A few acceptors wait for connections. One that gets one becomes the process of that connection,
%%% and another acceptor takes its place, unless there are as many connections as allowed: then
%%% clients wait in the kernel's queue. All are linked to the listener, so nothing outlives it; it
%%% is linked to its server, so it outlives nobody.
%%%
%%% To stop gently it closes the socket, tells the connections `'$bt_drain'', gives them some time
%%% to finish what they are doing, and ends those that are left.
-module(bt_listener).
-behaviour(gen_server).

-export([start_link/2, port/1, count/1, stop/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export([accept/1]).
-export_type([options/0]).

-type options() :: #{
    address := inet:ip_address(), port := inet:port_number(), tls := bt_net:tls(),
    max := pos_integer(), backlog := pos_integer()
}.
%% What a connection does; it owns the socket and ends when that returns.
-type serve() :: fun((bt_net:socket()) -> term()).

-define(ACCEPTORS, 8).
-define(HANDSHAKE_MS, 10000).
%% Out of file descriptors, say: it may get better. Until then no module can be loaded, either.
-define(PAUSE_MS, 100).

-record(acceptor, {
    listener :: pid(),
    socket :: gen_tcp:socket(),
    tls :: bt_net:tls(),
    serve :: serve()
}).

-record(state, {
    acceptor :: #acceptor{},
    port :: inet:port_number(),
    max :: pos_integer(),
    acceptors = #{} :: #{pid() => true},
    connections = #{} :: #{pid() => true},
    %% Who waits for the connections to end.
    draining = none :: none | done | gen_server:from()
}).

%% @doc A listener for the process that calls.
-spec start_link(options(), serve()) -> {ok, pid()} | {error, term()}.
start_link(Options, Serve) -> gen_server:start(?MODULE, {self(), Options, Serve}, []).

%% @doc The port, which the system chose if it was zero.
-spec port(pid()) -> inet:port_number().
port(Listener) -> gen_server:call(Listener, port).

%% @doc How many connections there are.
-spec count(pid()) -> non_neg_integer().
count(Listener) -> gen_server:call(Listener, count).

%% @doc Stops: no new connections, and so many milliseconds for those that there are.
-spec stop(pid(), non_neg_integer()) -> ok.
stop(Listener, Grace) ->
    true = unlink(Listener),
    try
        ok = gen_server:call(Listener, {drain, Grace}, infinity),
        gen_server:stop(Listener)
    catch
        exit:_ -> ok
    end.

%%% The listener

%% @private
-spec init({pid(), options(), serve()}) -> {ok, #state{}} | {stop, term()}.
init({Server, Options, Serve}) ->
    #{address := Address, port := Port, tls := Tls, max := Max, backlog := Backlog} = Options,
    process_flag(trap_exit, true),
    case bt_net:listen(Address, Port, [{backlog, Backlog}]) of
        {ok, Socket} ->
            %% Only now: the server hears of a failure by the answer, not by an exit signal.
            link(Server),
            {ok, Actual} = inet:port(Socket),
            Acceptor = #acceptor{listener = self(), socket = Socket, tls = Tls, serve = Serve},
            {ok, replenish(#state{acceptor = Acceptor, port = Actual, max = Max})};
        {error, Reason} ->
            {stop, {shutdown, Reason}}
    end.

%% @private
-spec handle_call(term(), gen_server:from(), #state{}) ->
          {reply, term(), #state{}} | {noreply, #state{}}.
handle_call(port, _From, State) ->
    {reply, State#state.port, State};
handle_call(count, _From, State) ->
    {reply, map_size(State#state.connections), State};
handle_call({drain, Grace}, From, #state{acceptor = Acceptor, connections = Open} = State) ->
    ok = gen_tcp:close(Acceptor#acceptor.socket),
    lists:foreach(fun(Pid) -> Pid ! '$bt_drain' end, maps:keys(Open)),
    _ = erlang:send_after(Grace, self(), grace_is_over),
    {noreply, drained(State#state{draining = From})}.

%% @private
-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({connected, Pid}, #state{acceptors = Acceptors, connections = Open} = State)
  when is_map_key(Pid, Acceptors) ->
    %% One that came in while the server was stopping has to hear of that too.
    State#state.draining =:= none orelse (Pid ! '$bt_drain'),
    Next = State#state{acceptors = maps:remove(Pid, Acceptors), connections = Open#{Pid => true}},
    {noreply, replenish(Next)};
handle_cast(_Other, State) ->
    {noreply, State}.

%% @private
-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, term(), #state{}}.
handle_info({'EXIT', Pid, Reason}, #state{acceptors = Acceptors, connections = Open} = State) ->
    case State of
        #state{connections = #{Pid := _}} ->
            Next = State#state{connections = maps:remove(Pid, Open)},
            {noreply, drained(replenish(Next))};
        #state{acceptors = #{Pid := _}} ->
            Next = State#state{acceptors = maps:remove(Pid, Acceptors)},
            {noreply, drained(replenish(Next))};
        #state{} ->
            %% The server, whose own end is reported elsewhere.
            {stop, {shutdown, Reason}, State}
    end;
handle_info(grace_is_over, #state{connections = Open} = State) ->
    lists:foreach(fun(Pid) -> exit(Pid, kill) end, maps:keys(Open)),
    {noreply, State};
handle_info(_Message, State) ->
    {noreply, State}.

%% @private
-spec terminate(term(), #state{}) -> ok.
terminate(_Reason, #state{acceptors = Acceptors, connections = Open}) ->
    lists:foreach(fun(Pid) -> exit(Pid, kill) end, maps:keys(Acceptors) ++ maps:keys(Open)).

%% As many acceptors as are allowed to become connections.
replenish(#state{draining = From} = State) when From =/= none ->
    State;
replenish(#state{acceptor = Acceptor, acceptors = Acceptors} = State) ->
    #state{connections = Open, max = Max} = State,
    Waiting = map_size(Acceptors),
    case min(?ACCEPTORS, Max - map_size(Open)) of
        Wanted when Wanted > Waiting ->
            Pid = spawn_link(?MODULE, accept, [Acceptor]),
            replenish(State#state{acceptors = Acceptors#{Pid => true}});
        _ ->
            State
    end.

drained(#state{draining = From, connections = Open, acceptors = Acceptors} = State)
  when is_tuple(From), map_size(Open) =:= 0, map_size(Acceptors) =:= 0 ->
    gen_server:reply(From, ok),
    State#state{draining = done};
drained(State) ->
    State.

%%% An acceptor, and then a connection

%% @private
-spec accept(#acceptor{}) -> no_return().
accept(#acceptor{listener = Listener, socket = Socket, tls = Tls, serve = Serve} = Acceptor) ->
    case bt_net:accept(Socket, infinity) of
        {ok, Accepted} ->
            gen_server:cast(Listener, {connected, self()}),
            serve(bt_net:handshake(Accepted, Tls, ?HANDSHAKE_MS), Serve);
        {error, closed} ->
            exit(normal);
        {error, _} ->
            receive after ?PAUSE_MS -> ok end,
            accept(Acceptor)
    end.

serve({ok, Socket}, Serve) ->
    try
        Serve(Socket)
    after
        bt_net:close(Socket)
    end,
    exit(normal);
serve({error, _}, _Serve) ->
    exit(normal).
