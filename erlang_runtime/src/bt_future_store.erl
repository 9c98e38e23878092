%% @doc Where the outcomes of futures are: the word of each, and the tables of rows and of waiters.
%%
%% Small values live in the word. Anything else is a row `{Id, Outcome, Handle}', which the sweeper
%% deletes when no process on this node holds the word any more (bt_weak, bt_future_keeper).
%%
%% Who settles first wins. The row is inserted before the word is changed, and whoever finds a row
%% whose word is still pending, and knows that its writer is dead, changes the word in its place.
%% A crashing actor uses this: it writes the rows, and the words change when it is dead.
-module(bt_future_store).

-include("bt_future.hrl").

-export([settle/3, put/4, leave/3, read/1, target_died/2, enlist/3, unlist/3, waiters/1]).

-type future() :: bt_future:future().
-type word() :: bt_future:word().
-type outcome() :: bt_future:outcome().

%%% Settling

%% @doc Settles a future, unless it is settled already or nobody can ask for it any more.
-spec settle(integer(), bt_future:address(), outcome()) -> ok.
settle(Id, {Node, Handle}, Outcome) ->
    {?KEEPER, Node} ! {settle, Id, Handle, Outcome},
    ok;
settle(Id, Handle, Outcome) ->
    case bt_weak:probe(Handle) of
        dead -> ok;
        {Word, _} -> put(Id, Word, Handle, Outcome)
    end.

%% @doc Leaves an outcome behind that takes effect when this process is dead.
-spec leave(integer(), bt_future:address(), outcome()) -> ok.
leave(Id, {Node, Handle}, Outcome) ->
    {?KEEPER, Node} ! {settle_after, self(), Id, Handle, Outcome},
    ok;
leave(Id, Handle, Outcome) ->
    case bt_weak:probe(Handle) of
        dead -> ok;
        _ -> ets:insert_new(?ROWS, {Id, Outcome, Handle}), ok
    end.

%% @doc Settles a future of this node.
-spec put(integer(), word(), bt_weak:handle(), outcome()) -> ok.
put(Id, Word, Handle, Outcome) ->
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

%%% Reading

%% @doc The outcome if it is there; it may be that the value is a future again.
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

%% @doc The target is dead: the outcome is what it left behind, or ActorDied. Settles the future.
-spec target_died(future(), term()) -> outcome().
target_died({'$bt_future', _, Target, Word} = Future, Reason) ->
    bt_conversations:rejoin(),
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

%%% Waiting

%% @doc This process waits for news on the alias, unless there is no need to.
-spec enlist(integer(), reference(), word()) -> {waiting, reference()} | settled.
enlist(Id, Alias, Word) ->
    ets:insert(?WAITING, {Id, Alias, self(), Word}),
    case atomics:compare_exchange(Word, 1, ?PENDING, ?WAITERS) of
        ok -> {waiting, Alias};
        ?WAITERS -> {waiting, Alias};
        _ -> unlist(Id, Alias, Word), settled
    end.

%% @doc Waits no longer; no message of it arrives any more.
-spec unlist(integer(), reference(), word()) -> ok.
unlist(Id, Alias, Word) ->
    ets:delete_object(?WAITING, {Id, Alias, self(), Word}),
    erlang:unalias(Alias),
    erlang:demonitor(Alias, [flush]),
    receive {'$bt_reply', Alias, _} -> ok after 0 -> ok end.

%% @doc The processes of this node that wait for the future.
-spec waiters(integer()) -> [pid()].
waiters(Id) -> [Pid || {_, _, Pid, _} <- ets:lookup(?WAITING, Id)].

%%% Words

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
