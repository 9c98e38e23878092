%%% @doc Primitives of Mnesia and MnesiaTable: OTP's database. A row is a record
%%% `{Table, Key, Value}'.
%%%
%%% What is stored is a copy, as in a message. Outside a transaction each operation is one by
%%% itself.
-module(bt_prim_mnesia).

-export([start/0, start_in/1, stop/0, is_running/0, create/2, table/1, tables/0, delete_table/1]).
-export([transaction/1, abort/1, type/1]).
-export([read/2, write/3, remove/2, keys/1, size/1, clear/1, rows/1, wait/2]).

-define(LOAD_MS, 60000).
-define(RAISED, '$bt_raised').

%%% The database

%% @doc Starts it, with tables in memory only, unless it runs.
-spec start() -> ok.
start() ->
    is_running() orelse started(),
    ok.

%% @doc Starts it with its files in a directory, unless it runs there.
-spec start_in(term()) -> ok.
start_in(Directory) ->
    Path = path(Directory),
    case is_running() of
        true -> running_in(Path);
        false ->
            prepare(Path),
            started()
    end.

started() ->
    bt_net:need(mnesia, <<"erlang-mnesia">>),
    ok = mnesia:wait_for_tables(mnesia:system_info(local_tables), ?LOAD_MS).

loaded() ->
    case application:load(mnesia) of
        ok -> ok;
        {error, {already_loaded, _}} -> ok;
        {error, _} -> bt_net:need(mnesia, <<"erlang-mnesia">>)
    end.

prepare(Path) ->
    loaded(),
    ok = application:set_env(mnesia, dir, Path),
    case filelib:ensure_dir(filename:join(Path, "x")) of
        ok -> ok;
        {error, Reason} -> fail(Reason, 'startIn:')
    end,
    case mnesia:create_schema([node()]) of
        ok -> ok;
        {error, {_, {already_exists, _}}} -> ok;
        {error, Reason1} -> fail(Reason1, 'startIn:')
    end.

path(Path) when is_binary(Path), byte_size(Path) > 0 ->
    case {unicode:characters_to_list(Path), binary:match(Path, <<0>>)} of
        {Characters, nomatch} when is_list(Characters) -> filename:absname(Characters);
        _ -> no_path(Path)
    end;
path(#{'$class' := _} = Path) -> path(bt_print:display_string(Path));
path(Other) -> no_path(Other).

-spec no_path(term()) -> no_return().
no_path(Other) -> bt_prim_collection:type_error(<<"a directory">>, Other, nil, 'startIn:').

running_in(Path) ->
    case mnesia:system_info(directory) of
        Path -> ok;
        Other -> fail({runs_in, unicode:characters_to_binary(Other)}, 'startIn:')
    end.

%% @doc Stops it; tables in memory are gone then.
-spec stop() -> ok.
stop() ->
    is_running() andalso mnesia:stop(),
    ok.

-spec is_running() -> boolean().
is_running() ->
    lists:keymember(mnesia, 1, application:which_applications())
        andalso mnesia:system_info(is_running) =:= yes.

%%% Tables

%% @doc Makes a table. Options: `type', `storage'.
-spec create(term(), term()) -> atom().
create(Name, Options) when is_map(Options), not is_map_key('$class', Options) ->
    check_name(Name, 'createTable:'),
    running(),
    Settings = [{attributes, [key, value]}, {type, type_option(maps:get(type, Options, set))},
                {storage(maps:get(storage, Options, ram)), [node()]}],
    case mnesia:create_table(Name, Settings) of
        {atomic, ok} -> Name;
        {aborted, {already_exists, Name}} ->
            Text = bt_print:print_string(Name),
            bt_error:raise('bt.stdlib.Error', #{
                message => <<"there is a Mnesia table ", Text/binary, " already">>,
                hint => <<"table: answers it">>, kind => name_taken, selector => 'createTable:'});
        {aborted, Reason} -> fail(Reason, 'createTable:')
    end;
create(_Name, Options) ->
    bt_prim_collection:type_error(<<"a Dictionary of options">>, Options, nil,
                                  'createTable:options:').

check_name(Name, _) when is_atom(Name), Name =/= nil, not is_boolean(Name), Name =/= schema -> ok;
check_name(Name, Selector) -> bt_prim_collection:type_error(<<"a Symbol">>, Name, nil, Selector).

type_option(set) -> set;
type_option(orderedSet) -> ordered_set;
type_option(bag) -> bag;
type_option(Other) ->
    bt_prim_collection:type_error(<<"#set, #orderedSet or #bag">>, Other, nil, 'createTable:').

storage(ram) -> ram_copies;
storage(disc) -> disc_copies;
storage(discOnly) -> disc_only_copies;
storage(Other) ->
    bt_prim_collection:type_error(<<"#ram, #disc or #discOnly">>, Other, nil, 'createTable:').

%% @doc The table of a name; none raises KeyNotFound.
-spec table(term()) -> atom().
table(Name) ->
    running(),
    case lists:member(Name, tables()) of
        true -> Name;
        false -> no_table(Name, 'table:')
    end.

-spec no_table(term(), atom()) -> no_return().
no_table(Name, Selector) ->
    Text = bt_print:print_string(Name),
    bt_error:raise('bt.stdlib.KeyNotFound', #{
        message => <<"there is no Mnesia table ", Text/binary>>, key => Name,
        hint => <<"createTable: makes one">>, selector => Selector}).

%% @doc The names of all tables of programs.
-spec tables() -> [atom()].
tables() ->
    running(),
    lists:sort(mnesia:system_info(tables) -- [schema]).

-spec delete_table(atom()) -> ok.
delete_table(Name) ->
    running(),
    case mnesia:delete_table(Name) of
        {atomic, ok} -> ok;
        {aborted, {no_exists, Name}} -> no_table(Name, delete);
        {aborted, Reason} -> fail(Reason, delete)
    end.

%% @doc The kind of a table.
-spec type(atom()) -> set | orderedSet | bag.
type(Table) ->
    running(),
    try mnesia:table_info(Table, type) of
        ordered_set -> orderedSet;
        Type -> Type
    catch
        exit:{aborted, _} -> no_table(Table, type)
    end.

%% @doc Waits until tables are loaded.
-spec wait([atom()], term()) -> ok.
wait(Tables, Limit) ->
    running(),
    case mnesia:wait_for_tables(Tables, bt_prim_socket:limit(Limit, 'waitFor:')) of
        ok -> ok;
        {timeout, _} ->
            erlang:error((bt_fault:timeout(nil, Limit))#{hint => nil});
        {error, Reason} -> fail(Reason, 'waitFor:')
    end.

%%% Transactions

%% @doc The block's value; what it wrote is there for others at its end, or not at all. It may run
%% again, if others were quicker.
-spec transaction(term()) -> term().
transaction(Block) when is_function(Block, 0) ->
    running(),
    case mnesia:transaction(fun() -> attempt(Block) end) of
        {atomic, {value, Value}} -> Value;
        {atomic, {leave, Throw, Stack}} -> erlang:raise(throw, Throw, Stack);
        {aborted, {?RAISED, Class, Reason, Stack}} -> erlang:raise(Class, Reason, Stack);
        {aborted, {no_exists, Table}} -> no_table(Table, 'transaction:');
        {aborted, Reason} -> fail(Reason, 'transaction:')
    end;
transaction(Other) ->
    bt_prim_collection:type_error(<<"a Block without parameters">>, Other, nil, 'transaction:').

%% `^' ends the block like its last statement; an error takes back what was written. Exits are
%% Mnesia's own.
attempt(Block) ->
    try
        {value, bt_op:touch(Block())}
    catch
        throw:Throw:Stack ->
            case bt_handler:is_control(throw, Throw) of
                true -> {leave, Throw, Stack};
                false -> mnesia:abort({?RAISED, throw, Throw, Stack})
            end;
        error:Error:Stack -> mnesia:abort({?RAISED, error, Error, Stack})
    end.

%% @doc Takes back what the transaction wrote, and ends it.
-spec abort(term()) -> no_return().
abort(Reason) ->
    bt_error:raise('bt.stdlib.MnesiaError', #{
        message => <<"aborted: ", (bt_print:display_string(Reason))/binary>>,
        reason => Reason, selector => 'abort:'}).

%% In the transaction that there is, or in one of its own.
activity(Table, Action) ->
    case mnesia:is_transaction() of
        true -> Action();
        false ->
            case running() andalso mnesia:transaction(Action) of
                {atomic, Value} -> Value;
                {aborted, {no_exists, Table}} -> no_table(Table, nil);
                {aborted, {no_exists, [Table | _]}} -> no_table(Table, nil);
                {aborted, Reason} -> fail(Reason, nil)
            end
    end.

%%% Rows

%% @doc The values at a key.
-spec read(atom(), term()) -> [term()].
read(Table, Key) ->
    [Value || {_, _, Value} <- activity(Table, fun() -> mnesia:read(Table, Key) end)].

-spec write(atom(), term(), Value) -> Value.
write(Table, Key, Value) ->
    Row = bt_cell:copy({Table, Key, Value}),
    ok = activity(Table, fun() -> mnesia:write(Row) end),
    Value.

%% @doc Removes a key; answers the values that were there.
-spec remove(atom(), term()) -> [term()].
remove(Table, Key) ->
    activity(Table, fun() ->
        Rows = mnesia:read(Table, Key, write),
        ok = mnesia:delete({Table, Key}),
        [Value || {_, _, Value} <- Rows]
    end).

-spec keys(atom()) -> [term()].
keys(Table) -> activity(Table, fun() -> mnesia:all_keys(Table) end).

%% @doc Keys and values, as pairs.
-spec rows(atom()) -> [{term(), term()}].
rows(Table) ->
    activity(Table, fun() ->
        Add = fun({_, Key, Value}, All) -> [{Key, Value} | All] end,
        lists:reverse(mnesia:foldl(Add, [], Table))
    end).

-spec size(atom()) -> non_neg_integer().
size(Table) -> length(rows(Table)).

-spec clear(atom()) -> ok.
clear(Table) ->
    lists:foreach(fun(Key) -> remove(Table, Key) end, keys(Table)).

%%% Failing

running() ->
    is_running() orelse
        bt_error:raise('bt.stdlib.MnesiaError', #{
            message => <<"Mnesia is not started">>, hint => <<"Mnesia start">>,
            reason => not_running}).

-spec fail(term(), atom()) -> no_return().
fail(Reason, Selector) ->
    bt_error:raise('bt.stdlib.MnesiaError', #{
        message => unicode:characters_to_binary(io_lib:format("Mnesia: ~0tp", [Reason])),
        reason => name(Reason), selector => Selector}).

name(Reason) when is_atom(Reason) -> Reason;
name(Reason) when is_tuple(Reason), tuple_size(Reason) > 0 -> name(element(1, Reason));
name(_Reason) -> unknown.
