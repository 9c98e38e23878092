%% @doc What SIGTERM does to a program: its supervisors end, and with them their children, in
%% order; then the node, with the exit status of a program that a signal ended.
%%
%% A second SIGTERM ends it without further ado.
-module(bt_signals).
-behaviour(gen_event).

-export([handle/0, is_stopping/0]).
-export([init/1, handle_event/2, handle_call/2]).

-define(STATUS, 143).

%% @doc Takes the place of Erlang's own handler, which would end with status 0.
-spec handle() -> ok.
handle() ->
    ok = gen_event:swap_handler(erl_signal_server, {erl_signal_handler, []}, {?MODULE, []}),
    os:set_signal(sigterm, handle).

%% @doc Whether the node is on its way down because of a signal.
-spec is_stopping() -> boolean().
is_stopping() -> persistent_term:get(?MODULE, false).

%% @private
-spec init(term()) -> {ok, none}.
init(_) -> {ok, none}.

%% @private
-spec handle_event(atom(), none) -> {ok, none}.
handle_event(sigterm, State) ->
    os:set_signal(sigterm, default),
    persistent_term:put(?MODULE, true),
    init:stop(?STATUS),
    {ok, State};
handle_event(_Signal, State) -> {ok, State}.

%% @private
-spec handle_call(term(), none) -> {ok, ok, none}.
handle_call(_Request, State) -> {ok, ok, State}.
