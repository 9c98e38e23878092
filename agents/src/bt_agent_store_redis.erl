%% @doc A store in Redis, by way of the library eredis.
-module(bt_agent_store_redis).
-behaviour(bt_agent_store).
-behaviour(bt_agent_connection).

-export([open/1, run/2, close/1]).
-export([connect/1, request/2, disconnect/1]).

-define(CHUNK, 500).

%% @doc Opens a connection, or shares one.
-spec open(map()) -> {ok, pid()} | bt_agent_store:problem().
open(Options) ->
    case code:ensure_loaded(eredis) of
        {module, _} -> bt_agent_connection:open(?MODULE, Options);
        {error, _} ->
            {error, missing,
             <<"the library for Redis is missing: apt-get install erlang-redis-client">>}
    end.

%% @doc Answers a request.
-spec run(pid(), bt_agent_store:request()) -> bt_agent_store:answer().
run(Connection, Request) -> bt_agent_connection:run(Connection, Request).

%% @doc Ends the connection.
-spec close(pid()) -> ok.
close(Connection) -> bt_agent_connection:close(Connection).

%% @doc Connects, says the password and chooses the database. The library would send a password
%% without escaping what is in it, and keep it.
-spec connect(map()) -> {ok, {pid(), pos_integer()}} | bt_agent_store:problem().
connect(#{host := Host, port := Port, timeout := Timeout} = Options) ->
    Name = binary_to_list(Host),
    case address(Name) of
        true -> started(start(Name, Port, Timeout), Options);
        false -> unreachable(Host, Port)
    end.

%% The library crashes at a name that nobody knows.
address(Name) ->
    lists:any(fun(Family) -> element(1, inet:getaddr(Name, Family)) =:= ok end, [inet, inet6]).

start(Name, Port, Timeout) ->
    try eredis:start_link(Name, Port, undefined, "", no_reconnect, Timeout)
    catch _:_ -> {error, failed}
    end.

started({ok, Pid}, #{timeout := Timeout} = Options) ->
    Connection = {Pid, Timeout},
    case introduced(Connection, [Words || {_, Words} <- introduction(Options)]) of
        ok -> {ok, Connection};
        Problem ->
            ok = disconnect(Connection),
            Problem
    end;
started({error, _}, #{host := Host, port := Port}) -> unreachable(Host, Port).

introduction(#{user := User, password := Password, database := Database}) ->
    Auth = case {User, Password()} of
        {_, <<>>} -> [];
        {<<>>, Secret} -> [{auth, [<<"AUTH">>, Secret]}];
        {_, Secret} -> [{auth, [<<"AUTH">>, User, Secret]}]
    end,
    Auth ++ [{select, [<<"SELECT">>, integer_to_binary(Database)]}].

introduced(_Connection, []) -> ok;
introduced(Connection, [Words | Rest]) ->
    case query(Connection, Words) of
        {ok, _} -> introduced(Connection, Rest);
        {error, failed, Text} -> {error, refused, <<"the server refuses: ", Text/binary>>};
        {error, _, _} = Problem -> Problem;
        _ -> {error, unreachable, <<"the server ended the connection">>}
    end.

unreachable(Host, Port) ->
    {error, unreachable,
     <<"no Redis answers at ", Host/binary, ":", (integer_to_binary(Port))/binary,
       ": start it, or say host: and port: of the one that runs">>}.

%% @doc Ends the library's process.
-spec disconnect({pid(), pos_integer()}) -> ok.
disconnect({Pid, _Timeout}) ->
    unlink(Pid),
    exit(Pid, kill),
    ok.

%% @doc Answers a request over a connection.
-spec request({pid(), pos_integer()}, bt_agent_store:request()) -> bt_agent_connection:outcome().
request(Connection, {get, Key}) -> value(query(Connection, [<<"GET">>, Key]));
request(Connection, {put, Key, Bytes}) -> written(query(Connection, [<<"SET">>, Key, Bytes]));
request(Connection, {put_new, Key, Bytes}) ->
    written(query(Connection, [<<"SET">>, Key, Bytes, <<"NX">>]));
request(Connection, {replace, Key, Old, New}) ->
    written(query(Connection, [<<"EVAL">>, replace(), <<"1">>, Key, Old, New]));
request(Connection, {remove, Key}) ->
    value(query(Connection, [<<"EVAL">>, remove(), <<"1">>, Key]));
request(Connection, {keys, Prefix}) -> keys(Connection, Prefix, <<"0">>, []);
request(Connection, {scan, Prefix}) ->
    case keys(Connection, Prefix, <<"0">>, []) of
        {ok, Keys} -> rows(Connection, Keys, []);
        Problem -> Problem
    end.

replace() ->
    <<"if redis.call('GET', KEYS[1]) == ARGV[1] then "
      "redis.call('SET', KEYS[1], ARGV[2]) return 'OK' end return false">>.

remove() ->
    <<"local old = redis.call('GET', KEYS[1]) redis.call('DEL', KEYS[1]) return old">>.

value({ok, undefined}) -> none;
value(Other) -> Other.

written({ok, undefined}) -> conflict;
written({ok, _}) -> ok;
written(Other) -> Other.

%% The server gives keys piece by piece, perhaps twice, so that it never stands still.
keys(Connection, Prefix, Cursor, Found) ->
    Words = [<<"SCAN">>, Cursor, <<"MATCH">>, [escaped(Prefix), $*], <<"COUNT">>, <<"1000">>],
    case query(Connection, [iolist_to_binary(Word) || Word <- Words]) of
        {ok, [<<"0">>, Keys]} -> {ok, lists:usort(Keys ++ Found)};
        {ok, [Next, Keys]} -> keys(Connection, Prefix, Next, Keys ++ Found);
        Problem -> Problem
    end.

escaped(Prefix) ->
    << <<(case lists:member(C, "*?[]\\^-") of true -> <<$\\, C>>; false -> <<C>> end)/binary>>
       || <<C>> <= Prefix >>.

rows(_Connection, [], Rows) -> {ok, lists:append(lists:reverse(Rows))};
rows(Connection, Keys, Rows) ->
    {Some, Rest} = lists:split(min(?CHUNK, length(Keys)), Keys),
    case query(Connection, [<<"MGET">> | Some]) of
        {ok, Values} ->
            %% One may have been removed in between.
            Found = [Row || {_Key, Bytes} = Row <- lists:zip(Some, Values), Bytes =/= undefined],
            rows(Connection, Rest, [Found | Rows]);
        Problem -> Problem
    end.

query({Pid, Timeout}, Words) ->
    try eredis:q(Pid, Words, Timeout) of
        {ok, Answer} -> {ok, Answer};
        {error, Text} when is_binary(Text) -> {error, failed, Text};
        {error, no_connection} -> lost;
        {error, _} -> broken
    catch
        exit:{noproc, _} -> lost;
        exit:{timeout, _} -> {error, timeout, <<"the server does not answer in time">>};
        exit:_ -> broken
    end.
