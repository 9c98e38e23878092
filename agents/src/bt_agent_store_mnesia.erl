%% @doc A store in a table of Mnesia, OTP's database. Each request is a transaction.
-module(bt_agent_store_mnesia).
-behaviour(bt_agent_store).

-export([open/1, run/2, close/1]).

-define(WAIT_MS, 10000).

%% @doc Opens a table, which is made if there is none; Mnesia is started unless it runs.
-spec open(map()) -> {ok, atom()} | bt_agent_store:problem().
open(#{table := Table, directory := Directory}) ->
    Kind = case Directory of nil -> ram_copies; _ -> disc_copies end,
    Definition = [{type, ordered_set}, {Kind, [node()]}, {attributes, [key, value]}],
    case mnesia:create_table(Table, Definition) of
        {atomic, ok} -> {ok, Table};
        {aborted, {already_exists, Table}} -> existing(Table, Kind);
        {aborted, Reason} -> failed(Reason)
    end.

existing(Table, Kind) ->
    case mnesia:wait_for_tables([Table], ?WAIT_MS) of
        ok -> fitting(Table, Kind, mnesia:table_info(Table, attributes));
        {timeout, _} -> {error, timeout, <<"the table is not loaded yet">>};
        {error, Reason} -> failed(Reason)
    end.

%% A table in memory becomes one on the disk where that is wanted.
fitting(Table, disc_copies, [key, value]) ->
    case mnesia:table_info(Table, storage_type) of
        ram_copies -> on_disc(Table, mnesia:change_table_copy_type(Table, node(), disc_copies));
        _ -> {ok, Table}
    end;
fitting(Table, _Kind, [key, value]) -> {ok, Table};
fitting(_Table, _Kind, _Attributes) -> {error, failed, <<"the table is another one's">>}.

on_disc(Table, {atomic, ok}) -> {ok, Table};
on_disc(_Table, {aborted, Reason}) -> failed(Reason).

%% @doc Nothing is held open: the table stays.
-spec close(atom()) -> ok.
close(_Table) -> ok.

%% @doc Answers a request.
-spec run(atom(), bt_agent_store:request()) -> bt_agent_store:answer().
run(Table, Request) ->
    case mnesia:transaction(fun() -> answer(Table, Request) end) of
        {atomic, Answer} -> kept(Table, Request, Answer);
        {aborted, {node_not_running, _}} -> {error, closed, <<"Mnesia does not run">>};
        {aborted, Reason} -> failed(Reason)
    end.

%% What a transaction writes is in a log in memory at first: on the disk it is when that is synced.
kept(_Table, {Read, _}, Answer) when Read =:= get; Read =:= keys; Read =:= scan ->
    Answer;
kept(Table, _Write, Answer) ->
    case mnesia:table_info(Table, storage_type) of
        ram_copies -> ok;
        _ -> ok = mnesia:sync_log()
    end,
    Answer.

answer(Table, {get, Key}) -> value(mnesia:read(Table, Key));
answer(Table, {put, Key, Bytes}) -> mnesia:write({Table, Key, Bytes});
answer(Table, {put_new, Key, Bytes}) ->
    case mnesia:read(Table, Key, write) of
        [] -> mnesia:write({Table, Key, Bytes});
        _ -> conflict
    end;
answer(Table, {replace, Key, Old, New}) ->
    case mnesia:read(Table, Key, write) of
        [{Table, Key, Old}] -> mnesia:write({Table, Key, New});
        _ -> conflict
    end;
answer(Table, {remove, Key}) ->
    Found = mnesia:read(Table, Key, write),
    ok = mnesia:delete({Table, Key}),
    value(Found);
answer(Table, {keys, Prefix}) ->
    {ok, Rows} = answer(Table, {scan, Prefix}),
    {ok, [Key || {Key, _} <- Rows]};
answer(Table, {scan, Prefix}) ->
    Size = byte_size(Prefix),
    Rows = mnesia:select(Table, [{{Table, '$1', '$2'}, [{'>=', '$1', Prefix}], [{{'$1', '$2'}}]}]),
    {ok, lists:takewhile(fun({Key, _}) -> binary:longest_common_prefix([Key, Prefix]) =:= Size end,
                         lists:sort(Rows))}.

value([{_Table, _Key, Bytes}]) -> {ok, Bytes};
value([]) -> none.

failed(Reason) ->
    {error, failed, unicode:characters_to_binary(io_lib:format("~0tp", [Reason]))}.
