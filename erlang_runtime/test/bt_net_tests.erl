-module(bt_net_tests).

-include_lib("eunit/include/eunit.hrl").

%% Servers with TLS on this machine, with authorities made for the test.

-define(HOST, <<"localhost">>).

tls_test_() ->
    {setup, fun set_up/0, fun clean_up/1, fun(Files) ->
        [{"text goes both ways", fun() -> both_ways(Files) end},
         {"an unknown authority is refused", fun() -> unknown_authority(Files) end},
         {"a certificate of another name is refused", fun() -> other_name(Files) end},
         {"https", fun() -> https(Files) end},
         {"a client without TLS harms nobody", fun() -> plain_client(Files) end}]
    end}.

set_up() ->
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    {ok, _} = application:ensure_all_started(ssl),
    Directory = filename:join(filename:basedir(user_cache, "beamtalk_test"),
                              integer_to_list(erlang:unique_integer([positive]))),
    ok = filelib:ensure_dir(filename:join(Directory, "x")),
    #{server_config := Server, client_config := Client} = public_key:pkix_test_data(#{
        server_chain => #{root => [{key, key()}], intermediates => [],
                          peer => [{key, key()}, {extensions, names()}]},
        client_chain => #{root => [{key, key()}], intermediates => [], peer => [{key, key()}]}}),
    Path = fun(Name) -> unicode:characters_to_binary(filename:join(Directory, Name)) end,
    {Kind, Key} = proplists:get_value(key, Server),
    write(Path("cert.pem"), [certificate(proplists:get_value(cert, Server))]),
    write(Path("key.pem"), [{Kind, Key, not_encrypted}]),
    write(Path("ca.pem"), [certificate(C) || C <- proplists:get_value(cacerts, Client)]),
    #{directory => Directory, cert => Path("cert.pem"), key => Path("key.pem"),
      ca => Path("ca.pem")}.

clean_up(#{directory := Directory}) -> file:del_dir_r(Directory).

certificate(Der) -> {'Certificate', Der, not_encrypted}.

key() -> {namedCurve, secp256r1}.

%% What the certificate is for.
names() ->
    [{'Extension', {2, 5, 29, 17}, false, [{dNSName, "localhost"}]}].

write(Path, Entries) ->
    ok = file:write_file(Path, public_key:pem_encode(Entries)).

echo(#{cert := Cert, key := Key}) ->
    Options = #{port => 0, certFile => Cert, keyFile => Key},
    bt_prim_socket:start_server(Options, fun(#{handle := Socket}) ->
        case bt_prim_socket:read_line(Socket, 5000) of
            nil -> ok;
            Line -> bt_prim_socket:write(Socket, [Line, <<"\n">>])
        end
    end).

connect(Listener, Host, Options) ->
    bt_prim_socket:connect(Host, bt_listener:port(Listener), Options#{tls => true}).

both_ways(#{ca := Ca} = Files) ->
    Listener = echo(Files),
    Socket = connect(Listener, ?HOST, #{caFile => Ca}),
    ok = bt_prim_socket:write(Socket, <<"hello\n">>),
    ?assertEqual(<<"hello">>, bt_prim_socket:read_line(Socket, 5000)),
    ?assertEqual(nil, bt_prim_socket:read_line(Socket, 5000)),
    bt_prim_socket:close(Socket),
    ?assertError(#{'$class' := 'bt.stdlib.ClosedError'}, bt_prim_socket:write(Socket, <<"x">>)),
    bt_listener:stop(Listener, 0).

unknown_authority(Files) ->
    Listener = echo(Files),
    ?assertError(#{'$class' := 'bt.stdlib.NetworkError', reason := unknown_ca},
                 connect(Listener, ?HOST, #{})),
    Socket = connect(Listener, ?HOST, #{verify => false}),
    bt_prim_socket:close(Socket),
    bt_listener:stop(Listener, 0).

other_name(#{ca := Ca} = Files) ->
    Listener = echo(Files),
    ?assertError(#{'$class' := 'bt.stdlib.NetworkError'},
                 connect(Listener, <<"127.0.0.1">>, #{caFile => Ca})),
    bt_listener:stop(Listener, 0).

https(#{cert := Cert, key := Key, ca := Ca}) ->
    Listener = bt_http_server:start(
        #{port => 0, certFile => Cert, keyFile => Key, maxBody => 1000, idleTimeout => 5000,
          requestTimeout => 5000}, fun(#{body := Body}) -> Body end),
    Port = integer_to_binary(bt_listener:port(Listener)),
    Url = <<"https://localhost:", Port/binary, "/">>,
    Settings = #{timeout => 5000, connectTimeout => 5000, maxRedirects => 0, verify => true,
                 caFile => nil, idleTimeout => nil, maxBody => nil},
    {200, _, <<"secret">>, Url} =
        bt_http_client:request(<<"POST">>, Url, #{}, <<"secret">>, Settings#{caFile => Ca}),
    ?assertError(#{'$class' := 'bt.stdlib.NetworkError'},
                 bt_http_client:request(<<"GET">>, Url, #{}, <<>>, Settings)),
    bt_listener:stop(Listener, 0).

plain_client(#{ca := Ca} = Files) ->
    Listener = echo(Files),
    Plain = bt_prim_socket:connect(?HOST, bt_listener:port(Listener), #{}),
    bt_prim_socket:write(Plain, <<"no handshake\n">>),
    Socket = connect(Listener, ?HOST, #{caFile => Ca}),
    ok = bt_prim_socket:write(Socket, <<"hello\n">>),
    ?assertEqual(<<"hello">>, bt_prim_socket:read_line(Socket, 5000)),
    bt_listener:stop(Listener, 0).
