%% @doc The application callback for applications that are written in Beamtalk: in the `.app.src'
%%
%% ```
%% {mod, {bt_application, 'bt.shop.ShopSupervisor'}}
%% '''
%%
%% starts the Supervisor class `ShopSupervisor' as the top of the application `shop', after the
%% extensions and patches that its files contain have been put into effect.
-module(bt_application).
-behaviour(application).

-export([start/2, stop/1, install_extensions/1]).

-spec start(application:start_type(), module()) -> {ok, pid()} | {error, term()}.
start(_Type, Facade) ->
    case application:get_application() of
        {ok, Application} -> ok = install_extensions(Application);
        undefined -> ok
    end,
    case code:ensure_loaded(Facade) of
        {module, Facade} -> Facade:start_link();
        {error, Reason} -> {error, {no_such_class, Facade, Reason}}
    end.

-spec stop(term()) -> ok.
stop(_State) ->
    ok.

%% @doc Puts the extensions and patches into effect that stand in files of an application, and of
%% those it needs. For applications with a callback of their own, at the beginning of its `start/2'.
-spec install_extensions(atom()) -> ok.
install_extensions(Application) ->
    lists:foreach(fun install/1, lists:reverse(needed([Application], []))).

%% The application and what it needs, each before those that need it when read backwards.
needed([], Seen) ->
    Seen;
needed([Application | Others], Seen) ->
    case lists:member(Application, Seen) of
        true -> needed(Others, Seen);
        false -> needed(Others, [Application | needed(applications(Application), Seen)])
    end.

applications(Application) ->
    _ = application:load(Application),
    case application:get_key(Application, applications) of
        {ok, Needed} -> Needed;
        undefined -> []
    end.

install(Application) ->
    Prefix = "bt." ++ atom_to_list(Application) ++ ".",
    case application:get_key(Application, modules) of
        {ok, Modules} ->
            lists:foreach(fun bt_patch:install/1, [M || M <- Modules, is_extension(M, Prefix)]);
        undefined ->
            ok
    end.

%% 'bt.shop.strings x1', not the generations of classes.
is_extension(Module, Prefix) ->
    Name = atom_to_list(Module),
    lists:prefix(Prefix, Name) andalso
        re:run(Name, " x[0-9]+$", [{capture, none}]) =:= match.
