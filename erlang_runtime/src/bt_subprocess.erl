%% @doc The process behind a Subprocess: it owns the ports of a running program, keeps what the
%% program has written until somebody reads it, and ends the program, with what that has started,
%% when it is closed or when the process that opened it ends.
%%
%% When much has been written and nobody waits for anything, the relay of that stream is stopped:
%% the pipe fills up, and the program waits. As soon as someone waits, for whatever it is, all
%% streams flow again, so that no two ever wait for each other.
-module(bt_subprocess).
-behaviour(gen_server).

-export([open/2, request/2, start_link/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export_type([channel/0, request/0]).

%% A stream is held back with more bytes than the first, and goes on with less than the second.
-define(MOST_BYTES, 1 bsl 20).
-define(FEW_BYTES, 1 bsl 18).
%% What a program has between TERM and KILL.
-define(GRACE_MS, 1000).

-type channel() :: out | err.
-type want() :: line | lines | all | exit_code | everything.

-type request() ::
    {wait, want(), channel(), timeout()} | {unread, channel(), binary()}
    | {signal, string()} | input | close_input | is_running | os_pid | close.

-record(channel, {
    port :: port(),
    bytes = bt_byte_queue:new() :: bt_byte_queue:queue(),
    ended = false :: boolean(),
    held = false :: boolean()
}).

-record(waiter, {
    from :: {pid(), term()},
    want :: want(),
    channel :: channel(),
    timer :: reference() | none
}).

-record(state, {
    ports :: bt_subprocess_launch:ports() | undefined,
    pid :: non_neg_integer() | undefined,
    out :: #channel{} | undefined,
    err :: #channel{} | undefined,
    exit_code :: non_neg_integer() | undefined,
    waiters = [] :: [#waiter{}],
    closing = [] :: [{pid(), term()} | nobody]
}).

%%% For others

%% @doc Starts a program for a process.
-spec open(pid(), bt_subprocess_launch:plan()) -> {ok, pid()} | {error, atom()}.
open(Owner, Plan) ->
    Server = bt_owned_sup:start_child(?MODULE, Owner),
    case request(Server, {open, Plan}) of
        {ok, nil} -> {ok, Server};
        {error, Reason} -> {error, Reason}
    end.

%% @doc What a server answers; nil for the end of a stream.
-spec request(pid(), request() | {open, bt_subprocess_launch:plan()}) ->
    {ok, term()} | {error, atom()}.
request(Server, Request) ->
    try
        bt_conversations:keep_cause(fun() -> gen_server:call(Server, Request, infinity) end)
    catch
        exit:_ -> {error, closed}
    end.

%%% The server

-spec start_link(pid()) -> {ok, pid()}.
start_link(Owner) ->
    gen_server:start_link(?MODULE, Owner, []).

-spec init(pid()) -> {ok, #state{}}.
init(Owner) ->
    process_flag(trap_exit, true),
    _ = monitor(process, Owner),
    {ok, #state{}}.

-spec handle_call(term(), {pid(), term()}, #state{}) ->
    {reply, term(), #state{}} | {noreply, #state{}} | {stop, normal, term(), #state{}}.
handle_call({open, Plan}, _From, State) ->
    case bt_subprocess_launch:start(Plan) of
        {ok, #{pid := Pid, out := Out, err := Err} = Ports} ->
            Started = State#state{
                ports = Ports, pid = Pid, out = #channel{port = Out}, err = #channel{port = Err}
            },
            {reply, {ok, nil}, Started};
        {error, Reason} ->
            {stop, normal, {error, Reason}, State}
    end;
handle_call({wait, Want, Channel, Timeout}, From, State) ->
    Waiter = #waiter{from = From, want = Want, channel = Channel, timer = timer(Timeout, From)},
    go_on(State#state{waiters = State#state.waiters ++ [Waiter]});
handle_call({unread, Channel, Bytes}, _From, State) ->
    #channel{bytes = Queue} = C = channel(Channel, State),
    Changed = C#channel{bytes = bt_byte_queue:put_back(Bytes, Queue)},
    {reply, {ok, nil}, set_channel(Channel, Changed, State)};
handle_call({signal, Signal}, _From, State) ->
    {reply, {ok, is_running(State) andalso order(Signal, State#state.pid, State)}, State};
handle_call(input, _From, #state{ports = #{in := In}} = State) ->
    {reply, {ok, In}, State};
handle_call(close_input, _From, #state{ports = #{in := In}} = State) ->
    close_port(In),
    {reply, {ok, nil}, State};
handle_call(is_running, _From, State) ->
    {reply, {ok, is_running(State)}, State};
handle_call(os_pid, _From, State) ->
    {reply, {ok, State#state.pid}, State};
handle_call(close, From, State) ->
    close(From, State).

timer(infinity, _From) -> none;
timer(Ms, From) -> erlang:send_after(Ms, self(), {late, From}).

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Message, State) -> {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, normal, #state{}}.
handle_info({Port, {data, Bytes}}, State) ->
    change(Port, State, fun(#channel{bytes = Queue} = Channel) ->
        Channel#channel{bytes = bt_byte_queue:add(Bytes, Queue)}
    end);
handle_info({Port, eof}, State) ->
    close_port(Port),
    change(Port, State, fun(Channel) -> Channel#channel{ended = true} end);
handle_info({Main, {exit_status, Code}}, #state{ports = #{main := Main}} = State) ->
    ended(State#state{exit_code = Code});
handle_info({late, From}, #state{waiters = Waiters} = State) ->
    case lists:keytake(From, #waiter.from, Waiters) of
        {value, _, Others} ->
            gen_server:reply(From, {error, timeout}),
            {noreply, State#state{waiters = Others}};
        false ->
            {noreply, State}
    end;
handle_info({'DOWN', _, process, _, _}, State) ->
    close(nobody, State);
handle_info(kill, State) ->
    _ = order("KILL", -State#state.pid, State),
    {noreply, State};
handle_info({'EXIT', Port, _}, State) when is_port(Port) ->
    change(Port, State, fun(Channel) -> Channel#channel{ended = true} end);
handle_info(_Message, State) ->
    {noreply, State}.

%% The ports close with their process: the watcher does the rest.
-spec terminate(term(), #state{}) -> ok.
terminate(_Reason, _State) -> ok.

is_running(#state{exit_code = Code}) -> Code =:= undefined.

%%% Ending

%% First it is asked to end, then it is made to.
close(_From, #state{ports = undefined} = State) ->
    {stop, normal, State};
close(From, #state{exit_code = undefined, ports = #{in := In}, closing = []} = State) ->
    close_port(In),
    _ = order("TERM", -State#state.pid, State),
    _ = order("CONT", -State#state.pid, State),
    _ = erlang:send_after(?GRACE_MS, self(), kill),
    {noreply, State#state{closing = [From]}};
close(From, #state{exit_code = undefined, closing = Closing} = State) ->
    {noreply, State#state{closing = [From | Closing]}};
close(From, State) ->
    leave(State#state{closing = [From]}).

ended(#state{closing = []} = State) -> go_on(State);
ended(State) -> leave(State).

%% What the program has started and left behind has its number as that of its group.
leave(#state{pid = Pid, closing = Closing, waiters = Waiters, exit_code = Code} = State) ->
    %% The watcher would do that, but may have been killed with the group.
    _ = file:del_dir_r(maps:get(pipes, State#state.ports)),
    Relays = [State#state.out, State#state.err],
    lists:all(fun(Channel) -> Channel#channel.ended end, Relays) orelse
        begin
            bt_subprocess_launch:signal("KILL", -Pid),
            [kill_relay(Port) || #channel{port = Port, ended = false} <- Relays]
        end,
    [gen_server:reply(From, {ok, Code}) || From <- Closing, From =/= nobody],
    [gen_server:reply(From, {error, closed}) || #waiter{from = From} <- Waiters],
    {stop, normal, State}.

%% A relay that is stopped, or whose pipe a process outside the group holds, would not notice.
kill_relay(Port) ->
    case erlang:port_info(Port, os_pid) of
        {os_pid, Pid} -> bt_subprocess_launch:signal("KILL", Pid);
        undefined -> ok
    end.

close_port(Port) ->
    catch port_close(Port),
    ok.

%%% Reading

channel(out, #state{out = Channel}) -> Channel;
channel(err, #state{err = Channel}) -> Channel.

set_channel(out, Channel, State) -> State#state{out = Channel};
set_channel(err, Channel, State) -> State#state{err = Channel}.

change(Port, #state{out = #channel{port = Port} = Channel} = State, Change) ->
    go_on(State#state{out = Change(Channel)});
change(Port, #state{err = #channel{port = Port} = Channel} = State, Change) ->
    go_on(State#state{err = Change(Channel)});
change(_Port, State, _Change) ->
    {noreply, State}.

%% Gives those who wait what is there, in the order in which they came.
go_on(#state{waiters = Waiters} = State) ->
    {Left, Served} = lists:foldl(fun serve/2, {[], State}, Waiters),
    {noreply, flow(err, flow(out, Served#state{waiters = lists:reverse(Left)}))}.

serve(#waiter{from = {Pid, _} = From, timer = Timer} = Waiter, {Left, State}) ->
    case has_ended(Pid) of
        true ->
            {Left, State};
        false ->
            case answer(Waiter, State) of
                {wait, Searched} ->
                    {[Waiter | Left], Searched};
                {answer, Answer, After} ->
                    _ = Timer =:= none orelse erlang:cancel_timer(Timer),
                    gen_server:reply(From, {ok, Answer}),
                    {Left, After}
            end
    end.

%% What somebody asked for who has ended must not get lost.
has_ended(Pid) -> node(Pid) =:= node() andalso not is_process_alive(Pid).

answer(#waiter{want = exit_code}, #state{exit_code = undefined} = State) ->
    {wait, State};
answer(#waiter{want = exit_code}, #state{exit_code = Code} = State) ->
    {answer, Code, State};
answer(#waiter{want = everything}, #state{out = Out, err = Err, exit_code = Code} = State) ->
    case Code =/= undefined andalso Out#channel.ended andalso Err#channel.ended of
        true -> {answer, {all_of(Out), all_of(Err), Code}, State};
        false -> {wait, State}
    end;
answer(#waiter{want = Want, channel = Name}, State) ->
    #channel{bytes = Bytes, ended = Ended} = Channel = channel(Name, State),
    case take(Want, Bytes, Ended) of
        {wait, Searched} -> {wait, set_channel(Name, Channel#channel{bytes = Searched}, State)};
        {Taken, Left} -> {answer, Taken, set_channel(Name, Channel#channel{bytes = Left}, State)}
    end.

all_of(#channel{bytes = Bytes}) -> element(1, bt_byte_queue:take_all(Bytes)).

take(all, Bytes, false) -> {wait, Bytes};
take(all, Bytes, true) -> bt_byte_queue:take_all(Bytes);
take(line, Bytes, Ended) -> last(bt_byte_queue:take_line(Bytes), Ended);
take(lines, Bytes, Ended) -> last(bt_byte_queue:take_lines(Bytes), Ended).

last({none, Bytes}, false) ->
    {wait, Bytes};
last({none, Bytes}, true) ->
    case bt_byte_queue:take_all(Bytes) of
        {<<>>, Left} -> {nil, Left};
        Rest -> Rest
    end;
last(Taken, _Ended) ->
    Taken.

%%% Holding back

flow(Name, #state{waiters = Waiters} = State) ->
    #channel{bytes = Bytes, held = Held, ended = Ended} = Channel = channel(Name, State),
    Size = bt_byte_queue:size(Bytes),
    Wanted = Waiters =/= [] orelse Size < ?FEW_BYTES,
    if
        Ended -> State;
        Held, Wanted -> relay("CONT", Name, Channel#channel{held = false}, State);
        not Held, Waiters =:= [], Size > ?MOST_BYTES ->
            relay("STOP", Name, Channel#channel{held = true}, State);
        true -> State
    end.

%% Only while the program runs: after it, what is left in the pipe is little.
relay(Signal, Name, #channel{port = Port} = Channel, State) ->
    case is_running(State) andalso erlang:port_info(Port, os_pid) of
        {os_pid, Pid} ->
            _ = order(Signal, Pid, State),
            set_channel(Name, Channel, State);
        _ ->
            State
    end.

order(Signal, Target, #state{ports = #{main := Main}}) ->
    bt_subprocess_launch:order(Main, Signal, Target).
