%% @doc `rebar3 beamtalk test [ARGUMENT…]': runs the TestCase classes of the project, as `beamtalk
%% test' does. Everything is compiled by rebar3 first.
-module(rebar3_beamtalk_test).
-behaviour(provider).

-export([init/1, do/1, format_error/1]).

-spec init(rebar_state:t()) -> {ok, rebar_state:t()}.
init(State) ->
    Provider = providers:create([
        {name, test}, {namespace, beamtalk}, {module, ?MODULE}, {bare, true},
        {deps, [{default, compile}]}, {example, "rebar3 beamtalk test --filter Stack"}, {opts, []},
        {short_desc, "Run the TestCase classes in test."},
        {desc, "Runs the TestCase classes in test, with all that `beamtalk test` understands."}
    ]),
    {ok, rebar_state:add_provider(State, Provider)}.

-spec do(rebar_state:t()) -> {ok, rebar_state:t()} | {error, term()}.
do(State) ->
    rebar3_beamtalk_command:run("test", State).

-spec format_error(term()) -> iolist().
format_error(Reason) -> rebar3_beamtalk_command:format_error(Reason).
