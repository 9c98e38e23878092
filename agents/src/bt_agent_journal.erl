%% @doc The file in which an agent keeps what it has begun: entries, each on the disk before it counts.
%%
%% An entry is its size, a checksum, and a term in external format. A tail that was torn off in the
%% middle of writing is cut; what is wrong anywhere else makes the journal unreadable, and is left as
%% it is. One process at a time has a journal open.
-module(bt_agent_journal).

-export([open/1, append/2, replace/2, close/1, is_journal/1]).
-export_type([journal/0]).

-define(MAGIC, <<"BTJOURNAL1\n">>).
-define(LOCK_TRIES, 5).
-define(LOCK_MS, 20).
%% Larger entries are no entries.
-define(MOST, 16#10000000).

-opaque journal() :: {'$bt_journal', file:fd(), binary()}.

%% @doc Opens a journal, which is made if there is none; answers what it holds, in order.
-spec open(binary()) -> {ok, journal(), [term()]} | {error, atom(), binary()}.
open(Path) ->
    case lock(Path, ?LOCK_TRIES) of
        true -> opened(Path, filelib:ensure_dir(Path));
        false -> {error, locked, <<"another agent has it open">>}
    end.

lock(_Path, 0) -> false;
lock(Path, Tries) ->
    case global:set_lock({{?MODULE, Path}, self()}, [node()], 0) of
        true -> true;
        false ->
            timer:sleep(?LOCK_MS),
            lock(Path, Tries - 1)
    end.

opened(_Path, {error, Reason}) -> failed(Reason);
opened(Path, ok) ->
    case file:read_file(Path) of
        {ok, <<>>} -> fresh(Path);
        {ok, Bytes} -> checked(Path, Bytes);
        {error, enoent} -> fresh(Path);
        {error, Reason} -> failed(Reason)
    end.

failed(Reason) ->
    {error, Reason, unicode:characters_to_binary(file:format_error(Reason))}.

fresh(Path) ->
    case file:open(Path, [write, raw, binary]) of
        {ok, Fd} ->
            ok = file:write(Fd, ?MAGIC),
            ok = file:datasync(Fd),
            _ = file:change_mode(Path, 8#600),
            {ok, {'$bt_journal', Fd, Path}, []};
        {error, Reason} -> failed(Reason)
    end.

checked(Path, Bytes) ->
    Size = byte_size(?MAGIC),
    case Bytes of
        <<Magic:Size/binary, Entries/binary>> when Magic =:= ?MAGIC ->
            read(Path, Entries, Size, []);
        _ when byte_size(Bytes) < Size -> fresh(Path);
        _ -> unreadable(0)
    end.

read(Path, Bytes, At, Entries) ->
    case entry(Bytes) of
        {ok, Entry, Size, Rest} -> read(Path, Rest, At + Size, [Entry | Entries]);
        none -> reopened(Path, At, lists:reverse(Entries));
        torn -> reopened(Path, At, lists:reverse(Entries));
        wrong -> unreadable(At)
    end.

entry(<<>>) -> none;
entry(<<Size:32, _:32, Rest/binary>>) when Size > ?MOST, byte_size(Rest) >= 0 -> wrong;
entry(<<Size:32, Sum:32, Body:Size/binary, Rest/binary>>) ->
    case erlang:crc32(Body) of
        Sum -> {ok, binary_to_term(Body), Size + 8, Rest};
        %% The size may be on the disk before the body is.
        _ when Rest =:= <<>> -> torn;
        _ -> wrong
    end;
entry(_Part) -> torn.

unreadable(At) ->
    {error, unreadable, <<"it is damaged at byte ", (integer_to_binary(At))/binary>>}.

reopened(Path, At, Entries) ->
    case file:open(Path, [read, write, raw, binary]) of
        {ok, Fd} ->
            {ok, At} = file:position(Fd, At),
            ok = file:truncate(Fd),
            {ok, {'$bt_journal', Fd, Path}, Entries};
        {error, Reason} -> failed(Reason)
    end.

%% @doc Adds an entry, which is on the disk when this returns.
-spec append(journal(), term()) -> ok | {error, atom(), binary()}.
append({'$bt_journal', Fd, _Path}, Entry) ->
    case file:write(Fd, frame(Entry)) of
        ok -> synced(file:datasync(Fd));
        {error, Reason} -> failed(Reason)
    end.

synced(ok) -> ok;
synced({error, Reason}) -> failed(Reason).

frame(Entry) ->
    Body = term_to_binary(Entry),
    <<(byte_size(Body)):32, (erlang:crc32(Body)):32, Body/binary>>.

%% @doc Puts one entry in the place of all that was there, at once or not at all.
-spec replace(journal(), term()) -> {ok, journal()} | {error, atom(), binary()}.
replace({'$bt_journal', Fd, Path}, Entry) ->
    New = <<Path/binary, ".new">>,
    Written = [fun() -> file:write_file(New, [?MAGIC, frame(Entry)], [raw, sync]) end,
               fun() -> file:change_mode(New, 8#600) end,
               fun() -> file:rename(New, Path) end],
    case first_error(Written) of
        ok ->
            _ = file:close(Fd),
            {ok, Next} = file:open(Path, [read, write, raw, binary]),
            {ok, _} = file:position(Next, eof),
            {ok, {'$bt_journal', Next, Path}};
        {error, Reason} -> failed(Reason)
    end.

first_error([]) -> ok;
first_error([Step | Steps]) ->
    case Step() of
        ok -> first_error(Steps);
        {error, Reason} -> {error, Reason}
    end.

%% @doc Closes it: another process may open it.
-spec close(journal()) -> ok.
close({'$bt_journal', Fd, Path}) ->
    _ = file:close(Fd),
    true = global:del_lock({{?MODULE, Path}, self()}, [node()]),
    ok.

%% @doc Whether a term is an open journal.
-spec is_journal(term()) -> boolean().
is_journal({'$bt_journal', _, _}) -> true;
is_journal(_) -> false.
