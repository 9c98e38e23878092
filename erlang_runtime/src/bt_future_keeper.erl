%% @doc Owns the tables of futures, deletes the rows of futures that nobody holds, and speaks for
%% this node's futures with other nodes.
%%
%% Every 20 ms it looks at the number of rows, and probes them all once there are
%% max(4096, survivors / 2) more than the last sweep left.
-module(bt_future_keeper).
-behaviour(gen_server).

-include("bt_future.hrl").

-export([start_link/0, sweep/0, rows/0]).
-export([pin/1, read/1, died/1, subscribe/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% `held': futures that another node knows. `dying': what actors of other nodes left for futures of
%% this one, until they are dead; with the monitor of each.
-record(state, {survivors = 0 :: non_neg_integer(),
                held = #{} :: #{integer() => bt_future:word() | {settled, bt_future:word()}},
                dying = [] :: [left()]}).

-type left() :: {pid(), reference(), integer(), bt_weak:handle(), bt_future:outcome()}.

-define(LOOK_MS, 20).
-define(SLACK, 4096).
-define(PIN_MS, 600000).
-define(POLL_MS, 1000).
-define(ASK_MS, 5000).

%% @doc Starts the keeper of this node.
-spec start_link() -> {ok, pid()} | {error, term()} | ignore.
start_link() -> gen_server:start_link({local, ?KEEPER}, ?MODULE, [], []).

%% @doc Sweeps now; answers when it is done.
-spec sweep() -> ok.
sweep() -> gen_server:call(?KEEPER, sweep, infinity).

%% @doc How many rows there are: values kept, and processes waiting.
-spec rows() -> {non_neg_integer(), non_neg_integer()}.
rows() -> {ets:info(?ROWS, size), ets:info(?WAITING, size)}.

%%% Futures and other nodes

%% @doc The futures in a term that leaves this node stay alive until 10 minutes after they settle.
-spec pin(term()) -> ok.
pin({'$bt_future', Id, _, Word}) ->
    case bt_weak:home(Word) =:= node() of
        true -> gen_server:cast(?KEEPER, {hold, Id, Word});
        false -> ok
    end;
pin([Head | Tail]) -> pin(Head), pin(Tail);
pin(Tuple) when is_tuple(Tuple) -> pin(tuple_to_list(Tuple));
pin(Map) when is_map(Map) -> pin(maps:to_list(Map));
pin(_) -> ok.

%% @doc The outcome of a future whose word cannot be read here.
-spec read(bt_future:future()) -> bt_future:outcome() | pending.
read({'$bt_future', Id, _, Word} = Future) ->
    case bt_weak:home(Word) of
        Home when Home =:= node() -> read_row(Future, ets:lookup(?ROWS, Id));
        Home -> ask(Home, Future)
    end.

%% It comes back from another node, and nobody here has held it meanwhile.
-spec read_row(bt_future:future(), [tuple()]) -> bt_future:outcome().
read_row(_, [{_, Outcome, _}]) -> Outcome;
read_row(Future, []) -> {error, bt_fault:expired(Future)}.

-spec ask(node(), bt_future:future()) -> bt_future:outcome() | pending.
ask(Home, {'$bt_future', _, Target, _} = Future) ->
    try gen_server:call({?KEEPER, Home}, {read, Future}, ?ASK_MS)
    catch
        exit:{timeout, _} -> pending;
        exit:_ -> {error, bt_fault:actor_died(Target, unknown, noconnection)}
    end.

%% @doc An actor of another node is known to be dead. What it left behind for futures of this node
%% came before that news, so it is in the mailbox of the keeper at least.
-spec died(pid()) -> ok.
died(Pid) -> gen_server:call(?KEEPER, {died, Pid}, infinity).

%% @doc Subscribes to a future of another node: that node's keeper sees to the answer.
-spec subscribe(bt_future:future()) -> {waiting, reference()}.
subscribe({'$bt_future', _, _, Word} = Future) ->
    Home = {?KEEPER, bt_weak:home(Word)},
    Alias = erlang:monitor(process, Home, [{alias, reply_demonitor}]),
    gen_server:cast(Home, {subscribe, Future, Alias}),
    {waiting, Alias}.

%%% gen_server

-spec init([]) -> {ok, #state{}}.
init([]) ->
    Shared = [named_table, public, {write_concurrency, auto}],
    ?ROWS = ets:new(?ROWS, [set | Shared]),
    ?WAITING = ets:new(?WAITING, [bag | Shared]),
    bt_deadlock:create_table(),
    bt_graves:create_table(),
    look_later(),
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(sweep, _From, State) -> {reply, ok, swept(State)};
handle_call({died, Pid}, _From, State) -> {reply, ok, buried(Pid, State)};
handle_call({read, Future}, _From, State) -> {reply, read_home(Future), State}.

%% The reference came back from another node; it is the live one again, or a dead one.
-spec read_home(bt_future:future()) -> bt_future:outcome() | pending.
read_home(Future) ->
    case bt_future:tail(Future) of
        {settled, Outcome} -> Outcome;
        {pending, _} -> pending
    end.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast({hold, Id, Word}, State = #state{held = Held}) ->
    erlang:send_after(?POLL_MS, self(), {let_go, Id}),
    {noreply, State#state{held = Held#{Id => Word}}};
handle_cast({subscribe, Future, Alias}, State) ->
    proxy(Future, Alias),
    {noreply, State}.

%% One small process a waiting remote process, here at home, waits in its place.
-spec proxy(bt_future:future(), reference()) -> pid().
proxy(Future, Alias) ->
    spawn(fun() ->
              _ = bt_future:outcome(Future, infinity),
              Alias ! {'$bt_reply', Alias, settled}
          end).

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(look, State) ->
    look_later(),
    {noreply, look(State)};
handle_info({settle, Id, Handle, Outcome}, State) ->
    bt_future_store:settle(Id, Handle, Outcome),
    {noreply, State};
handle_info({settle_after, Pid, Id, Handle, Outcome}, State = #state{dying = Dying}) ->
    Monitor = erlang:monitor(process, Pid),
    {noreply, State#state{dying = [{Pid, Monitor, Id, Handle, Outcome} | Dying]}};
handle_info({'DOWN', _, process, Pid, _}, State) ->
    {noreply, buried(Pid, State)};
handle_info({let_go, Id}, State = #state{held = Held}) ->
    {noreply, State#state{held = let_go(Id, Held)}};
handle_info(_, State) ->
    {noreply, State}.

%% The outcomes that a dying actor of another node has left here take effect.
-spec buried(pid(), #state{}) -> #state{}.
buried(Pid, State = #state{dying = Dying}) ->
    {Dead, Others} = lists:partition(fun(Entry) -> element(1, Entry) =:= Pid end, Dying),
    lists:foreach(fun({_, Monitor, Id, Handle, Outcome}) ->
                      erlang:demonitor(Monitor, [flush]),
                      bt_future_store:settle(Id, Handle, Outcome)
                  end, Dead),
    State#state{dying = Others}.

%% A pinned future is looked at until it has settled, and let go 10 minutes later.
-spec let_go(integer(), map()) -> map().
let_go(Id, Held) ->
    case Held of
        #{Id := {settled, _}} -> maps:remove(Id, Held);
        #{Id := Word} -> let_go_later(Id, Word, atomics:get(Word, 1), Held);
        _ -> Held
    end.

-spec let_go_later(integer(), bt_future:word(), integer(), map()) -> map().
let_go_later(Id, _, Word, Held) when Word =:= ?PENDING; Word =:= ?WAITERS ->
    erlang:send_after(?POLL_MS, self(), {let_go, Id}),
    Held;
let_go_later(Id, Word, _, Held) ->
    erlang:send_after(?PIN_MS, self(), {let_go, Id}),
    Held#{Id => {settled, Word}}.

%%% Sweeping

-spec look_later() -> reference().
look_later() -> erlang:send_after(?LOOK_MS, self(), look).

-spec look(#state{}) -> #state{}.
look(State = #state{survivors = Survivors}) ->
    {Kept, Waiting} = rows(),
    case Kept + Waiting > Survivors + max(?SLACK, Survivors div 2) of
        true -> swept(State);
        false -> State
    end.

-spec swept(#state{}) -> #state{}.
swept(State) ->
    traverse(?ROWS, [{{'$1', '_', '$2'}, [], [{{'$1', '$2'}}]}], fun sweep_rows/1),
    traverse(?WAITING, [{'_', [], ['$_']}], fun sweep_waiting/1),
    %% The references that the probes made on this heap would keep those futures alive.
    garbage_collect(),
    {Kept, Waiting} = rows(),
    State#state{survivors = Kept + Waiting}.

-spec traverse(atom(), ets:match_spec(), fun((term()) -> ok)) -> ok.
traverse(Table, Pattern, Sweep) ->
    ets:safe_fixtable(Table, true),
    Sweep(ets:select(Table, Pattern, 1000)),
    ets:safe_fixtable(Table, false),
    ok.

-spec sweep_rows('$end_of_table' | {[{integer(), bt_weak:handle()}], term()}) -> ok.
sweep_rows('$end_of_table') -> ok;
sweep_rows({Rows, More}) ->
    [ets:delete(?ROWS, Id) || {Id, Handle} <- Rows, bt_weak:probe(Handle) =:= dead],
    sweep_rows(ets:select(More)).

%% A process that died while it waited leaves its row, and the row keeps the future alive.
-spec sweep_waiting('$end_of_table' | {[tuple()], term()}) -> ok.
sweep_waiting('$end_of_table') -> ok;
sweep_waiting({Rows, More}) ->
    [ets:delete_object(?WAITING, Row) || {_, _, Pid, _} = Row <- Rows, not is_process_alive(Pid)],
    sweep_waiting(ets:select(More)).
