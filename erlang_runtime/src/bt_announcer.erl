%%% @doc Announcers: who wants to hear of which events. An announcer is a process that owns the
%%% table of its subscriptions and watches the subscribers; it ends with the process that made it.
%%%
%%% Whoever announces reads the table itself and sends to the subscribers, so the announcer is no
%%% bottleneck, and what one process announces arrives in order. A block runs in the process that
%%% subscribed, when that next waits for messages, like the block of a timer (bt_timer).
-module(bt_announcer).
-behaviour(gen_server).

-export([start/0, subscribe/5, unsubscribe/2, cancel/2, is_active/1, announce/2, subscriptions/1]).
-export([is_open/1, stop/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-include("bt.hrl").

-define(ACTIVE, 0).
-define(DONE, 1).

-type announcer() :: {pid(), ets:tid()}.
-type job() :: {block, fun()} | {send, atom(), term()}.
-type repeat() :: announced | once.

%% `_' in a pattern for ets.
-record(subscription, {
    id :: integer() | '_',
    classes :: [module()] | '_',
    subscriber :: pid(),
    word :: atomics:atomics_ref() | '_',
    repeat :: repeat() | '_',
    job :: job() | '_'
}).

%% @doc An announcer that ends with this process.
-spec start() -> announcer().
start() ->
    {ok, Server} = gen_server:start(?MODULE, self(), []),
    {Server, gen_server:call(Server, table)}.

%% @doc Has a block or a message told of the events of some classes; answers id and word.
-spec subscribe(announcer(), term(), term(), term(), repeat()) -> {integer(), term()}.
subscribe({Server, _}, Filter, What, To, Repeat) ->
    {Subscriber, Job} = job(What, To),
    Id = erlang:unique_integer([monotonic]),
    Word = bt_weak:new(),
    Subscription = #subscription{
        id = Id, classes = classes(Filter), subscriber = Subscriber, word = Word,
        repeat = Repeat, job = Job},
    ok = call(Server, {subscribe, Subscription}),
    {Id, Word}.

%% A block stays what it is: it comes back to the process that its variables belong to.
job(Block, nil) when is_function(Block) -> {self(), {block, Block}};
job(Other, nil) -> bt_prim_collection:type_error(<<"a Block">>, Other, nil, 'when:do:');
job(Selector, To) when is_atom(Selector), Selector =/= nil, is_pid(To), node(To) =:= node() ->
    {To, {send, Selector, To}};
job(Selector, To) when is_atom(Selector), Selector =/= nil, not is_pid(To) ->
    {self(), {send, Selector, To}};
job(Other, _To) -> bt_prim_collection:type_error(<<"a Symbol">>, Other, nil, 'when:send:to:').

classes(?CLASS_OBJECT_OF(Module)) -> [Module];
classes([_ | _] = Several) -> lists:flatmap(fun classes/1, Several);
classes(Other) ->
    bt_prim_collection:type_error(<<"a class or a List of classes">>, Other, nil, 'when:do:').

%% @doc Ends all subscriptions of a process; answers how many there were.
-spec unsubscribe(announcer(), term()) -> non_neg_integer().
unsubscribe({Server, _}, Subscriber) when is_pid(Subscriber) ->
    call(Server, {unsubscribe, Subscriber});
unsubscribe(_Announcer, Other) ->
    bt_prim_collection:type_error(<<"an actor or a Subscription">>, Other, nil, 'unsubscribe:').

%% @doc Ends one subscription: what was announced and not yet heard is not heard any more.
-spec cancel(announcer(), {integer(), atomics:atomics_ref()}) -> ok.
cancel({Server, _}, {Id, Word}) ->
    atomics:put(Word, 1, ?DONE),
    gen_server:cast(Server, {cancel, Id}).

-spec is_active({integer(), atomics:atomics_ref()}) -> boolean().
is_active({_, Word}) -> atomics:get(Word, 1) =:= ?ACTIVE.

%% @doc Id and word of each subscription, the oldest first.
-spec subscriptions(announcer()) -> [{integer(), atomics:atomics_ref()}].
subscriptions(Announcer) ->
    [{Id, Word} || #subscription{id = Id, word = Word} <- rows(Announcer)].

-spec is_open(announcer()) -> boolean().
is_open({Server, _}) -> is_process_alive(Server).

%% @doc Ends the announcer and all subscriptions.
-spec stop(announcer()) -> ok.
stop({Server, _}) ->
    try
        gen_server:stop(Server)
    catch
        exit:_ -> ok
    end.

%% @doc Tells the subscribers of an event; answers how many.
-spec announce(announcer(), term()) -> non_neg_integer().
announce(Announcer, Event) ->
    Rows = [Row || Row <- rows(Announcer), wants(Row, Event)],
    Copy = bt_cell:copy(Event),
    lists:foreach(fun(Row) -> tell(Announcer, Row, Event, Copy) end, Rows),
    length(Rows).

wants(#subscription{classes = Classes, word = Word}, Event) ->
    atomics:get(Word, 1) =:= ?ACTIVE
        andalso lists:any(fun(Class) -> bt_class:is_kind_of(Event, Class) end, Classes).

tell({Server, _}, #subscription{repeat = once, id = Id} = Row, Event, Copy) ->
    gen_server:cast(Server, {cancel, Id}),
    deliver(Row, Event, Copy);
tell(_Announcer, Row, Event, Copy) ->
    deliver(Row, Event, Copy).

%% Its own events a process hears at once.
deliver(#subscription{subscriber = Self} = Row, Event, _Copy) when Self =:= self() ->
    bt_timer:fire(fired(Row, Event));
deliver(#subscription{subscriber = Subscriber, job = {send, Selector, Subscriber}, word = Word,
                      repeat = Repeat}, _Event, Copy) ->
    Repeat =:= once andalso atomics:put(Word, 1, ?DONE),
    bt_send:cast(Subscriber, Selector, Copy);
deliver(#subscription{subscriber = Subscriber} = Row, _Event, Copy) ->
    Subscriber ! {'$bt_timer', fired(Row, Copy)}.

fired(#subscription{word = Word, repeat = Repeat, job = Job}, Event) ->
    {Word, Repeat, {block, fun() -> run(Job, Event) end}}.

run({block, Block}, _Event) when is_function(Block, 0) -> Block();
run({block, Block}, Event) -> bt_send:call(Block, 'value:', Event);
run({send, Selector, To}, Event) -> bt_send:cast(To, Selector, Event).

rows({_, Table}) ->
    try
        ets:tab2list(Table)
    catch
        error:badarg -> gone()
    end.

call(Server, Request) ->
    try
        gen_server:call(Server, Request)
    catch
        exit:_ -> gone()
    end.

-spec gone() -> no_return().
gone() ->
    bt_error:raise('bt.stdlib.ClosedError', #{
        message => <<"this Announcer has ended">>,
        hint => <<"an Announcer ends with the process that made it">>}).

%%% The announcer's process

-record(state, {
    table :: ets:tid(),
    owner :: reference(),
    %% The monitors of the subscribers.
    monitors = #{} :: #{pid() => reference()}
}).

%% @private
-spec init(pid()) -> {ok, #state{}}.
init(Owner) ->
    Options = [ordered_set, protected, {keypos, #subscription.id}, {read_concurrency, true}],
    {ok, #state{table = ets:new(?MODULE, Options), owner = monitor(process, Owner)}}.

%% @private
-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(table, _From, State) ->
    {reply, State#state.table, State};
handle_call({subscribe, Subscription}, _From, #state{table = Table} = State) ->
    true = ets:insert(Table, Subscription),
    {reply, ok, watched(Subscription#subscription.subscriber, State)};
handle_call({unsubscribe, Subscriber}, _From, State) ->
    {reply, forget(Subscriber, State), State}.

%% @private
-spec handle_cast({cancel, integer()}, #state{}) -> {noreply, #state{}}.
handle_cast({cancel, Id}, #state{table = Table} = State) ->
    true = ets:delete(Table, Id),
    {noreply, State}.

%% @private
-spec handle_info(term(), #state{}) -> {noreply, #state{}} | {stop, normal, #state{}}.
handle_info({'DOWN', Owner, process, _, _}, #state{owner = Owner} = State) ->
    {stop, normal, State};
handle_info({'DOWN', _, process, Subscriber, _}, #state{monitors = Monitors} = State) ->
    _ = forget(Subscriber, State),
    {noreply, State#state{monitors = maps:remove(Subscriber, Monitors)}};
handle_info(_Message, State) ->
    {noreply, State}.

watched(Subscriber, #state{monitors = Monitors} = State) when is_map_key(Subscriber, Monitors) ->
    State;
watched(Subscriber, #state{monitors = Monitors} = State) ->
    State#state{monitors = Monitors#{Subscriber => monitor(process, Subscriber)}}.

forget(Subscriber, #state{table = Table}) ->
    Rows = ets:match_object(Table, #subscription{subscriber = Subscriber, _ = '_'}),
    lists:foreach(fun(#subscription{id = Id, word = Word}) ->
        atomics:put(Word, 1, ?DONE),
        ets:delete(Table, Id)
    end, Rows),
    length(Rows).
