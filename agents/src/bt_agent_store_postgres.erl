%% @doc A store in a table of PostgreSQL, by way of the library p1_pgsql.
%%
%% Keys and values are sent in hexadecimal digits, so that nothing in them can be taken for SQL.
-module(bt_agent_store_postgres).
-behaviour(bt_agent_store).
-behaviour(bt_agent_connection).

-export([open/1, run/2, close/1]).
-export([connect/1, request/2, disconnect/1]).

-define(BUFFER, 16#100000).

%% @doc Opens a connection, or shares one.
-spec open(map()) -> {ok, pid()} | bt_agent_store:problem().
open(Options) ->
    %% Passwords are prepared by code that is only loaded when the application starts.
    _ = application:ensure_all_started(stringprep),
    case application:ensure_all_started(p1_pgsql) of
        {ok, _} -> bt_agent_connection:open(?MODULE, Options);
        {error, _} ->
            {error, missing,
             <<"the library for PostgreSQL is missing: apt-get install erlang-p1-pgsql">>}
    end.

%% @doc Answers a request.
-spec run(pid(), bt_agent_store:request()) -> bt_agent_store:answer().
run(Connection, Request) -> bt_agent_connection:run(Connection, Request).

%% @doc Ends the connection.
-spec close(pid()) -> ok.
close(Connection) -> bt_agent_connection:close(Connection).

%% @doc Connects and makes the table if there is none.
-spec connect(map()) -> {ok, {pid(), binary(), pos_integer()}} | bt_agent_store:problem().
connect(#{host := Host, port := Port, database := Database, user := User, password := Password,
          table := Table, timeout := Timeout}) ->
    Options = [{host, binary_to_list(Host)}, {port, Port}, {database, binary_to_list(Database)},
               {user, binary_to_list(User)}, {password, binary_to_list(Password())},
               {as_binary, true}, {connect_timeout, Timeout}],
    case start(Options) of
        {ok, Pid} -> prepared({Pid, Table, Timeout});
        {error, Reason} -> {error, kind(Reason), text(Reason, Host, Port)}
    end.

start(Options) ->
    try pgsql:connect(Options) of
        {ok, Pid} ->
            %% It keeps its options, and prints them when it crashes.
            _ = sys:replace_state(Pid, fun(State) -> bare(State) end),
            {ok, Pid};
        {error, Reason} -> {error, Reason}
    catch _:_ -> {error, failed}
    end.

%% Without the options; and its socket reads much at once, since what has come of an answer is
%% copied each time that more comes.
bare(State) ->
    _ = [inet:setopts(Socket, [{buffer, ?BUFFER}])
         || {gen_tcp, Socket} <- tuple_to_list(State), is_port(Socket)],
    setelement(2, State, []).

kind({authentication, _}) -> refused;
kind({error_response, _}) -> refused;
kind({badarg, _}) -> refused;
kind(_) -> unreachable.

%% Only what the server said is told: the library's own reasons may have arguments in them.
text({Refused, Fields}, _Host, _Port) when Refused =:= authentication; Refused =:= error_response ->
    <<"the server refuses: ", (message(Fields))/binary>>;
text({badarg, _}, _Host, _Port) -> <<"the password has characters that none may have">>;
text(_Reason, Host, Port) ->
    <<"no PostgreSQL answers at ", Host/binary, ":", (integer_to_binary(Port))/binary,
      ": start it, or say host: and port: of the one that runs">>.

message(Fields) when is_list(Fields) ->
    case lists:keyfind(message, 1, Fields) of
        {message, Message} -> unicode:characters_to_binary(Message);
        false -> <<"no reason is given">>
    end;
message(_) -> <<"no reason is given">>.

%% Two that make it at the same time do not hinder each other: one's failure is the other's table.
prepared({_Pid, Table, _Timeout} = Connection) ->
    Create = ["CREATE TABLE IF NOT EXISTS ", Table,
              " (key bytea PRIMARY KEY, value bytea NOT NULL)"],
    case query(Connection, ["SELECT 1 FROM ", Table, " LIMIT 0"]) of
        {ok, _} -> {ok, Connection};
        {error, failed, _} ->
            _ = query(Connection, Create),
            checked(Connection, query(Connection, ["SELECT 1 FROM ", Table, " LIMIT 0"]));
        _ -> checked(Connection, lost)
    end.

checked(Connection, {ok, _}) -> {ok, Connection};
checked(Connection, Problem) ->
    ok = disconnect(Connection),
    case Problem of
        {error, _, _} -> Problem;
        _ -> {error, unreachable, <<"the server ended the connection">>}
    end.

%% @doc Ends the library's process.
-spec disconnect({pid(), binary(), pos_integer()}) -> ok.
disconnect({Pid, _Table, _Timeout}) ->
    try pgsql:terminate(Pid) of
        _ -> ok
    catch exit:_ ->
        exit(Pid, kill),
        ok
    end.

%% @doc Answers a request over a connection.
-spec request({pid(), binary(), pos_integer()}, bt_agent_store:request()) ->
          bt_agent_connection:outcome().
request({_Pid, Table, _Timeout} = Connection, Request) ->
    answer(element(1, Request), query(Connection, sql(Request, Table))).

sql({get, Key}, Table) -> ["SELECT value FROM ", Table, " WHERE key = ", hex(Key)];
sql({put, Key, Bytes}, Table) ->
    [insert(Key, Bytes, Table), " ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
     " RETURNING 1"];
sql({put_new, Key, Bytes}, Table) ->
    [insert(Key, Bytes, Table), " ON CONFLICT (key) DO NOTHING RETURNING 1"];
sql({replace, Key, Old, New}, Table) ->
    ["UPDATE ", Table, " SET value = ", hex(New), " WHERE key = ", hex(Key), " AND value = ",
     hex(Old), " RETURNING 1"];
sql({remove, Key}, Table) -> ["DELETE FROM ", Table, " WHERE key = ", hex(Key), " RETURNING value"];
sql({keys, Prefix}, Table) -> ["SELECT key FROM ", Table, where(Prefix), " ORDER BY key"];
sql({scan, Prefix}, Table) -> ["SELECT key, value FROM ", Table, where(Prefix), " ORDER BY key"].

insert(Key, Bytes, Table) ->
    ["INSERT INTO ", Table, " (key, value) VALUES (", hex(Key), ", ", hex(Bytes), ")"].

where(Prefix) ->
    [" WHERE key >= ", hex(Prefix), " AND substring(key from 1 for ",
     integer_to_list(byte_size(Prefix)), ") = ", hex(Prefix)].

hex(Bytes) -> ["'\\x", binary:encode_hex(Bytes), "'::bytea"].

query({Pid, _Table, Timeout}, Sql) ->
    try pgsql:squery(Pid, iolist_to_binary(Sql), Timeout) of
        {ok, [{error, Fields} | _]} -> {error, failed, message(Fields)};
        {ok, [{_Command, _Columns, Rows} | _]} -> {ok, Rows};
        {ok, _} -> {ok, []}
    catch
        exit:{noproc, _} -> lost;
        exit:{timeout, _} -> {error, timeout, <<"the server does not answer in time">>};
        exit:_ -> broken
    end.

answer(get, {ok, [[Bytes]]}) -> {ok, bytes(Bytes)};
answer(remove, {ok, [[Bytes]]}) -> {ok, bytes(Bytes)};
answer(Read, {ok, []}) when Read =:= get; Read =:= remove -> none;
answer(keys, {ok, Rows}) -> {ok, [bytes(Key) || [Key] <- Rows]};
answer(scan, {ok, Rows}) -> {ok, [{bytes(Key), bytes(Bytes)} || [Key, Bytes] <- Rows]};
answer(_Write, {ok, []}) -> conflict;
answer(_Write, {ok, _}) -> ok;
answer(_Any, Other) -> Other.

bytes(<<"\\x", Digits/binary>>) -> binary:decode_hex(Digits).
