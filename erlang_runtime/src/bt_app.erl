%% @doc The OTP application of the Beamtalk runtime.
-module(bt_app).
-behaviour(application).

-export([start/2, stop/1, load_for_looking/0]).

%% The default of 8 frames is too few: half of them belong to blocks and loops of the library.
-define(BACKTRACE_DEPTH, 32).

%% What `inspect' needs. Erlang loads a module when it is first used, by the code server, which
%% stands behind all others that have work to do: whoever looks into a node because it has too much
%% would wait for seconds.
-define(LOOKING, [bt_inspect, bt_inspect_text, bt_inspect_value, bt_inspect_wait, bt_look,
                  bt_prim_inspect, bt_supervision, bt_deadlock, bt_graves,
                  'bt.stdlib.ActorInfo', 'bt.stdlib.ActorInfo 1', 'bt.stdlib.WaitInfo',
                  'bt.stdlib.WaitInfo 1', 'bt.stdlib.ProcessInfo', 'bt.stdlib.ProcessInfo 1']).
%% Milliseconds: a script that is done by then need not wait for it.
-define(LOAD_AFTER, 2000).

-spec start(application:start_type(), term()) -> {ok, pid()} | {error, term()}.
start(_Type, _Args) ->
    Before = erlang:system_flag(backtrace_depth, ?BACKTRACE_DEPTH),
    ok = application:set_env(beamtalk_runtime, depth_before, Before),
    ok = bt_elixir:add_path(),
    ok = bt_prim_logger:set_up(),
    Started = bt_sup:start_link(),
    _ = bt_extensions:install_loaded(),
    _ = spawn(fun() ->
        receive after ?LOAD_AFTER -> load_for_looking() end
    end),
    Started.

%% @doc Loads what `inspect' needs.
-spec load_for_looking() -> ok.
load_for_looking() ->
    _ = code:ensure_modules_loaded(?LOOKING),
    ok.

-spec stop(term()) -> ok.
stop(_State) ->
    {ok, Before} = application:get_env(beamtalk_runtime, depth_before),
    _ = erlang:system_flag(backtrace_depth, Before),
    ok = bt_elixir:remove_path(),
    logger:unset_module_level(bt_prim_logger).
