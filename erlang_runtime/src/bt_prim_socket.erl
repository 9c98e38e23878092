%%% @doc Primitives of TcpSocket, TcpListener and TcpServer.
%%%
%%% A socket belongs to the process that opened it, and is closed when that ends. Reads are passive:
%%% whoever does not read makes the other side wait.
-module(bt_prim_socket).

-export([connect/3, listen/2, accept/2, listener_port/1, close_listener/1]).
-export([write/2, write_packet/2]).
-export([read/3, read_available/2, read_line/2, read_all/2, read_packet/2]).
-export([close/1, close_write/1, is_open/1, peer/1, local/1]).
-export([start_server/2, stop_server/2, server_port/1, server_count/1]).
-export([iodata/2, host/2, port_number/3, address/2, server_options/2, limit/2]).

%% A line or packet that is longer ends the reading, not the memory.
-define(LONGEST_LINE, 16#100000).
-define(LONGEST_PACKET, 16#4000000).
-define(CHUNK, 16#100000).
-define(CONNECT_MS, 30000).
%% So many clients may come at the same moment; the kernel has a limit of its own.
-define(BACKLOG, 4096).
-define(HANDSHAKE_MS, 10000).

-type limit() :: term().

%%% Opening

%% @doc Connects. Options: `timeout', `tls', `verify', `caFile'.
-spec connect(term(), term(), term()) -> bt_net:socket().
connect(Host, Port, Options) when is_map(Options), not is_map_key('$class', Options) ->
    Selector = 'connect:port:',
    Name = host(Host, Selector),
    Number = port_number(Port, 1, Selector),
    Limit = limit(maps:get(timeout, Options, ?CONNECT_MS), Selector),
    Tls = client_tls(maps:get(tls, Options, false), host_text(Host), Options),
    case bt_net:connect(Name, Number, Tls, Limit) of
        {ok, Socket} -> Socket;
        {error, Reason} -> bt_net:fail(Reason, [<<"connect to ">>, place(Host, Number)], Selector)
    end;
connect(_Host, _Port, Options) ->
    bt_prim_collection:type_error(<<"a Dictionary of options">>, Options, nil,
                                  'connect:port:options:').

client_tls(true, Host, Options) ->
    Settings = case Options of
                   #{caFile := File} when is_binary(File) -> #{ca_file => File};
                   #{} -> #{}
               end,
    bt_net:tls_client(Host, Settings#{verify => maps:get(verify, Options, true)});
client_tls(_False, _Host, _Options) ->
    none.

place(Host, Port) -> [host_text(Host), $:, integer_to_binary(Port)].

host_text(Host) when is_tuple(Host) -> inet:ntoa(Host);
host_text(Host) when is_atom(Host) -> atom_to_list(Host);
host_text(Host) -> unicode:characters_to_list(Host).

%% @doc A host name or address, as gen_tcp wants it.
-spec host(term(), atom()) -> inet:hostname() | inet:ip_address().
host(Host, Selector) when is_binary(Host), byte_size(Host) > 0, byte_size(Host) < 256 ->
    case lists:all(fun(C) -> C > 32 andalso C < 127 end, binary_to_list(Host)) of
        true -> address_or_name(binary_to_list(Host));
        false -> no_host(Host, Selector)
    end;
host(Host, Selector) when is_tuple(Host) ->
    case inet:ntoa(Host) of
        {error, _} -> no_host(Host, Selector);
        _ -> Host
    end;
host(Host, Selector) when is_atom(Host), Host =/= nil, not is_boolean(Host) ->
    host(atom_to_binary(Host), Selector);
host(Host, Selector) ->
    no_host(Host, Selector).

address_or_name(Text) ->
    case inet:parse_address(Text) of
        {ok, Address} -> Address;
        {error, _} -> Text
    end.

-spec no_host(term(), atom()) -> no_return().
no_host(Host, Selector) ->
    bt_prim_collection:type_error(<<"a host name or address">>, Host, nil, Selector).

%% @doc A port from the lowest allowed one on.
-spec port_number(term(), 0 | 1, atom()) -> inet:port_number().
port_number(Port, Lowest, _) when is_integer(Port), Port >= Lowest, Port < 65536 -> Port;
port_number(Port, Lowest, Selector) ->
    Wanted = [<<"a port from ">>, integer_to_binary(Lowest), <<" to 65535">>],
    bt_prim_collection:type_error(Wanted, Port, nil, Selector).

%% @doc An address to listen on.
-spec address(term(), atom()) -> inet:ip_address().
address(Host, Selector) ->
    case host(Host, Selector) of
        Address when is_tuple(Address) -> Address;
        Name ->
            case inet:getaddr(Name, inet) of
                {ok, Address} -> Address;
                {error, Reason} -> bt_net:fail(Reason, [<<"address of ">>, Name], Selector)
            end
    end.

%% @doc Listens; a port of zero lets the system choose. The listener belongs to this process.
-spec listen(term(), term()) -> bt_net:listener().
listen(Port, Options) ->
    #{address := Address, port := Number, tls := Tls} = server_options(Port, Options),
    case bt_net:listen(Address, Number, [{backlog, ?BACKLOG}]) of
        {ok, Socket} -> {Socket, Tls};
        {error, Reason} -> cannot_listen(Reason, Number, 'listen:')
    end.

-spec cannot_listen(term(), inet:port_number(), atom()) -> no_return().
cannot_listen(Reason, Port, Selector) ->
    bt_net:fail(Reason, [<<"listen on port ">>, integer_to_binary(Port)], Selector).

%% @doc What a listener needs, from the options of a program.
-spec server_options(term(), term()) -> bt_listener:options().
server_options(Port, Options) when is_map(Options), not is_map_key('$class', Options) ->
    #{address => address(given(host, Options, <<"127.0.0.1">>), 'host:'),
      port => port_number(Port, 0, 'port:'),
      tls => server_tls(Options),
      max => positive(given(maxConnections, Options, 10000), 'maxConnections:'),
      backlog => ?BACKLOG};
server_options(_Port, Options) ->
    bt_prim_collection:type_error(<<"a Dictionary of options">>, Options, nil, 'listen:options:').

given(Key, Options, Default) ->
    case Options of
        #{Key := Value} when Value =/= nil -> Value;
        #{} -> Default
    end.

positive(N, _Selector) when is_integer(N), N > 0 -> N;
positive(Other, Selector) ->
    bt_prim_collection:type_error(<<"an Integer above 0">>, Other, nil, Selector).

server_tls(#{certFile := Cert, keyFile := Key}) when is_binary(Cert), is_binary(Key) ->
    bt_net:need(ssl, <<"erlang-ssl">>),
    [{certfile, Cert}, {keyfile, Key}];
server_tls(#{certFile := Cert}) when Cert =/= nil ->
    bt_prim_collection:type_error(<<"certFile and keyFile, both Strings">>, Cert, nil, 'certFile:');
server_tls(_Options) ->
    none.

%% @doc The next connection; it belongs to this process.
-spec accept(bt_net:listener(), limit()) -> bt_net:socket().
accept({Listener, Tls}, Limit) ->
    case accepted(Listener, Tls, limit(Limit, 'accept:')) of
        {ok, Socket} -> Socket;
        {error, closed} -> closed(accept, <<"this listener">>);
        {error, Reason} -> bt_net:fail(Reason, <<"accept">>, accept)
    end.

accepted(Listener, Tls, Limit) ->
    case bt_net:accept(Listener, Limit) of
        {ok, Accepted} -> bt_net:handshake(Accepted, Tls, ?HANDSHAKE_MS);
        Error -> Error
    end.

-spec listener_port(bt_net:listener()) -> inet:port_number() | nil.
listener_port({Listener, _}) ->
    case inet:port(Listener) of
        {ok, Port} -> Port;
        {error, _} -> nil
    end.

-spec close_listener(bt_net:listener()) -> ok.
close_listener({Listener, _}) -> gen_tcp:close(Listener).

%%% Writing

%% @doc Sends text or bytes; returns when the system has them.
-spec write(bt_net:socket(), term()) -> ok.
write(Socket, Data) -> written(Socket, iodata(Data, 'write:'), 'write:').

written(Socket, Data, Selector) ->
    case bt_net:send(Socket, Data) of
        ok -> ok;
        {error, Reason} -> broken(Socket, Reason, <<"write">>, Selector)
    end.

%% @doc The bytes of a String, a Binary or a List of them.
-spec iodata(term(), atom()) -> iodata().
iodata(Data, _Selector) when is_binary(Data) -> Data;
iodata(#{'$class' := 'bt.stdlib.Binary', bytes := Bytes}, _Selector) -> Bytes;
iodata(#{'$class' := 'bt.stdlib.Character', code := Code}, _Selector) -> <<Code/utf8>>;
iodata(List, Selector) when is_list(List) -> [iodata(Each, Selector) || Each <- List];
iodata(Number, _Selector) when is_number(Number) -> bt_print:print_string(Number);
iodata(Symbol, _Selector) when is_atom(Symbol), Symbol =/= nil -> atom_to_binary(Symbol);
iodata(Other, Selector) ->
    bt_prim_collection:type_error(<<"text or bytes">>, Other, nil, Selector).

%% @doc Sends a packet: four bytes with its size, and the bytes.
-spec write_packet(bt_net:socket(), term()) -> ok.
write_packet(Socket, Data) ->
    Bytes = iolist_to_binary(iodata(Data, 'writePacket:')),
    byte_size(Bytes) =< ?LONGEST_PACKET orelse
        bt_prim_collection:type_error(<<"at most 64 MB">>, byte_size(Bytes), nil, 'writePacket:'),
    written(Socket, [<<(byte_size(Bytes)):32>>, Bytes], 'writePacket:').

%%% Reading; nil at the end of the connection

%% @doc Exactly so many bytes.
-spec read(bt_net:socket(), term(), limit()) -> binary() | nil.
read(Socket, Size, Limit) when is_integer(Size), Size >= 0 ->
    Deadline = bt_wait:deadline(limit(Limit, 'read:')),
    bytes(Socket, Size, Deadline, [], 'read:');
read(_Socket, Size, _Limit) ->
    bt_prim_collection:type_error(<<"a number of bytes">>, Size, nil, 'read:').

%% In pieces: gen_tcp refuses to read more than 64 MB at a time.
bytes(_Socket, 0, _Deadline, Read, _Selector) ->
    iolist_to_binary(lists:reverse(Read));
bytes(Socket, Size, Deadline, Read, Selector) ->
    Piece = min(Size, ?CHUNK),
    case bt_net:recv(Socket, Piece, bt_wait:left(Deadline)) of
        {ok, Bytes} -> bytes(Socket, Size - Piece, Deadline, [Bytes | Read], Selector);
        {error, Reason} -> ended(Socket, Reason, lists:reverse(Read), Selector)
    end.

%% @doc The bytes that are there, after waiting for the first one.
-spec read_available(bt_net:socket(), limit()) -> binary() | nil.
read_available(Socket, Limit) ->
    case bt_net:recv(Socket, 0, limit(Limit, 'readAvailable:')) of
        {ok, Bytes} -> Bytes;
        {error, Reason} -> ended(Socket, Reason, [], readAvailable)
    end.

%% @doc All bytes up to the end of the connection.
-spec read_all(bt_net:socket(), limit()) -> binary().
read_all(Socket, Limit) ->
    read_all(Socket, bt_wait:deadline(limit(Limit, 'readAll:')), []).

read_all(Socket, Deadline, Read) ->
    case bt_net:recv(Socket, 0, bt_wait:left(Deadline)) of
        {ok, Bytes} -> read_all(Socket, Deadline, [Read, Bytes]);
        {error, Reason} ->
            nil = ended(Socket, Reason, [], readAll),
            iolist_to_binary(Read)
    end.

%% @doc The next line without its end. The last one need not have an end.
-spec read_line(bt_net:socket(), limit()) -> binary() | nil.
read_line({tcp, _} = Socket, Limit) ->
    line(Socket, bt_wait:deadline(limit(Limit, 'readLine:')), <<>>);
read_line({tls, Port} = Socket, Limit) ->
    _ = ssl:setopts(Port, [{packet, line}, {packet_size, ?LONGEST_LINE}]),
    try bt_net:recv(Socket, 0, limit(Limit, 'readLine:')) of
        {ok, Line} -> bare(Line);
        {error, emsgsize} -> too_long();
        {error, Reason} -> ended(Socket, Reason, [], readLine)
    after
        ssl:setopts(Port, [{packet, raw}])
    end.

%% What was read beyond the line goes back into the socket.
line(_Socket, _Deadline, Read) when byte_size(Read) > ?LONGEST_LINE ->
    too_long();
line(Socket, Deadline, Read) ->
    case bt_net:recv(Socket, 0, bt_wait:left(Deadline)) of
        {ok, Bytes} ->
            case binary:split(Bytes, <<"\n">>) of
                [End, Rest] ->
                    ok = bt_net:unread(Socket, Rest),
                    bare(<<Read/binary, End/binary, "\n">>);
                [All] -> line(Socket, Deadline, <<Read/binary, All/binary>>)
            end;
        {error, closed} when Read =/= <<>> ->
            Read;
        {error, Reason} ->
            ended(Socket, Reason, [Read], readLine)
    end.

-spec too_long() -> no_return().
too_long() -> bt_net:fail(emsgsize, <<"a line of more than 1 MB">>, readLine).

bare(Line) ->
    Size = byte_size(Line),
    case Line of
        <<Text:(Size - 2)/binary, "\r\n">> -> Text;
        <<Text:(Size - 1)/binary, "\n">> -> Text;
        _ -> Line
    end.

%% @doc The next packet: four bytes with its size, and the bytes.
-spec read_packet(bt_net:socket(), limit()) -> binary() | nil.
read_packet(Socket, Limit) ->
    Deadline = bt_wait:deadline(limit(Limit, 'readPacket:')),
    case bytes(Socket, 4, Deadline, [], 'readPacket:') of
        nil -> nil;
        <<Size:32>> when Size > ?LONGEST_PACKET ->
            bt_net:fail(emsgsize, <<"a packet of more than 64 MB">>, 'readPacket:');
        <<Size:32>> = Header -> packet(Socket, Size, Deadline, Header)
    end.

%% On a time-out the size goes back too.
packet(Socket, Size, Deadline, Header) ->
    case bytes(Socket, Size, Deadline, [Header], 'readPacket:') of
        nil -> nil;
        <<Header:4/binary, Packet/binary>> -> Packet
    end.

%% What was read already is given back if it is only a matter of time.
-spec ended(bt_net:socket(), term(), [binary()], atom()) -> nil.
ended({tls, _}, closed, _Read, _Selector) ->
    %% Its process ends with the connection: who closed it cannot be seen.
    nil;
ended(Socket, closed, _Read, Selector) ->
    case bt_net:is_open(Socket) of
        true -> nil;
        false -> closed(Selector, <<"this socket">>)
    end;
ended(_Socket, Reason, _Read, _Selector) when Reason =:= econnreset; Reason =:= enotconn ->
    nil;
ended({tcp, _} = Socket, timeout, Read, Selector) ->
    bt_net:unread(Socket, iolist_to_binary(Read)),
    bt_net:fail(timeout, <<"read">>, Selector);
ended(Socket, Reason, _Read, Selector) ->
    broken(Socket, Reason, <<"read">>, Selector).

-spec broken(bt_net:socket(), term(), binary(), atom()) -> no_return().
broken(Socket, Reason, What, Selector) when Reason =:= closed; Reason =:= einval ->
    case bt_net:is_open(Socket) of
        true -> bt_net:fail(closed, What, Selector);
        false -> closed(Selector, <<"this socket">>)
    end;
broken(_Socket, Reason, What, Selector) ->
    bt_net:fail(Reason, What, Selector).

-spec closed(atom(), binary()) -> no_return().
closed(Selector, What) ->
    bt_error:raise('bt.stdlib.ClosedError', #{
        message => <<What/binary, " is closed">>, selector => Selector,
        hint => <<"a socket is closed when the process that opened it ends">>}).

%% @doc Milliseconds; nil for ever.
-spec limit(limit(), atom()) -> non_neg_integer() | infinity.
limit(nil, _Selector) -> infinity;
limit(Ms, _Selector) when is_number(Ms), Ms >= 0, Ms < 16#100000000 -> round(Ms);
limit(Other, Selector) -> bt_prim_collection:type_error(<<"milliseconds">>, Other, nil, Selector).

%%% The rest

-spec close(bt_net:socket()) -> ok.
close(Socket) -> bt_net:close(Socket).

-spec close_write(bt_net:socket()) -> ok.
close_write(Socket) ->
    _ = bt_net:close_write(Socket),
    ok.

-spec is_open(bt_net:socket()) -> boolean().
is_open(Socket) -> bt_net:is_open(Socket).

%% @doc Address and port of the other side; nils if the connection is gone.
-spec peer(bt_net:socket()) -> {binary() | nil, inet:port_number() | nil}.
peer(Socket) -> readable(bt_net:peer(Socket)).

-spec local(bt_net:socket()) -> {binary() | nil, inet:port_number() | nil}.
local(Socket) -> readable(bt_net:local(Socket)).

readable({ok, {Address, Port}}) -> {list_to_binary(inet:ntoa(Address)), Port};
readable({error, _}) -> {nil, nil}.

%%% Servers

%% @doc A server for the process that calls: a process for each connection, in which the block runs.
-spec start_server(#{atom() => term()}, term()) -> pid().
start_server(#{port := Port} = Options, Block) ->
    Fun = block(Block),
    Serve = fun(Socket) -> serve(Socket, Fun) end,
    case bt_listener:start_link(server_options(Port, Options), Serve) of
        {ok, Listener} -> Listener;
        {error, {shutdown, Reason}} -> cannot_listen(Reason, Port, 'port:')
    end.

block(Block) when is_function(Block, 1) -> Block;
block(Other) ->
    bt_prim_collection:type_error(<<"a Block with a parameter">>, Other, nil, 'handler:').

serve(Socket, Fun) ->
    Value = #{'$class' => 'bt.stdlib.TcpSocket', handle => Socket, timeout => 30000},
    bt_pump:in_connection(),
    try
        Fun(Value),
        bt_pump:run_here()
    catch
        Class:Reason:Stack -> bt_pump:failed(bt_error:wrap(Class, Reason, Stack))
    end.

%% @doc Stops a server, with so many milliseconds for the connections that there are.
-spec stop_server(term(), term()) -> ok.
stop_server(Listener, Grace) when is_pid(Listener) ->
    Ms = case limit(Grace, 'grace:') of
             infinity -> 16#FFFFFFFF;
             Limit -> Limit
         end,
    bt_listener:stop(Listener, Ms);
stop_server(_NotStarted, _Grace) ->
    ok.

-spec server_port(pid()) -> inet:port_number().
server_port(Listener) -> bt_listener:port(Listener).

-spec server_count(pid()) -> non_neg_integer().
server_count(Listener) -> bt_listener:count(Listener).
