%% @doc The OTP application of the Beamtalk runtime.
-module(bt_app).
-behaviour(application).

-export([start/2, stop/1]).

%% The default of 8 frames is too few: half of them belong to blocks and loops of the library.
-define(BACKTRACE_DEPTH, 32).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Args) ->
    Before = erlang:system_flag(backtrace_depth, ?BACKTRACE_DEPTH),
    ok = application:set_env(beamtalk_runtime, depth_before, Before),
    ok = bt_elixir:add_path(),
    ok = bt_prim_logger:set_up(),
    Started = bt_sup:start_link(),
    _ = bt_extensions:install_loaded(),
    Started.

-spec stop(term()) -> ok.
stop(_State) ->
    {ok, Before} = application:get_env(beamtalk_runtime, depth_before),
    _ = erlang:system_flag(backtrace_depth, Before),
    ok = bt_elixir:remove_path(),
    logger:unset_module_level(bt_prim_logger).
