%% @doc Loads modules, several at once: all of them or none.
%%
%% The code server serves one request after the other, and a purge asks every process: 200 ms and
%% more where there are 100,000. So what makes a change take effect does without the code server: it
%% hands the code to the emulator itself, as the code server would (ADR 47). What is loaded in this
%% way is not in the code server's list, so loaded/0 and available/0 are to be asked, and not those
%% of `code'.
%%
%% Old code of a module has to be purged before the module can be replaced. That is done after a
%% replacement, in the background, and waited for only by who comes before it has ended. Nothing is
%% purged that a process still runs.
-module(bt_code).

-export([load/1, replace/1, replace_by_server/1, unload/1, purge/1]).
-export([loaded/0, available/0]).

-type modules() :: [{module(), binary()}].
-type outcome() :: ok | {error, term()}.

-define(ATTEMPTS, 20).
-define(PAUSE, 50).

%% @doc Loads modules whose names are not in use.
-spec load(modules()) -> outcome().
load(Modules) ->
    Prepared = [{Module, erlang:prepare_loading(Module, Code)} || {Module, Code} <- Modules],
    case [Failed || {_, {error, _}} = Failed <- Prepared] of
        [] -> finish([Each || {_, Each} <- Prepared], Modules);
        [{Module, {error, Reason}} | _] -> {error, [{Module, Reason}]}
    end.

finish(Prepared, Modules) ->
    case erlang:finish_loading(Prepared) of
        ok -> noted(Modules);
        {Reason, Names} -> {error, [{Name, Reason} || Name <- Names]}
    end.

noted(Modules) ->
    lists:foreach(fun({Module, _}) -> bt_tracer:loaded(Module) end, Modules).

%% @doc Loads modules in place of those of the same names.
-spec replace(modules()) -> outcome().
replace(Modules) ->
    replace(Modules, fun load/1).

%% @doc The same where the code server may be about to load them, too: then it answers an error.
-spec replace_by_server(modules()) -> outcome().
replace_by_server(Modules) ->
    replace(Modules, fun load_by_server/1).

load_by_server(Modules) ->
    Files = [{Module, atom_to_list(Module) ++ ".beam", Code} || {Module, Code} <- Modules],
    case code:atomic_load(Files) of
        ok -> noted(Modules);
        Error -> Error
    end.

replace(Modules, Load) ->
    Names = [Module || {Module, _} <- Modules],
    case [Name || Name <- Names, not is_purged(Name, ?ATTEMPTS)] of
        [] ->
            Outcome = Load(Modules),
            Old = [Name || Name <- Names, erlang:check_old_code(Name)],
            _ = Old =/= [] andalso spawn(fun() -> lists:foreach(fun purge/1, Old) end),
            Outcome;
        InUse ->
            {error, {in_use, InUse}}
    end.

%% @doc The modules that are loaded, in whatever way.
-spec loaded() -> [module()].
loaded() ->
    [Module || Module <- erlang:loaded(), erlang:module_loaded(Module)].

%% @doc The names of those that are loaded or on the code path, in order.
-spec available() -> [string()].
available() ->
    OnPath = [Name || {Name, _File, _IsLoaded} <- code:all_available()],
    lists:usort(OnPath ++ [atom_to_list(Module) || Module <- loaded()]).

%% @doc Takes back what load/1 has loaded.
-spec unload([module()]) -> ok.
unload(Modules) ->
    lists:foreach(
        fun(Module) ->
            _ = code:delete(Module),
            purge(Module)
        end,
        Modules
    ).

%% @doc Removes old code that no process runs. Through the code server, although it serves nobody
%% else meanwhile: its purger, when it is asked directly, loses what the code server asks of it at
%% the same time after the `on_load' of a module (of a NIF, say), and then no code is ever loaded
%% again.
-spec purge(module()) -> boolean().
purge(Module) ->
    code:soft_purge(Module).

is_purged(_Module, 0) ->
    false;
is_purged(Module, Attempts) ->
    (not erlang:check_old_code(Module)) orelse purge(Module) orelse
        begin
            timer:sleep(?PAUSE),
            is_purged(Module, Attempts - 1)
        end.
