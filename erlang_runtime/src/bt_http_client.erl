%%% @doc HttpClient on OTP's httpc, with profiles of its own, so that other users of httpc on the
%%% node are not disturbed. Certificates are verified against the system's authorities. httpc does
%%% not ask how a connection that it uses again was verified: so what is verified in another way has
%%% a profile whose connections are used once.
-module(bt_http_client).

-export([request/5, stream/6]).

-define(METHODS, #{<<"GET">> => get, <<"HEAD">> => head, <<"POST">> => post, <<"PUT">> => put,
                   <<"PATCH">> => patch, <<"DELETE">> => delete, <<"OPTIONS">> => options,
                   <<"TRACE">> => trace}).
-define(WITH_BODY, [post, put, patch, delete]).

-type response() :: {100..599, #{binary() => term()}, binary(), binary()}.
-type settings() :: #{atom() => term()}.

%% @doc Sends a request, follows redirects; answers status, headers, body and the last URL.
-spec request(term(), term(), term(), term(), settings()) -> response().
request(Method, Url, Headers, Body, Settings) ->
    Once = case Settings of
        #{maxBody := nil} -> fun once/1;
        #{} -> fun collected/1
    end,
    send(prepared(Method, Url, Headers, Body, Settings), Once).

%% @doc The same; the body of a successful response goes to a block in pieces, the next piece being
%% read when the block is done with the last.
-spec stream(term(), term(), term(), term(), term(), settings()) -> response().
stream(Method, Url, Headers, Body, Block, Settings) ->
    Fun = bt_prim_collection:function(Block, 1, 'stream:do:'),
    send(prepared(Method, Url, Headers, Body, Settings), fun(R) -> streamed(R, Fun) end).

-record(request, {
    method :: atom(),
    url :: binary(),
    headers :: [{string(), string()}],
    type :: string(),
    body :: binary(),
    redirects :: non_neg_integer(),
    profile :: atom(),
    settings :: settings()
}).

%%% The request

prepared(Method, Url, Headers, Body, Settings) ->
    bt_net:need(inets, <<"erlang-inets">>),
    Given = headers(Headers),
    {Types, Others} = lists:partition(fun({Name, _}) -> Name =:= "content-type" end, Given),
    #request{
        method = method(Method), url = url(Url), headers = Others,
        type = type(Types),
        body = iolist_to_binary(bt_prim_socket:iodata(Body, 'body:')),
        redirects = count(map_get(maxRedirects, Settings)), profile = profile(Settings),
        settings = Settings}.

%% A connection is not used by two requests at a time: a slow one would hold up the others.
profile(#{verify := true, caFile := nil}) -> profile(beamtalk, 50);
profile(_Settings) -> profile(beamtalk_once, 0).

profile(Profile, Sessions) ->
    case inets:start(httpc, [{profile, Profile}]) of
        {ok, _} ->
            ok = httpc:set_options([{max_sessions, Sessions}, {max_keep_alive_length, 0},
                                    {cookies, disabled}], Profile);
        {error, {already_started, _}} -> ok
    end,
    Profile.

method(Method) ->
    Name = string:uppercase(bt_print:display_string(Method)),
    case ?METHODS of
        #{Name := Known} -> Known;
        #{} -> bt_prim_collection:type_error(<<"a method of HTTP">>, Method, nil, 'request:')
    end.

url(#{'$class' := _} = Url) -> url(bt_print:display_string(Url));
url(Url) when is_binary(Url) ->
    case bt_http:parsed_url(Url) of
        #{scheme := Scheme, host := Host} when Host =/= <<>> ->
            case bt_http:lower(Scheme) of
                Http when Http =:= <<"http">>; Http =:= <<"https">> -> Url;
                _ -> no_url(Url)
            end;
        _ -> no_url(Url)
    end;
url(Url) ->
    no_url(Url).

-spec no_url(term()) -> no_return().
no_url(Url) ->
    bt_prim_collection:type_error(<<"a URL with http: or https:">>, Url, nil, 'get:').

headers(Headers) when is_map(Headers), not is_map_key('$class', Headers) ->
    [header(Name, Value) || {Name, Value} <- maps:to_list(Headers)];
headers(Other) ->
    bt_prim_collection:type_error(<<"a Dictionary of headers">>, Other, nil, 'headers:').

header(Name0, Value0) ->
    Name = bt_http:lower(bt_print:display_string(Name0)),
    Value = bt_print:display_string(Value0),
    case bt_http:is_header(Name, Value) of
        true -> {binary_to_list(Name), binary_to_list(Value)};
        false ->
            bt_prim_collection:type_error(<<"a header">>, <<Name/binary, ": ", Value/binary>>, nil,
                                          'headers:')
    end.

type([]) -> "application/octet-stream";
type([{_, Type} | _]) -> Type.

count(N) when is_integer(N), N >= 0 -> N;
count(Other) ->
    bt_prim_collection:type_error(<<"an Integer">>, Other, nil, 'maxRedirects:').

%% What httpc takes.
terms(#request{method = Method, url = Url, headers = Headers, type = Type, body = Body}) ->
    case lists:member(Method, ?WITH_BODY) of
        true -> {Url, Headers, Type, Body};
        false -> {Url, Headers}
    end.

http_options(#request{url = Url, settings = Settings}) ->
    #{timeout := Limit, connectTimeout := Connecting} = Settings,
    [{autoredirect, false},
     {timeout, bt_prim_socket:limit(Limit, 'timeout:')},
     {connect_timeout, bt_prim_socket:limit(Connecting, 'connectTimeout:')} | tls(Url, Settings)].

tls(Url, Settings) ->
    #{scheme := Scheme, host := Host} = uri_string:parse(Url),
    case bt_http:lower(Scheme) of
        <<"https">> -> [{ssl, bt_net:tls_client(binary_to_list(Host), tls_settings(Settings))}];
        _ -> []
    end.

tls_settings(#{verify := Verify, caFile := File}) when is_binary(File) ->
    #{verify => Verify, ca_file => File};
tls_settings(#{verify := Verify}) ->
    #{verify => Verify}.

%%% Sending

send(#request{url = Url} = Request, Send) ->
    case Send(Request) of
        {ok, {Status, Headers, Body}} ->
            case redirect(Status, Headers, Request) of
                {follow, Next} -> send(Next, Send);
                no -> {Status, Headers, Body, Url}
            end;
        {error, Reason} ->
            bt_net:fail(Reason, [verb(Request), $\s, Url], 'request:')
    end.

verb(#request{method = Method}) -> string:uppercase(atom_to_binary(Method)).

once(#request{method = Method} = Request) ->
    Options = [{sync, true}, {body_format, binary}],
    Profile = Request#request.profile,
    case httpc:request(Method, terms(Request), http_options(Request), Options, Profile) of
        {ok, Result} -> {ok, result(Result)};
        {error, Reason} -> {error, Reason}
    end.

result({{_Version, Status, _Reason}, Headers, Body}) -> {Status, header_map(Headers), Body}.

%% Several cookies are a List; several headers of another name are one with commas.
header_map(Headers) ->
    lists:foldl(fun({Name0, Value0}, All) ->
        Name = bt_http:lower(list_to_binary(Name0)),
        Value = list_to_binary(Value0),
        maps:update_with(Name, fun(Before) -> both(Name, Before, Value) end, Value, All)
    end, #{}, Headers).

both(<<"set-cookie">>, Before, Value) when is_list(Before) -> Before ++ [Value];
both(<<"set-cookie">>, Before, Value) -> [Before, Value];
both(_Name, Before, Value) -> <<Before/binary, ", ", Value/binary>>.

%%% Streaming

%% The whole body, unless it becomes too large while it comes.
collected(Request) ->
    case folded(Request, fun(Bytes, All) -> [All | Bytes] end, []) of
        {ok, {Status, Headers, <<>>}, All} -> {ok, {Status, Headers, iolist_to_binary(All)}};
        {ok, Response, _All} -> {ok, Response};
        {error, Reason} -> {error, Reason}
    end.

streamed(Request, Block) ->
    case folded(Request, fun(Bytes, nil) -> _ = Block(Bytes), nil end, nil) of
        {ok, Response, nil} -> {ok, Response};
        {error, Reason} -> {error, Reason}
    end.

%% What is left unread when the server is too slow, sends too much, or the fold fails, is never read.
folded(#request{method = Method} = Request, Fold, Start) ->
    Options = [{sync, false}, {stream, {self, once}}, {body_format, binary}],
    Profile = Request#request.profile,
    {ok, Id} = httpc:request(Method, terms(Request), http_options(Request), Options, Profile),
    try pieces(Id, {Fold, Start}, limits(Request)) of
        {cancel, Reason} ->
            ok = cancelled(Id, Profile),
            {error, Reason};
        Outcome -> Outcome
    catch
        Class:Reason:Stack ->
            ok = cancelled(Id, Profile),
            erlang:raise(Class, Reason, Stack)
    end.

cancelled(Id, Profile) ->
    ok = httpc:cancel_request(Id, Profile),
    flush(Id).

%% How long the server may be silent, and how many bytes it may send.
limits(#request{settings = #{idleTimeout := Idle, maxBody := Most}}) ->
    {bt_prim_socket:limit(Idle, 'idleTimeout:'), most(Most)}.

most(nil) -> infinity;
most(Most) when is_integer(Most), Most >= 0 -> Most;
most(Other) -> bt_prim_collection:type_error(<<"an Integer">>, Other, nil, 'maxBody:').

%% Only 200 and 206 come in pieces.
pieces(Id, {_, Start} = Fold, {Idle, Most} = Limits) ->
    receive
        {http, {Id, stream_start, Headers, Handler}} ->
            ok = httpc:stream_next(Handler),
            pieces(Id, Fold, Handler, Headers, Limits);
        {http, {Id, {error, Reason}}} -> {error, Reason};
        {http, {Id, {_, _, Body}}} when byte_size(Body) > Most -> {error, body_too_large};
        {http, {Id, Result}} -> {ok, result(Result), Start}
    after Idle -> {cancel, timeout}
    end.

%% A handler that dies leaves nobody waiting.
pieces(Id, Fold, Handler, Headers, Limits) ->
    Monitor = monitor(process, Handler),
    Outcome = pieces(Id, Fold, Handler, Headers, Monitor, Limits),
    demonitor(Monitor, [flush]),
    Outcome.

pieces(Id, {Fold, All} = Folded, Handler, Headers, Monitor, {Idle, Left}) ->
    receive
        {http, {Id, stream, Bytes}} when byte_size(Bytes) > Left -> {cancel, body_too_large};
        {http, {Id, stream, Bytes}} ->
            Next = case Bytes of <<>> -> Folded; _ -> {Fold, Fold(Bytes, All)} end,
            ok = httpc:stream_next(Handler),
            pieces(Id, Next, Handler, Headers, Monitor, {Idle, left(Left, Bytes)});
        {http, {Id, stream_end, _Trailers}} -> {ok, {200, header_map(Headers), <<>>}, All};
        {http, {Id, {error, Reason}}} -> {error, Reason};
        {'DOWN', Monitor, process, _, _} -> {error, closed}
    after Idle -> {cancel, timeout}
    end.

left(infinity, _Bytes) -> infinity;
left(Left, Bytes) -> Left - byte_size(Bytes).

flush(Id) ->
    receive
        {http, Message} when element(1, Message) =:= Id -> flush(Id)
    after 0 -> ok
    end.

%%% Redirects

redirect(Status, #{<<"location">> := Location}, #request{redirects = Left} = Request)
  when Left > 0, Status >= 301, Status =< 308, Status =/= 304, Status =/= 305, Status =/= 306 ->
    case bt_http:parsed_url(Location) =/= error
        andalso uri_string:resolve(Location, Request#request.url) of
        Url when is_binary(Url) ->
            Next = Request#request{url = url(Url), redirects = Left - 1},
            {follow, careful(Request#request.url, changed(Status, Next))};
        _ -> no
    end;
redirect(Status, #{<<"location">> := _}, #request{url = Url, settings = #{maxRedirects := Most}})
  when Most > 0, Status >= 301, Status =< 303; Most > 0, Status =:= 307; Most > 0, Status =:= 308 ->
    bt_error:raise('bt.stdlib.NetworkError', #{
        message => <<"more than ", (integer_to_binary(Most))/binary, " redirects, the last from ",
                     Url/binary>>,
        reason => too_many_redirects, selector => 'request:'});
redirect(_Status, _Headers, _Request) ->
    no.

%% What a browser does: the answer to a form is fetched.
changed(Status, #request{method = Method} = Request)
  when Status =:= 303, Method =/= head; Status =< 302, Method =:= post ->
    Request#request{method = get, body = <<>>};
changed(_Status, Request) ->
    Request.

%% What is secret is for one host only, and nothing goes from https to http.
careful(Before, #request{url = After, headers = Headers} = Request) ->
    #{scheme := Scheme} = From = uri_string:parse(Before),
    To = uri_string:parse(After),
    case maps:with([scheme, host, port], From) =:= maps:with([scheme, host, port], To) of
        true -> Request;
        false when Scheme =:= <<"https">>, map_get(scheme, To) =/= Scheme ->
            bt_error:raise('bt.stdlib.NetworkError', #{
                message => <<"a redirect from https to ", After/binary>>,
                reason => insecure_redirect, selector => 'request:'});
        false ->
            Secret = ["authorization", "cookie", "proxy-authorization"],
            Kept = [Header || {Name, _} = Header <- Headers, not lists:member(Name, Secret)],
            Request#request{headers = Kept}
    end.
