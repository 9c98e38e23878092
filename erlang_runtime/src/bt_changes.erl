%% @doc What was changed live, as against the files that classes were loaded from: methods that were
%% patched, compiled or taken away.
%%
%% The table has a row for each function that was ever changed so: what its method was in the file.
%% A change is where the method of now differs from that, so what is taken back is none. Loading the
%% class again makes the file the truth, and the rows of its functions go.
-module(bt_changes).

-export([create_tables/0, noted/3, forget/1, all/0, defined/0, of_function/1, saved/1]).
-export_type([change/0, key/0, method/0]).

-define(TABLE, ?MODULE).

-type key() :: {Facade :: module(), Function :: atom(), arity()}.
%% A method's description; `none' where there is no method.
-type method() :: map() | none.
-type change() :: #{key := key(), kind := added | changed | removed, side := instance | class,
                    selector := atom(), file := binary() | nil, old := method(), new := method()}.

%% @doc Makes the table; the caller owns it.
-spec create_tables() -> ok.
create_tables() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, ordered_set]),
    ok.

%% @doc Other rows (bt_patch) are linked into a class than before.
-spec noted(module(), [bt_patch:row()], [bt_patch:row()]) -> ok.
noted(Facade, Old, New) ->
    lists:foreach(fun(Row) -> note(Facade, Row, Old) end, New -- Old).

note(Facade, {Key, none, _}, Old) ->
    remember(Facade, Key, Old);
note(Facade, {Key, _, Method}, Old) ->
    case is_live(Method) of
        true -> remember(Facade, Key, Old);
        %% The file is loaded that has it.
        false -> true = ets:delete(?TABLE, Key)
    end.

remember(Facade, Key, Old) ->
    Before = case lists:keyfind(Key, 1, Old) of
        {_, Target, Method} when Target =/= none -> Method;
        _ -> own(Facade, Key)
    end,
    ets:insert_new(?TABLE, {Key, Before}).

%% What was typed, or made while the system ran, has no file with source.
is_live(#{file := File}) -> filename:extension(File) =/= <<".bt">>;
is_live(_) -> false.

%% The class's own method, as it was loaded.
own(Facade, {_, Function, Arity}) ->
    Meta = bt_class:meta(Facade),
    case [M || #{function := F, arity := A} = M <- maps:get(methods, Meta, []),
               F =:= Function, A + 1 =:= Arity] of
        [Method | _] -> Method#{file => maps:get(file, Meta)};
        [] -> none
    end.

%% @doc A class is loaded again, or not there any more.
-spec forget(module()) -> ok.
forget(Facade) ->
    true = ets:match_delete(?TABLE, {{Facade, '_', '_'}, '_'}),
    ok.

%% @doc The changes, by class and function.
-spec all() -> [change()].
all() -> lists:append([change(Row) || Row <- ets:tab2list(?TABLE)]).

%% @doc The change of one function, if it is one.
-spec of_function(key()) -> [change()].
of_function(Key) -> lists:append([change(Row) || Row <- ets:lookup(?TABLE, Key)]).

change({{Facade, _, _} = Key, Old}) ->
    New = now_of(Facade, Key),
    case kind(Old, New) of
        none -> [];
        Kind ->
            #{selector := Selector, side := Side} = Known = any(New, Old),
            [#{key => Key, kind => Kind, side => Side, selector => Selector,
               file => file(Facade, Old, Known), old => Old, new => New}]
    end.

any(none, Old) -> Old;
any(New, _Old) -> New.

now_of(Facade, Key) ->
    case lists:keyfind(Key, 1, bt_patch:rows(Facade)) of
        {_, none, _} -> none;
        {_, _, Method} -> Method;
        false -> own(Facade, Key)
    end.

kind(none, none) -> none;
kind(none, _) -> added;
kind(_, none) -> removed;
kind(#{source := Same} = Old, #{source := Same} = New) ->
    case maps:get(doc, New, nil) of
        nil -> none;
        Doc -> case maps:get(doc, Old, nil) of Doc -> none; _ -> changed end
    end;
kind(_, _) -> changed.

%% A method that is new belongs into the file of its class.
file(Facade, none, _) -> source_file(maps:get(file, bt_class:meta(Facade), nil));
file(_Facade, #{file := File}, _) -> source_file(File).

source_file(nil) -> nil;
source_file(File) ->
    case filename:extension(File) of
        <<".bt">> -> File;
        _ -> nil
    end.

%% @doc The classes that were typed, and are in no file.
-spec defined() -> [module()].
defined() ->
    Names = lists:sort([atom_to_list(Module) || Module <- bt_code:loaded()]),
    [Facade || "bt." ++ Rest = Name <- Names, not lists:member($\s, Rest),
               Facade <- [list_to_atom(Name)], is_typed(bt_class:meta(Facade))].

is_typed(#{kind := script}) -> false;
is_typed(#{package := Package} = Meta) when Package =/= stdlib -> is_live(Meta);
is_typed(_) -> false.

%% @doc The change stands in the file now.
-spec saved(change()) -> ok.
saved(#{key := Key, new := none}) ->
    true = ets:insert(?TABLE, {Key, none}),
    ok;
saved(#{key := Key, new := New, file := File}) ->
    true = ets:insert(?TABLE, {Key, New#{file => File}}),
    ok.
