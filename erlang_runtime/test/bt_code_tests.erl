%% @doc Purging old code must not get into the way of who loads modules.
-module(bt_code_tests).

-include_lib("eunit/include/eunit.hrl").

-define(PROCESSES, 3000).
-define(ROUNDS, 40).

%% A module with `-on_load', as all with native functions have, is made known by the process that
%% purges; what others than the code server make it purge costs the code server its answer.
modules_with_on_load_are_loaded_while_others_are_purged_test_() ->
    {timeout, 60, fun() ->
        Idle = [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, ?PROCESSES)],
        {Purger, Monitor} = spawn_monitor(fun() -> replace(module(bt_code_tests_plain, [])) end),
        Loader = spawn_monitor(fun() -> load(module(bt_code_tests_native, [on_load]), ?ROUNDS) end),
        Outcome = outcome(Loader),
        exit(Purger, kill),
        receive
            {'DOWN', Monitor, process, Purger, _} -> ok
        end,
        [Pid ! stop || Pid <- Idle],
        ?assertEqual(normal, Outcome)
    end}.

outcome({Pid, Monitor}) ->
    receive
        {'DOWN', Monitor, process, Pid, Reason} -> Reason
    after 30000 -> process_info(whereis(code_server), current_function)
    end.

replace({Module, Binary}) ->
    ok = bt_code:replace([{Module, Binary}]),
    replace({Module, Binary}).

load(_, 0) ->
    ok;
load({Module, Binary}, Rounds) ->
    {module, Module} = code:load_binary(Module, "native.beam", Binary),
    true = code:delete(Module),
    _ = code:soft_purge(Module),
    load({Module, Binary}, Rounds - 1).

module(Name, OnLoad) ->
    Forms = [{attribute, 1, module, Name}, {attribute, 1, export, [{run, 0}]}]
        ++ [{attribute, 1, on_load, {run, 0}} || OnLoad =/= []]
        ++ [{function, 1, run, 0, [{clause, 1, [], [], [{atom, 1, ok}]}]}],
    {ok, Name, Binary} = compile:forms(Forms),
    {Name, Binary}.
