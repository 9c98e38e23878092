%% @doc Receivers for bt_hostile that hold something of the system: processes, sockets, servers,
%% files, programs, tables. Each message gets one of its own, made in the process that sends it, so
%% that what one message closes is open for the next.
-module(bt_hostile_live).

-export([prepare/0, makers/1]).

-type maker() :: fun(() -> term()).

-define(PAGE, <<"GET / HTTP/1.1\r\nhost: x\r\n\r\n">>).

%% @doc Starts what the receivers share, and makes classes as a user would.
-spec prepare() -> ok.
prepare() ->
    bt_fixture:class('bt.app.HostileClerk',
        #{superclass => 'bt.stdlib.Actor', kind => actor},
        "'$init'(_) -> ok. 'add:'(_, X) -> bt_op:'+'(1, X)."),
    bt_fixture:class('bt.app.HostileTest',
        #{superclass => 'bt.stdlib.TestCase', kind => actor},
        "'$init'(Self) -> 'bt.stdlib.TestCase':'$init'(Self)."),
    bt_fixture:class('bt.app.HostileTeam',
        #{superclass => 'bt.stdlib.Supervisor', kind => supervisor},
        "'class children'(_) -> [bt_class:object('bt.app.HostileClerk')]."),
    bt_fixture:class('bt.app.HostilePool',
        #{superclass => 'bt.stdlib.DynamicSupervisor', kind => supervisor},
        "'class childClass'(_) -> bt_class:object('bt.app.HostileClerk')."),
    ok.

%% @doc How the receivers of a class are made.
-spec makers(module()) -> [maker()].
makers('bt.stdlib.Actor') -> [fun clerk/0, fun dead_clerk/0];
makers('bt.stdlib.Supervisor') -> [fun() -> owned(send('HostileTeam', spawn)) end];
makers('bt.stdlib.DynamicSupervisor') -> [fun() -> owned(send('HostilePool', spawn)) end];
makers('bt.stdlib.TranscriptKeeper') -> [fun() -> owned(send('TranscriptKeeper', spawn)) end];
makers('bt.stdlib.Process') ->
    [fun() -> owned(send('Process', 'spawn:', fun() -> timer:sleep(60000) end)) end];
makers('bt.stdlib.Port') -> [fun() -> open_port({spawn, "cat"}, []) end];
makers('bt.stdlib.TimeoutProxy') -> [fun() -> send(clerk(), 'withTimeout:', 100) end];
makers('bt.stdlib.Timer') ->
    [fun() -> send('Timer', 'after:do:', 60000, fun() -> nil end) end];
makers('bt.stdlib.Announcer') -> [fun() -> send('Announcer', new) end];
makers('bt.stdlib.Subscription') -> [fun subscription/0];
makers('bt.stdlib.AtomicCounter') -> [fun() -> send('AtomicCounter', new) end];
makers('bt.stdlib.Ets') -> [fun() -> table(Type) end || Type <- [set, orderedSet, bag]];
makers('bt.stdlib.MnesiaTable') -> [fun() -> mnesia_table(Type) end || Type <- [set, bag]];
makers('bt.stdlib.FileHandle') -> [fun() -> handle(read) end, fun() -> handle(readWrite) end];
makers('bt.stdlib.Subprocess') ->
    [fun() -> send('Subprocess', 'open:args:', <<"head">>, [<<"-n1">>, <<"/etc/passwd">>]) end];
makers('bt.stdlib.TcpListener') -> [fun listener/0];
makers('bt.stdlib.TcpSocket') -> [fun socket/0, fun closed_socket/0];
makers('bt.stdlib.TcpServer') -> [fun tcp_server/0];
makers('bt.stdlib.HttpServer') -> [fun http_server/0];
makers('bt.stdlib.HttpClient') -> [fun http_client/0];
makers('bt.stdlib.HttpStream') -> [fun stream/0];
makers('bt.stdlib.WebSocket') -> [fun web_socket/0];
makers('bt.stdlib.Breakpoint') -> [fun breakpoint/0];
makers('bt.stdlib.StoppedActor') -> [fun stopped/0];
makers('bt.stdlib.TestCase') -> [fun() -> owned(send('HostileTest', spawn)) end];
makers(_Class) -> [].

%%% Processes

clerk() -> owned(send('HostileClerk', spawn)).

dead_clerk() ->
    Clerk = send('HostileClerk', spawn),
    send(Clerk, kill),
    Clerk.

subscription() ->
    Class = bt_class:object('bt.stdlib.Object'),
    send(send('Announcer', new), 'when:do:', Class, fun(_) -> nil end).

breakpoint() -> send('Debug', 'breakOn:in:', 'add:', clerk()).

stopped() ->
    Clerk = clerk(),
    Breakpoint = send('Debug', 'breakOn:in:', 'add:', Clerk),
    _ = bt_send:send(Clerk, 'add:', 1),
    send(Breakpoint, 'wait:', 2000).

%% What this process has started ends with it, but it does not end with what it has started.
owned(Pid) ->
    Owner = self(),
    spawn(fun() ->
        Monitor = monitor(process, Owner),
        receive {'DOWN', Monitor, process, Owner, _} -> exit(Pid, kill) end
    end),
    Pid.

%%% Tables and files

table(Type) ->
    Table = send('Ets', 'new:type:', nil, Type),
    send(Table, 'at:put:', 1, 2),
    Table.

mnesia_table(Type) ->
    send('Mnesia', start),
    Name = list_to_atom("hostile_" ++ atom_to_list(Type)),
    case lists:member(Name, mnesia:system_info(tables)) of
        true -> send('Mnesia', 'table:', Name);
        false -> send('Mnesia', 'createTable:options:', Name, #{type => Type})
    end.

handle(Mode) ->
    Name = <<"hostile.txt">>,
    ok = file:write_file(Name, <<"one\ntwo\n">>),
    send('File', 'open:mode:', Name, Mode).

%%% The network

%% Somebody waits to be accepted.
listener() ->
    Listener = send('TcpSocket', 'listen:', 0),
    {ok, _} = gen_tcp:connect("127.0.0.1", send(Listener, port), []),
    Listener.

socket() ->
    Serve = fun(Client) -> send(Client, 'write:', <<"a\nb">>) end,
    Server = owned(send('TcpServer', 'on:do:', 0, Serve)),
    send('TcpSocket', 'connect:port:', <<"127.0.0.1">>, send(Server, port)).

closed_socket() ->
    Socket = socket(),
    send(Socket, close),
    Socket.

tcp_server() ->
    owned(send('TcpServer', 'on:do:', 0, fun(Client) -> send(Client, close) end)).

http_server() ->
    owned(send('HttpServer', 'on:do:', 0, fun(_) -> <<"ok">> end)).

http_client() ->
    bt_class:instantiate('bt.stdlib.HttpClient',
        #{baseUrl => send(http_server(), url), timeout => 2000, connectTimeout => 1000}).

%% As a handler gets it, while its connection is open.
stream() ->
    Self = self(),
    Write = fun(Stream) -> Self ! {stream, Stream}, timer:sleep(60000) end,
    Answer = fun(_) -> send('HttpResponse', 'stream:', Write) end,
    Server = owned(send('HttpServer', 'on:do:', 0, Answer)),
    {ok, Client} = gen_tcp:connect("127.0.0.1", send(Server, port), []),
    ok = gen_tcp:send(Client, ?PAGE),
    receive {stream, Stream} -> Stream after 2000 -> exit(no_stream) end.

web_socket() ->
    Serve = fun(Socket) -> send(Socket, 'send:', <<"hello">>) end,
    Answer = fun(_) -> send('HttpResponse', 'webSocket:', Serve) end,
    Port = integer_to_binary(send(owned(send('HttpServer', 'on:do:', 0, Answer)), port)),
    send('WebSocket', 'connect:', <<"ws://127.0.0.1:", Port/binary, "/">>).

%%% Messages

send(Receiver, Selector) -> bt_send:call(receiver(Receiver), Selector).

send(Receiver, Selector, A) -> bt_send:call(receiver(Receiver), Selector, A).

send(Receiver, Selector, A, B) -> bt_send:call(receiver(Receiver), Selector, A, B).

%% Symbols name classes here.
receiver(Name) when is_atom(Name) -> bt_class:resolve(Name);
receiver(Receiver) -> Receiver.
