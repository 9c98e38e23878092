%% @doc Methods that are added to classes, or replace some of their own, while the system runs.
%%
%% Such a method lives in a module of its own; the class's facade is assembled anew with a jump
%% to it. What was replaced stays where it is, in the class's generation, for `super' and for
%% whoever runs it.
-module(bt_patch).

-export([install/3, remove/3, drop/1, super/3]).
-export([methods/1, methods_of/1, overrides/1, target/2]).
-export([create_tables/0]).

-define(TABLE, ?MODULE).

%% A row for each replaced or added function: {{Facade, Function, Arity}, Module, Description}.

-spec create_tables() -> ok.
create_tables() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, ordered_set, {read_concurrency, true}]),
    ok.

%% @doc Links functions of a loaded extension module into a class. They replace what was linked
%% there before.
-spec install(module(), module(), [{atom(), arity(), map()}]) -> ok.
install(Facade, Module, Functions) ->
    bt_load:update(Facade, fun() ->
        Rows = [{{Facade, Name, Arity}, Module, Method} || {Name, Arity, Method} <- Functions],
        true = ets:insert(?TABLE, Rows),
        ok
    end).

%% @doc Unlinks one function; the class's own one, or the inherited one, is there again.
-spec remove(module(), atom(), arity()) -> ok.
remove(Facade, Function, Arity) ->
    bt_load:update(Facade, fun() ->
        true = ets:delete(?TABLE, {Facade, Function, Arity}),
        ok
    end).

%% @doc Forgets all patches of a class, as loading it does.
-spec drop(module()) -> ok.
drop(Facade) ->
    true = ets:match_delete(?TABLE, {{Facade, '_', '_'}, '_', '_'}),
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

%% @doc The descriptions of the methods that are linked into a class.
-spec methods(module()) -> [map()].
methods(Facade) ->
    [Method || {_, _, Method} <- rows({{Facade, '_', '_'}, '_', '_'})].

%% @doc The descriptions of the methods that a module has linked anywhere.
-spec methods_of(module()) -> [map()].
methods_of(Module) ->
    [Method || {_, _, Method} <- rows({'_', Module, '_'})].

%% @doc The class that a module's functions are linked into, or the default.
-spec target(module(), Default) -> module() | Default when Default :: module() | none.
target(Module, Default) ->
    case rows({'_', Module, '_'}) of
        [{{Facade, _, _}, _, _} | _] -> Facade;
        [] -> Default
    end.

%% @doc Which module answers for each function that is linked into a class.
-spec overrides(module()) -> #{{atom(), arity()} => module()}.
overrides(Facade) ->
    Rows = rows({{Facade, '_', '_'}, '_', '_'}),
    maps:from_list([{{Function, Arity}, Module} || {{_, Function, Arity}, Module, _} <- Rows]).

rows(Pattern) ->
    case ets:whereis(?TABLE) of
        undefined -> [];
        Table -> ets:match_object(Table, Pattern)
    end.
