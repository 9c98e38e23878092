%% @doc Futures that can be shared: awaited many times, by many processes, kept anywhere.
%%
%% A future is `{'$bt_future', Id, Target, Word}': a number, the process that will settle it, and
%% an atomics reference whose word says how far it is. Small values live in the word. Anything else
%% is a row `{Id, Outcome, Handle}' of a table, which the sweeper deletes when no process on this
%% node holds the reference any more (bt_weak, bt_future_keeper).
%%
%% Who settles first wins. The row is inserted before the word is changed, and whoever finds a row
%% whose word is still pending, and knows that its writer is dead, changes the word in its place.
%% A crashing actor uses this: it writes the rows, and the word changes when it is dead.
-module(bt_future).

-include("bt_future.hrl").

-export([new/1, address/2, settle/3, leave/3, resolved/1, rejected/1, is_future/1]).
-export([await/1, await/2, await_forever/1, outcome/2, tail/1, subscribe/1, unsubscribe/2,
         target_died/2]).
-export([is_resolved/1, is_rejected/1, is_pending/1, print_string/1]).
-export([when_resolved/2, when_rejected/2, when_settled/3, all/1, any/1, race/1,
         forward/2]).
-export([send/3]).
-export_type([future/0, word/0, outcome/0, address/0]).

-type future() :: {'$bt_future', integer(), pid() | none, word()}.
-type word() :: atomics:atomics_ref().
-type outcome() :: {ok, term()} | {error, bt_fault:exception()}.
-type address() :: bt_weak:handle() | {node(), bt_weak:handle()}.

-define(DEFAULT_MS, 30000).
-define(PATIENCE_MS, 200).

%%% Making and settling

%% @doc A pending future that `Target' will settle.
-spec new(pid()) -> future().
new(Target) -> {'$bt_future', erlang:unique_integer(), Target, bt_weak:new()}.

%% @doc What the target must know of a future to settle it. It does not keep the future alive.
-spec address(future(), pid()) -> {integer(), address()}.
address({'$bt_future', Id, _, Word}, Target) when node(Target) =:= node() ->
    {Id, bt_weak:handle(Word)};
address({'$bt_future', Id, _, Word}, _) ->
    {Id, {node(), bt_weak:handle(Word)}}.

%% @doc Sends a message whose answer will settle the future that is returned.
-spec send(pid(), atom(), [term()]) -> future().
send(Target, Selector, Arguments) ->
    Future = new(Target),
    {Id, Address} = address(Future, Target),
    Target ! {'$bt_send', Id, Address, Selector, Arguments},
    Future.

%% @doc Settles a future, unless it is settled already or nobody can ask for it any more.
-spec settle(integer(), address(), outcome()) -> ok.
settle(Id, {Node, Handle}, Outcome) ->
    {?KEEPER, Node} ! {settle, Id, Handle, Outcome},
    ok;
settle(Id, Handle, Outcome) ->
    case bt_weak:probe(Handle) of
        dead -> ok;
        {Word, _} -> store(Id, Word, Handle, Outcome)
    end.

%% @doc Leaves an outcome behind that takes effect when this process is dead.
-spec leave(integer(), address(), outcome()) -> ok.
leave(Id, {Node, Handle}, Outcome) ->
    {?KEEPER, Node} ! {settle_after, self(), Id, Handle, Outcome},
    ok;
leave(Id, Handle, Outcome) ->
    case bt_weak:probe(Handle) of
        dead -> ok;
        _ -> ets:insert_new(?ROWS, {Id, Outcome, Handle}), ok
    end.

-spec store(integer(), word(), bt_weak:handle(), outcome()) -> ok.
store(Id, Word, Handle, Outcome) ->
    case encode(Outcome) of
        ?STORED ->
            ets:insert_new(?ROWS, {Id, Outcome, Handle}),
            publish(Id, Word, ?STORED);
        Small ->
            publish(Id, Word, Small)
    end.

-spec publish(integer(), word(), integer()) -> ok.
publish(Id, Word, New) ->
    case atomics:compare_exchange(Word, 1, ?PENDING, New) of
        ok -> ok;
        ?WAITERS -> publish_to_waiters(Id, Word, New);
        Winner -> lost(Id, Winner)
    end.

-spec publish_to_waiters(integer(), word(), integer()) -> ok.
publish_to_waiters(Id, Word, New) ->
    case atomics:compare_exchange(Word, 1, ?WAITERS, New) of
        ok -> wake(ets:take(?WAITING, Id));
        Winner -> lost(Id, Winner)
    end.

%% A row must not outlive a small value that won the race for the word.
-spec lost(integer(), integer()) -> ok.
lost(_, ?STORED) -> ok;
lost(Id, _) ->
    ets:delete(?ROWS, Id),
    ok.

-spec wake([tuple()]) -> ok.
wake(Waiters) ->
    lists:foreach(fun({_, Alias, _, _}) -> Alias ! {'$bt_reply', Alias, settled} end, Waiters).

%% Integers of up to 59 bits and the most frequent symbols fit into the word.
-spec encode(outcome()) -> integer().
encode({ok, nil}) -> ?NIL;
encode({ok, true}) -> ?TRUE;
encode({ok, false}) -> ?FALSE;
encode({ok, ok}) -> ?OK;
encode({ok, N}) when is_integer(N), N < ?SMALL_LIMIT, N >= -?SMALL_LIMIT -> (N bsl 4) bor ?SMALL;
encode(_) -> ?STORED.

-spec decode(integer()) -> term().
decode(?NIL) -> nil;
decode(?TRUE) -> true;
decode(?FALSE) -> false;
decode(?OK) -> ok;
decode(N) when N band 15 =:= ?SMALL -> N bsr 4.

%% @doc A future that has its value already.
-spec resolved(term()) -> future().
resolved(Value) -> settled({ok, Value}).

%% @doc A future that has failed already. What is not an exception becomes an Error's text.
-spec rejected(term()) -> future().
rejected(#{'$class' := _} = Exception) -> settled({error, Exception});
rejected(Text) -> settled({error, bt_fault:user_error(bt_print:display_string(Text))}).

-spec settled(outcome()) -> future().
settled(Outcome) ->
    Word = bt_weak:new(),
    Id = erlang:unique_integer(),
    store(Id, Word, bt_weak:handle(Word), Outcome),
    {'$bt_future', Id, none, Word}.

%%% Asking

%% @doc Whether a term is a future.
-spec is_future(term()) -> boolean().
is_future({'$bt_future', _, _, _}) -> true;
is_future(_) -> false.

%% @doc The value, or the error raised here; TimeoutError after 30 seconds.
%% Anything that is not a future is its own value.
-spec await(term()) -> term().
await(Value) -> await(Value, ?DEFAULT_MS).

%% @doc The same with another limit in milliseconds.
-spec await(term(), bt_wait:limit()) -> term().
await({'$bt_future', _, _, _} = Future, Limit) ->
    case outcome(Future, Limit) of
        {ok, Value} -> Value;
        {error, Exception} -> erlang:error(Exception)
    end;
await(Value, _) -> Value.

%% @doc The same without a limit.
-spec await_forever(term()) -> term().
await_forever(Value) -> await(Value, infinity).

%% @doc Waits like await/2, and answers the outcome instead of raising it.
-spec outcome(future(), bt_wait:limit()) -> outcome().
outcome(Future, Limit) ->
    case tail(Future) of
        {settled, Outcome} -> Outcome;
        {pending, Open} -> outcome_by(Open, Limit, bt_wait:deadline(Limit))
    end.

-spec outcome_by(future(), bt_wait:limit(), bt_wait:deadline()) -> outcome().
outcome_by(Future, Limit, Deadline) ->
    case wait_pending(Future, bt_wait:left(Deadline)) of
        timeout -> {error, bt_fault:timeout(Future, Limit)};
        {ok, _} ->
            case tail(Future) of
                {settled, Outcome} -> Outcome;
                {pending, Open} -> outcome_by(Open, Limit, Deadline)
            end;
        Outcome -> Outcome
    end.

%% @doc The outcome if it is there, else the future that the answer now depends on: follows futures
%% that settled with futures.
-spec tail(future()) -> {settled, outcome()} | {pending, future()}.
tail(Future) -> tail(Future, []).

-spec tail(future(), [integer()]) -> {settled, outcome()} | {pending, future()}.
tail({'$bt_future', Id, _, _} = Future, Seen) ->
    case read(Future) of
        {ok, {'$bt_future', Next, _, _} = Following} ->
            case lists:member(Next, [Id | Seen]) of
                true -> {settled, {error, bt_fault:deadlock([self()])}};
                false -> tail(Following, [Id | Seen])
            end;
        pending -> {pending, Future};
        Outcome -> {settled, Outcome}
    end.

-spec read(future()) -> outcome() | pending.
read({'$bt_future', Id, _, Word} = Future) ->
    try atomics:get(Word, 1) of
        ?PENDING -> pending;
        ?WAITERS -> pending;
        ?STORED -> stored(Future, ets:lookup(?ROWS, Id));
        Small -> {ok, decode(Small)}
    catch
        %% The word is on another node, or gone since the future was only held there.
        error:badarg -> bt_future_keeper:read(Future)
    end.

-spec stored(future(), [tuple()]) -> outcome().
stored(_, [{_, Outcome, _}]) -> Outcome;
stored(Future, []) -> {error, bt_fault:expired(Future)}.

%% Waits for one future, not following its value.
-spec wait_pending(future(), bt_wait:limit()) -> outcome() | timeout.
wait_pending({'$bt_future', _, Target, _} = Future, Limit) ->
    case Target =:= self() andalso not bt_when:can_settle() of
        true -> {error, bt_fault:deadlock([self()])};
        false -> wait_some_way(Future, Limit)
    end.

-spec wait_some_way(future(), bt_wait:limit()) -> outcome() | timeout.
wait_some_way({'$bt_future', _, Target, Word} = Future, Limit)
  when Limit > 2 * ?PATIENCE_MS, is_pid(Target), Target =/= self() ->
    case bt_weak:home(Word) =:= node() andalso bt_wait:way() of
        false -> wait_subscribed(Future, Limit, subscribe(Future), fun bt_wait:for/3);
        tick -> wait_subscribed(Future, Limit, subscribe(Future), fun answer/3);
        open -> wait_subscribed(Future, Limit, subscribe(Future), fun bt_wait:for/3);
        _ -> wait_in_crowd(Future, Limit)
    end;
wait_some_way(Future, Limit) ->
    wait_subscribed(Future, Limit, subscribe(Future), fun bt_wait:for/3).

-spec wait_subscribed(future(), bt_wait:limit(), {waiting, reference()} | settled,
                      fun((reference(), pid() | none, bt_wait:limit()) -> bt_wait:answer())) ->
          outcome() | timeout.
wait_subscribed(Future, _, settled, _) -> read(Future);
wait_subscribed({'$bt_future', _, Target, _} = Future, Limit, {waiting, Alias}, Wait) ->
    answered(Future, Alias, Wait(Alias, Target, Limit)).

-spec answer(reference(), pid(), bt_wait:limit()) -> bt_wait:answer().
answer(Alias, Target, Limit) ->
    receive
        {'$bt_reply', Alias, settled} -> {reply, settled};
        {'DOWN', Alias, process, _, Reason} -> {down, Reason};
        '$bt_tick' -> bt_wait:after_ticks(Alias, Target, Limit)
    end.

%% The alias must be made in the function that waits for it (see bt_wait:way/0).
-spec wait_in_crowd(future(), bt_wait:limit()) -> outcome() | timeout.
wait_in_crowd({'$bt_future', Id, Target, Word} = Future, Limit) ->
    Alias = erlang:monitor(process, Target, [{alias, reply_demonitor}]),
    case enlist(Id, Alias, Word) of
        settled -> read(Future);
        {waiting, _} ->
            Answer = receive
                         {'$bt_reply', Alias, settled} -> {reply, settled};
                         {'DOWN', Alias, process, _, Reason} -> {down, Reason}
                     after ?PATIENCE_MS ->
                         bt_wait:for(Alias, Target, bt_wait:less(Limit, ?PATIENCE_MS))
                     end,
            answered(Future, Alias, Answer)
    end.

-spec answered(future(), reference(), bt_wait:answer()) -> outcome() | timeout.
answered(Future, _, {reply, settled}) -> read(Future);
answered(Future, _, {down, Reason}) -> target_died(Future, Reason);
answered(Future, Alias, timeout) ->
    unsubscribe(Future, Alias),
    timeout;
answered(Future, Alias, {deadlock, Ring}) ->
    unsubscribe(Future, Alias),
    {error, bt_fault:deadlock(Ring)}.

%% @doc Asks for `{'$bt_reply', Alias, settled}', or a `DOWN' of the target, once.
-spec subscribe(future()) -> {waiting, reference()} | settled.
subscribe({'$bt_future', Id, Target, Word} = Future) ->
    case bt_weak:home(Word) =:= node() of
        true -> enlist(Id, watch(Target), Word);
        false -> bt_future_keeper:subscribe(Future)
    end.

-spec enlist(integer(), reference(), word()) -> {waiting, reference()} | settled.
enlist(Id, Alias, Word) ->
    ets:insert(?WAITING, {Id, Alias, self(), Word}),
    case atomics:compare_exchange(Word, 1, ?PENDING, ?WAITERS) of
        ok -> {waiting, Alias};
        ?WAITERS -> {waiting, Alias};
        _ -> unsubscribe(Id, Alias, Word), settled
    end.

-spec watch(pid() | none) -> reference().
watch(Target) when Target =:= none; Target =:= self() -> erlang:alias([reply]);
watch(Target) -> erlang:monitor(process, Target, [{alias, reply_demonitor}]).

%% @doc Takes a subscription back; no message of it arrives any more.
-spec unsubscribe(future(), reference()) -> ok.
unsubscribe({'$bt_future', Id, _, Word}, Alias) -> unsubscribe(Id, Alias, Word).

-spec unsubscribe(integer(), reference(), word()) -> ok.
unsubscribe(Id, Alias, Word) ->
    ets:delete_object(?WAITING, {Id, Alias, self(), Word}),
    erlang:unalias(Alias),
    erlang:demonitor(Alias, [flush]),
    receive {'$bt_reply', Alias, _} -> ok after 0 -> ok end.

%% @doc The target is dead: the outcome is what it left behind, or ActorDied. Settles the future.
-spec target_died(future(), term()) -> outcome().
target_died({'$bt_future', _, Target, Word} = Future, Reason) ->
    node(Target) =:= node() orelse bt_future_keeper:died(Target),
    case bt_weak:home(Word) =:= node() andalso read(Future) of
        false -> {error, bt_fault:actor_died(Target, unknown, Reason)};
        pending -> settle_dead(Future, Reason);
        Outcome -> Outcome
    end.

-spec settle_dead(future(), term()) -> outcome().
settle_dead({'$bt_future', Id, Target, Word} = Future, Reason) ->
    Died = {error, bt_fault:actor_died(Target, unknown, Reason)},
    ets:insert_new(?ROWS, {Id, Died, bt_weak:handle(Word)}),
    publish(Id, Word, ?STORED),
    read(Future).

%% @doc Whether there is a value. Never waits.
-spec is_resolved(term()) -> boolean().
is_resolved(Future) -> status(Future) =:= resolved.

%% @doc Whether it has failed. Never waits.
-spec is_rejected(term()) -> boolean().
is_rejected(Future) -> status(Future) =:= rejected.

%% @doc Whether it is still open. Never waits.
-spec is_pending(term()) -> boolean().
is_pending(Future) -> status(Future) =:= pending.

-spec status(future()) -> resolved | rejected | pending.
status(Future) ->
    case current(Future) of
        {ok, _} -> resolved;
        {error, _} -> rejected;
        pending -> pending
    end.

%% A pending future whose target is dead is rejected, even though nobody has noticed yet. It is
%% read again after the target was seen dead: it may have answered just before it died.
-spec current(future()) -> outcome() | pending.
current({'$bt_future', _, Target, _} = Future) ->
    case read(Future) of
        {ok, {'$bt_future', _, _, _} = Following} -> current(Following);
        pending when is_pid(Target), node(Target) =:= node() ->
            case is_process_alive(Target) of
                true -> pending;
                false -> target_died(Future, noproc)
            end;
        Outcome -> Outcome
    end.

%% @doc `a Future (pending)', `a Future (resolved: 42)', `a Future (rejected: …)'.
-spec print_string(future()) -> binary().
print_string(Future) ->
    case current(Future) of
        pending -> <<"a Future (pending)">>;
        {ok, Value} -> <<"a Future (resolved: ", (bt_print:print_string(Value))/binary, ")">>;
        {error, #{message := Text}} -> <<"a Future (rejected: ", Text/binary, ")">>;
        {error, E} -> <<"a Future (rejected: ", (bt_print:print_string(E))/binary, ")">>
    end.

%%% Continuations and combinations

%% @doc Runs the block with the value, in this process, when it next waits for messages.
-spec when_resolved(future(), fun()) -> future().
when_resolved(Future, Block) -> bt_when:register(Future, Block, none).

%% @doc Runs the block with the exception, in this process, when it next waits for messages.
-spec when_rejected(future(), fun()) -> future().
when_rejected(Future, Block) -> bt_when:register(Future, none, Block).

%% @doc Runs one of the two blocks.
-spec when_settled(future(), fun(), fun()) -> future().
when_settled(Future, Resolved, Rejected) -> bt_when:register(Future, Resolved, Rejected).

%% @doc A future of the list of all values, or of the first error in their order.
-spec all([term()]) -> future().
all(Futures) -> combine(fun() -> [await_forever(F) || F <- Futures] end).

%% @doc A future of the first value; of the last error if none has a value.
-spec any([term()]) -> future().
any(Futures) -> combine(fun() -> bt_when:first(Futures, any) end).

%% @doc A future of whatever happens first, value or error.
-spec race([term()]) -> future().
race(Futures) -> combine(fun() -> bt_when:first(Futures, race) end).

%% One process for a combination, so that the process that asks for it need not wait.
-spec combine(fun(() -> term())) -> future().
combine(Work) ->
    Starter = self(),
    Tag = make_ref(),
    Pid = spawn(fun() -> combiner(Starter, Tag, Work) end),
    Future = new(Pid),
    Pid ! {Tag, address(Future, Pid)},
    Future.

-spec combiner(pid(), reference(), fun(() -> term())) -> ok.
combiner(Starter, Tag, Work) ->
    Monitor = erlang:monitor(process, Starter),
    receive
        {Tag, {Id, Address}} ->
            erlang:demonitor(Monitor, [flush]),
            settle(Id, Address, attempt(Work));
        {'DOWN', Monitor, process, _, _} -> ok
    end.

-spec attempt(fun(() -> term())) -> outcome().
attempt(Work) ->
    try {ok, Work()}
    catch Class:Reason:Stack -> {error, bt_error:wrap(Class, Reason, Stack)}
    end.

%% @doc Hands the outcome to somebody in a process of its own, when it is there.
-spec forward(future(), fun((outcome()) -> term())) -> ok.
forward(Future, Deliver) ->
    spawn(fun() -> Deliver(outcome(Future, infinity)) end),
    ok.
