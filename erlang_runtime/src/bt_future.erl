%% @doc Futures that can be shared: awaited many times, by many processes, kept anywhere.
%%
%% A future is `{'$bt_future', Id, Target, Word}': a number, the process that will settle it, and
%% an atomics reference whose word says how far it is (bt_future_store).
-module(bt_future).

-export([new/1, send/3, address/2, resolved/1, rejected/1, is_future/1]).
-export([await/1, await/2, await_forever/1, outcome/2, tail/1, subscribe/1]).
-export([is_resolved/1, is_rejected/1, is_pending/1, print_string/1]).
-export([when_resolved/2, when_rejected/2, when_settled/3, all/1, any/1, race/1,
         forward/2]).
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

%% @doc A future that has its value already.
-spec resolved(term()) -> future().
resolved(Value) -> settled({ok, Value}).

%% @doc A future that has failed already. What is not an exception becomes an Error's text.
-spec rejected(term()) -> future().
rejected(#{'$class' := _, message := _, stackTrace := _} = Exception) ->
    settled({error, Exception});
rejected(Text) -> settled({error, bt_fault:user_error(bt_print:display_string(Text))}).

-spec settled(outcome()) -> future().
settled(Outcome) ->
    Word = bt_weak:new(),
    Id = erlang:unique_integer(),
    bt_future_store:put(Id, Word, bt_weak:handle(Word), Outcome),
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
        {error, Exception} -> bt_error:raise_here(Exception)
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
    case bt_future_store:read(Future) of
        {ok, {'$bt_future', Next, _, _} = Following} ->
            case lists:member(Next, [Id | Seen]) of
                true -> {settled, {error, bt_fault:deadlock([self()])}};
                false -> tail(Following, [Id | Seen])
            end;
        pending -> {pending, Future};
        Outcome -> {settled, Outcome}
    end.

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
wait_subscribed(Future, _, settled, _) -> bt_future_store:read(Future);
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
    case bt_future_store:enlist(Id, Alias, Word) of
        settled -> bt_future_store:read(Future);
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
answered(Future, _, {reply, settled}) -> bt_future_store:read(Future);
answered(Future, _, {down, Reason}) -> bt_future_store:target_died(Future, Reason);
answered(Future, Alias, timeout) ->
    unsubscribe(Future, Alias),
    timeout;
answered(Future, Alias, {fault, refused, Exception}) ->
    unsubscribe(Future, Alias),
    {error, Exception};
answered(Future, Alias, {deadlock, Ring}) ->
    %% As long as the table says who waits for the future.
    Deadlock = bt_fault:deadlock(Ring),
    unsubscribe(Future, Alias),
    {error, Deadlock}.

%% @doc Asks for `{'$bt_reply', Alias, settled}', or a `DOWN' of the target, once.
-spec subscribe(future()) -> {waiting, reference()} | settled.
subscribe({'$bt_future', Id, Target, Word} = Future) ->
    case bt_weak:home(Word) =:= node() of
        true -> bt_future_store:enlist(Id, watch(Target), Word);
        false -> bt_future_keeper:subscribe(Future)
    end.

-spec watch(pid() | none) -> reference().
watch(Target) when Target =:= none; Target =:= self() -> erlang:alias([reply]);
watch(Target) -> erlang:monitor(process, Target, [{alias, reply_demonitor}]).

-spec unsubscribe(future(), reference()) -> ok.
unsubscribe({'$bt_future', Id, _, Word}, Alias) -> bt_future_store:unlist(Id, Alias, Word).

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

%% A pending future whose target is dead is rejected, even though nobody has noticed yet.
-spec current(future()) -> outcome() | pending.
current(Future) ->
    case tail(Future) of
        {settled, Outcome} -> Outcome;
        {pending, {'$bt_future', _, Target, _} = Open} ->
            case is_dead(Target) of
                true -> bt_future_store:target_died(Open, noproc), current(Open);
                false -> pending
            end
    end.

-spec is_dead(pid() | none) -> boolean().
is_dead(Target) ->
    is_pid(Target) andalso node(Target) =:= node() andalso not is_process_alive(Target).

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

%% @doc See bt_future_group.
-spec all([term()]) -> future().
all(Futures) -> bt_future_group:all(Futures).

%% @doc See bt_future_group.
-spec any([term()]) -> future().
any(Futures) -> bt_future_group:any(Futures).

%% @doc See bt_future_group.
-spec race([term()]) -> future().
race(Futures) -> bt_future_group:race(Futures).

%% @doc Hands the outcome to somebody in a process of its own, when it is there.
-spec forward(future(), fun((outcome()) -> term())) -> ok.
forward(Future, Deliver) ->
    spawn(fun() -> Deliver(outcome(Future, infinity)) end),
    ok.
