%%% @doc Connections over TCP, plain or with TLS, behind one set of functions. All sockets are
%%% passive and carry bytes: nobody gets more than he asked for.
%%%
%%% What fails is raised as NetworkError, TimeoutError or, on a socket that this side closed,
%%% ClosedError.
-module(bt_net).

-export([connect/4, listen/3, accept/2, handshake/3, close/1, close_write/1, is_open/1]).
-export([send/2, recv/3, unread/2, give/2, once/1, idle/1, awake/2, passive/1]).
-export([peer/1, local/1, port_monitor/1]).
-export([fail/3, reason/1, tls_client/2, need/2]).
-export_type([socket/0, listener/0, tls/0]).

-type socket() :: {tcp, gen_tcp:socket()} | {tls, ssl:sslsocket()}.
-type listener() :: {gen_tcp:socket(), tls()}.
-type tls() :: none | [ssl:tls_option()].
-type limit() :: non_neg_integer() | infinity.

%% Nobody waits longer than that for a peer that does not read.
-define(SEND_MS, 30000).
-define(BUFFER, 65536).
%% An active socket has its buffer all the time.
-define(IDLE_BUFFER, 2048).
-define(OPTIONS, [binary, {packet, raw}, {active, false}, {nodelay, true}, {buffer, ?BUFFER},
                  {send_timeout, ?SEND_MS}, {send_timeout_close, true}]).

%% Who said that he sends nothing more may still read.
-define(TCP_OPTIONS, [{exit_on_close, false} | ?OPTIONS]).

%%% Opening

-spec connect(inet:hostname() | inet:ip_address(), inet:port_number(), tls(), limit()) ->
          {ok, socket()} | {error, term()}.
connect(Host, Port, none, Limit) ->
    tagged(tcp, attempt(Host, fun(Family) ->
        gen_tcp:connect(Host, Port, Family ++ ?TCP_OPTIONS, Limit)
    end));
connect(Host, Port, Tls, Limit) ->
    need(ssl, <<"erlang-ssl">>),
    tagged(tls, attempt(Host, fun(Family) ->
        ssl:connect(Host, Port, Family ++ ?OPTIONS ++ Tls, Limit)
    end)).

%% A name may have addresses of both families; an address has its own.
attempt(Host, Connect) when tuple_size(Host) =:= 8 -> Connect([inet6]);
attempt(Host, Connect) ->
    case Connect([inet]) of
        {error, Reason} when Reason =:= nxdomain; Reason =:= econnrefused, is_list(Host) ->
            case Connect([inet6]) of
                {error, _} -> {error, Reason};
                Connected -> Connected
            end;
        Outcome -> Outcome
    end.

tagged(Kind, {ok, Socket}) -> {ok, {Kind, Socket}};
tagged(_Kind, {error, _} = Error) -> Error.

-spec listen(inet:ip_address(), inet:port_number(), [gen_tcp:listen_option()]) ->
          {ok, gen_tcp:socket()} | {error, term()}.
listen(Address, Port, Options) ->
    Family = case tuple_size(Address) of 4 -> inet; 8 -> inet6 end,
    gen_tcp:listen(Port, [Family, {ip, Address}, {reuseaddr, true} | Options ++ ?TCP_OPTIONS]).

-spec accept(gen_tcp:socket(), limit()) -> {ok, gen_tcp:socket()} | {error, term()}.
accept(Listener, Limit) -> gen_tcp:accept(Listener, Limit).

%% @doc Makes an accepted connection ready for use.
-spec handshake(gen_tcp:socket(), tls(), limit()) -> {ok, socket()} | {error, term()}.
handshake(Socket, none, _Limit) -> {ok, {tcp, Socket}};
handshake(Socket, Tls, Limit) -> tagged(tls, ssl:handshake(Socket, Tls, Limit)).

%% @doc What a client demands of a server: a certificate that the system's authorities vouch for.
-spec tls_client(string(), #{atom() => term()}) -> [ssl:tls_option()].
tls_client(_Host, #{verify := false}) ->
    [{verify, verify_none}];
tls_client(Host, Options) ->
    need(ssl, <<"erlang-ssl">>),
    Match = public_key:pkix_verify_hostname_match_fun(https),
    [{verify, verify_peer}, {depth, 10}, {customize_hostname_check, [{match_fun, Match}]},
     authorities(Options) | sni(Host)].

authorities(#{ca_file := File}) -> {cacertfile, File};
authorities(_Options) ->
    try
        {cacerts, public_key:cacerts_get()}
    catch
        error:_ ->
            bt_error:raise('bt.stdlib.NetworkError', #{
                message => <<"this system has no certificates of authorities">>,
                hint => <<"install ca-certificates, or give an option caFile">>,
                reason => no_cacerts})
    end.

sni(Host) ->
    case inet:parse_address(Host) of
        {ok, _} -> [];
        {error, _} -> [{server_name_indication, Host}]
    end.

%% @doc Starts an application of OTP that Debian has in a package of its own.
-spec need(atom(), binary()) -> ok.
need(Application, Package) ->
    case application:ensure_all_started(Application) of
        {ok, _} -> ok;
        {error, _} ->
            Name = atom_to_binary(Application),
            bt_error:raise('bt.stdlib.Error', #{
                message => <<"Erlang's application ", Name/binary, " is not installed">>,
                hint => <<"on Debian: apt-get install ", Package/binary>>,
                kind => not_installed})
    end.

%%% Using

-spec send(socket(), iodata()) -> ok | {error, term()}.
send({tcp, Socket}, Data) -> gen_tcp:send(Socket, Data);
send({tls, Socket}, Data) -> ssl:send(Socket, Data).

%% @doc So many bytes, or what there is for zero.
-spec recv(socket(), non_neg_integer(), limit()) -> {ok, binary() | tuple()} | {error, term()}.
recv({tcp, Socket}, Size, Limit) -> gen_tcp:recv(Socket, Size, Limit);
recv({tls, Socket}, Size, Limit) -> ssl:recv(Socket, Size, Limit).

%% @doc Gives bytes back that were read too many: the next `recv' gets them.
-spec unread(socket(), binary()) -> ok.
unread(_Socket, <<>>) -> ok;
unread({tcp, Socket}, Data) ->
    _ = gen_tcp:unrecv(Socket, Data),
    ok.

%% @doc Has the next bytes sent to this process as a message.
-spec once(socket()) -> ok | {error, term()}.
once({tcp, Socket}) -> inet:setopts(Socket, [{active, once}]);
once({tls, Socket}) -> ssl:setopts(Socket, [{active, once}]).

%% @doc The same for a socket on which nothing may come for long: with a small buffer meanwhile,
%% since there may be thousands. `awake/2' with the bytes follows.
-spec idle(socket()) -> ok | {error, term()}.
idle({tcp, Socket}) -> inet:setopts(Socket, [{buffer, ?IDLE_BUFFER}, {active, once}]);
idle(Socket) -> once(Socket).

%% @doc After the first bytes: there may be more than the small buffer takes.
-spec awake(socket(), binary()) -> ok | {error, term()}.
awake({tcp, Socket}, Bytes) when byte_size(Bytes) >= ?IDLE_BUFFER ->
    inet:setopts(Socket, [{buffer, ?BUFFER}]);
awake(_Socket, _Bytes) -> ok.

%% @doc Has nothing more sent to this process.
-spec passive(socket()) -> ok | {error, term()}.
passive({tcp, Socket}) -> inet:setopts(Socket, [{active, false}]);
passive({tls, Socket}) -> ssl:setopts(Socket, [{active, false}]).

%% @doc Has the socket belong to another process, with which it ends from then on.
-spec give(socket(), pid()) -> ok | {error, term()}.
give({tcp, Socket}, Owner) -> gen_tcp:controlling_process(Socket, Owner);
give({tls, Socket}, Owner) -> ssl:controlling_process(Socket, Owner).

-spec close(socket()) -> ok.
close({tcp, Socket}) -> gen_tcp:close(Socket);
close({tls, Socket}) ->
    _ = ssl:close(Socket),
    ok.

%% @doc Says that nothing more will be sent.
-spec close_write(socket()) -> ok | {error, term()}.
close_write({tcp, Socket}) -> gen_tcp:shutdown(Socket, write);
close_write({tls, Socket}) -> ssl:shutdown(Socket, write).

%% @doc Whether neither this side nor the end of its owner has closed the socket.
-spec is_open(socket()) -> boolean().
is_open({tcp, Socket}) when is_port(Socket) -> erlang:port_info(Socket, id) =/= undefined;
is_open({tcp, Socket}) -> inet:sockname(Socket) =/= {error, closed};
is_open({tls, Socket}) -> element(1, ssl:sockname(Socket)) =:= ok.

%% @doc A monitor that tells when the socket is closed; TLS tells its owner anyway.
-spec port_monitor(socket()) -> reference().
port_monitor({tcp, Port}) when is_port(Port) -> erlang:monitor(port, Port);
port_monitor(_Socket) -> make_ref().

%% @doc Address and port of the other side.
-spec peer(socket()) -> {ok, {inet:ip_address(), inet:port_number()}} | {error, term()}.
peer({tcp, Socket}) -> inet:peername(Socket);
peer({tls, Socket}) -> ssl:peername(Socket).

-spec local(socket()) -> {ok, {inet:ip_address(), inet:port_number()}} | {error, term()}.
local({tcp, Socket}) -> inet:sockname(Socket);
local({tls, Socket}) -> ssl:sockname(Socket).

%%% Failing

%% @doc Raises what a failure is to a program. `What' says what was tried.
-spec fail(term(), iodata(), atom()) -> no_return().
fail(timeout, What, Selector) ->
    bt_error:raise('bt.stdlib.TimeoutError', #{
        message => iolist_to_binary([What, <<" took too long">>]), selector => Selector});
fail(etimedout, What, Selector) ->
    fail(timeout, What, Selector);
fail(Reason, What, Selector) ->
    bt_error:raise('bt.stdlib.NetworkError', #{
        message => unicode:characters_to_binary([What, <<": ">>, text(Reason)]),
        reason => reason(Reason), selector => Selector}).

%% @doc The symbol that a reason comes down to.
-spec reason(term()) -> atom().
reason(Reason) when is_atom(Reason) -> Reason;
reason({tls_alert, {Alert, _}}) -> Alert;
reason({failed_connect, Details}) ->
    case lists:keyfind(inet, 1, Details) of
        {inet, _, Reason} -> reason(Reason);
        false -> failed_connect
    end;
reason(Reason) when is_tuple(Reason), tuple_size(Reason) > 0, is_atom(element(1, Reason)) ->
    element(1, Reason);
reason(_Reason) -> unknown.

text(body_too_large) -> <<"the body is larger than is taken">>;
text(bad_response) -> <<"the answer is no HTTP">>;
text(Full) when Full =:= emfile; Full =:= system_limit -> full(Full);
text(closed) -> <<"the connection was closed">>;
text({tls_alert, {_, Text}}) -> string:trim(Text);
text({failed_connect, _} = Reason) -> text(reason(Reason));
text(Reason) when is_atom(Reason) ->
    case inet:format_error(Reason) of
        "unknown POSIX error" ++ _ -> atom_to_binary(Reason);
        Text -> Text
    end;
text(Reason) -> io_lib:format("~0tp", [Reason]).

%% Who opens thousands of connections wants to know at what they end.
full(emfile) ->
    [<<"too many open files; the limit of this process is ">>, checked(max_fds),
     <<" (ulimit -n raises it)">>];
full(system_limit) ->
    [<<"too many sockets; the limit of this node is ">>,
     integer_to_binary(erlang:system_info(port_limit)), <<" (erl's flag +Q raises it)">>].

checked(Key) ->
    Counts = [N || Poll <- erlang:system_info(check_io), {Name, N} <- Poll, Name =:= Key],
    integer_to_binary(lists:max([0 | Counts])).
