%%% @doc One request of HttpClient and its response (HTTP/1.1), in the process that asks: it has no
%%% other process. Lines and headers are taken apart by OTP's parser, as in the server.
%%%
%%% While it waits for the server, no buffer is kept for the answer: the bytes come as a message,
%%% one at a time, so that a server cannot run ahead of who reads.
-module(bt_http_exchange).

-export([run/2]).
-export_type([request/0, sink/0, response/0]).

-type limit() :: non_neg_integer() | infinity.
-type request() :: #{
    place := bt_http_pool:place(),
    method := atom(),
    %% The request's line and headers, and the body.
    text := iodata(),
    timeout := limit(), connect_timeout := limit(), idle_timeout := limit(), max_body := limit(),
    %% Options of TLS, where it is used.
    tls := fun(() -> bt_net:tls())
}.
%% Where the body of a success goes: all of it into the response, or piece by piece to a function.
-type sink() :: collect | fun((binary()) -> term()).
-type response() :: {100..599, #{binary() => term()}, binary()}.

-record(exchange, {
    socket :: bt_net:socket(),
    buffer = <<>> :: binary(),
    deadline :: bt_wait:deadline(),
    idle :: limit(),
    %% How many bytes the body may have yet.
    left :: limit(),
    sink :: sink(),
    read = [] :: iodata()
}).

-define(LONGEST_HEAD, 16#40000).
%% Who waits longer than that tidies up first.
-define(SOON_MS, 20).
%% What may be sent twice without harm (RFC 9110, 9.2.2).
-define(IDEMPOTENT, [get, head, put, delete, options, trace]).

%% @doc Sends a request and reads its response.
-spec run(request(), sink()) -> {ok, response()} | {error, term()}.
run(#{place := Place, timeout := Timeout} = Request, Sink) ->
    Deadline = bt_wait:deadline(Timeout),
    case bt_http_pool:take(Place) of
        {ok, Socket} -> again(on(Socket, Request, Sink, Deadline), Request, Sink, Deadline);
        none -> fresh(Request, Sink, Deadline)
    end.

%% A connection that was kept may have been closed by the server at this very moment.
again({error, unsent}, Request, Sink, Deadline) -> fresh(Request, Sink, Deadline);
again({error, unanswered}, #{method := Method} = Request, Sink, Deadline) ->
    case lists:member(Method, ?IDEMPOTENT) of
        true -> fresh(Request, Sink, Deadline);
        false -> {error, closed}
    end;
again(Outcome, _Request, _Sink, _Deadline) -> Outcome.

fresh(Request, Sink, Deadline) ->
    case connected(Request, Deadline) of
        {ok, Socket} -> plain(on(Socket, Request, Sink, Deadline));
        {error, Reason} -> {error, Reason}
    end.

plain({error, Reason}) when Reason =:= unsent; Reason =:= unanswered -> {error, closed};
plain(Outcome) -> Outcome.

connected(#{place := {_, Host, Port, _, _}, connect_timeout := Connecting, tls := Tls}, Deadline) ->
    bt_net:connect(Host, Port, Tls(), min(Connecting, bt_wait:left(Deadline))).

%% Whatever happens, a connection on which something is left is used by nobody else.
on(Socket, #{text := Text} = Request, Sink, Deadline) ->
    #{idle_timeout := Idle, max_body := Most} = Request,
    Exchange = #exchange{socket = Socket, deadline = Deadline, idle = Idle, left = Most,
                         sink = Sink},
    try
        case bt_net:send(Socket, Text) of
            ok -> answered(Request, Exchange);
            {error, closed} -> throw({?MODULE, unsent});
            {error, Reason} -> throw({?MODULE, Reason})
        end
    catch
        throw:{?MODULE, Problem} ->
            closed(Socket),
            {error, Problem};
        Class:Problem:Stack ->
            closed(Socket),
            erlang:raise(Class, Problem, Stack)
    end.

answered(#{place := Place, method := Method}, Exchange) ->
    {Version, Status, Headers, AfterHead} = head(first(Exchange)),
    Kind = kind(Method, Status, Headers),
    AfterBody = body(Kind, directed(Status, AfterHead)),
    ok = done(keeps(Version, Kind, Headers, AfterBody), Place, AfterBody),
    {ok, {Status, header_map(Headers), iolist_to_binary(AfterBody#exchange.read)}}.

done(true, Place, #exchange{socket = Socket}) -> bt_http_pool:put(Place, Socket);
done(false, _Place, #exchange{socket = Socket}) -> closed(Socket).

keeps({1, 1}, Kind, Headers, #exchange{buffer = <<>>}) when Kind =/= until_close ->
    not lists:any(fun(Value) -> bt_http:has_token(<<"close">>, Value) end,
                  values(<<"connection">>, Headers));
keeps(_Version, _Kind, _Headers, _Exchange) -> false.

%% The body of what is no success is for the response.
directed(Status, Exchange) when Status >= 200, Status < 300 -> Exchange;
directed(_Status, Exchange) -> Exchange#exchange{sink = collect}.

%%% Reading

%% Until the first byte of an answer, the server has perhaps not seen the request.
first(#exchange{socket = {_, Handle} = Socket} = Exchange) ->
    try
        ok = possible(bt_net:idle(Socket)),
        Bytes = received(Handle, limit(Exchange)),
        ok = possible(bt_net:awake(Socket, Bytes)),
        Exchange#exchange{buffer = Bytes}
    catch throw:{?MODULE, closed} -> throw({?MODULE, unanswered})
    end.

more(#exchange{socket = {_, Handle} = Socket, buffer = Buffer} = Exchange) ->
    ok = possible(bt_net:once(Socket)),
    Exchange#exchange{buffer = joined(Buffer, received(Handle, limit(Exchange)))}.

possible(ok) -> ok;
possible({error, Reason}) -> failed(Reason).

joined(<<>>, Bytes) -> Bytes;
joined(Buffer, Bytes) -> <<Buffer/binary, Bytes/binary>>.

limit(#exchange{deadline = Deadline, idle = Idle}) -> min(Idle, bt_wait:left(Deadline)).

%% A server that takes its time is often a model: meanwhile thousands may wait, with all that made
%% their requests. A heap that is large is not worth looking through.
received(Handle, Limit) when Limit > ?SOON_MS ->
    try received(Handle, ?SOON_MS)
    catch
        throw:{?MODULE, timeout} ->
            ok = bt_heap:lighten(),
            later(Handle, bt_wait:less(Limit, ?SOON_MS))
    end;
received(Handle, Limit) -> later(Handle, Limit).

later(Handle, Limit) ->
    receive
        {tcp, Handle, Bytes} -> Bytes;
        {ssl, Handle, Bytes} -> Bytes;
        {tcp_closed, Handle} -> failed(closed);
        {ssl_closed, Handle} -> failed(closed);
        {tcp_error, Handle, Reason} -> failed(Reason);
        {ssl_error, Handle, Reason} -> failed(Reason)
    after Limit -> failed(timeout)
    end.

-spec failed(term()) -> no_return().
failed(einval) -> failed(closed);
failed(econnreset) -> failed(closed);
failed(enotconn) -> failed(closed);
failed(Reason) -> throw({?MODULE, Reason}).

%% Nothing of it arrives later.
closed({_, Handle} = Socket) ->
    ok = bt_net:close(Socket),
    flush(Handle).

flush(Handle) ->
    receive
        {Kind, Handle} when is_atom(Kind) -> flush(Handle);
        {Kind, Handle, _} when is_atom(Kind) -> flush(Handle)
    after 0 -> ok
    end.

%%% The head

%% What is said before the real answer (100, 103) is passed over.
head(Exchange) ->
    {{Version, Status}, AfterLine} = packet(http_bin, Exchange),
    {Headers, AfterHead} = headers(AfterLine, [], 0),
    case Status < 200 andalso Status =/= 101 of
        true -> head(AfterHead);
        false -> {Version, Status, Headers, AfterHead}
    end.

headers(Exchange, Read, Size) when Size =< ?LONGEST_HEAD ->
    case packet(httph_bin, Exchange) of
        {eoh, Rest} -> {lists:reverse(Read), Rest};
        {{Name, Value}, Rest} ->
            headers(Rest, [{Name, Value} | Read], Size + byte_size(Name) + byte_size(Value))
    end;
headers(_Exchange, _Read, _Size) -> failed(bad_response).

packet(Type, #exchange{buffer = Buffer} = Exchange) ->
    case erlang:decode_packet(Type, Buffer, []) of
        {ok, Packet, Rest} -> {packet(Packet), Exchange#exchange{buffer = Rest}};
        {more, _} when byte_size(Buffer) =< ?LONGEST_HEAD -> packet(Type, more(Exchange));
        _ -> failed(bad_response)
    end.

packet({http_response, Version, Status, _Reason}) when Status >= 100, Status < 600 ->
    {Version, Status};
packet({http_header, _, Name, _, Value}) -> {bt_http:lower(text(Name)), Value};
packet(http_eoh) -> eoh;
packet(_Other) -> failed(bad_response).

text(Name) when is_atom(Name) -> atom_to_binary(Name);
text(Name) -> Name.

values(Name, Headers) -> [Value || {Key, Value} <- Headers, Key =:= Name].

%% Several cookies are a List; several headers of another name are one with commas.
header_map(Headers) ->
    lists:foldl(fun({Name, Value}, All) ->
        maps:update_with(Name, fun(Before) -> both(Name, Before, Value) end, Value, All)
    end, #{}, Headers).

both(<<"set-cookie">>, Before, Value) when is_list(Before) -> Before ++ [Value];
both(<<"set-cookie">>, Before, Value) -> [Before, Value];
both(_Name, Before, Value) -> <<Before/binary, ", ", Value/binary>>.

%%% The body

%% How it comes (RFC 9112, 6.3).
kind(head, _Status, _Headers) -> none;
kind(_Method, Status, _Headers) when Status < 200; Status =:= 204; Status =:= 304 -> none;
kind(_Method, _Status, Headers) ->
    case {values(<<"transfer-encoding">>, Headers), values(<<"content-length">>, Headers)} of
        {[], []} -> until_close;
        {[], Lengths} -> length_kind(lists:usort(Lengths));
        {Encodings, _} ->
            case bt_http:has_token(<<"chunked">>, lists:last(Encodings)) of
                true -> chunked;
                false -> until_close
            end
    end.

length_kind([Digits]) ->
    try binary_to_integer(Digits) of
        Length when Length >= 0 -> {length, Length};
        _ -> failed(bad_response)
    catch error:badarg -> failed(bad_response)
    end;
length_kind(_Several) -> failed(bad_response).

body(none, Exchange) -> Exchange;
body({length, Length}, #exchange{left = Left}) when Length > Left -> failed(body_too_large);
body({length, Length}, Exchange) -> bytes(Length, Exchange);
body(chunked, Exchange) -> chunks(Exchange);
body(until_close, Exchange) -> everything(taken(Exchange)).

bytes(0, Exchange) -> Exchange;
bytes(Length, #exchange{buffer = <<>>} = Exchange) -> bytes(Length, more(Exchange));
bytes(Length, #exchange{buffer = Buffer} = Exchange) when byte_size(Buffer) =< Length ->
    bytes(Length - byte_size(Buffer), taken(Exchange));
bytes(Length, #exchange{buffer = Buffer} = Exchange) ->
    <<Bytes:Length/binary, Rest/binary>> = Buffer,
    (taken(Exchange#exchange{buffer = Bytes}))#exchange{buffer = Rest}.

everything(Exchange) ->
    try more(Exchange) of
        More -> everything(taken(More))
    catch throw:{?MODULE, closed} -> Exchange
    end.

chunks(#exchange{buffer = Buffer, left = Left} = Exchange) ->
    case bt_http:chunk_size(Buffer) of
        {ok, 0, Rest} ->
            {_Trailers, AfterAll} = headers(Exchange#exchange{buffer = Rest}, [], 0),
            AfterAll;
        {ok, Size, _Rest} when Size > Left -> failed(body_too_large);
        {ok, Size, Rest} -> chunks(chunk_end(bytes(Size, Exchange#exchange{buffer = Rest})));
        more -> chunks(more(Exchange));
        {error, _} -> failed(bad_response)
    end.

chunk_end(#exchange{buffer = <<"\r\n", Rest/binary>>} = Exchange) ->
    Exchange#exchange{buffer = Rest};
chunk_end(#exchange{buffer = Buffer} = Exchange) when byte_size(Buffer) < 2 ->
    chunk_end(more(Exchange));
chunk_end(_Exchange) -> failed(bad_response).

%% What is in the buffer goes where it is wanted.
taken(#exchange{buffer = <<>>} = Exchange) -> Exchange;
taken(#exchange{buffer = Buffer, left = Left}) when byte_size(Buffer) > Left ->
    failed(body_too_large);
taken(#exchange{buffer = Buffer, left = Left, sink = collect, read = Read} = Exchange) ->
    Exchange#exchange{buffer = <<>>, left = taken_from(Left, Buffer), read = [Read | Buffer]};
taken(#exchange{buffer = Buffer, left = Left, sink = Sink} = Exchange) ->
    _ = Sink(Buffer),
    Exchange#exchange{buffer = <<>>, left = taken_from(Left, Buffer)}.

taken_from(infinity, _Bytes) -> infinity;
taken_from(Left, Bytes) -> Left - byte_size(Bytes).
