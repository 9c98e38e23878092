%% @doc The process behind a FileHandle.
%%
%% A raw file can only be used by the process that opened it. A handle may be used by any process,
%% so each has a server, which owns the raw file, reads it in large pieces, and closes it when
%% asked to or when the process that opened the handle ends. What is written goes to the operating
%% system at once: a handle that nobody closes loses nothing.
-module(bt_file_handle).
-behaviour(gen_server).

-export([open/3, request/2, open_handles/0, start_link/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([mode/0, request/0]).

-define(PIECE, 65536).
-define(DESCRIPTION, bt_file_handle_description).

-type mode() :: read | write | append | readWrite | exclusive.

-type request() ::
    read_line | read_lines | {unread, binary()} | read_all | {read, non_neg_integer()}
    | {read_text, non_neg_integer()} | {write, iodata()} | position | {seek, non_neg_integer()}
    | seek_to_end | size | truncate | sync | close.

-record(state, {
    file :: file:io_device() | undefined,
    bytes = bt_byte_queue:new() :: bt_byte_queue:queue()
}).

%%% For others

%% @doc Opens a file for a process.
-spec open(pid(), binary(), mode()) -> {ok, pid()} | {error, atom()}.
open(Owner, Name, Mode) ->
    Server = bt_owned_sup:start_child(?MODULE, Owner),
    case request(Server, {open, Name, Mode}) of
        {ok, nil} -> {ok, Server};
        {error, Reason} -> {error, Reason}
    end.

%% @doc What a server answers; nil for the end of the file.
-spec request(pid(), request() | {open, binary(), mode()}) -> {ok, term()} | {error, atom()}.
request(Server, Request) ->
    try
        gen_server:call(Server, Request, infinity)
    catch
        exit:_ -> {error, closed}
    end.

%% @doc The handles that are open. Does not wait for those that are busy.
-spec open_handles() -> [{pid(), binary(), mode()}].
open_handles() ->
    lists:flatmap(fun description/1, bt_owned_sup:children(?MODULE)).

description(Server) ->
    case process_info(Server, dictionary) of
        {dictionary, Entries} ->
            [{Server, Name, Mode} || {?DESCRIPTION, {Name, Mode}} <- Entries];
        undefined ->
            []
    end.

%%% The server

-spec start_link(pid()) -> {ok, pid()}.
start_link(Owner) ->
    gen_server:start_link(?MODULE, Owner, []).

-spec init(pid()) -> {ok, #state{}}.
init(Owner) ->
    _ = monitor(process, Owner),
    {ok, #state{}}.

-spec handle_call(term(), {pid(), term()}, #state{}) ->
    {reply, term(), #state{}} | {stop, normal, term(), #state{}}.
handle_call({open, Name, Mode}, _From, State) ->
    case file:open(Name, [raw, binary | options(Mode)]) of
        {ok, File} ->
            put(?DESCRIPTION, {Name, Mode}),
            {reply, {ok, nil}, State#state{file = File}};
        {error, Reason} ->
            {stop, normal, {error, Reason}, State}
    end;
handle_call(close, _From, State) ->
    {stop, normal, answer(file:close(State#state.file)), State};
handle_call(Request, _From, State) ->
    {Answer, After} = perform(Request, State),
    {reply, Answer, After}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Message, State) -> {noreply, State}.

%% With its process the raw file is closed.
-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, normal, #state{}}.
handle_info({'DOWN', _, process, _, _}, State) -> {stop, normal, State};
handle_info(_Message, State) -> {noreply, State}.

options(read) -> [read];
options(write) -> [write];
options(append) -> [append];
options(readWrite) -> [read, write];
options(exclusive) -> [write, exclusive].

%%% Requests

perform(read_line, State) -> read_until(fun bt_byte_queue:take_line/1, State);
perform(read_lines, State) -> read_until(fun bt_byte_queue:take_lines/1, State);
perform({unread, Bytes}, State) -> {{ok, nil}, put_back(Bytes, State)};
perform({read, Count}, State) -> read(Count, State);
perform(read_all, State) -> read_all(State);
perform({read_text, Count}, State) -> read_text(Count, State);
perform({write, Data}, State) -> at_position(State, fun(File) -> file:write(File, Data) end);
perform(truncate, State) -> at_position(State, fun file:truncate/1);
perform({seek, Position}, State) -> seek(Position, State);
perform(seek_to_end, State) -> seek(eof, State);
perform(position, State) -> {position(State), State};
perform(size, State) -> {file_size(State), State};
perform(sync, State) -> {answer(file:sync(State#state.file)), State}.

answer(ok) -> {ok, nil};
answer({error, Reason}) -> {error, Reason}.

%% What `Take' finds in the bytes, of which more are read as long as it finds nothing.
read_until(Take, #state{bytes = Bytes} = State) ->
    case Take(Bytes) of
        {none, Searched} ->
            case fill(State#state{bytes = Searched}) of
                {more, Filled} -> read_until(Take, Filled);
                {eof, Last} -> read_rest(Last);
                {{error, Reason}, Same} -> {{error, Reason}, Same}
            end;
        {Taken, Left} ->
            {{ok, Taken}, State#state{bytes = Left}}
    end.

read_rest(State) ->
    case bt_byte_queue:take_all(State#state.bytes) of
        {<<>>, _} -> {{ok, nil}, State};
        {Rest, Left} -> {{ok, Rest}, State#state{bytes = Left}}
    end.

read(0, State) ->
    {{ok, <<>>}, State};
read(Count, State) ->
    case bt_byte_queue:size(State#state.bytes) < Count andalso fill(State) of
        false ->
            {Taken, Left} = bt_byte_queue:take(Count, State#state.bytes),
            {{ok, Taken}, State#state{bytes = Left}};
        {more, Filled} -> read(Count, Filled);
        {eof, Last} -> read_rest(Last);
        {{error, Reason}, Same} -> {{error, Reason}, Same}
    end.

read_all(State) ->
    case fill(State) of
        {more, Filled} ->
            read_all(Filled);
        {eof, Last} ->
            {All, Left} = bt_byte_queue:take_all(Last#state.bytes),
            {{ok, All}, Last#state{bytes = Left}};
        {{error, Reason}, Same} ->
            {{error, Reason}, Same}
    end.

%% So many graphemes. The last one is only known to be whole when something comes after it.
read_text(0, State) ->
    {{ok, <<>>}, State};
read_text(Count, State) ->
    {Bytes, Left} = bt_byte_queue:take_all(State#state.bytes),
    case graphemes(Count, Bytes, 0) of
        {ok, Size} ->
            <<Text:Size/binary, Rest/binary>> = Bytes,
            {{ok, Text}, State#state{bytes = bt_byte_queue:put_back(Rest, Left)}};
        incomplete ->
            case fill(State) of
                {more, Filled} -> read_text(Count, Filled);
                {eof, Last} -> last_text(Count, Bytes, Last);
                {{error, Reason}, Same} -> {{error, Reason}, Same}
            end
    end.

last_text(_Count, <<>>, State) ->
    {{ok, nil}, State};
last_text(Count, Bytes, State) ->
    %% What comes after the end closes the last grapheme.
    case graphemes(Count, <<Bytes/binary, "\n\n\n\n">>, 0) of
        {ok, Size} when Size < byte_size(Bytes) ->
            <<Text:Size/binary, Rest/binary>> = Bytes,
            Left = bt_byte_queue:put_back(Rest, bt_byte_queue:new()),
            {{ok, Text}, State#state{bytes = Left}};
        _ ->
            read_rest(State)
    end.

%% How many bytes so many graphemes have, if they and a further character are there.
graphemes(0, Bytes, Size) when byte_size(Bytes) >= 4 ->
    {ok, Size};
graphemes(Count, Bytes, _Size) when Count =:= 0; Bytes =:= <<>> ->
    incomplete;
graphemes(Count, Bytes, Size) ->
    case string:next_grapheme(Bytes) of
        [Grapheme | _] ->
            Taken = byte_size(unicode:characters_to_binary([Grapheme])),
            <<_:Taken/binary, Rest/binary>> = Bytes,
            graphemes(Count - 1, Rest, Size + Taken);
        {error, _} when byte_size(Bytes) < 4 ->
            incomplete;
        {error, _} ->
            %% Not UTF-8: who asked will find out.
            {ok, Size + 1}
    end.

fill(#state{file = File, bytes = Bytes} = State) ->
    case file:read(File, ?PIECE) of
        {ok, Piece} -> {more, State#state{bytes = bt_byte_queue:add(Piece, Bytes)}};
        eof -> {eof, State};
        {error, Reason} -> {{error, Reason}, State}
    end.

put_back(Bytes, State) ->
    State#state{bytes = bt_byte_queue:put_back(Bytes, State#state.bytes)}.

%%% Position

%% The file is ahead of the reader by the bytes that are waiting.
position(#state{file = File, bytes = Bytes}) ->
    case file:position(File, cur) of
        {ok, Position} -> {ok, Position - bt_byte_queue:size(Bytes)};
        {error, Reason} -> {error, Reason}
    end.

seek(Position, #state{file = File} = State) ->
    case file:position(File, Position) of
        {ok, At} -> {{ok, At}, State#state{bytes = bt_byte_queue:new()}};
        {error, Reason} -> {{error, Reason}, State}
    end.

%% Writes where the reader is.
at_position(#state{file = File, bytes = Bytes} = State, Write) ->
    Back = -bt_byte_queue:size(Bytes),
    case Back =:= 0 orelse file:position(File, {cur, Back}) of
        {error, Reason} -> {{error, Reason}, State};
        _ -> {answer(Write(File)), State#state{bytes = bt_byte_queue:new()}}
    end.

file_size(#state{file = File}) ->
    case file:position(File, cur) of
        {ok, Position} ->
            End = file:position(File, eof),
            {ok, _} = file:position(File, Position),
            End;
        {error, Reason} ->
            {error, Reason}
    end.
