%% @doc The compiler as a service of a running node: a program at a port, started when it is first
%% asked, shared by all who ask, ended when nobody has for a while, and started again if it dies.
%%
%% The program is the front end: it is told which classes there are, and makes Core Erlang of a
%% source, or diagnostics. The Core is compiled by who asked (bt_compile). How to start it is said
%% by the flag `-beamtalk_compiler PROGRAM ARGUMENT…' of the node; without it there is no compiler.
-module(bt_compiler).
-behaviour(gen_server).

-export([start_link/0, method/4, file/3, is_available/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export_type([outcome/0, diagnostic/0]).

-define(TIMEOUT, 60000).
-define(IDLE_MS, 300000).

-record(state, {
    port = none :: port() | none,
    last_id = 0 :: non_neg_integer(),
    %% Who waits for which reply.
    pending = #{} :: #{integer() => gen_server:from()},
    %% The version of the classes (bt_class:version/0) that the program knows.
    version = none :: integer() | none
}).

-type diagnostic() :: #{code := binary(), severity := atom(), message := binary(),
                        hint := binary() | nil, file := binary(), line := pos_integer(),
                        column := pos_integer(), text := binary()}.
-type outcome() :: {ok, [{module(), binary()}], [diagnostic()]} | {error, [diagnostic()]}
                 | {unavailable, no_compiler | ended | timeout} | {fault, binary()}.

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Compiles a text that is one method of a class. If a selector is given, it must be that one's.
-spec method(module(), instance | class, atom() | nil, binary()) -> outcome().
method(Facade, Side, Selector, Source) ->
    request({method, Facade, Side, Selector, Source}).

%% @doc Compiles the contents of a file.
-spec file(binary(), atom(), binary()) -> outcome().
file(Path, Package, Content) ->
    request({file, Path, Package, Content}).

%% @doc Whether this node can start a compiler.
-spec is_available() -> boolean().
is_available() ->
    command() =/= none.

-spec request(term()) -> outcome().
request(Request) ->
    try gen_server:call(?MODULE, {request, Request}, ?TIMEOUT) of
        {ok, Units, Diagnostics} -> assembled(Units, [diagnostic(D) || D <- Diagnostics]);
        {error, [], Diagnostics} -> {error, [diagnostic(D) || D <- Diagnostics]};
        Other -> Other
    catch
        exit:{timeout, _} -> {unavailable, timeout};
        exit:_ -> {unavailable, ended}
    end.

%% In the process that asked: many may be at it at the same time.
assembled(Units, Diagnostics) ->
    Outcomes = [bt_compile:unit(bt_compile:to_unit(Unit)) || Unit <- Units],
    case [Fault || {error, Fault} <- Outcomes] of
        [] -> {ok, lists:append([Beams || {ok, Beams} <- Outcomes]), Diagnostics};
        [Fault | _] -> {fault, Fault}
    end.

diagnostic({Code, Severity, Message, Hint, File, Line, Column, Text}) ->
    #{
        code => Code, severity => Severity, message => Message, hint => Hint,
        file => File, line => Line, column => Column, text => Text
    }.

-spec init([]) -> {ok, #state{}}.
init([]) ->
    process_flag(trap_exit, true),
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), #state{}) ->
          {noreply, #state{}, timeout()} | {reply, term(), #state{}}.
handle_call({request, Request}, From, State) ->
    case with_program(State) of
        {ok, Running} -> {noreply, ask(Request, From, tell_classes(Running)), ?IDLE_MS};
        none -> {reply, {unavailable, no_compiler}, State}
    end.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Message, State) ->
    {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {noreply, #state{}, timeout()}.
handle_info({Port, {data, Frame}}, #state{port = Port} = State) ->
    {Id, Reply} = binary_to_term(Frame),
    {noreply, answer(Id, Reply, State), ?IDLE_MS};
handle_info({'EXIT', Port, _}, #state{port = Port} = State) ->
    {noreply, ended(State)};
handle_info(timeout, #state{pending = Pending} = State) when map_size(Pending) =:= 0 ->
    {noreply, stopped(State)};
handle_info(_Message, State) ->
    {noreply, State, ?IDLE_MS}.

-spec terminate(term(), #state{}) -> ok.
terminate(_Reason, State) ->
    _ = stopped(State),
    ok.

%%% The program

with_program(#state{port = none} = State) ->
    case command() of
        none -> none;
        [Program | Arguments] -> start(os:find_executable(Program), Arguments, State)
    end;
with_program(State) ->
    {ok, State}.

start(false, _Arguments, _State) ->
    none;
start(Program, Arguments, State) ->
    Options = [{args, Arguments}, {packet, 4}, binary, use_stdio, hide],
    {ok, State#state{port = open_port({spawn_executable, Program}, Options), version = none}}.

command() ->
    case init:get_argument(beamtalk_compiler) of
        {ok, [[_ | _] = Command | _]} -> Command;
        _ -> none
    end.

%% The end of its input is the end of the program.
stopped(#state{port = none} = State) ->
    State;
stopped(#state{port = Port} = State) ->
    true = unlink(Port),
    true = port_close(Port),
    State#state{port = none}.

%% What it was asked last may be what it cannot bear, so nothing is asked again.
ended(#state{pending = Pending} = State) ->
    lists:foreach(fun(From) -> gen_server:reply(From, {unavailable, ended}) end, maps:values(Pending)),
    State#state{port = none, pending = #{}}.

%%% Questions and answers

ask(Request, From, #state{last_id = Last, pending = Pending} = State) ->
    Id = Last + 1,
    send(Id, Request, State#state{last_id = Id, pending = Pending#{Id => From}}).

send(Id, Request, #state{port = Port} = State) ->
    true = port_command(Port, term_to_binary({Id, Request})),
    State.

tell_classes(#state{version = Known} = State) ->
    case bt_class:version() of
        Known -> State;
        Version ->
            Told = send(0, {classes, bt_universe:classes()}, State#state{version = Version}),
            %% What is large in the heap of an idle process slows every purge of old code down.
            true = garbage_collect(),
            Told
    end.

answer(Id, Reply, #state{pending = Pending} = State) ->
    case maps:take(Id, Pending) of
        {From, Left} ->
            gen_server:reply(From, Reply),
            State#state{pending = Left};
        error ->
            State
    end.
