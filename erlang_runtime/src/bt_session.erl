%% @doc The process of a session (bt_repl) in which inputs of `eval' or the REPL, or the tests of
%% one command, run. Requests
%% are done one after the other; between them the process waits for messages as a script does, so
%% that blocks registered on futures and timers run.
-module(bt_session).

-export([start/1, spawn_link/3, request/3, bindings/0]).

-compile({no_auto_import, [spawn_link/3]}).

%% `cells' are the variables that the inputs so far have bound, `known' what of them was told to who
%% keeps them (bt_repl); `names' says under which names the modules of this input are loaded.
-record(session, {
    server :: pid(),
    guard :: pid(),
    cells = #{} :: bt_repl_bindings:cells(),
    known = #{} :: bt_repl_bindings:known(),
    names = #{} :: #{module() => module()}
}).

%% What an evaluation came to: the value's printString, or an error.
-type outcome() ::
    {value, binary()} | {error, Kind :: binary(), Message :: binary(), Report :: binary()}.

%% Like all tags of the runtime, so that no `Process receive:' takes a request.
-define(REQUEST, '$bt_request').
-define(SETTLE_MS, 30000).
-define(BINDINGS, '$bt_bindings').

%% @doc Starts a session of this node, whose replies go to the compile server, and the runtime if
%% need be. One on another node is begun by bt_attached.
-spec start(pid()) -> pid().
start(Server) ->
    bt_report:to_standard_error(),
    bt_transcript:use_utf8(),
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    ok = bt_extensions:install_path(),
    {group_leader, Leader} = process_info(Server, group_leader),
    bt_session_guard:start(Server, Leader).

%% @doc Starts the process that does what is requested, beginning with these variables; it is for
%% the session (bt_repl) to start it.
-spec spawn_link(pid(), pid(), bt_repl_bindings:bindings()) -> pid().
spawn_link(Session, Guard, Bindings) ->
    erlang:spawn_link(fun() ->
        put('$bt_mode', script),
        bt_error_handler:install(),
        Cells = bt_repl_bindings:cells(Bindings),
        loop(#session{server = Session, guard = Guard, cells = Cells})
    end).

%% @doc Queues a request; its reply goes to the server as a cast.
-spec request(pid(), integer(), term()) -> ok.
request(Session, Id, Request) ->
    Session ! {?REQUEST, Id, Request},
    ok.

%% Plain messages stay where they are, for the receive of a later input.
loop(#session{server = Server} = Session) ->
    Blocks = bt_when:blocks(),
    receive
        {?REQUEST, Id, Request} ->
            {Reply, Next} = handle(Request, Session),
            gen_server:cast(Server, {reply, Id, Reply}),
            loop(Next);
        {'$bt_reply', _, _} = News -> while_idle(News, Session);
        {'$bt_fault', _, _, _} = News -> while_idle(News, Session);
        {'DOWN', Ref, process, _, _} = News when is_map_key(Ref, Blocks) ->
            while_idle(News, Session);
        {'$bt_timer', _} = News -> while_idle(News, Session);
        '$bt_tick' = News -> while_idle(News, Session)
    end.

while_idle(News, Session) ->
    _ = served(News),
    loop(Session).

served({'$bt_reply', Ref, settled}) -> bt_when:ready(Ref, settled);
served({'DOWN', Ref, process, _, Reason}) -> bt_when:ready(Ref, {down, Reason});
%% What it was to interrupt is over.
served({'$bt_timer', interrupt}) -> ok;
served({'$bt_timer', Timer}) -> bt_timer:fire(Timer);
served('$bt_tick') -> bt_wait:idle_tick();
%% Nobody waits for it any more.
served(_Late) -> ok.

handle({load, Modules}, #session{guard = Guard} = Session) ->
    case bt_load:batch(Modules) of
        {ok, Names} ->
            ok = bt_session_guard:inputs(Guard, inputs(Names)),
            {ok, Session#session{names = Names}};
        {error, Reason} ->
            {failure(bt_source:not_loaded(Reason)), Session}
    end;
handle({install, Modules}, #session{names = Names} = Session) ->
    ok = bt_extensions:install([maps:get(Module, Names, Module) || Module <- Modules]),
    {ok, Session};
handle({eval, Module}, Session) ->
    evaluated(Module, fun(Value) -> {value, bt_send:call(bt_op:touch(Value), printString)} end,
              fun(C, R, S) -> failure(bt_error:wrap(C, R, S)) end, Session);
handle({repl, {eval, Module, Width}}, #session{server = Server} = Session) ->
    {{Outcome, Bound}, Next} =
        evaluated(Module, fun(Value) -> bt_repl_eval:outcome(Server, Value, Width) end,
                  fun bt_repl_eval:failure/3, Session),
    {{evaluated, Outcome, Bound}, Next};
handle({classes, Known}, Session) ->
    {classes(Known, bt_class:version()), Session};
%% Through the same device as what the inputs print, so that it comes after it.
handle({print, Text}, Session) ->
    nil = bt_transcript:write(Text),
    {ok, Session};
handle(settle, Session) ->
    bt_wait:settle(?SETTLE_MS),
    {ok, Session};
handle({forget, Facades}, Session) ->
    _ = [bt_load:remove(Facade) || Facade <- Facades],
    {ok, Session};
handle({serial_tests, Facades}, Session) ->
    {[Facade || Facade <- Facades, bt_test:is_serial(Facade)], Session};
handle({test, Facade, Filter, Tags, Without}, Session) ->
    Options = #{filter => Filter, tags => Tags, without => Without},
    {[test_result(Result) || Result <- bt_test:run([Facade], Options)], Session}.

%% What the compiler knows already is not told again.
classes(Known, Known) -> unchanged;
classes(_, Version) -> {Version, bt_universe:classes()}.

%% Inputs and extensions are not classes: what no class is linked to is needed no more.
inputs(Names) -> [Name || Name <- maps:values(Names), not is_generation(Name)].

is_generation(Module) ->
    erlang:function_exported(Module, '$meta', 0).

evaluated(Module, Describe, Fail, #session{names = Names, guard = Guard} = Session) ->
    Evaluated = evaluate(maps:get(Module, Names, Module), Describe, Fail, Session),
    ok = bt_load:release(inputs(Names)),
    ok = bt_session_guard:inputs(Guard, []),
    Evaluated.

%% An input that raises an error leaves the variables as they were.
evaluate(Module, Describe, Fail, #session{cells = Cells} = Session) ->
    ok = forget_interrupt(),
    _ = put(?BINDINGS, Cells),
    try
        {Value, Next} = Module:eval(self_object(), Cells),
        {{Describe(Value), maps:keys(Next)}, told(Session#session{cells = Next})}
    catch
        Class:Reason:Stack ->
            {{Fail(Class, Reason, Stack), maps:keys(Cells)}, told(Session)}
    end.

%% It came when the input before was just over.
forget_interrupt() ->
    receive {'$bt_timer', interrupt} -> ok after 0 -> ok end.

told(#session{server = Server, cells = Cells, known = Known} = Session) ->
    {Change, Now} = bt_repl_bindings:change(Cells, Known),
    ok = bt_repl:bound(Server, Change),
    Session#session{known = Now}.

%% @doc The variables of the session whose input this process runs; none in any other.
-spec bindings() -> #{atom() => term()}.
bindings() ->
    case get(?BINDINGS) of
        undefined -> #{};
        Cells -> maps:map(fun(_, Cell) -> bt_cell:get(Cell) end, Cells)
    end.

self_object() -> #{'$class' => 'bt.stdlib.Workspace'}.

-spec failure(bt_fault:exception()) -> outcome().
failure(#{kind := Kind, message := Message} = Exception) ->
    {error, atom_to_binary(Kind), Message, iolist_to_binary(bt_error:report(Exception))}.

test_result(#{
    class := Class, test := Test, status := Status, message := Message, file := File, line := Line,
    ms := Ms
}) ->
    {Class, Test, Status, Message, File, Line, Ms}.
