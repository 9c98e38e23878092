%% @doc Blocks that a process has registered on futures, and runs when it next waits.
%%
%% The process keeps them in its dictionary under the reference on which it will hear of the
%% future. A message with that reference makes `ready/2' run the block; its value settles the
%% future that `register/3' answered.
-module(bt_when).

-export([register/3, ready/2, blocks/0, is_idle/0, can_settle/0, watch/1, advance/2]).

-type entry() :: {bt_future:future(), block(), block(), bt_future:future()}.
-type block() :: fun() | none.
-type news() :: settled | {down, term()}.

-define(BLOCKS, '$bt_when').

%% @doc Registers blocks for the value and for the error; `none' passes it on.
-spec register(term(), block(), block()) -> bt_future:future().
register(Future, Resolved, Rejected) ->
    Result = bt_future:new(self()),
    keep(as_future(Future), Resolved, Rejected, Result),
    Result.

-spec as_future(term()) -> bt_future:future().
as_future(Value) ->
    case bt_future:is_future(Value) of
        true -> Value;
        false -> bt_future:resolved(Value)
    end.

-spec keep(bt_future:future(), block(), block(), bt_future:future()) -> ok.
keep(Future, Resolved, Rejected, Result) ->
    Ref = watch(Future),
    remember((blocks())#{Ref => {Future, Resolved, Rejected, Result}}).

%% @doc The reference under which there will be news of a future. They come as a message even if it
%% is settled: a block runs later, never at once.
-spec watch(bt_future:future()) -> reference().
watch(Future) ->
    case bt_future:subscribe(Future) of
        {waiting, Alias} -> Alias;
        settled ->
            Ref = make_ref(),
            self() ! {'$bt_reply', Ref, settled},
            Ref
    end.

%% @doc The registered blocks of this process by reference.
-spec blocks() -> #{reference() => entry()}.
blocks() ->
    case get(?BLOCKS) of
        undefined -> #{};
        Blocks -> Blocks
    end.

%% @doc Whether this process has no registered blocks.
-spec is_idle() -> boolean().
is_idle() -> get(?BLOCKS) =:= undefined.

%% A script with registered blocks has to look for their news wherever it waits (bt_wait).
-spec remember(#{reference() => entry()}) -> ok.
remember(Blocks) when map_size(Blocks) =:= 0 ->
    erase(?BLOCKS),
    switch(callbacks, script);
remember(Blocks) ->
    put(?BLOCKS, Blocks),
    switch(script, callbacks).

-spec switch(atom(), atom()) -> ok.
switch(From, To) ->
    case get('$bt_mode') of
        From ->
            put('$bt_mode', To),
            bt_wait:idle_tick();
        _ -> ok
    end.

%% @doc Whether this process may wait for a future that it has to settle itself.
-spec can_settle() -> boolean().
can_settle() -> get('$bt_mode') =/= actor andalso not is_idle().

%% @doc There is news of a future. Answers false if it is not about one of this process's blocks.
-spec ready(reference(), news()) -> boolean().
ready(Ref, News) ->
    case maps:take(Ref, blocks()) of
        {Entry, Rest} ->
            remember(Rest),
            proceed(Entry, News),
            true;
        error -> false
    end.

-spec proceed(entry(), news()) -> ok.
proceed({Future, Resolved, Rejected, Result}, News) ->
    case advance(Future, News) of
        {pending, Open} -> keep(Open, Resolved, Rejected, Result);
        {settled, {ok, Value}} -> run(Resolved, Value, ok, Result);
        {settled, {error, Exception}} -> run(Rejected, Exception, error, Result)
    end.

%% @doc What the news come to, or the future that the answer now depends on.
-spec advance(bt_future:future(), news()) ->
          {settled, bt_future:outcome()} | {pending, bt_future:future()}.
advance(Future, settled) -> bt_future:tail(Future);
advance(Future, {down, Reason}) ->
    bt_future_store:target_died(Future, Reason),
    bt_future:tail(Future).

-spec run(block(), term(), ok | error, bt_future:future()) -> ok.
run(none, Value, Tag, Result) -> settle(Result, {Tag, Value});
run(Block, Value, _, Result) ->
    try call_block(Block, Value) of
        Answer -> settle(Result, {ok, Answer})
    catch
        Class:Reason:Stack ->
            Exception = bt_error:wrap(Class, Reason, Stack),
            bt_report:block_failed(Exception, Stack),
            settle(Result, {error, Exception})
    end.

%% `whenResolved: [ … ]' without a parameter is welcome where the value does not matter.
-spec call_block(fun(), term()) -> term().
call_block(Block, _) when is_function(Block, 0) -> Block();
call_block(Block, Value) when is_function(Block, 1) -> Block(Value);
call_block(Block, Value) -> bt_send:call(Block, 'value:', Value).

-spec settle(bt_future:future(), bt_future:outcome()) -> ok.
settle(Future, Outcome) ->
    {Id, Address} = bt_future:address(Future, self()),
    bt_future_store:settle(Id, Address, Outcome).
