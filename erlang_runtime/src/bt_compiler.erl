%% @doc The compiler as a service of a running node: a program at a port, started when it is first
%% asked, shared by all who ask, ended when nobody has for a while, and started again if it dies.
%%
%% The program is the front end: it is told which classes there are, and makes Core Erlang of a
%% source, or diagnostics. The Core is compiled by who asked (bt_compile). How to start it is said
%% by the flag `-beamtalk_compiler PROGRAM ARGUMENT…' of the node; without it there is no compiler.
%%
%% What an attached session asks for is done by the node that it is attached from, Core and all: it
%% is told the classes of this one when it does not know them yet.
-module(bt_compiler).
-behaviour(gen_server).

-export([start_link/0, method/4, file/3, edit/2, is_available/0]).
-export([start_bridge/0, serve/3]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export_type([outcome/0, diagnostic/0]).

-define(TIMEOUT, 60000).
-define(IDLE_MS, 300000).

-record(state, {
    port = none :: port() | none,
    last_id = 0 :: non_neg_integer(),
    %% Who waits for which reply.
    pending = #{} :: #{integer() => gen_server:from()},
    %% The version of the classes that the program knows, and of which node.
    version = none :: version() | none
}).

-type version() :: {node(), integer()}.

-type diagnostic() :: #{code := binary(), severity := atom(), message := binary(),
                        hint := binary() | nil, file := binary(), line := pos_integer(),
                        column := pos_integer(), text := binary()}.
-type outcome() :: {ok, [{module(), binary()}], [diagnostic()]} | {error, [diagnostic()]}
                 | {unavailable, no_compiler | ended | timeout | {bridge, node()}}
                 | {fault, binary()}.

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Compiles a text that is one method of a class. If a selector is given, it must be that
%% one's.
-spec method(module(), instance | class, atom() | nil, binary()) -> outcome().
method(Facade, Side, Selector, Source) ->
    request({method, Facade, Side, Selector, Source}).

%% @doc Compiles the contents of a file.
-spec file(binary(), atom(), binary()) -> outcome().
file(Path, Package, Content) ->
    request({file, Path, Package, Content}).

%% @doc Makes the new contents of a source file of which one method is to change: the class's name,
%% the side, the selector, the text that it had when it was loaded, the new text, the doc comment;
%% each nil where there is none.
-spec edit(binary(), {atom(), instance | class, atom(), Text, Text, Text}) ->
          {edited, binary()} | {refused, atom()} | outcome() when Text :: binary() | nil.
edit(Content, Edit) ->
    request({edit, Content, Edit}).

%% @doc Whether this node can start a compiler.
-spec is_available() -> boolean().
is_available() ->
    command() =/= none.

-spec request(term()) -> outcome() | {edited, binary()} | {refused, atom()}.
request(Request) ->
    case bt_caller:node_of() of
        none -> assembled(ask(Request, own_version(), none));
        Node -> far(Node, Request)
    end.

own_version() -> {node(), bt_class:version()}.

%%% Between nodes

%% @doc Starts the service alone, in a node that only attaches to another.
-spec start_bridge() -> ok.
start_bridge() ->
    case gen_server:start({local, ?MODULE}, ?MODULE, [], []) of
        {ok, _} -> ok;
        {error, {already_started, _}} -> ok
    end.

far(Node, Request) ->
    Version = own_version(),
    try
        case erpc:call(Node, ?MODULE, serve, [Version, unknown, Request], ?TIMEOUT) of
            {unavailable, unknown_classes} ->
                Classes = bt_universe:classes(),
                erpc:call(Node, ?MODULE, serve, [Version, Classes, Request], ?TIMEOUT);
            Outcome ->
                Outcome
        end
    catch
        error:{erpc, _} -> {unavailable, {bridge, Node}}
    end.

%% @doc Compiles for another node, whose classes have that version.
-spec serve(version(), [tuple()] | unknown, term()) -> term().
serve(Version, Classes, Request) ->
    assembled(ask(Request, Version, Classes)).

ask(Request, Version, Classes) ->
    try gen_server:call(?MODULE, {request, Request, Version, Classes}, ?TIMEOUT)
    catch
        exit:{timeout, _} -> {unavailable, timeout};
        exit:_ -> {unavailable, ended}
    end.

%% In the process that asked: many may be at it at the same time.
assembled({ok, Units, Diagnostics}) -> assembled(Units, [diagnostic(D) || D <- Diagnostics]);
assembled({error, [], Diagnostics}) -> {error, [diagnostic(D) || D <- Diagnostics]};
assembled(Other) -> Other.

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
          {noreply, #state{}, timeout()} | {reply, term(), #state{}}
          | {reply, term(), #state{}, timeout()}.
handle_call({request, Request, Version, Classes}, From, State) ->
    case with_program(State) of
        {ok, Running} -> request(Request, From, tell_classes(Version, Classes, Running));
        none -> {reply, {unavailable, no_compiler}, State}
    end.

request(_Request, _From, {unknown, State}) ->
    {reply, {unavailable, unknown_classes}, State, ?IDLE_MS};
request(Request, From, State) ->
    {noreply, queued(Request, From, State), ?IDLE_MS}.

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
    lists:foreach(fun(From) -> gen_server:reply(From, {unavailable, ended}) end,
                  maps:values(Pending)),
    State#state{port = none, pending = #{}}.

%%% Questions and answers

queued(Request, From, #state{last_id = Last, pending = Pending} = State) ->
    Id = Last + 1,
    send(Id, Request, State#state{last_id = Id, pending = Pending#{Id => From}}).

send(Id, Request, #state{port = Port} = State) ->
    true = port_command(Port, term_to_binary({Id, Request})),
    State.

%% Its own classes the node looks up itself.
tell_classes(Known, _Classes, #state{version = Known} = State) ->
    State;
tell_classes(_Version, unknown, State) ->
    {unknown, State};
tell_classes(Version, none, State) ->
    Told = tell(Version, bt_universe:classes(), State),
    %% What is large in the heap of an idle process slows every purge of old code down.
    true = garbage_collect(),
    Told;
tell_classes(Version, Classes, State) ->
    tell(Version, Classes, State).

tell(Version, Classes, State) ->
    send(0, {classes, Classes}, State#state{version = Version}).

answer(Id, Reply, #state{pending = Pending} = State) ->
    case maps:take(Id, Pending) of
        {From, Left} ->
            gen_server:reply(From, Reply),
            State#state{pending = Left};
        error ->
            State
    end.
