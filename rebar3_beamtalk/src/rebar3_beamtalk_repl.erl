%% @doc `rebar3 beamtalk repl': the REPL with the code of the project.
-module(rebar3_beamtalk_repl).
-behaviour(provider).

-export([init/1, do/1, format_error/1]).

-spec init(rebar_state:t()) -> {ok, rebar_state:t()}.
init(State) ->
    Provider = providers:create([
        {name, repl}, {namespace, beamtalk}, {module, ?MODULE}, {bare, true},
        {deps, [{default, compile}]}, {example, "rebar3 beamtalk repl"}, {opts, []},
        {short_desc, "The Beamtalk REPL with the code of the project."},
        {desc, "The Beamtalk REPL with the code of the project."}
    ]),
    {ok, rebar_state:add_provider(State, Provider)}.

-spec do(rebar_state:t()) -> {ok, rebar_state:t()} | {error, term()}.
do(State) ->
    rebar3_beamtalk_tool:without_input(fun() -> rebar3_beamtalk_command:run("repl", State) end).

-spec format_error(term()) -> iolist().
format_error(Reason) -> rebar3_beamtalk_command:format_error(Reason).
