%% @doc `rebar3 beamtalk new NAME [--lib]': a new project, as `beamtalk new' makes it.
-module(rebar3_beamtalk_new).
-behaviour(provider).

-export([init/1, do/1, format_error/1]).

-spec init(rebar_state:t()) -> {ok, rebar_state:t()}.
init(State) ->
    Provider = providers:create([
        {name, new}, {namespace, beamtalk}, {module, ?MODULE}, {bare, true}, {deps, []},
        {example, "rebar3 beamtalk new shop"}, {opts, []},
        {short_desc, "Make a project with Beamtalk classes."},
        {desc, "Makes a project with Beamtalk classes; --lib: one that starts nothing."}
    ]),
    {ok, rebar_state:add_provider(State, Provider)}.

-spec do(rebar_state:t()) -> {ok, rebar_state:t()} | {error, term()}.
do(State) ->
    rebar3_beamtalk_command:run("new", State).

-spec format_error(term()) -> iolist().
format_error(Reason) -> rebar3_beamtalk_command:format_error(Reason).
