%%% @doc The process of one connection of an HttpServer: requests one after the other, each handled
%%% here, so that a slow handler or client holds up nobody else.
%%%
%%% Whatever a client sends ends in a response or the end of its connection: the limits are in the
%%% record. An error of the handler is logged, and is a 500 to the client.
-module(bt_http_server).

-export([start/2, write_chunk/2]).
-export_type([settings/0]).

-type settings() :: #{atom() => term()}.

-record(connection, {
    %% `none' until there is a connection.
    socket :: bt_net:socket() | {tcp, none},
    handler :: term(),
    buffer = <<>> :: binary(),
    %% The limits: bytes of a body, and milliseconds.
    max_body :: non_neg_integer(),
    idle_ms :: pos_integer(),
    request_ms :: pos_integer()
}).

-record(request, {
    method :: binary(),
    target :: binary(),
    version :: {1, 0 | 1},
    headers = [] :: [{binary(), binary()}],
    body = <<>> :: binary()
}).

-define(MOST_HEADERS, 100).
-define(LONGEST_HEADERS, 65536).
-define(LINGER_MS, 2000).
-define(LINGER_BYTES, 16#1000000).

%% @doc A server for the process that calls.
-spec start(settings(), term()) -> pid().
start(#{port := Port} = Settings, Handler) ->
    ok = check_handler(Handler),
    Connection = #connection{
        socket = {tcp, none}, handler = Handler,
        max_body = positive(maxBody, Settings),
        idle_ms = positive(idleTimeout, Settings),
        request_ms = positive(requestTimeout, Settings)},
    Serve = fun(Socket) -> serve(Connection#connection{socket = Socket}) end,
    case bt_listener:start_link(bt_prim_socket:server_options(Port, Settings), Serve) of
        {ok, Listener} -> Listener;
        {error, {shutdown, Reason}} ->
            bt_net:fail(Reason, [<<"listen on port ">>, integer_to_binary(Port)], 'port:')
    end.

check_handler(Handler) when is_function(Handler, 0); is_function(Handler, 1); is_pid(Handler) -> ok;
check_handler(Handler) when is_map(Handler), is_map_key('$class', Handler) -> ok;
check_handler(Other) ->
    Wanted = <<"a Block, an actor, or an object that understands handleRequest:">>,
    bt_prim_collection:type_error(Wanted, Other, nil, 'handler:').

positive(Key, Settings) ->
    case map_get(Key, Settings) of
        N when is_integer(N), N > 0, N < 16#100000000 -> N;
        Other ->
            Selector = binary_to_atom(<<(atom_to_binary(Key))/binary, ":">>),
            bt_prim_collection:type_error(<<"an Integer above 0">>, Other, nil, Selector)
    end.

%% The socket is closed by the listener's side of this process.
serve(Connection) ->
    try
        idle(Connection)
    catch
        throw:gone -> ok
    end.

%%% Waiting for a request

idle(#connection{buffer = <<>>, socket = {_, Handle} = Socket, idle_ms = Idle} = Connection) ->
    _ = is_draining() andalso throw(gone),
    ok = still(bt_net:idle(Socket)),
    Bytes = first_bytes(Handle, bt_wait:deadline(Idle)),
    ok = still(bt_net:awake(Socket, Bytes)),
    request(Connection#connection{buffer = Bytes});
idle(Connection) ->
    request(Connection).

%% What else arrives is for the blocks of handlers that are done.
first_bytes(Handle, Deadline) ->
    receive
        {tcp, Handle, Bytes} -> Bytes;
        {ssl, Handle, Bytes} -> Bytes;
        {Closed, Handle} when Closed =:= tcp_closed; Closed =:= ssl_closed -> throw(gone);
        {Error, Handle, _} when Error =:= tcp_error; Error =:= ssl_error -> throw(gone);
        '$bt_drain' -> throw(gone);
        {'$bt_timer', Timer} ->
            bt_timer:fire(Timer),
            first_bytes(Handle, Deadline);
        _Stray -> first_bytes(Handle, Deadline)
    after bt_wait:left(Deadline) -> throw(gone)
    end.

still(ok) -> ok;
still({error, _}) -> throw(gone).

is_draining() ->
    receive
        '$bt_drain' ->
            put('$bt_draining', true),
            true
    after 0 -> get('$bt_draining') =:= true
    end.

%%% Reading a request

request(#connection{request_ms = Limit} = Connection) ->
    Deadline = bt_wait:deadline(Limit),
    try
        {Line, AfterLine} = parsed(Connection, fun bt_http:request_line/1, Deadline),
        {Headers, AfterHeaders} = headers(AfterLine, Deadline, [], 0),
        {Method, Target, Version} = Line,
        Request = #request{method = Method, target = Target, version = Version, headers = Headers},
        body(Request, AfterHeaders, Deadline)
    of
        {Complete, Rest} -> respond(Complete, Rest)
    catch
        throw:{refused, Status, Rest} -> refuse(Status, Rest)
    end.

parsed(#connection{buffer = Buffer} = Connection, Parse, Deadline) ->
    case Parse(Buffer) of
        {ok, Value, Rest} -> {Value, Connection#connection{buffer = Rest}};
        more -> parsed(more(Connection, Deadline), Parse, Deadline);
        {error, Status} -> throw({refused, Status, Connection})
    end.

more(#connection{socket = Socket, buffer = Buffer} = Connection, Deadline) ->
    case bt_net:recv(Socket, 0, bt_wait:left(Deadline)) of
        {ok, Bytes} -> Connection#connection{buffer = <<Buffer/binary, Bytes/binary>>};
        {error, timeout} -> throw({refused, 408, Connection});
        {error, _} -> throw(gone)
    end.

headers(Connection, _Deadline, Headers, Size)
  when length(Headers) > ?MOST_HEADERS; Size > ?LONGEST_HEADERS ->
    throw({refused, 431, Connection});
headers(Connection, Deadline, Headers, Size) ->
    case parsed(Connection, fun bt_http:header/1, Deadline) of
        {eoh, Next} -> {lists:reverse(Headers), Next};
        {{Name, Value} = Header, Next} ->
            headers(Next, Deadline, [Header | Headers], Size + byte_size(Name) + byte_size(Value))
    end.

body(#request{headers = Headers, version = Version} = Request, Connection, Deadline) ->
    Version =:= {1, 1} andalso check_host(Headers, Connection),
    case bt_http:body_kind(Headers, Version) of
        none -> {Request, Connection};
        {error, Status} -> throw({refused, Status, Connection});
        {length, Size} when Size > Connection#connection.max_body ->
            throw({refused, 413, Connection});
        {length, Size} ->
            ok = continue(Request, Connection),
            {Body, Next} = exactly(Size, Connection, Deadline),
            {Request#request{body = Body}, Next};
        chunked ->
            ok = continue(Request, Connection),
            {Body, Next} = chunks(Connection, Deadline, [], 0),
            {Request#request{body = Body}, Next}
    end.

check_host(Headers, Connection) ->
    case [Host || {<<"host">>, Host} <- Headers] of
        [_] -> ok;
        _ -> throw({refused, 400, Connection})
    end.

continue(#request{headers = Headers}, #connection{socket = Socket} = Connection) ->
    case lists:keyfind(<<"expect">>, 1, Headers) of
        false -> ok;
        {_, Expectation} ->
            case bt_http:lower(Expectation) of
                <<"100-continue">> -> still(bt_net:send(Socket, bt_http:head(100, [])));
                _ -> throw({refused, 417, Connection})
            end
    end.

exactly(Size, #connection{buffer = Buffer} = Connection, _Deadline)
  when byte_size(Buffer) >= Size ->
    <<Body:Size/binary, Rest/binary>> = Buffer,
    {Body, Connection#connection{buffer = Rest}};
exactly(Size, #connection{socket = Socket, buffer = Buffer} = Connection, Deadline) ->
    Pieces = pieces(Socket, Size - byte_size(Buffer), Deadline, [Buffer], Connection),
    {iolist_to_binary(Pieces), Connection#connection{buffer = <<>>}}.

pieces(_Socket, 0, _Deadline, Read, _Connection) ->
    lists:reverse(Read);
pieces(Socket, Size, Deadline, Read, Connection) ->
    Piece = min(Size, 16#100000),
    case bt_net:recv(Socket, Piece, bt_wait:left(Deadline)) of
        {ok, Bytes} -> pieces(Socket, Size - Piece, Deadline, [Bytes | Read], Connection);
        {error, timeout} -> throw({refused, 408, Connection});
        {error, _} -> throw(gone)
    end.

chunks(Connection, Deadline, Read, Total) ->
    case parsed(Connection, fun bt_http:chunk_size/1, Deadline) of
        {0, Next} ->
            {_Trailers, Rest} = headers(Next, Deadline, [], 0),
            {iolist_to_binary(lists:reverse(Read)), Rest};
        {Size, Next} when Total + Size > Connection#connection.max_body ->
            throw({refused, 413, Next});
        {Size, Next} ->
            {Chunk, Rest} = exactly(Size + 2, Next, Deadline),
            case Chunk of
                <<Bytes:Size/binary, "\r\n">> ->
                    chunks(Rest, Deadline, [Bytes | Read], Total + Size);
                _ -> throw({refused, 400, Rest})
            end
    end.

%%% Refusing. The client may still be sending: what it sends is read for a while, or the system
%%% would throw the response away together with the connection.

refuse(Status, #connection{socket = Socket}) ->
    Text = bt_http:reason(Status),
    Head = bt_http:head(Status, [
        {<<"date">>, bt_http:date()}, {<<"content-type">>, <<"text/plain; charset=utf-8">>},
        {<<"content-length">>, integer_to_binary(byte_size(Text))},
        {<<"connection">>, <<"close">>}]),
    _ = bt_net:send(Socket, [Head, Text]),
    _ = bt_net:close_write(Socket),
    linger(Socket, bt_wait:deadline(?LINGER_MS), ?LINGER_BYTES).

linger(_Socket, _Deadline, Left) when Left =< 0 -> ok;
linger(Socket, Deadline, Left) ->
    case bt_net:recv(Socket, 0, bt_wait:left(Deadline)) of
        {ok, Bytes} -> linger(Socket, Deadline, Left - byte_size(Bytes));
        {error, _} -> ok
    end.

%%% Handling

respond(Request, #connection{socket = Socket} = Connection) ->
    case value(Request, Socket) of
        {ok, Value} -> answer(handled(Value, Connection), Request, Connection);
        error -> refuse(400, Connection)
    end.

%% The request as the program sees it.
value(#request{target = Target} = Request, Socket) ->
    [Path | Query] = binary:split(Target, <<"?">>),
    case bt_http:path_segments(Path) of
        {ok, Segments} ->
            {Address, Port} = bt_prim_socket:peer(Socket),
            {ok, #{'$class' => 'bt.stdlib.HttpRequest',
                   method => Request#request.method,
                   path => <<$/, (iolist_to_binary(lists:join($/, Segments)))/binary>>,
                   segments => Segments,
                   queryString => iolist_to_binary(Query),
                   version => version(Request#request.version),
                   headers => joined(Request#request.headers),
                   body => Request#request.body,
                   params => #{},
                   peerAddress => Address, peerPort => Port}};
        error -> error
    end.

version({1, 1}) -> <<"HTTP/1.1">>;
version({1, 0}) -> <<"HTTP/1.0">>.

%% Several headers of one name are one with commas; cookies have semicolons.
joined(Headers) ->
    lists:foldl(fun({Name, Value}, All) ->
        case All of
            #{Name := Before} when Name =:= <<"cookie">> ->
                All#{Name := <<Before/binary, "; ", Value/binary>>};
            #{Name := Before} -> All#{Name := <<Before/binary, ", ", Value/binary>>};
            #{} -> All#{Name => Value}
        end
    end, #{}, Headers).

%% The response, as HttpResponse makes it of whatever the handler answers.
handled(Value, #connection{handler = Handler}) ->
    try
        Answer = bt_op:touch(run(Handler, Value)),
        bt_send:call(bt_class:object('bt.stdlib.HttpResponse'), 'of:', Answer)
    of
        #{'$class' := 'bt.stdlib.HttpResponse'} = Response -> checked(Response)
    catch
        Class:Reason:Stack -> failed(Value, bt_error:wrap(Class, Reason, Stack))
    end.

run(Handler, _Value) when is_function(Handler, 0) -> Handler();
run(Handler, Value) when is_function(Handler) -> Handler(Value);
run(Handler, Value) -> bt_send:call(Handler, 'handleRequest:', Value).

%% A response that says with which status it wants to be one is an error like others: see HttpError.
failed(_Value, #{'$class' := 'bt.stdlib.HttpError', response := Response}) when is_map(Response) ->
    checked(Response);
failed(#{method := Method, path := Path}, Exception) ->
    Metadata = #{method => Method, path => Path},
    bt_prim_logger:log(error, bt_error:report(Exception), Metadata),
    checked(plain(500)).

plain(Status) ->
    #{'$class' => 'bt.stdlib.HttpResponse', status => Status, headers => #{},
      body => bt_http:reason(Status), stream => nil}.

checked(#{status := Status, headers := Headers, body := Body} = Response) ->
    try
        true = is_status(Status, Response),
        Lines = lists:flatmap(fun header_lines/1, maps:to_list(Headers)),
        Response#{headers := Lines, body := bt_prim_socket:iodata(Body, 'body:')}
    catch
        error:_ ->
            Text = [<<"not a response that HTTP allows: ">>, bt_print:print_string(Status), $\s,
                    bt_print:print_string(Headers)],
            bt_prim_logger:log(error, iolist_to_binary(Text), #{}),
            checked(plain(500))
    end.

is_status(101, #{stream := {webSocket, _}}) -> true;
is_status(Status, _Response) -> is_integer(Status) andalso Status >= 200 andalso Status =< 599.

%% A List of values becomes as many headers: cookies, say.
header_lines({Name, Values}) when is_list(Values) ->
    lists:flatmap(fun(Value) -> header_lines({Name, Value}) end, Values);
header_lines({Name0, Value0}) ->
    Name = bt_http:lower(bt_print:display_string(Name0)),
    Value = bt_print:display_string(Value0),
    true = bt_http:is_header(Name, Value),
    [{Name, Value}].

%%% Answering

answer(#{stream := nil} = Response, Request, Connection) ->
    #{status := Status, headers := Headers, body := Body} = Response,
    Close = closes(Request, Headers),
    Length = integer_to_binary(iolist_size(Body)),
    All = common(Headers, Close) ++ typed(Headers, Body, Status) ++ sized(Status, Length),
    Bytes = case has_body(Request, Status) of
                true -> Body;
                false -> []
            end,
    ok = still(bt_net:send(Connection#connection.socket, [bt_http:head(Status, All), Bytes])),
    next(Close, Connection);
answer(#{stream := {webSocket, Block}}, Request, Connection) ->
    #connection{socket = Socket, buffer = Buffer} = Connection,
    case bt_websocket:upgrade(Request#request.headers, Socket, Buffer) of
        {ok, WebSocket} -> in_web_socket(Block, WebSocket, Request);
        {error, Status} -> refuse(Status, Connection)
    end;
answer(#{stream := {_Kind, Block}} = Response, Request, Connection) ->
    #{status := Status, headers := Headers} = Response,
    Chunked = Request#request.version =:= {1, 1},
    Close = not Chunked orelse closes(Request, Headers),
    Transfer = [{<<"transfer-encoding">>, <<"chunked">>} || Chunked],
    Head = bt_http:head(Status, common(Headers, Close) ++ Transfer),
    ok = still(bt_net:send(Connection#connection.socket, Head)),
    case has_body(Request, Status) of
        true -> stream(Block, Chunked, Request, Connection);
        false -> ok
    end,
    next(Close, Connection).

%% An error now can only end the connection: the client sees that the last chunk is missing.
stream(Block, Chunked, Request, #connection{socket = Socket}) ->
    Stream = #{'$class' => 'bt.stdlib.HttpStream', handle => {Socket, Chunked}},
    try
        _ = bt_send:call(Block, 'value:', Stream),
        Chunked andalso still(bt_net:send(Socket, <<"0\r\n\r\n">>))
    catch
        throw:gone -> throw(gone);
        Class:Reason:Stack -> broken_off(Request, bt_error:wrap(Class, Reason, Stack))
    end.

in_web_socket(Block, WebSocket, Request) ->
    try
        _ = bt_send:call(Block, 'value:', WebSocket),
        bt_websocket:close(WebSocket, 1000, <<>>)
    catch
        Class:Reason:Stack ->
            bt_websocket:close(WebSocket, 1011, <<>>),
            broken_off(Request, bt_error:wrap(Class, Reason, Stack))
    end.

-spec broken_off(#request{}, bt_error:exception()) -> no_return().
broken_off(#request{method = Method, target = Target}, #{'$class' := Class} = Exception) ->
    Gone = Class =:= 'bt.stdlib.NetworkError' orelse Class =:= 'bt.stdlib.ClosedError',
    Gone orelse bt_prim_logger:log(error, bt_error:report(Exception),
                                   #{method => Method, path => Target}),
    throw(gone).

next(true, _Connection) -> ok;
next(false, Connection) -> idle(Connection).

common(Headers, Close) ->
    [{<<"date">>, bt_http:date()} | [{<<"connection">>, <<"close">>} || Close]]
        ++ [Header || {Name, _} = Header <- Headers, not is_ours(Name)].

%% What only the server can know.
is_ours(Name) ->
    lists:member(Name, [<<"date">>, <<"connection">>, <<"content-length">>,
                        <<"transfer-encoding">>]).

typed(Headers, Body, Status) ->
    case lists:keymember(<<"content-type">>, 1, Headers) orelse Status =:= 204
             orelse iolist_size(Body) =:= 0 of
        true -> [];
        false -> [{<<"content-type">>, <<"text/plain; charset=utf-8">>}]
    end.

sized(204, _Length) -> [];
sized(304, _Length) -> [];
sized(_Status, Length) -> [{<<"content-length">>, Length}].

has_body(#request{method = <<"HEAD">>}, _Status) -> false;
has_body(_Request, Status) -> Status =/= 204 andalso Status =/= 304.

closes(#request{version = Version, headers = Headers}, Ours) ->
    is_draining() orelse says_close(Ours) orelse
        case lists:keyfind(<<"connection">>, 1, Headers) of
            {_, Value} when Version =:= {1, 1} -> bt_http:has_token(<<"close">>, Value);
            {_, Value} -> not bt_http:has_token(<<"keep-alive">>, Value);
            false -> Version =:= {1, 0}
        end.

says_close(Headers) ->
    lists:any(fun({Name, Value}) ->
        Name =:= <<"connection">> andalso bt_http:has_token(<<"close">>, Value)
    end, Headers).

%% @doc Sends a piece of a streamed body; returns when the system has it.
-spec write_chunk({bt_net:socket(), boolean()}, term()) -> ok.
write_chunk({Socket, Chunked}, Data) ->
    Bytes = bt_prim_socket:iodata(Data, 'write:'),
    case framed(Chunked, iolist_size(Bytes), Bytes) of
        <<>> -> ok;
        Frame ->
            case bt_net:send(Socket, Frame) of
                ok -> ok;
                {error, Reason} -> bt_net:fail(Reason, <<"write">>, 'write:')
            end
    end.

%% The empty chunk would be the last one.
framed(_Chunked, 0, _Bytes) -> <<>>;
framed(true, Size, Bytes) -> [integer_to_binary(Size, 16), <<"\r\n">>, Bytes, <<"\r\n">>];
framed(false, _Size, Bytes) -> Bytes.
