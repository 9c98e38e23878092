%% @doc The file in which an agent keeps what it has begun: entries, each on the disk before it
%% counts.
%%
%% An entry is a head (the size of its body, and a checksum of that), a checksum of the body, and
%% the body: a term in external format. The head's own checksum tells a size that is wrong from an
%% end that is missing. A tail that was torn off in the middle of writing, or is not more than zeros
%% where the machine went down, is cut; what is wrong anywhere else makes the journal unreadable,
%% and is left as it is, as is one with Values of classes that are not there. One process of one
%% node at a time has a journal open ({@link bt_agent_lock}).
-module(bt_agent_journal).

-export([open/1, append/2, replace/2, close/1, is_journal/1]).
-export_type([journal/0]).

-define(MAGIC, <<"BTJOURNAL2\n">>).
%% Larger entries are not written.
-define(MOST, 16#10000000).
-define(HEAD, 12).

-opaque journal() :: {'$bt_journal', file:fd(), binary(), bt_agent_lock:lock()}.

%% @doc Opens a journal, which is made if there is none; answers what it holds, in order.
-spec open(binary()) -> {ok, journal(), [term()]} | {error, atom(), binary()}.
open(Path) ->
    case filelib:ensure_dir(Path) of
        ok -> locked(Path, bt_agent_lock:take(Path));
        {error, Reason} -> failed(Reason)
    end.

locked(Path, {ok, Lock}) -> unless_failed(opened(Path), Path, Lock);
locked(_Path, {held, Text}) -> {error, locked, Text};
locked(_Path, {error, Reason}) -> failed(Reason).

unless_failed({ok, Fd, Entries}, Path, Lock) ->
    {ok, {'$bt_journal', Fd, Path, Lock}, Entries};
unless_failed(Failed, _Path, Lock) ->
    ok = bt_agent_lock:release(Lock),
    Failed.

opened(Path) ->
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
            Steps = [fun() -> file:change_mode(Path, 8#600) end,
                     fun() -> file:write(Fd, ?MAGIC) end,
                     fun() -> file:datasync(Fd) end],
            unless_closed(first_error(Steps), Fd, []);
        {error, Reason} -> failed(Reason)
    end.

unless_closed(ok, Fd, Entries) ->
    {ok, Fd, Entries};
unless_closed({error, Reason}, Fd, _Entries) ->
    _ = file:close(Fd),
    failed(Reason).

checked(Path, Bytes) ->
    Size = byte_size(?MAGIC),
    case Bytes of
        <<Magic:Size/binary, Entries/binary>> when Magic =:= ?MAGIC ->
            read(Path, Entries, Size, []);
        _ ->
            begun(Path, Bytes)
    end.

%% Ended while the first bytes were written: there was no entry yet. Any other file is somebody
%% else's.
begun(Path, Bytes) ->
    case binary:longest_common_prefix([Bytes, ?MAGIC]) =:= byte_size(Bytes) orelse zeros(Bytes) of
        true -> fresh(Path);
        false -> unreadable(of_others(Bytes))
    end.

of_others(<<"BTJOURNAL", _/binary>>) -> <<"another version has written it">>;
of_others(_) -> <<"it is no journal">>.

read(Path, Bytes, At, Entries) ->
    case entry(Bytes) of
        {ok, Entry, Size, Rest} -> read(Path, Rest, At + Size, [Entry | Entries]);
        none -> understood(Path, At, lists:reverse(Entries));
        torn -> understood(Path, At, lists:reverse(Entries));
        wrong -> damaged(At)
    end.

entry(<<>>) -> none;
entry(<<Size:32, Check:32, Sum:32, Rest/binary>> = Bytes) ->
    case erlang:crc32(<<Size:32>>) of
        Check -> body(Size, Sum, Rest);
        _ -> unless_zeros(Bytes)
    end;
entry(_Part) -> torn.

body(Size, Sum, Bytes) ->
    case Bytes of
        <<Body:Size/binary, Rest/binary>> ->
            case erlang:crc32(Body) of
                Sum -> term(Body, Size, Rest);
                %% The head may be on the disk before the body is.
                _ -> unless_zeros(Rest)
            end;
        _ ->
            torn
    end.

term(Body, Size, Rest) ->
    try {ok, binary_to_term(Body), Size + ?HEAD, Rest}
    catch error:badarg -> wrong
    end.

unless_zeros(Bytes) ->
    case zeros(Bytes) of
        true -> torn;
        false -> wrong
    end.

zeros(Bytes) -> Bytes =:= binary:copy(<<0>>, byte_size(Bytes)).

damaged(At) -> unreadable(<<"it is damaged at byte ", (integer_to_binary(At))/binary>>).

unreadable(Text) -> {error, unreadable, Text}.

understood(Path, At, Entries) ->
    case bt_agent_values:complete(Entries) of
        {ok, Complete} -> reopened(Path, At, Complete);
        {unknown, Class} ->
            unreadable(<<"it has a ", Class/binary, " in it, of which there is no class">>)
    end.

reopened(Path, At, Entries) ->
    case file:open(Path, [read, write, raw, binary]) of
        {ok, Fd} ->
            Steps = [fun() -> positioned(Fd, At) end, fun() -> file:truncate(Fd) end],
            unless_closed(first_error(Steps), Fd, Entries);
        {error, Reason} -> failed(Reason)
    end.

positioned(Fd, At) ->
    case file:position(Fd, At) of
        {ok, At} -> ok;
        {error, Reason} -> {error, Reason}
    end.

%% @doc Adds an entry, which is on the disk when this returns. An entry that cannot be written
%% leaves the journal as it was.
-spec append(journal(), term()) -> ok | {error, atom(), binary()}.
append({'$bt_journal', Fd, _Path, _Lock}, Entry) ->
    case frame(Entry) of
        too_large -> too_large();
        Bytes -> at_end(Fd, Bytes, file:position(Fd, cur), file:position(Fd, eof))
    end.

%% Where somebody has deleted the lock, it is noticed before anything is spoiled.
at_end(Fd, Bytes, {ok, At}, {ok, At}) -> written(Fd, Bytes, At);
at_end(_Fd, _Bytes, {ok, _}, {ok, _}) -> {error, changed, <<"somebody else has written to it">>};
at_end(_Fd, _Bytes, {error, Reason}, _) -> failed(Reason);
at_end(_Fd, _Bytes, _, {error, Reason}) -> failed(Reason).

written(Fd, Bytes, At) ->
    case first_error([fun() -> file:write(Fd, Bytes) end, fun() -> file:datasync(Fd) end]) of
        ok ->
            ok;
        {error, Reason} ->
            _ = file:position(Fd, At),
            _ = file:truncate(Fd),
            failed(Reason)
    end.

too_large() ->
    {error, too_large, <<"an entry is larger than ", (integer_to_binary(?MOST))/binary, " bytes">>}.

frame(Entry) ->
    Body = term_to_binary(Entry),
    case byte_size(Body) of
        Size when Size > ?MOST ->
            too_large;
        Size ->
            Check = erlang:crc32(<<Size:32>>),
            <<Size:32, Check:32, (erlang:crc32(Body)):32, Body/binary>>
    end.

%% @doc Puts one entry in the place of all that was there, at once or not at all.
-spec replace(journal(), term()) -> {ok, journal()} | {error, atom(), binary()}.
replace({'$bt_journal', Fd, Path, Lock}, Entry) ->
    case frame(Entry) of
        too_large -> too_large();
        Bytes -> reopened_as(replaced(Fd, Path, Bytes), Path, Lock)
    end.

reopened_as({ok, Next}, Path, Lock) -> {ok, {'$bt_journal', Next, Path, Lock}};
reopened_as(Failed, _Path, _Lock) -> Failed.

%% The new file is opened before it takes the old one's name: from there on nothing can fail.
replaced(Fd, Path, Bytes) ->
    New = <<Path/binary, ".new">>,
    case file:open(New, [write, raw, binary]) of
        {ok, Next} ->
            Steps = [fun() -> file:change_mode(New, 8#600) end,
                     fun() -> file:write(Next, [?MAGIC, Bytes]) end,
                     fun() -> file:sync(Next) end,
                     fun() -> file:rename(New, Path) end],
            renamed(first_error(Steps), Fd, Next, New);
        {error, Reason} ->
            failed(Reason)
    end.

renamed(ok, Fd, Next, _New) ->
    _ = file:close(Fd),
    {ok, Next};
renamed({error, Reason}, _Fd, Next, New) ->
    _ = file:close(Next),
    _ = file:delete(New),
    failed(Reason).

first_error([]) -> ok;
first_error([Step | Steps]) ->
    case Step() of
        ok -> first_error(Steps);
        {error, Reason} -> {error, Reason}
    end.

%% @doc Closes it: another process may open it.
-spec close(journal()) -> ok.
close({'$bt_journal', Fd, _Path, Lock}) ->
    _ = file:close(Fd),
    bt_agent_lock:release(Lock).

%% @doc Whether a term is an open journal.
-spec is_journal(term()) -> boolean().
is_journal({'$bt_journal', _, _, _}) -> true;
is_journal(_) -> false.
