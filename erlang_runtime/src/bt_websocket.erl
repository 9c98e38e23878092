%%% @doc WebSockets (RFC 6455): the handshake of both sides, and messages as frames.
%%%
%%% Reading is passive, as with all sockets: pings are answered, and fragments put together, by
%%% whoever asks for the next message. A peer that breaks the rules is told so, and the connection
%%% ends.
-module(bt_websocket).

-export([upgrade/3, connect/2, send/3, ping/1, next/2, close/3, is_open/1]).

-type role() :: client | server.
-type handle() :: {bt_net:socket(), role()}.

-define(MAGIC, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").
-define(LONGEST, 16#1000000).
-define(CONNECT_MS, 30000).
%% A frame that has begun must be complete in this time, and a peer must answer a close.
-define(FRAME_MS, 30000).
-define(CLOSE_MS, 1000).

-define(CONTINUATION, 0).
-define(TEXT, 1).
-define(BINARY, 2).
-define(CLOSE, 8).
-define(PING, 9).
-define(PONG, 10).

value(Socket, Role) -> #{'$class' => 'bt.stdlib.WebSocket', handle => {Socket, Role}}.

%%% Handshakes

%% @doc Answers a client that wants a WebSocket.
-spec upgrade([{binary(), binary()}], bt_net:socket(), binary()) ->
          {ok, map()} | {error, 400 | 426}.
upgrade(Headers, Socket, Read) ->
    case {has(<<"upgrade">>, <<"websocket">>, Headers),
          has(<<"connection">>, <<"upgrade">>, Headers),
          proplists:get_value(<<"sec-websocket-version">>, Headers),
          proplists:get_value(<<"sec-websocket-key">>, Headers)} of
        {true, true, <<"13">>, Key} when byte_size(Key) =:= 24 -> accept(Key, Socket, Read);
        {true, true, <<"13">>, _} -> {error, 400};
        _ -> {error, 426}
    end.

has(Name, Token, Headers) ->
    bt_http:has_token(Token, proplists:get_value(Name, Headers, <<>>)).

accept(_Key, {tls, _}, Read) when Read =/= <<>> -> {error, 400};
accept(Key, Socket, Read) ->
    ok = bt_net:unread(Socket, Read),
    Head = bt_http:head(101, [
        {<<"upgrade">>, <<"websocket">>}, {<<"connection">>, <<"Upgrade">>},
        {<<"sec-websocket-accept">>, proof(Key)}]),
    _ = bt_net:send(Socket, Head),
    {ok, value(Socket, server)}.

proof(Key) -> base64:encode(crypto:hash(sha, [Key, ?MAGIC])).

%% @doc Connects to a URL. Options: `timeout', `headers', `verify', `caFile'.
-spec connect(term(), term()) -> map().
connect(Url, Options) when is_binary(Url), is_map(Options) ->
    case bt_http:parsed_url(Url) of
        #{scheme := <<"ws">>, host := Host} = Uri when Host =/= <<>> ->
            open(Uri, maps:get(port, Uri, 80), Options#{tls => false});
        #{scheme := <<"wss">>, host := Host} = Uri when Host =/= <<>> ->
            open(Uri, maps:get(port, Uri, 443), Options#{tls => true});
        _ -> no_url(Url)
    end;
connect(Url, Options) when is_map(Options) ->
    no_url(Url);
connect(_Url, Options) ->
    bt_prim_collection:type_error(<<"a Dictionary of options">>, Options, nil, 'connect:options:').

-spec no_url(term()) -> no_return().
no_url(Url) ->
    bt_prim_collection:type_error(<<"a URL with ws: or wss:">>, Url, nil, 'connect:').

open(#{host := Host} = Uri, Port, Options) ->
    Socket = bt_prim_socket:connect(Host, Port, Options),
    try
        Key = base64:encode(crypto:strong_rand_bytes(16)),
        ok = sent(bt_net:send(Socket, asking(Uri, Port, Key, Options))),
        answered(Socket, Key),
        value(Socket, client)
    catch
        Class:Reason:Stack ->
            bt_net:close(Socket),
            erlang:raise(Class, Reason, Stack)
    end.

asking(#{host := Host, path := Path0} = Uri, Port, Key, Options) ->
    Path = case Path0 of <<>> -> <<"/">>; _ -> Path0 end,
    Query = case Uri of #{query := Text} -> [$?, Text]; #{} -> [] end,
    Own = [{header_text(Name), header_text(Value)}
           || {Name, Value} <- maps:to_list(maps:get(headers, Options, #{}))],
    lists:foreach(fun check_header/1, Own),
    Headers = [{<<"host">>, [Host, $:, integer_to_binary(Port)]}, {<<"upgrade">>, <<"websocket">>},
               {<<"connection">>, <<"Upgrade">>}, {<<"sec-websocket-version">>, <<"13">>},
               {<<"sec-websocket-key">>, Key} | Own],
    [<<"GET ">>, Path, Query, <<" HTTP/1.1\r\n">>,
     [[Name, <<": ">>, Value, <<"\r\n">>] || {Name, Value} <- Headers], <<"\r\n">>].

header_text(Value) -> bt_print:display_string(Value).

check_header({Name, Value}) ->
    bt_http:is_header(Name, Value) orelse
        bt_prim_collection:type_error(<<"a header">>, <<Name/binary, ": ", Value/binary>>, nil,
                                      'connect:options:').

sent(ok) -> ok;
sent({error, Reason}) -> bt_net:fail(Reason, <<"write">>, 'connect:').

answered(Socket, Key) ->
    {Status, Headers} = response(Socket),
    Proof = proplists:get_value(<<"sec-websocket-accept">>, Headers),
    Proof =:= proof(Key) andalso Status =:= 101 orelse
        bt_error:raise('bt.stdlib.NetworkError', #{
            message => <<"no WebSocket there: status ", (integer_to_binary(Status))/binary>>,
            reason => no_web_socket, selector => 'connect:'}).

response(Socket) ->
    case packet(Socket, http_bin) of
        {http_response, _, Status, _} -> {Status, response_headers(Socket, [])};
        _ -> {0, []}
    end.

response_headers(Socket, Headers) when length(Headers) < 100 ->
    case packet(Socket, httph_bin) of
        {http_header, _, _, Name, Value} ->
            Text = bt_print:display_string(Name),
            response_headers(Socket, [{bt_http:lower(Text), Value} | Headers]);
        _ ->
            ok = options(Socket, [{packet, raw}]),
            Headers
    end;
response_headers(_Socket, Headers) ->
    Headers.

packet(Socket, Kind) ->
    ok = options(Socket, [{packet, Kind}, {packet_size, 8192}]),
    case bt_net:recv(Socket, 0, ?CONNECT_MS) of
        {ok, Packet} -> Packet;
        {error, Reason} -> bt_net:fail(Reason, <<"WebSocket handshake">>, 'connect:')
    end.

options({tcp, Socket}, Options) -> inet:setopts(Socket, Options);
options({tls, Socket}, Options) -> ssl:setopts(Socket, Options).

%%% Sending

%% @doc Sends a message, of text or bytes.
-spec send(handle(), text | binary, term()) -> ok.
send(Handle, text, Text) ->
    Bytes = iolist_to_binary(bt_prim_socket:iodata(Text, 'send:')),
    is_text(Bytes) orelse bt_prim_collection:type_error(<<"UTF-8 text">>, Text, nil, 'send:'),
    frame(Handle, ?TEXT, Bytes);
send(Handle, binary, Data) ->
    frame(Handle, ?BINARY, iolist_to_binary(bt_prim_socket:iodata(Data, 'sendBinary:'))).

%% @doc Asks whether the other side is there; it answers whoever reads.
-spec ping(handle()) -> ok.
ping(Handle) -> frame(Handle, ?PING, <<>>).

frame({Socket, Role}, Code, Bytes) ->
    case bt_net:send(Socket, encoded(Role, Code, Bytes)) of
        ok -> ok;
        {error, _} ->
            bt_net:is_open(Socket) orelse gone(),
            bt_net:fail(closed, <<"write">>, 'send:')
    end.

-spec gone() -> no_return().
gone() ->
    bt_error:raise('bt.stdlib.ClosedError', #{message => <<"this WebSocket is closed">>}).

encoded(server, Code, Bytes) -> [<<1:1, 0:3, Code:4>>, size(0, byte_size(Bytes)), Bytes];
encoded(client, Code, Bytes) ->
    Mask = crypto:strong_rand_bytes(4),
    [<<1:1, 0:3, Code:4>>, size(1, byte_size(Bytes)), Mask, masked(Mask, Bytes)].

size(Masked, Size) when Size < 126 -> <<Masked:1, Size:7>>;
size(Masked, Size) when Size < 65536 -> <<Masked:1, 126:7, Size:16>>;
size(Masked, Size) -> <<Masked:1, 127:7, Size:64>>.

masked(_Mask, <<>>) -> <<>>;
masked(Mask, Bytes) ->
    Size = byte_size(Bytes),
    Repeated = binary:copy(Mask, (Size + 3) div 4),
    crypto:exor(Bytes, binary:part(Repeated, 0, Size)).

%%% Receiving

%% @doc The next message: a String or a Binary; nil when the connection ends.
-spec next(handle(), term()) -> binary() | map() | nil.
next(Handle, Limit) ->
    Ms = bt_prim_socket:limit(Limit, 'receive:'),
    try
        message(Handle, Ms, none, [])
    catch
        throw:{?MODULE, ended} -> ended(Handle)
    end.

message({Socket, _} = Handle, Limit, Kind, Parts) ->
    case bt_net:recv(Socket, 2, Limit) of
        {ok, <<Fin:1, 0:3, Code:4, Masked:1, Size:7>>} ->
            Bytes = payload(Handle, Code, Fin, Masked, Size, Parts),
            received(Handle, Limit, {Kind, Parts}, {Code, Fin, Bytes});
        {ok, _Reserved} -> broken(Handle, 1002);
        {error, timeout} when Kind =:= none -> bt_net:fail(timeout, <<"receive">>, 'receive:');
        {error, _} -> ended(Handle)
    end.

%% A client masks, and a server does not.
payload({_, Role} = Handle, _Code, _Fin, Masked, _Size, _Parts)
  when Masked =:= 0, Role =:= server; Masked =:= 1, Role =:= client ->
    broken(Handle, 1002);
payload(Handle, Code, Fin, _Masked, Size, _Parts)
  when Code >= ?CLOSE, Size > 125 orelse Fin =:= 0 ->
    broken(Handle, 1002);
payload(Handle, _Code, _Fin, Masked, Size, Parts) ->
    Length = case Size of
                 126 -> binary:decode_unsigned(bytes(Handle, 2));
                 127 -> binary:decode_unsigned(bytes(Handle, 8));
                 _ -> Size
             end,
    Length + iolist_size(Parts) =< ?LONGEST orelse broken(Handle, 1009),
    case Masked of
        0 -> bytes(Handle, Length);
        1 ->
            Mask = bytes(Handle, 4),
            masked(Mask, bytes(Handle, Length))
    end.

bytes(_Handle, 0) -> <<>>;
bytes({Socket, _} = Handle, Size) ->
    case bt_net:recv(Socket, Size, ?FRAME_MS) of
        {ok, Bytes} -> Bytes;
        {error, timeout} -> broken(Handle, 1002);
        {error, _} -> throw({?MODULE, ended})
    end.

received(Handle, _Limit, _Before, {?CLOSE, 1, Bytes}) ->
    Code = case Bytes of <<Given:16, _/binary>> -> Given; _ -> 1000 end,
    answer_close(Handle, Code),
    nil;
received(Handle, Limit, {Kind, Parts}, {?PING, 1, Bytes}) ->
    frame(Handle, ?PONG, Bytes),
    message(Handle, Limit, Kind, Parts);
received(Handle, Limit, {Kind, Parts}, {?PONG, 1, _}) ->
    message(Handle, Limit, Kind, Parts);
received(Handle, Limit, {none, []}, {Code, Fin, Bytes}) when Code =:= ?TEXT; Code =:= ?BINARY ->
    part(Handle, Limit, Fin, Code, [Bytes]);
received(Handle, Limit, {Kind, Parts}, {?CONTINUATION, Fin, Bytes}) when Kind =/= none ->
    part(Handle, Limit, Fin, Kind, [Parts, Bytes]);
received(Handle, _Limit, _Before, _Frame) ->
    broken(Handle, 1002).

%% A message that has begun must go on.
part(Handle, _Limit, 0, Kind, Parts) -> message(Handle, ?FRAME_MS, Kind, Parts);
part(_Handle, _Limit, 1, ?BINARY, Parts) ->
    #{'$class' => 'bt.stdlib.Binary', bytes => iolist_to_binary(Parts)};
part(Handle, _Limit, 1, ?TEXT, Parts) ->
    Text = iolist_to_binary(Parts),
    case is_text(Text) of
        true -> Text;
        false -> broken(Handle, 1007)
    end.

is_text(Bytes) -> unicode:characters_to_binary(Bytes) =:= Bytes.

-spec broken(handle(), 1002 | 1007 | 1009) -> no_return().
broken({Socket, _} = Handle, Code) ->
    close(Handle, Code, <<>>),
    bt_net:close(Socket),
    bt_error:raise('bt.stdlib.NetworkError', #{
        message => <<"the other side of the WebSocket broke its rules: ",
                     (integer_to_binary(Code))/binary>>,
        reason => protocol_error, selector => 'receive:'}).

ended({Socket, _}) ->
    bt_net:close(Socket),
    nil.

%%% The end

answer_close({Socket, Role}, Code) ->
    _ = bt_net:send(Socket, encoded(Role, ?CLOSE, <<Code:16>>)),
    bt_net:close(Socket).

%% @doc Says that this side ends it, and why; waits a little for the other side to agree.
-spec close(handle() | map(), term(), term()) -> ok.
close(#{handle := Handle}, Code, Reason) ->
    close(Handle, Code, Reason);
close({Socket, Role}, Code, Reason) when is_integer(Code), Code >= 1000, Code < 5000,
                                         is_binary(Reason), byte_size(Reason) =< 123 ->
    case bt_net:send(Socket, encoded(Role, ?CLOSE, <<Code:16, Reason/binary>>)) of
        ok -> drain(Socket, bt_wait:deadline(?CLOSE_MS));
        {error, _} -> ok
    end,
    bt_net:close(Socket);
close(_Handle, Code, Reason) ->
    Wanted = <<"a code from 1000 to 4999 and a reason of at most 123 bytes">>,
    bt_prim_collection:type_error(Wanted, {Code, Reason}, nil, 'close:reason:').

drain(Socket, Deadline) ->
    case bt_net:recv(Socket, 0, bt_wait:left(Deadline)) of
        {ok, _} -> drain(Socket, Deadline);
        {error, _} -> ok
    end.

-spec is_open(handle()) -> boolean().
is_open({Socket, _}) -> bt_net:is_open(Socket).
