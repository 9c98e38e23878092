%% @doc In `rebar3 shell': after `r3:compile()' the classes that have changed are loaded into the
%% running system, as all loading of classes is done (bt_load): actors go on with their state.
%% Rebar3 itself would replace module after module, so it is told to leave these applications alone,
%% and their Erlang modules are loaded here too.
-module(rebar3_beamtalk_reload).
-behaviour(provider).

-export([init/1, do/1, format_error/1]).

-define(LOADED, {?MODULE, loaded}).

-spec init(rebar_state:t()) -> {ok, rebar_state:t()}.
init(State) ->
    Provider = providers:create([
        {name, reload}, {namespace, beamtalk}, {module, ?MODULE}, {bare, true}, {deps, []},
        {example, "r3:do(beamtalk, reload)"}, {opts, []},
        {short_desc, "Load what was compiled into the running shell."},
        {desc, "Loads what was compiled into the running shell; happens after each r3:compile()."}
    ]),
    {ok, rebar_state:add_provider(State, Provider)}.

-spec do(rebar_state:t()) -> {ok, rebar_state:t()} | {error, term()}.
do(State) ->
    case whereis(rebar_agent) =/= undefined andalso whereis(bt_load) =/= undefined of
        true -> reload([App || App <- rebar_state:project_apps(State), has_classes(App)], State);
        false -> {ok, State}
    end.

has_classes(App) ->
    filelib:wildcard("bt.*.beam", rebar_app_info:ebin_dir(App)) =/= [].

reload(Apps, State) ->
    Names = [binary_to_atom(rebar_app_info:name(App), utf8) || App <- Apps],
    Others = application:get_env(rebar, refresh_paths_blacklist, []),
    ok = application:set_env(rebar, refresh_paths_blacklist, lists:usort(Names ++ Others)),
    Changed = lists:append([changed(rebar_app_info:ebin_dir(App)) || App <- Apps]),
    {Classes, Erlang} = lists:partition(fun({Module, _}) -> is_class(Module) end, Changed),
    lists:foreach(fun load_erlang/1, Erlang),
    case load_classes(Classes) of
        ok -> {ok, State};
        {error, Reason} -> {error, {?MODULE, Reason}}
    end.

%% The modules whose code on disk is not what was loaded from there.
changed(Ebin) ->
    [{Module, Binary} || File <- filelib:wildcard(filename:join(Ebin, "*.beam")),
                         Module <- [list_to_atom(filename:basename(File, ".beam"))],
                         is_loaded(Module),
                         {ok, Binary} <- [file:read_file(File)],
                         {ok, {_, Digest}} <- [beam_lib:md5(Binary)],
                         Digest =/= loaded_digest(Module)].

%% A facade comes with its generation, and never alone. The generation may be loaded under another
%% name, so it is the facade that tells whether the class is.
is_loaded(Module) ->
    case string:split(atom_to_list(Module), " ") of
        ["bt." ++ _] -> false;
        ["bt." ++ _ = Facade, "1"] -> erlang:module_loaded(list_to_atom(Facade));
        _ -> erlang:module_loaded(Module)
    end.

is_class(Module) -> lists:prefix("bt.", atom_to_list(Module)).

loaded_digest(Module) ->
    case get_loaded() of
        #{Module := Digest} ->
            Digest;
        #{} ->
            case erlang:module_loaded(Module) of
                true -> Module:module_info(md5);
                false -> none
            end
    end.

get_loaded() -> persistent_term:get(?LOADED, #{}).

load_erlang({Module, _}) ->
    _ = code:purge(Module),
    {module, Module} = code:load_file(Module),
    ok.

load_classes([]) ->
    ok;
load_classes(Classes) ->
    case bt_load:batch(Classes) of
        {ok, Names} ->
            Digests = [{Module, Digest} || {Module, Binary} <- Classes,
                                           {ok, {_, Digest}} <- [beam_lib:md5(Binary)]],
            persistent_term:put(?LOADED, maps:merge(get_loaded(), maps:from_list(Digests))),
            lists:foreach(fun(Module) -> link_extension(maps:get(Module, Names)) end,
                          [Module || {Module, _} <- Classes, is_extension(Module)]);
        {error, Reason} ->
            {error, Reason}
    end.

link_extension(Module) -> ok = bt_patch:install(Module).

is_extension(Module) ->
    re:run(atom_to_list(Module), " x[0-9]+$", [{capture, none}]) =:= match.

-spec format_error(term()) -> iolist().
format_error(Reason) ->
    io_lib:format("the changed classes were not loaded: ~tp", [Reason]).
