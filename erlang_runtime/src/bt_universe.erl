%% @doc The classes of this node as the compiler wants to know them: all but those of the standard
%% library that are as they were built.
-module(bt_universe).

-export([classes/0]).

%% How long to wait for the code server, in milliseconds.
-define(PATIENCE, 20).
-define(ON_PATH, {?MODULE, on_path}).

-type signature() :: {atom(), atom(), module() | nil, atom(), [atom()], [atom()], [atom()],
                      [{atom(), instance | class, boolean(), [binary() | nil], binary() | nil}]}.

-spec classes() -> [signature()].
classes() ->
    [signature(Facade) || Facade <- facades(), is_wanted(Facade)].

%% A class of the standard library counts once it has an extension.
is_wanted(Facade) ->
    case bt_class:meta(Facade) of
        #{kind := script} -> false;
        #{package := stdlib} -> bt_patch:rows(Facade) =/= [];
        #{package := _} -> true;
        _ -> false
    end.

%% Loaded ones, and those beside them on disk that nothing has called yet.
facades() ->
    Loaded = [atom_to_list(Module) || Module <- bt_code:loaded()],
    Names = lists:usort(Loaded ++ on_path()),
    [list_to_atom(Name) || "bt." ++ Rest = Name <- Names, not lists:member($\s, Rest)].

%% The code server may be purging, which takes long where there are many processes; then what it
%% said before has to do.
on_path() ->
    {_, Monitor} = spawn_monitor(fun() -> exit({beams, looked_up()}) end),
    receive
        {'DOWN', Monitor, process, _, {beams, Names}} -> Names
    after patience(persistent_term:get(?ON_PATH, unknown)) ->
        demonitor(Monitor, [flush]),
        persistent_term:get(?ON_PATH)
    end.

patience(unknown) -> infinity;
patience(_) -> ?PATIENCE.

looked_up() ->
    Root = code:root_dir(),
    Names = lists:append([beams(Path) || Path <- code:get_path(), not lists:prefix(Root, Path)]),
    persistent_term:put(?ON_PATH, Names),
    Names.

%% Not those of the standard library.
beams(Directory) ->
    case is_stdlib(Directory) of
        true -> [];
        false -> [filename:basename(File, ".beam")
                  || File <- filelib:wildcard("bt.*.beam", Directory)]
    end.

is_stdlib(Directory) ->
    filelib:is_regular(filename:join(Directory, "bt.stdlib.Object.beam")).

signature(Facade) ->
    #{
        package := Package, name := Name, superclass := Superclass, kind := Kind,
        modifiers := Modifiers, variables := Variables, class_variables := ClassVariables
    } = bt_class:meta(Facade),
    Methods = [method(Method) || Method <- bt_class:methods(Facade)],
    {Package, Name, Superclass, Kind, Modifiers, Variables, ClassVariables, Methods}.

method(#{selector := Selector, side := Side, parameters := Parameters} = Method) ->
    IsUpdating = lists:member(updating, maps:get(flags, Method, [])),
    Types = [class_name(Type) || {_, Type, _} <- Parameters],
    {Selector, Side, IsUpdating, Types, class_name(maps:get(returns, Method, nil))}.

%% Of a type only a plain class is known to the checks between files: not `Integer | #none'.
class_name(nil) -> nil;
class_name(Type) ->
    case re:run(Type, <<"^[\\w@]+(?=\\(|$)">>, [unicode, {capture, first, binary}]) of
        {match, [Name]} -> Name;
        nomatch -> nil
    end.
