%% @doc Extensions and patches in the files of a package (`String >> shout => …' in `src/strings.bt'
%% of an application): modules of their own, which someone has to link into the classes they extend.
%% They take effect when the run time starts, for all applications that are loaded then, as those of
%% a release are; when an application starts whose callback is bt_application; and at the latest
%% when a message is not understood. What stands in a script with statements takes effect where it
%% stands.
-module(bt_extensions).

-export([install/1, install_loaded/0, install_path/0]).

%% The applications that have been looked through.
-define(SEEN, {?MODULE, seen}).
-define(PATH, {?MODULE, path}).

%% @doc Puts into effect those of the modules that are extensions of a package.
-spec install([module()]) -> ok.
install(Modules) ->
    lists:foreach(fun bt_patch:install/1, [Module || Module <- Modules, is_of_package(Module)]).

is_of_package(Module) ->
    case code:ensure_loaded(Module) of
        {module, Module} ->
            lists:keymember(beamtalk_extension, 1, Module:module_info(attributes));
        {error, _} ->
            false
    end.

%% @doc Puts the extensions of all loaded applications into effect, once; says whether there was one
%% that had not been seen.
-spec install_loaded() -> ok | installed.
install_loaded() ->
    Seen = persistent_term:get(?SEEN, []),
    Loaded = [Name || {Name, _, _} <- application:loaded_applications()],
    case Loaded -- Seen of
        [] -> ok;
        New -> install_new(New, Loaded)
    end.

%% What loads classes cannot wait for itself. Of several processes one does it, the others wait.
install_new(New, Loaded) ->
    case whereis(bt_load) of
        Pid when Pid =:= undefined; Pid =:= self() -> ok;
        _ -> global:trans({?MODULE, self()}, fun() -> install_once(New, Loaded) end, [node()])
    end.

install_once(New, Loaded) ->
    case New -- persistent_term:get(?SEEN, []) of
        [] ->
            installed;
        Unseen ->
            persistent_term:put(?SEEN, Loaded),
            Modules = lists:append([extensions(Name) || Name <- in_order(Unseen)]),
            ok = install(Modules),
            case Modules of [] -> ok; _ -> installed end
    end.

%% Those that others need come first.
in_order(Names) ->
    After = fun(Name, Acc) -> after_needed(Name, Names, Acc) end,
    lists:reverse(lists:foldl(After, [], lists:sort(Names))).

after_needed(Name, Names, Done) ->
    case lists:member(Name, Done) orelse not lists:member(Name, Names) of
        true ->
            Done;
        false ->
            {ok, Needed} = application:get_key(Name, applications),
            [Name | lists:foldl(fun(N, Acc) -> after_needed(N, Names, Acc) end, Done, Needed)]
    end.

extensions(Application) ->
    {ok, Modules} = application:get_key(Application, modules),
    [Module || Module <- Modules, is_extension(atom_to_list(Module))].

%% 'bt.shop.strings x1', not the generations of classes.
is_extension("bt." ++ Name) ->
    case string:split(Name, " x", trailing) of
        [_, []] -> false;
        [_, Number] -> lists:all(fun(C) -> C >= $0 andalso C =< $9 end, Number);
        _ -> false
    end;
is_extension(_) ->
    false.

%% @doc Puts the extensions of all packages on the code path into effect, once: of a script's own
%% directory, and of the project it is in.
-spec install_path() -> ok.
install_path() ->
    Root = code:root_dir(),
    Directories = [D || D <- code:get_path(), is_list(D), not lists:prefix(Root, D)],
    case Directories -- persistent_term:get(?PATH, []) of
        [] ->
            ok;
        New ->
            persistent_term:put(?PATH, Directories),
            lists:foreach(fun install_directory/1, lists:reverse(New))
    end.

install_directory(Directory) ->
    case file:list_dir(Directory) of
        {ok, Files} ->
            Names = [filename:rootname(File) || "bt." ++ _ = File <- Files],
            install([list_to_atom(Name) || Name <- lists:sort(Names), is_extension(Name)]);
        {error, _} ->
            ok
    end.
