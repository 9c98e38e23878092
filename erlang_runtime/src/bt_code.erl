%% @doc Loads modules through the code server, several at once: all of them or none.
%%
%% Old code of a module has to be purged before the module can be replaced. That asks every process,
%% which takes 150 ms for 100,000 of them, so it is done after a replacement, in the background, and
%% waited for only by who comes before it has ended. Nothing is purged that a process still runs.
-module(bt_code).

-export([load/1, replace/1, unload/1, purge/1]).

-type modules() :: [{module(), binary()}].

-define(ATTEMPTS, 20).
-define(PAUSE, 50).

%% @doc Loads modules whose names are not in use.
-spec load(modules()) -> ok | {error, term()}.
load(Modules) ->
    Files = [{Module, atom_to_list(Module) ++ ".beam", Binary} || {Module, Binary} <- Modules],
    case code:prepare_loading(Files) of
        {ok, Prepared} -> finish(Prepared, [Module || {Module, _} <- Modules]);
        Error -> Error
    end.

finish(Prepared, Modules) ->
    case code:finish_loading(Prepared) of
        ok -> lists:foreach(fun bt_tracer:loaded/1, Modules);
        Error -> Error
    end.

%% @doc Loads modules in place of those of the same names.
-spec replace(modules()) -> ok | {error, term()}.
replace(Modules) ->
    Names = [Module || {Module, _} <- Modules],
    case [Name || Name <- Names, not is_purged(Name, ?ATTEMPTS)] of
        [] ->
            Outcome = load(Modules),
            Old = [Name || Name <- Names, erlang:check_old_code(Name)],
            _ = Old =/= [] andalso spawn(fun() -> lists:foreach(fun purge/1, Old) end),
            Outcome;
        InUse ->
            {error, {in_use, InUse}}
    end.

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
