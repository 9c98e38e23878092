%%% @doc Primitives of Ets: tables of Erlang, which many processes share without copying the whole.
%%%
%%% A row is `{Key, Value}'. A table belongs to the process that made it, and ends with it. What is
%%% stored is a copy, as in a message: its blocks have cells of their own.
-module(bt_prim_ets).

-export([new/2, named/1, exists/1, type/1, name/1, is_open/1, delete/1]).
-export([lookup/2, put/4, put_new/4, includes/2, take/2, clear/1, size/1]).
-export([increment/3, do/2, first/1, last/1]).

-define(CHUNK, 500).

-type table() :: ets:tid() | atom().

%% @doc A table that all processes may write; nil makes one without a name.
-spec new(term(), term()) -> table().
new(nil, Type) ->
    ets:new(bt_ets, options(Type));
new(Name, Type) when is_atom(Name), not is_boolean(Name), Name =/= undefined ->
    Options = [named_table | options(Type)],
    try
        ets:new(Name, Options)
    catch
        error:badarg -> taken(Name)
    end;
new(Name, _Type) ->
    bt_prim_collection:type_error(<<"a Symbol">>, Name, nil, 'new:type:').

options(Type) ->
    [erlang_type(Type), public, {read_concurrency, true}, {write_concurrency, auto}].

erlang_type(set) -> set;
erlang_type(orderedSet) -> ordered_set;
erlang_type(ordered_set) -> ordered_set;
erlang_type(bag) -> bag;
erlang_type(duplicateBag) -> duplicate_bag;
erlang_type(duplicate_bag) -> duplicate_bag;
erlang_type(Other) ->
    Kinds = <<"#set, #orderedSet, #bag or #duplicateBag">>,
    bt_prim_collection:type_error(Kinds, Other, nil, 'new:type:').

-spec taken(atom()) -> no_return().
taken(Name) ->
    Text = <<"there is an Ets table ", (bt_print:print_string(Name))/binary, " already">>,
    bt_error:raise('bt.stdlib.Error', #{
        message => Text, kind => name_taken, selector => 'new:type:',
        hint => <<"named: answers it, newOrExisting:type: whichever there is">>}).

%% @doc The table of a name; none raises KeyNotFound.
-spec named(term()) -> table().
named(Name) ->
    case exists(Name) of
        true -> Name;
        false ->
            Text = <<"there is no Ets table ", (bt_print:print_string(Name))/binary>>,
            bt_error:raise('bt.stdlib.KeyNotFound', #{
                message => Text, key => Name, selector => 'named:',
                hint => <<"a table ends with the process that made it">>})
    end.

%% @doc Whether there is a table of that name.
-spec exists(term()) -> boolean().
exists(Name) when is_atom(Name), Name =/= undefined -> ets:whereis(Name) =/= undefined;
exists(_Name) -> false.

%% @doc The kind of a table.
-spec type(table()) -> set | orderedSet | bag | duplicateBag.
type(Other) when not is_atom(Other), not is_reference(Other) ->
    bt_prim_collection:type_error(<<"a table of Erlang">>, Other, nil, 'on:');
type(Table) ->
    case info(Table, type) of
        ordered_set -> orderedSet;
        duplicate_bag -> duplicateBag;
        Type -> Type
    end.

%% @doc The name of a table, or nil.
-spec name(table()) -> atom().
name(Table) when is_atom(Table) -> Table;
name(_Table) -> nil.

%% @doc Whether the table is still there.
-spec is_open(table()) -> boolean().
is_open(Table) -> ets:info(Table, id) =/= undefined.

%% @doc Ends the table, if it is still there.
-spec delete(table()) -> ok.
delete(Table) ->
    try
        ets:delete(Table),
        ok
    catch
        error:badarg -> ok
    end.

%%% Rows

%% @doc The values at a key.
-spec lookup(table(), term()) -> [term()].
lookup(Table, Key) ->
    Rows = guarded(Table, 'at:', fun() -> ets:lookup(Table, Key) end),
    [Value || {_, Value} <- Rows].

%% @doc Stores a copy of the value at the key; answers the value.
-spec put(table(), term(), Value, atom()) -> Value.
put(Table, Key, Value, Selector) ->
    Row = bt_cell:copy({Key, Value}),
    _ = guarded(Table, Selector, fun() -> ets:insert(Table, Row) end),
    Value.

%% @doc The same unless there is a value at the key; answers whether it was stored.
-spec put_new(table(), term(), term(), atom()) -> boolean().
put_new(Table, Key, Value, Selector) ->
    Row = bt_cell:copy({Key, Value}),
    guarded(Table, Selector, fun() -> ets:insert_new(Table, Row) end).

-spec includes(table(), term()) -> boolean().
includes(Table, Key) ->
    guarded(Table, 'includesKey:', fun() -> ets:member(Table, Key) end).

%% @doc Removes a key; answers the values that were there.
-spec take(table(), term()) -> [term()].
take(Table, Key) ->
    Rows = guarded(Table, 'removeKey:', fun() -> ets:take(Table, Key) end),
    [Value || {_, Value} <- Rows].

-spec clear(table()) -> true.
clear(Table) ->
    guarded(Table, removeAll, fun() -> ets:delete_all_objects(Table) end).

-spec size(table()) -> non_neg_integer().
size(Table) -> info(Table, size).

%% @doc Adds to the number at a key, in one step; a key without a value begins at zero.
-spec increment(table(), term(), term()) -> integer().
increment(Table, Key, By) when is_integer(By) ->
    try
        ets:update_counter(Table, Key, {2, By}, {Key, 0})
    catch
        error:badarg -> no_counter(Table, Key)
    end;
increment(Table, _Key, By) ->
    bt_prim_collection:type_error(<<"an Integer">>, By, Table, 'increment:by:').

-spec no_counter(table(), term()) -> no_return().
no_counter(Table, Key) ->
    case type(Table) of
        Set when Set =:= set; Set =:= orderedSet ->
            Wanted = <<"an Integer at the key">>,
            Value = hd(lookup(Table, Key) ++ [nil]),
            bt_prim_collection:type_error(Wanted, Value, Table, 'increment:by:');
        Bag ->
            Wanted = <<"a table with one value for each key">>,
            bt_prim_collection:type_error(Wanted, Bag, Table, 'increment:by:')
    end.

%% @doc Evaluates the block with each key and value, some hundred rows at a time. The block may
%% change the table: each row that is there all the time comes once.
-spec do(table(), fun((term(), term()) -> term())) -> ok.
do(Table, Block) ->
    _ = info(Table, size),
    true = ets:safe_fixtable(Table, true),
    try
        rows(ets:select(Table, [{'_', [], ['$_']}], ?CHUNK), Block, Table)
    after
        catch ets:safe_fixtable(Table, false)
    end.

rows('$end_of_table', _Block, _Table) -> ok;
rows({Rows, More}, Block, Table) ->
    lists:foreach(fun(Row) -> row(Row, Block) end, Rows),
    rows(guarded(Table, 'do:', fun() -> ets:select(More) end), Block, Table).

%% A table of other Erlang code may have rows of another shape.
row({Key, Value}, Block) -> Block(Key, Value);
row(Row, Block) -> Block(element(1, Row), Row).

%% @doc The first key as a list of one, or an empty list.
-spec first(table()) -> [term()].
first(Table) -> key(guarded(Table, firstKey, fun() -> ets:first(Table) end)).

-spec last(table()) -> [term()].
last(Table) -> key(guarded(Table, lastKey, fun() -> ets:last(Table) end)).

key('$end_of_table') -> [];
key(Key) -> [Key].

%%% Tables that are gone

info(Table, Item) ->
    case ets:info(Table, Item) of
        undefined -> gone(Table, nil);
        Value -> Value
    end.

guarded(Table, Selector, Action) ->
    try
        Action()
    catch
        error:badarg -> gone(Table, Selector)
    end.

-spec gone(table(), atom()) -> no_return().
gone(Table, Selector) ->
    Text =
        case is_open(Table) of
            true -> <<" belongs to another process, which alone may change it">>;
            false -> <<" is not there any more">>
        end,
    bt_error:raise('bt.stdlib.ClosedError', #{
        message => <<"the Ets table ", (shown(Table))/binary, Text/binary>>,
        hint => <<"a table ends with the process that made it">>,
        selector => Selector, receiver => Table}).

shown(Name) when is_atom(Name) -> bt_print:print_string(Name);
shown(_Table) -> <<"without a name">>.
