%%% @doc HttpClient: requests as a program writes them, responses with what they redirect to. What
%%% goes over the wire is `bt_http_exchange', connections are kept by `bt_http_pool'. Certificates
%%% are verified against the system's authorities; how a connection was verified is part of its
%%% place, so that nobody gets one for which less was demanded.
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
    send(prepared(Method, Url, Headers, Body, Settings), collect).

%% @doc The same; the body of a successful response goes to a block in pieces, the next piece being
%% read when the block is done with the last.
-spec stream(term(), term(), term(), term(), term(), settings()) -> response().
stream(Method, Url, Headers, Body, Block, Settings) ->
    Fun = bt_prim_collection:function(Block, 1, 'stream:do:'),
    send(prepared(Method, Url, Headers, Body, Settings), Fun).

-record(request, {
    method :: atom(),
    url :: binary(),
    headers :: [{binary(), binary()}],
    body :: iodata(),
    redirects :: non_neg_integer(),
    settings :: settings()
}).

%%% The request

prepared(Method, Url, Headers, Body, Settings) ->
    #request{
        method = method(Method), url = url(Url), headers = headers(Headers),
        body = bt_prim_socket:iodata(Body, 'body:'),
        redirects = count(map_get(maxRedirects, Settings)), settings = Settings}.

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
        true -> {Name, Value};
        false ->
            bt_prim_collection:type_error(<<"a header">>, <<Name/binary, ": ", Value/binary>>, nil,
                                          'headers:')
    end.

count(N) when is_integer(N), N >= 0 -> N;
count(Other) ->
    bt_prim_collection:type_error(<<"an Integer">>, Other, nil, 'maxRedirects:').

%% What goes over the wire, and with which limits.
exchange(#request{method = Method, url = Url, settings = Settings} = Request) ->
    Uri = uri_string:parse(Url),
    {Scheme, _, _, _, _} = Place = place(Uri, Settings),
    #{timeout := Limit, connectTimeout := Connecting,
      idleTimeout := Idle, maxBody := Most} = Settings,
    #{place => Place, method => Method, text => text(Request, Uri),
      tls => fun() -> tls(Scheme, map_get(host, Uri), Settings) end,
      timeout => bt_prim_socket:limit(Limit, 'timeout:'),
      connect_timeout => bt_prim_socket:limit(Connecting, 'connectTimeout:'),
      idle_timeout => bt_prim_socket:limit(Idle, 'idleTimeout:'), max_body => most(Most)}.

place(#{scheme := Scheme, host := Host} = Uri, #{verify := Verify, caFile := File}) ->
    Name = bt_prim_socket:host(Host, 'get:'),
    case bt_http:lower(Scheme) of
        <<"http">> -> {http, Name, port(Uri, 80), nil, nil};
        <<"https">> -> {https, Name, port(Uri, 443), Verify, File}
    end.

port(#{port := Port}, _Usual) when is_integer(Port) ->
    bt_prim_socket:port_number(Port, 1, 'get:');
port(_Uri, Usual) -> Usual.

most(nil) -> infinity;
most(Most) when is_integer(Most), Most >= 0 -> Most;
most(Other) -> bt_prim_collection:type_error(<<"an Integer">>, Other, nil, 'maxBody:').

text(#request{method = Method, headers = Headers, body = Body}, Uri) ->
    HasBody = lists:member(Method, ?WITH_BODY),
    Own = own(host, Uri, Headers) ++ own(authorization, Uri, Headers),
    Head = [verb(Method), $\s, target(Uri), <<" HTTP/1.1\r\n">>,
            [[Name, <<": ">>, Value, <<"\r\n">>]
             || {Name, Value} <- Own ++ Headers, not is_of_body(Name, HasBody)]],
    %% It is kept until there is an answer: in one piece outside of the heap.
    [iolist_to_binary([Head | body_head(HasBody, Body, Headers)]) | [Body || HasBody]].

%% How long the body is, is said here; a program's own word could make it two requests.
is_of_body(<<"content-length">>, _) -> true;
is_of_body(<<"transfer-encoding">>, _) -> true;
is_of_body(<<"content-type">>, HasBody) -> not HasBody;
is_of_body(_Name, _) -> false.

%% Headers that the URL says, unless the program does.
own(host, #{host := Host} = Uri, Headers) ->
    unless_given(<<"host">>, Headers, fun() -> [bracketed(Host), port_text(Uri)] end);
own(authorization, #{userinfo := Who}, Headers) ->
    unless_given(<<"authorization">>, Headers, fun() ->
        [<<"Basic ">>, base64:encode(uri_string:percent_decode(Who))]
    end);
own(authorization, _Uri, _Headers) -> [].

unless_given(Name, Headers, Value) ->
    case lists:keymember(Name, 1, Headers) of
        true -> [];
        false -> [{Name, Value()}]
    end.

bracketed(Host) ->
    case binary:match(Host, <<":">>) of
        nomatch -> Host;
        _ -> [$[, Host, $]]
    end.

port_text(#{port := Port}) when is_integer(Port) -> [$:, integer_to_binary(Port)];
port_text(_Uri) -> [].

target(#{path := Path} = Uri) ->
    [case Path of <<>> -> $/; _ -> Path end,
     case Uri of #{query := Query} -> [$?, Query]; #{} -> [] end].

body_head(false, _Body, _Headers) -> <<"\r\n">>;
body_head(true, Body, Headers) ->
    Type = case lists:keymember(<<"content-type">>, 1, Headers) of
        true -> [];
        false -> <<"content-type: application/octet-stream\r\n">>
    end,
    [Type, <<"content-length: ">>, integer_to_binary(iolist_size(Body)), <<"\r\n\r\n">>].

tls(http, _Host, _Settings) -> none;
tls(https, Host, Settings) -> bt_net:tls_client(binary_to_list(Host), tls_settings(Settings)).

tls_settings(#{verify := Verify, caFile := File}) when is_binary(File) ->
    #{verify => Verify, ca_file => File};
tls_settings(#{verify := Verify}) ->
    #{verify => Verify}.

%%% Sending

send(#request{method = Method, url = Url} = Request, Sink) ->
    case bt_http_exchange:run(exchange(Request), Sink) of
        {ok, {Status, Headers, Body}} ->
            case redirect(Status, Headers, Request) of
                {follow, Next} -> send(Next, Sink);
                no -> {Status, Headers, Body, Url}
            end;
        {error, Reason} ->
            bt_net:fail(Reason, [verb(Method), $\s, Url], 'request:')
    end.

verb(Method) -> string:uppercase(atom_to_binary(Method)).

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
            Secret = [<<"authorization">>, <<"cookie">>, <<"proxy-authorization">>],
            Kept = [Header || {Name, _} = Header <- Headers, not lists:member(Name, Secret)],
            Request#request{headers = lists:keydelete(<<"host">>, 1, Kept)}
    end.
