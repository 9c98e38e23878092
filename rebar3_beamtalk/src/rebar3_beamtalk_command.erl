%% @doc Commands of rebar3 that are commands of `beamtalk'.
-module(rebar3_beamtalk_command).

-export([run/2, format_error/1]).

%% @doc Runs `beamtalk COMMAND' with the arguments that rebar3 was given after it.
-spec run(string(), rebar_state:t()) -> {ok, rebar_state:t()} | {error, term()}.
run(Command, State) ->
    case rebar3_beamtalk_tool:command() of
        none ->
            {error, {rebar3_beamtalk_command, missing}};
        _ ->
            Arguments = [Command | rebar_state:command_args(State)],
            case rebar3_beamtalk_tool:become(Arguments, rebar_state:dir(State)) of
                0 -> {ok, State};
                Status -> {error, {rebar3_beamtalk_command, {status, Command, Status}}}
            end
    end.

-spec format_error(term()) -> iolist().
format_error(missing) ->
    rebar3_beamtalk_tool:missing();
format_error({status, Command, Status}) ->
    io_lib:format("beamtalk ~ts ended with status ~b", [Command, Status]).
