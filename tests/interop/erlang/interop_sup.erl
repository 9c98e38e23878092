%% An ordinary supervisor of an Erlang program.
-module(interop_sup).
-behaviour(supervisor).
-export([init/1]).

init(Children) ->
    {ok, {#{strategy => one_for_one, intensity => 5, period => 10}, Children}}.
