%% @doc Finds Elixir's modules, so that `Elixir String upcase: s' works wherever Elixir is
%% installed.
-module(bt_elixir).

-export([add_path/0, is_elixir/1, name/1, module/1, remove_path/0, libraries/1]).

%% @doc Puts the libraries of the Elixir that PATH has behind those on the code path.
-spec add_path() -> ok.
add_path() ->
    case code:which('Elixir.Kernel') =:= non_existing andalso os:find_executable("elixir") of
        false -> ok;
        Program ->
            Added = libraries(Program) -- code:get_path(),
            ok = application:set_env(beamtalk_runtime, elixir_path, Added),
            code:add_pathsz(Added)
    end.

%% @doc Takes away again what add_path/0 has added.
-spec remove_path() -> ok.
remove_path() ->
    Added = application:get_env(beamtalk_runtime, elixir_path, []),
    lists:foreach(fun(Directory) -> _ = code:del_path(Directory) end, Added).

%% @doc A module's name as Elixir writes it: `ArgumentError'.
-spec name(module()) -> binary().
name(Module) ->
    case atom_to_binary(Module) of
        <<"Elixir.", Name/binary>> -> Name;
        Name -> Name
    end.

%% @doc The module that Elixir means by a name.
-spec module(atom()) -> module().
module(Name) ->
    case is_elixir(Name) of
        true -> Name;
        false -> binary_to_atom(<<"Elixir.", (atom_to_binary(Name))/binary>>)
    end.

%% @doc Whether a module has the name of one of Elixir's.
-spec is_elixir(module()) -> boolean().
is_elixir(Module) -> lists:prefix("Elixir.", atom_to_list(Module)).

%% @doc The code directories of the installation that an `elixir' program belongs to.
-spec libraries(file:filename()) -> [file:filename()].
libraries(Program) ->
    Home = filename:dirname(filename:dirname(target(Program))),
    filelib:wildcard(filename:join([Home, "lib", "*", "ebin"])).

%% /usr/bin/elixir is a link into the installation.
target(Program) ->
    case file:read_link(Program) of
        {ok, Link} -> target(filename:join(filename:dirname(Program), Link));
        {error, _} -> Program
    end.
