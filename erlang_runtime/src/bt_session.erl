%% @doc The process in which `eval', the REPL and the tests of one command run.
%% Requests are done one after the other; between them the process waits for
%% messages as an actor does, so that blocks registered with futures run.
-module(bt_session).

-export([start/1, request/3]).

%% `cells' are the variables that the inputs so far have bound.
-record(session, {server :: pid(), cells = #{} :: #{atom() => term()}}).

%% What an evaluation came to: the value's printString, or an error.
-type outcome() ::
    {value, binary()} | {error, Kind :: binary(), Message :: binary(), Report :: binary()}.

%% @doc Starts the session of a compile server.
-spec start(pid()) -> pid().
start(Server) ->
    spawn_link(fun() -> loop(#session{server = Server}) end).

%% @doc Queues a request; its reply goes to the server as a cast.
-spec request(pid(), integer(), term()) -> ok.
request(Session, Id, Request) ->
    Session ! {?MODULE, Id, Request},
    ok.

loop(#session{server = Server} = Session) ->
    receive
        {?MODULE, Id, Request} ->
            {Reply, Next} = handle(Request, Session),
            gen_server:cast(Server, {reply, Id, Reply}),
            loop(Next)
    end.

handle(start, Session) ->
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    {ok, Session};
handle({load, Modules}, Session) ->
    lists:foreach(fun load/1, Modules),
    {ok, Session};
handle({eval, Module}, Session) ->
    evaluate(Module, Session);
handle({test, Facades, Filter}, Session) ->
    {bt_test:run(Facades, Filter), Session}.

load({class, Generation, Beam}) -> ok = bt_load:class(Generation, Beam);
load({module, Module, Beam}) -> ok = bt_load:module(Module, Beam).

-spec evaluate(module(), #session{}) -> {{outcome(), [atom()]}, #session{}}.
evaluate(Module, #session{cells = Cells} = Session) ->
    try
        {Value, Next} = Module:eval(self_object(), Cells),
        Outcome = {value, bt_send:call(bt_op:touch(Value), printString)},
        {{Outcome, maps:keys(Next)}, Session#session{cells = Next}}
    catch
        Class:Reason:Stack ->
            Failure = failure(bt_error:wrap(Class, Reason, Stack)),
            {{Failure, maps:keys(Cells)}, Session}
    end.

self_object() -> #{'$class' => 'bt.stdlib.Object'}.

failure(#{kind := Kind, message := Message} = Exception) ->
    {error, atom_to_binary(Kind), Message, bt_error:report(Exception)}.
