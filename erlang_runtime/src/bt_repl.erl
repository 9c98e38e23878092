%% @doc A session: what stands between a client (the REPL, `eval', the tests) and the process in
%% which its inputs run.
%%
%% The worker (bt_session) may crash, be killed by what it runs, or be interrupted. So the values of
%% the variables are kept here too (bt_repl_bindings), and another worker begins with them. Requests
%% for the worker are passed on, and its replies passed back; those about the session itself are
%% `{repl, Request}' and are answered while the worker is busy.
%%
%% What programs print, the log, and news of futures are events. The client fetches them by a
%% request that is answered when there are some, so a session needs nothing of its connection but
%% requests and replies. A reply to an evaluation tells how many events there were before it, so
%% that the client can show all of them first.
-module(bt_repl).
-behaviour(gen_server).

-export([start_link/3, write/2, bound/2, watch/2, event/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export_type([event/0]).

-type event() :: {output, binary()} | {log, binary()}
               | {settled, pos_integer(), resolved | rejected, binary()}.

-record(state, {
    client :: pid(),
    guard :: pid(),
    worker :: pid() | none,
    bindings = bt_repl_bindings:none() :: bt_repl_bindings:bindings(),
    %% The requests that the worker has not answered.
    running = [] :: [integer()],
    interrupted = false :: boolean(),
    %% The request that waits for events.
    poll = none :: integer() | none,
    %% The newest first.
    events = [] :: [event()],
    count = 0 :: non_neg_integer(),
    %% Those who wait until the client has fetched what they wrote.
    writers = [] :: [gen_server:from()],
    futures = 0 :: non_neg_integer(),
    %% What to undo at the end.
    output = none :: bt_repl_output:before()
}).

-define(REQUEST, '$bt_request').
%% So many events may wait before those who write have to.
-define(MANY, 200).
%% A worker that computes is ended soon, one that waits has time to notice by itself.
-define(BUSY_MS, 100).
-define(WAITING_MS, 600).
-define(WIDTH, 80).

%% @doc Starts a session whose replies go to the client as casts, and whose processes have that
%% group leader; its guard ends it with the client.
-spec start_link(pid(), pid(), pid()) -> {ok, pid()} | {error, term()}.
start_link(Client, Guard, Leader) ->
    gen_server:start_link(?MODULE, {Client, Guard, Leader}, []).

%% @doc Shows text of a program to the client. Waits while very much of it is still to be shown.
-spec write(pid(), binary()) -> ok.
write(Session, Text) ->
    try gen_server:call(Session, {write, Text}, infinity)
    catch exit:_ -> _ = io:put_chars(user, Text), ok
    end.

%% @doc The worker tells what has become of the variables.
-spec bound(pid(), bt_repl_bindings:change()) -> ok.
bound(Session, Change) -> gen_server:cast(Session, {bound, Change}).

%% @doc Tells the client when the future is settled; answers the number under which it will.
-spec watch(pid(), bt_future:future()) -> pos_integer().
watch(Session, Future) -> gen_server:call(Session, {watch, Future}, infinity).

%% @doc Tells the client something; nobody waits.
-spec event(pid(), event()) -> ok.
event(Session, Event) -> gen_server:cast(Session, {event, Event}).

-spec init({pid(), pid(), pid()}) -> {ok, #state{}}.
init({Client, Guard, Leader}) ->
    process_flag(trap_exit, true),
    true = group_leader(Leader, self()),
    {ok, with_worker(#state{client = Client, guard = Guard, worker = none})}.

-spec handle_call(term(), gen_server:from(), #state{}) ->
          {reply, term(), #state{}} | {noreply, #state{}}.
handle_call({write, Text}, From, State) ->
    {noreply, held(From, told({output, Text}, State))};
handle_call({watch, Future}, _From, #state{futures = Last} = State) ->
    Number = Last + 1,
    Session = self(),
    _ = spawn_link(fun() -> await(Session, Number, Future) end),
    {reply, Number, State#state{futures = Number}}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({reply, Id, Reply}, #state{running = Running} = State) ->
    {noreply, replied(Id, Reply, State#state{running = lists:delete(Id, Running)})};
handle_cast({bound, Change}, #state{bindings = Bindings} = State) ->
    {noreply, State#state{bindings = bt_repl_bindings:changed(Change, Bindings)}};
handle_cast({event, Event}, State) ->
    {noreply, told(Event, State)}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, normal, #state{}}.
handle_info({?REQUEST, Id, {repl, close}}, State) ->
    {stop, normal, reply(Id, ok, State)};
handle_info({?REQUEST, Id, {repl, Request}}, State) ->
    {noreply, request(Id, Request, State)};
handle_info({?REQUEST, Id, Request}, State) ->
    {noreply, passed_on(Id, Request, State)};
handle_info({'EXIT', Worker, Reason}, #state{worker = Worker} = State) ->
    {noreply, renewed(Reason, State)};
handle_info({overdue, Worker, Id}, State) ->
    {noreply, overdue(Worker, Id, State)};
handle_info({kill, Worker, Id}, #state{worker = Worker, running = [Id | _]} = State) ->
    exit(Worker, kill),
    {noreply, State};
handle_info(_Other, State) ->
    {noreply, State}.

-spec terminate(term(), #state{}) -> ok.
terminate(_Reason, #state{worker = Worker, output = Output}) ->
    exit(Worker, kill),
    receive {'EXIT', Worker, _} -> ok end,
    bt_repl_output:restore(Output).

%%% Requests

request(Id, capture, State) ->
    reply(Id, ok, State#state{output = bt_repl_output:capture(self())});
request(Id, events, State) ->
    delivered(State#state{poll = Id});
request(Id, interrupt, State) ->
    reply(Id, ok, interrupted(State));
request(Id, {selectors, Of}, #state{bindings = Bindings} = State) ->
    answered_aside(Id, fun() -> bt_repl_complete:selectors(Of, Bindings) end, State);
request(Id, {eval, _, _} = Evaluation, State) ->
    passed_on(Id, {repl, Evaluation}, State);
request(Id, Other, State) ->
    reply(Id, {unknown, Other}, State).

%% The session itself stays free for other requests.
answered_aside(Id, Answer, #state{client = Client} = State) ->
    _ = spawn_link(fun() ->
        Reply = try Answer() catch _:_ -> [] end,
        gen_server:cast(Client, {reply, Id, Reply})
    end),
    State.

passed_on(Id, Request, #state{worker = Worker, running = Running} = State) ->
    ok = bt_session:request(Worker, Id, Request),
    State#state{running = Running ++ [Id]}.

replied(Id, {evaluated, Outcome, Bound}, #state{count = Count} = State) ->
    reply(Id, {Outcome, Bound, Count}, State#state{interrupted = false});
replied(Id, Reply, State) ->
    reply(Id, Reply, State).

reply(Id, Reply, #state{client = Client} = State) ->
    gen_server:cast(Client, {reply, Id, Reply}),
    State.

%%% Interrupts

%% What waits is told, and raises there; what computes can only be ended.
interrupted(#state{running = []} = State) ->
    State;
interrupted(#state{worker = Worker, running = [Id | _]} = State) ->
    Worker ! {'$bt_timer', interrupt},
    _ = erlang:send_after(?BUSY_MS, self(), {overdue, Worker, Id}),
    State#state{interrupted = true}.

overdue(Worker, Id, #state{worker = Worker, running = [Id | _]} = State) ->
    Rest = case process_info(Worker, status) of
               {status, waiting} -> ?WAITING_MS - ?BUSY_MS;
               _ -> 0
           end,
    _ = erlang:send_after(Rest, self(), {kill, Worker, Id}),
    State;
overdue(_, _, State) ->
    State.

%%% The worker

with_worker(#state{bindings = Bindings, guard = Guard} = State) ->
    State#state{worker = bt_session:spawn_link(self(), Guard, Bindings)}.

%% The worker has ended: what it had to answer is answered, and another takes its place.
renewed(Reason, #state{running = Running, interrupted = Interrupted} = State) ->
    Text = case Interrupted of
               true -> <<"interrupted">>;
               false -> unicode:characters_to_binary(io_lib:format("~0tp", [Reason]))
           end,
    Failed = lists:foldl(
        fun(Id, Acc) -> reply(Id, {session_ended, Text}, Acc) end, State, Running),
    with_worker(Failed#state{running = [], interrupted = false}).

%%% Events

told(Event, #state{events = Events, count = Count} = State) ->
    delivered(State#state{events = [Event | Events], count = Count + 1}).

delivered(#state{poll = none} = State) -> State;
delivered(#state{events = []} = State) -> State;
delivered(#state{poll = Id, events = Events, count = Count, writers = Writers} = State) ->
    lists:foreach(fun(From) -> gen_server:reply(From, ok) end, Writers),
    reply(Id, {Count, lists:reverse(Events)}, State#state{poll = none, events = [], writers = []}).

held(From, #state{events = Events, writers = Writers} = State) when length(Events) >= ?MANY ->
    State#state{writers = [From | Writers]};
held(From, State) ->
    gen_server:reply(From, ok),
    State.

await(Session, Number, Future) ->
    {Kind, Value} = case bt_future:outcome(Future, infinity) of
                        {ok, Result} -> {resolved, Result};
                        {error, Exception} -> {rejected, Exception}
                    end,
    event(Session, {settled, Number, Kind, bt_repl_eval:text(Kind, Value, ?WIDTH)}).
