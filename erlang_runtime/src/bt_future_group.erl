%% @doc Futures of several futures.
%%
%% Each is settled by a process of its own, which watches all of them at once, so that the process
%% that asks for it need not wait.
-module(bt_future_group).

-export([all/1, any/1, race/1]).

%% So long it waits before it looks for a ring, then a quarter longer, and so on.
-define(PATIENCE_MS, 200).
-define(LONGEST_PATIENCE_MS, 10000).

-type open() :: #{reference() => {pos_integer(), bt_future:future()}}.

%% @doc A future of the list of all values; fails as soon as one of them does.
-spec all([term()]) -> bt_future:future().
all(Values) -> combine(fun() -> gather(watch_all(Values), #{}, ?PATIENCE_MS) end).

%% @doc A future of the first value; of the last error if none has a value.
-spec any([term()]) -> bt_future:future().
any(Values) -> combine(fun() -> first_value(watch_all(Values), no_future()) end).

%% @doc A future of whatever happens first, value or error.
-spec race([term()]) -> bt_future:future().
race(Values) -> combine(fun() -> first_outcome(watch_all(Values)) end).

-spec combine(fun(() -> term())) -> bt_future:future().
combine(Work) ->
    Starter = self(),
    Tag = make_ref(),
    Pid = spawn(fun() -> combiner(Starter, Tag, Work) end),
    Future = bt_future:new(Pid),
    Pid ! {Tag, bt_future:address(Future, Pid)},
    Future.

-spec combiner(pid(), reference(), fun(() -> bt_future:outcome())) -> ok.
combiner(Starter, Tag, Work) ->
    %% One of ours: who waits for the future waits for an answer that will come.
    put('$bt_role', combiner),
    Monitor = erlang:monitor(process, Starter),
    receive
        {Tag, {Id, Address}} ->
            erlang:demonitor(Monitor, [flush]),
            bt_future_store:settle(Id, Address, Work());
        {'DOWN', Monitor, process, _, _} -> ok
    end.

-spec watch_all([term()]) -> open().
watch_all(Values) ->
    maps:from_list([watch(Index, as_future(V)) || {Index, V} <- lists:enumerate(Values)]).

-spec as_future(term()) -> bt_future:future().
as_future(Value) ->
    case bt_future:is_future(Value) of
        true -> Value;
        false -> bt_future:resolved(Value)
    end.

-spec watch(pos_integer(), bt_future:future()) ->
          {reference(), {pos_integer(), bt_future:future()}}.
watch(Index, Future) -> {bt_when:watch(Future), {Index, Future}}.

-spec gather(open(), #{pos_integer() => term()}, pos_integer()) -> bt_future:outcome().
gather(Open, Values, _) when map_size(Open) =:= 0 ->
    {ok, [Value || {_, Value} <- lists:sort(maps:to_list(Values))]};
gather(Open, Values, Patience) ->
    case next(Open, Patience) of
        {Index, {ok, Value}, Rest} -> gather(Rest, Values#{Index => Value}, Patience);
        {_, Failure, _} -> Failure;
        {timeout, StillOpen} -> look_for_ring(StillOpen, Values, Patience)
    end.

%% Whoever waits for all of them is in a ring with any one of them.
-spec look_for_ring(open(), #{pos_integer() => term()}, pos_integer()) -> bt_future:outcome().
look_for_ring(Open, Values, Patience) ->
    case first_ring(maps:to_list(Open)) of
        [] -> gather(Open, Values, min(5 * Patience div 4, ?LONGEST_PATIENCE_MS));
        Ring ->
            Deadlock = bt_fault:deadlock(Ring),
            bt_deadlock:forget(self()),
            {error, Deadlock}
    end.

-spec first_ring([{reference(), {pos_integer(), bt_future:future()}}]) -> [pid()].
first_ring([]) ->
    bt_deadlock:forget(self()),
    [];
first_ring([{Ref, {_, {'$bt_future', _, Target, _}}} | Others]) when is_pid(Target) ->
    case bt_deadlock:check(self(), Target, Ref) of
        [] -> first_ring(Others);
        Ring -> Ring
    end;
first_ring([_ | Others]) -> first_ring(Others).

-spec first_value(open(), bt_future:outcome()) -> bt_future:outcome().
first_value(Open, LastError) when map_size(Open) =:= 0 -> LastError;
first_value(Open, _) ->
    case next(Open) of
        {_, {ok, Value}, _} -> {ok, Value};
        {_, Failure, Rest} -> first_value(Rest, Failure)
    end.

-spec first_outcome(open()) -> bt_future:outcome().
first_outcome(Open) when map_size(Open) =:= 0 -> no_future();
first_outcome(Open) ->
    {_, Outcome, _} = next(Open),
    Outcome.

-spec no_future() -> bt_future:outcome().
no_future() -> {error, bt_fault:user_error(<<"there is no future to wait for">>)}.

%% The next of them that settles.
-spec next(open()) -> {pos_integer(), bt_future:outcome(), open()}.
next(Open) -> next(Open, infinity).

%% Some may depend on other futures by now, when the time is over.
-spec next(open(), timeout()) ->
          {pos_integer(), bt_future:outcome(), open()} | {timeout, open()}.
next(Open, Patience) ->
    receive
        {'$bt_reply', Ref, settled} -> settled(Ref, settled, Open, Patience);
        {'DOWN', Ref, process, _, Reason} -> settled(Ref, {down, Reason}, Open, Patience)
    after Patience -> {timeout, Open}
    end.

settled(Ref, News, Open, Patience) ->
    case maps:take(Ref, Open) of
        error -> next(Open, Patience);
        {{Index, Future}, Rest} ->
            case bt_when:advance(Future, News) of
                {settled, Outcome} -> {Index, Outcome, Rest};
                {pending, Following} ->
                    {Again, Entry} = watch(Index, Following),
                    next(Rest#{Again => Entry}, Patience)
            end
    end.
