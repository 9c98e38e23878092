%% @doc Methods that are added to classes, or replace some of their own, while the system runs.
%%
%% Such a method lives in a module of its own; the class's facade is assembled anew with a jump
%% to it. What was replaced stays where it is, in the class's generation, for `super' and for
%% whoever runs it. A patch of a patched method takes its place, and bt_load has the module of the
%% former unloaded.
-module(bt_patch).

-export([install/1, install/3, remove/3, hide/3, drop/1, super/3, retire/2]).
-export([rows/1, rows/3, merge/2, replace/3, overrides_of/1, modules_of/1, modules/1, is_linked/1,
         forget/1]).
-export([methods/1, hidden/1, methods_of/1, target/2]).
-export([doc/1, set_doc/2, create_tables/0]).
-export_type([row/0, target/0]).

-define(TABLE, ?MODULE).

%% Where the function is now, or `none' where the class shall not have it any more.
-type target() :: module() | none.
-type key() :: {Facade :: module(), Function :: atom(), arity()}.
-type row() :: {key(), target(), Description :: map()}.

%% The table holds rows; for each module that has ever been linked and is still loaded
%% {{module, Module}, Facade, [Description]}, so that the frames of a superseded one can be named;
%% and {{doc, Facade}, Text}.

-spec create_tables() -> ok.
create_tables() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, ordered_set, {read_concurrency, true}]),
    ok.

%%% Changing a class

%% @doc Links an extension, loaded or on the code path, into the class that it is for.
-spec install(module()) -> ok.
install(Module) ->
    {Facade, Functions} = Module:'$patch'(),
    install(Facade, Module, Functions).

%% @doc Links functions of a loaded extension module into a class. They replace what was linked
%% there before.
-spec install(module(), module(), [{atom(), arity(), map()}]) -> ok.
install(Facade, Module, Functions) ->
    New = rows(Facade, Module, Functions),
    lists:foreach(fun({Name, _, _}) -> bt_class:replaced(Facade, Name) end, Functions),
    change(Facade, fun(Rows) -> merge(Rows, New) end).

%% @doc Unlinks one function; the class's own one, or the inherited one, is there again.
-spec remove(module(), atom(), arity()) -> ok.
remove(Facade, Function, Arity) ->
    Key = {Facade, Function, Arity},
    change(Facade, fun(Rows) -> lists:keydelete(Key, 1, Rows) end).

%% @doc Takes a function of the class's own away, until the class is loaded again.
-spec hide(module(), atom(), arity()) -> ok.
hide(Facade, Function, Arity) ->
    ok = bt_class:replaced(Facade, Function),
    Row = {{Facade, Function, Arity}, none, #{}},
    change(Facade, fun(Rows) -> merge(Rows, [Row]) end).

%% @doc Unlinks what modules of this stem (`bt.app.shop x': those of one file) have linked, but for
%% the modules given.
-spec retire(binary(), [module()]) -> ok.
retire(Stem, Kept) ->
    Stale = [Key || {Key, Module, _} <- rows_of('_'),
                    is_of(Stem, Module), not lists:member(Module, Kept)],
    Facades = lists:usort([Facade || {Facade, _, _} <- Stale]),
    lists:foreach(fun(Facade) -> unlink_all(Facade, Stale) end, Facades).

is_of(Stem, Module) ->
    string:prefix(atom_to_binary(Module), Stem) =/= nomatch.

unlink_all(Facade, Stale) ->
    Change = fun(Rows) -> [Row || {Key, _, _} = Row <- Rows, not lists:member(Key, Stale)] end,
    change(Facade, Change).

change(Facade, Change) ->
    checked(Facade, bt_load:update(Facade, Change)).

checked(_Facade, ok) ->
    ok;
checked(Facade, {error, {in_use, _}}) ->
    bt_error:raise('bt.stdlib.TimeoutError', #{
        message => <<(bt_class:name(Facade))/binary,
                     " cannot be changed now: a process still runs its last but one version">>
    });
checked(Facade, {error, {no_class, _}}) ->
    bt_error:undefined_class(binary_to_atom(bt_class:name(Facade))).

%% @doc Forgets all patches of a class, as loading it does.
-spec drop(module()) -> ok.
drop(Facade) ->
    true = ets:match_delete(?TABLE, {{Facade, '_', '_'}, '_', '_'}),
    true = ets:delete(?TABLE, {doc, Facade}),
    ok = bt_changes:forget(Facade),
    ok.

%% @doc What `super' means in an extension or patch: the method that was replaced, as its class
%% was loaded, or the inherited one.
-spec super(module(), atom(), [term()]) -> term().
super(Facade, Function, Args) ->
    #{generation := Generation, superclass := Superclass} = bt_class:meta(Facade),
    case bt_class:exists(Generation) andalso
        erlang:function_exported(Generation, Function, length(Args))
    of
        true -> apply(Generation, Function, Args);
        false when Superclass =:= nil -> bt_class:undefined(Facade, Function, Args);
        false -> apply(Superclass, Function, Args)
    end.

%%% What bt_load needs

%% @doc What is linked into a class, in order.
-spec rows(module()) -> [row()].
rows(Facade) -> rows_of(Facade).

%% @doc The rows of the functions of a module.
-spec rows(module(), module(), [{atom(), arity(), map()}]) -> [row()].
rows(Facade, Module, Functions) ->
    [{{Facade, Name, Arity}, Module, Method} || {Name, Arity, Method} <- Functions].

%% @doc Rows with those of new functions in their place.
-spec merge([row()], [row()]) -> [row()].
merge(Rows, New) ->
    lists:ukeymerge(1, lists:ukeysort(1, New), Rows).

%% @doc Puts other rows in the place of those of a class.
-spec replace(module(), [row()], [row()]) -> ok.
replace(Facade, Old, New) ->
    ok = bt_changes:noted(Facade, Old, New),
    Described = [{{module, Module}, Facade, described(Module, New)} || Module <- modules_of(New)],
    true = ets:insert(?TABLE, Described ++ New),
    Gone = [Key || {Key, _, _} <- Old, not lists:keymember(Key, 1, New)],
    lists:foreach(fun(Key) -> true = ets:delete(?TABLE, Key) end, Gone).

described(Module, Rows) ->
    [Method || {_, M, Method} <- Rows, M =:= Module].

%% @doc Which module answers for each function that is linked into a class.
-spec overrides_of([row()]) -> #{{atom(), arity()} => target()}.
overrides_of(Rows) ->
    maps:from_list([{{Function, Arity}, Target} || {{_, Function, Arity}, Target, _} <- Rows]).

%% @doc The modules that rows name.
-spec modules_of([row()]) -> [module()].
modules_of(Rows) ->
    lists:usort([Module || {_, Module, _} <- Rows, Module =/= none]).

%% @doc The modules that are linked into a class.
-spec modules(module()) -> [module()].
modules(Facade) -> modules_of(rows(Facade)).

%% @doc Whether a function of the module is linked into a class.
-spec is_linked(module()) -> boolean().
is_linked(Module) ->
    case ets:lookup(?TABLE, {module, Module}) of
        [{_, Facade, _}] -> lists:member(Module, modules(Facade));
        [] -> false
    end.

%% @doc Forgets modules that have been unloaded.
-spec forget([module()]) -> ok.
forget(Modules) ->
    Unlinked = [Module || Module <- Modules, not is_linked(Module)],
    lists:foreach(fun(Module) -> true = ets:delete(?TABLE, {module, Module}) end, Unlinked).

%%% What is there

%% @doc The descriptions of the methods that are linked into a class.
-spec methods(module()) -> [map()].
methods(Facade) ->
    [Method || {_, Target, Method} <- rows_of(Facade), Target =/= none].

%% @doc The functions that were taken away from a class.
-spec hidden(module()) -> [{atom(), arity()}].
hidden(Facade) ->
    [{Function, Arity} || {{_, Function, Arity}, none, _} <- rows_of(Facade)].

%% @doc The descriptions of the methods that a module has linked anywhere.
-spec methods_of(module()) -> [map()].
methods_of(Module) ->
    case module_row(Module) of
        {_, Methods} -> Methods;
        none -> []
    end.

%% @doc The class that a module's functions are linked into, or the default.
-spec target(module(), Default) -> module() | Default when Default :: module() | none.
target(Module, Default) ->
    case module_row(Module) of
        {Facade, _} -> Facade;
        none -> Default
    end.

module_row(Module) ->
    case ets:whereis(?TABLE) =/= undefined andalso ets:lookup(?TABLE, {module, Module}) of
        [{_, Facade, Methods}] -> {Facade, Methods};
        _ -> none
    end.

%% Where the application does not run there are no patches.
rows_of(Facade) ->
    case ets:whereis(?TABLE) of
        undefined -> [];
        Table -> ets:match_object(Table, {{Facade, '_', '_'}, '_', '_'})
    end.

%%% Class comments that were given at run time

-spec doc(module()) -> {ok, binary() | nil} | none.
doc(Facade) ->
    case ets:lookup(?TABLE, {doc, Facade}) of
        [{_, Doc}] -> {ok, Doc};
        [] -> none
    end.

-spec set_doc(module(), binary() | nil) -> ok.
set_doc(Facade, Doc) ->
    true = ets:insert(?TABLE, {{doc, Facade}, Doc}),
    ok.
