%% @doc A process with the connection to the server of a store. What opens the same server in the
%% same way shares it; it connects when it is first asked, and again after the server was away.
-module(bt_agent_connection).
-behaviour(gen_server).

-export([open/2, run/2, close/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, format_status/2, terminate/2]).
-export_type([outcome/0]).

%% `lost' says that the connection was gone before the request was sent, `broken' that it may have
%% arrived.
-type outcome() :: bt_agent_store:answer() | lost | broken.

-callback connect(Options :: map()) -> {ok, term()} | bt_agent_store:problem().
-callback request(Connection :: term(), bt_agent_store:request()) -> outcome().
-callback disconnect(Connection :: term()) -> ok.

%% The function hides the options with their password from who prints the state.
-record(state, {module :: module(),
                options :: fun(() -> map()),
                connection = none :: none | {some, term()}}).

%% @doc The process for these options; the server is asked whether it is there.
-spec open(module(), map()) -> {ok, pid()} | bt_agent_store:problem().
open(Module, Options) ->
    Key = {?MODULE, Module, crypto:hash(sha256, term_to_binary(public(Options)))},
    global:trans({Key, self()}, fun() -> shared(Key, Module, Options) end, [node()]).

%% A secret is compared by what it says.
public(Options) ->
    maps:map(fun(_, Value) when is_function(Value) -> Value(); (_, Value) -> Value end, Options).

shared(Key, Module, Options) ->
    case persistent_term:get(Key, none) of
        Pid when is_pid(Pid) ->
            case is_process_alive(Pid) of
                true -> checked(Pid, Key);
                false -> started(Key, Module, Options)
            end;
        none -> started(Key, Module, Options)
    end.

started(Key, Module, Options) ->
    {ok, Pid} = gen_server:start(?MODULE, {Key, Module, fun() -> Options end}, []),
    persistent_term:put(Key, Pid),
    checked(Pid, Key).

checked(Pid, _Key) ->
    case call(Pid, connect) of
        ok -> {ok, Pid};
        Problem -> Problem
    end.

%% @doc Answers a request.
-spec run(pid(), bt_agent_store:request()) -> bt_agent_store:answer().
run(Pid, Request) -> call(Pid, {run, Request}).

%% @doc Ends the connection, for all that share it.
-spec close(pid()) -> ok.
close(Pid) ->
    try gen_server:stop(Pid)
    catch exit:_ -> ok
    end.

call(Pid, Request) ->
    try bt_conversations:keep_cause(fun() -> gen_server:call(Pid, Request, infinity) end)
    catch exit:_ -> {error, closed, <<"it is closed">>}
    end.

%% @private
-spec init({term(), module(), fun(() -> map())}) -> {ok, #state{}}.
init({Key, Module, Options}) ->
    process_flag(trap_exit, true),
    put(key, Key),
    {ok, #state{module = Module, options = Options}}.

%% @private
-spec handle_call(term(), {pid(), term()}, #state{}) -> {reply, term(), #state{}}.
handle_call(connect, _From, State) ->
    case connected(State) of
        {ok, State1} -> {reply, ok, State1};
        Problem -> {reply, Problem, State}
    end;
handle_call({run, Request}, _From, State) ->
    {Answer, State1} = answer(Request, State, 2),
    {reply, Answer, State1}.

connected(#state{connection = {some, _}} = State) -> {ok, State};
connected(#state{module = Module, options = Options} = State) ->
    case Module:connect(Options()) of
        {ok, Connection} -> {ok, State#state{connection = {some, Connection}}};
        Problem -> Problem
    end.

answer(Request, State, Tries) ->
    case connected(State) of
        {ok, #state{module = Module, connection = {some, Connection}} = State1} ->
            outcome(Module:request(Connection, Request), Request, State1, Tries);
        Problem -> {Problem, State}
    end.

outcome(lost, Request, State, Tries) when Tries > 1 ->
    answer(Request, disconnected(State), Tries - 1);
outcome(broken, Request, State, Tries) when Tries > 1 ->
    State1 = disconnected(State),
    case may_repeat(Request) of
        true -> answer(Request, State1, Tries - 1);
        false -> {unknown(), State1}
    end;
outcome(Away, _Request, State, _Tries) when Away =:= lost; Away =:= broken ->
    {{error, unreachable, <<"the server ends each connection">>}, disconnected(State)};
outcome({error, timeout, _} = Problem, _Request, State, _Tries) -> {Problem, disconnected(State)};
outcome(Answer, _Request, State, _Tries) -> {Answer, State}.

%% What changes the same thing twice in the same way may be sent twice.
may_repeat({put, _, _}) -> true;
may_repeat({Read, _}) -> Read =/= remove;
may_repeat(_) -> false.

unknown() -> {error, unknown, <<"the connection broke: nobody knows whether it was written">>}.

disconnected(#state{connection = none} = State) -> State;
disconnected(#state{module = Module, connection = {some, Connection}} = State) ->
    ok = Module:disconnect(Connection),
    State#state{connection = none}.

%% @private
-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Message, State) -> {noreply, State}.

%% Ends of connections show when the next request is sent.
%% @private
-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(_Message, State) -> {noreply, State}.

%% @private
-spec format_status(normal | terminate, list()) -> term().
format_status(_Why, [_Dictionary, #state{module = Module}]) -> {state, Module}.

%% @private
-spec terminate(term(), #state{}) -> ok.
terminate(_Reason, State) ->
    _ = disconnected(State),
    _ = persistent_term:erase(get(key)),
    ok.
