%% @doc The Erlang half of the compiler: a node that the C# compiler starts and
%% talks to over a Unix domain socket. Frames have a length of four bytes;
%% requests are `{Id, Request}' and replies `{Id, Reply}' in external term
%% format, in any order. Compiling is spread over a few workers; what is evaluated
%% runs in sessions, in each one after the other. Standard output stays free for
%% the program. The node ends when its socket is closed.
-module(bt_compile_server).
-behaviour(gen_server).

-export([main/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-record(state, {
    socket :: gen_tcp:socket(),
    %% Where sessions run.
    target = none :: node() | none,
    sessions = #{} :: #{SessionNumber :: integer() => pid() | lost},
    pending = #{} :: #{RequestId :: integer() => pid()},
    free :: non_neg_integer(),
    jobs = queue:new() :: queue:queue({integer(), bt_compile:unit()})
}).

%% A worker's heap in words: large enough that a class compiles with few collections.
%% A worker exits with what it made.
-dialyzer({no_return, next/1}).

-define(WORKER_HEAP, 1000000).

%% @doc Entry point of the node: `erl … -s bt_compile_server main -extra SOCKET'.
-spec main() -> ok.
main() ->
    [Path] = init:get_plain_arguments(),
    {ok, _} = gen_server:start({local, ?MODULE}, ?MODULE, Path, []),
    ok.

-spec init(file:filename()) -> {ok, #state{}} | {stop, term()}.
init(Path) ->
    case gen_tcp:connect({local, Path}, 0, [local, binary, {packet, 4}, {active, true}]) of
        {ok, Socket} ->
            {ok, #state{socket = Socket, free = erlang:system_info(schedulers_online)}};
        {error, Reason} ->
            {stop, Reason}
    end.

-spec handle_call(term(), {pid(), term()}, #state{}) -> {reply, {error, unknown}, #state{}}.
handle_call(_Request, _From, State) ->
    {reply, {error, unknown}, State}.

%% The session answers its requests by casts.
-spec handle_cast({reply, integer(), term()}, #state{}) -> {noreply, #state{}}.
handle_cast({reply, Id, Reply}, #state{pending = Pending} = State) ->
    {noreply, reply(Id, Reply, State#state{pending = maps:remove(Id, Pending)})}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({tcp, _, Frame}, State) ->
    {Id, Request} = binary_to_term(Frame),
    {noreply, request(Id, Request, State)};
handle_info({tcp_closed, _}, _State) ->
    erlang:halt(0);
handle_info({'DOWN', _, process, _, {compiled, Id, Outcome}}, State) ->
    {noreply, next(reply(Id, Outcome, State#state{free = State#state.free + 1}))};
handle_info({'DOWN', _, process, _, {crashed, Id, Reason}}, State) ->
    {noreply, next(reply(Id, {error, text(Reason)}, State#state{free = State#state.free + 1}))};
handle_info({'DOWN', _, process, Pid, Reason}, State) ->
    {noreply, session_ended(Pid, Reason, State)};
handle_info(_Other, State) ->
    {noreply, State}.

request(Id, {compile, Unit}, #state{jobs = Jobs} = State) ->
    next(State#state{jobs = queue:in({Id, bt_compile:to_unit(Unit)}, Jobs)});
request(Id, {attach, Node, Cookie}, State) ->
    Outcome = connected(Node, Cookie),
    reply(Id, Outcome, State#state{target = Node});
request(Id, {call, Module, Function, Arguments}, #state{target = Target} = State) ->
    Server = self(),
    _ = spawn(fun() ->
        gen_server:cast(Server, {reply, Id, bt_bridge:call(Target, Module, Function, Arguments)})
    end),
    State;
request(Id, {missing_callbacks, Behaviour, Callbacks}, State) ->
    reply(Id, bt_behaviour:missing(Behaviour, Callbacks), State);
request(Id, start_session, #state{sessions = Sessions} = State) ->
    case new_session(State) of
        {ok, Session} -> reply(Id, {ok, Id}, State#state{sessions = Sessions#{Id => Session}});
        Failure -> reply(Id, Failure, State)
    end;
request(Id, {session, Number, Request}, #state{sessions = Sessions, pending = Pending} = State) ->
    case Sessions of
        #{Number := lost} ->
            reply(Id, {connection_lost, atom_to_binary(State#state.target)}, State);
        #{Number := Session} ->
            ok = bt_session:request(Session, Id, Request),
            State#state{pending = Pending#{Id => Session}}
    end.

%% Whatever happens, the cookie must not be in the report of a crash.
connected(Node, Cookie) ->
    try bt_bridge:connect(Node, Cookie)
    catch _:_:Stack -> {error, <<"attaching has failed unexpectedly">>, text(places(Stack))}
    end.

places(Stack) -> [{M, F} || {M, F, _, _} <- Stack].

new_session(#state{target = none}) ->
    {ok, monitored(bt_session:start(self()))};
new_session(#state{target = Target}) ->
    case bt_bridge:start_session(Target, self()) of
        {ok, Session} -> {ok, monitored(Session)};
        Failure -> Failure
    end.

monitored(Session) ->
    _ = monitor(process, Session),
    Session.

%% An input may end its own process. Another takes its place, without its variables. None takes that
%% of a session which its client has closed.
session_ended(Pid, Reason, #state{sessions = Sessions, pending = Pending} = State) ->
    Renewed = maps:filtermap(
        fun(_, Session) when Session =:= Pid -> renewed(Reason, State); (_, _) -> true end,
        Sessions
    ),
    Left = maps:filter(fun(_, Session) -> Session =/= Pid end, Pending),
    Report = end_report(Reason, State),
    lists:foldl(
        fun(Id, Acc) -> reply(Id, Report, Acc) end,
        State#state{sessions = Renewed, pending = Left},
        maps:keys(Pending) -- maps:keys(Left)
    ).

renewed(normal, _State) ->
    false;
renewed(noconnection, _State) ->
    {true, lost};
renewed(_Reason, State) ->
    case new_session(State) of
        {ok, Session} -> {true, Session};
        _ -> {true, lost}
    end.

end_report(noconnection, #state{target = Target}) -> {connection_lost, atom_to_binary(Target)};
end_report(Reason, _State) -> {session_ended, text(Reason)}.

next(#state{free = 0} = State) ->
    State;
next(#state{free = Free, jobs = Jobs} = State) ->
    case queue:out(Jobs) of
        {empty, _} ->
            State;
        {{value, {Id, Unit}}, Rest} ->
            _ = spawn_opt(fun() -> work(Id, Unit) end, [monitor, {min_heap_size, ?WORKER_HEAP}]),
            State#state{free = Free - 1, jobs = Rest}
    end.

-spec work(integer(), bt_compile:unit()) -> no_return().
work(Id, Unit) ->
    try bt_compile:unit(Unit) of
        Outcome -> exit({compiled, Id, Outcome})
    catch
        error:Reason:Stack -> exit({crashed, Id, {Reason, Stack}})
    end.

reply(Id, Reply, #state{socket = Socket} = State) ->
    _ = gen_tcp:send(Socket, term_to_binary({Id, Reply})),
    State.

text(Reason) -> unicode:characters_to_binary(io_lib:format("~0tp", [Reason])).
