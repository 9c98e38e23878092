%%% @doc Hands what comes over a socket to an actor, one message after the other: the next bytes are
%%% read only when the actor is done with the last ones. So a fast sender fills the network's
%%% buffers and not the actor's mailbox.
%%%
%%% The socket then belongs to the pump's process, which ends with the actor, and when the
%%% connection ends. In the process of a server's connection that process is the pump itself, after
%%% the server's block, so that the server knows about it.
-module(bt_pump).

-export([start/4, in_connection/0, run_here/0, failed/1]).

-record(pump, {
    socket :: bt_net:socket(),
    value :: term(),
    actor :: pid(),
    mode :: data | lines | packets,
    port :: reference(),
    monitor :: reference(),
    buffer = <<>> :: binary()
}).

-define(CONNECTION, '$bt_connection').
-define(LONGEST, 16#4000000).

%% @doc Has an actor get what comes: all bytes, lines or packets.
-spec start(bt_net:socket(), term(), term(), data | lines | packets) -> ok.
start(Socket, Value, Actor, Mode) when is_pid(Actor) ->
    case get(?CONNECTION) of
        undefined -> hand_over(Socket, Value, Actor, Mode);
        _ ->
            put(?CONNECTION, {pump, Socket, Value, Actor, Mode}),
            ok
    end;
start(_Socket, _Value, Other, _Mode) ->
    bt_prim_collection:type_error(<<"an actor">>, Other, nil, 'deliverTo:').

hand_over(Socket, Value, Actor, Mode) ->
    Go = make_ref(),
    Pump = spawn(fun() -> receive Go -> run(Socket, Value, Actor, Mode) end end),
    case bt_net:give(Socket, Pump) of
        ok ->
            Pump ! Go,
            ok;
        {error, Reason} ->
            exit(Pump, kill),
            bt_net:fail(Reason, <<"deliverTo:">>, 'deliverTo:')
    end.

%% @doc This is the process of a server's connection.
-spec in_connection() -> ok.
in_connection() ->
    put(?CONNECTION, waiting),
    ok.

%% @doc Runs the pump that the server's block asked for, if it did.
-spec run_here() -> ok.
run_here() ->
    case put(?CONNECTION, done) of
        {pump, Socket, Value, Actor, Mode} -> run(Socket, Value, Actor, Mode);
        _ -> ok
    end.

run(Socket, Value, Actor, Mode) ->
    Pump = #pump{
        socket = Socket, value = Value, actor = Actor, mode = Mode,
        port = bt_net:port_monitor(Socket), monitor = monitor(process, Actor)},
    try
        loop(Pump)
    catch
        throw:ended -> ok;
        Class:Reason:Stack -> failed(bt_error:wrap(Class, Reason, Stack))
    end,
    bt_net:close(Socket),
    bt_actor:cast(Actor, 'socketClosed:', [Value]).

loop(#pump{socket = {_, Handle} = Socket, port = Port, monitor = Monitor} = Pump) ->
    ok = still(bt_net:once(Socket)),
    receive
        {tcp, Handle, Bytes} -> loop(deliver(Pump, Bytes));
        {ssl, Handle, Bytes} -> loop(deliver(Pump, Bytes));
        {Closed, Handle} when Closed =:= tcp_closed; Closed =:= ssl_closed -> last(Pump);
        {Error, Handle, _} when Error =:= tcp_error; Error =:= ssl_error -> last(Pump);
        {'DOWN', Port, port, _, _} -> throw(ended);
        {'DOWN', Monitor, process, _, _} -> throw(ended);
        '$bt_drain' -> throw(ended)
    end.

still(ok) -> ok;
still({error, _}) -> throw(ended).

deliver(#pump{mode = data} = Pump, Bytes) ->
    tell(Pump, Bytes),
    Pump;
deliver(#pump{mode = Mode, buffer = Buffer} = Pump, Bytes) ->
    {Parts, Rest} = parts(Mode, <<Buffer/binary, Bytes/binary>>),
    lists:foreach(fun(Part) -> tell(Pump, Part) end, Parts),
    byte_size(Rest) =< ?LONGEST orelse bt_net:fail(emsgsize, <<"what came">>, 'deliverTo:'),
    Pump#pump{buffer = Rest}.

parts(lines, Bytes) ->
    Lines = binary:split(Bytes, <<"\n">>, [global]),
    {Whole, [Rest]} = lists:split(length(Lines) - 1, Lines),
    {[without_return(Line) || Line <- Whole], Rest};
parts(packets, Bytes) ->
    packets(Bytes, []).

packets(<<Size:32, Packet:Size/binary, Rest/binary>>, Packets) -> packets(Rest, [Packet | Packets]);
packets(<<Size:32, _/binary>>, _Packets) when Size > ?LONGEST ->
    bt_net:fail(emsgsize, <<"a packet of more than 64 MB">>, 'deliverPacketsTo:');
packets(Rest, Packets) -> {lists:reverse(Packets), Rest}.

without_return(Line) ->
    Size = byte_size(Line) - 1,
    case Line of
        <<Text:Size/binary, $\r>> -> Text;
        _ -> Line
    end.

%% The last line need not have an end.
last(#pump{mode = lines, buffer = Rest} = Pump) when Rest =/= <<>> ->
    tell(Pump, without_return(Rest));
last(_Pump) ->
    ok.

%% Waits until the actor is done, or dead.
tell(#pump{value = Value, actor = Actor}, Part) ->
    Future = bt_actor:send(Actor, 'socket:received:', [Value, Part]),
    try
        bt_future:await_forever(Future)
    catch
        error:#{'$class' := 'bt.stdlib.ActorDied'} -> throw(ended);
        error:Exception -> is_process_alive(Actor) andalso failed(Exception), throw(ended)
    end.

%% @doc Logs an error of a connection; that the other side hung up is none.
-spec failed(bt_error:exception()) -> ok.
failed(#{'$class' := Class}) when
    Class =:= 'bt.stdlib.ClosedError'; Class =:= 'bt.stdlib.NetworkError'
->
    ok;
failed(Exception) ->
    bt_prim_logger:log(error, bt_error:report(Exception), #{process => self()}).
