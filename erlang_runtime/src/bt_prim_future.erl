%%% @doc Primitives of Future. The compiler waits for futures among the arguments of an Erlang call;
%%% so the messages of Future itself pass theirs in a tuple.
-module(bt_prim_future).

-export([resolved/1, await/1, await/2, when_resolved/2, when_rejected/2, when_settled/3]).
-export([is_resolved/1, is_rejected/1, is_pending/1, print_string/1]).

-type argument() :: {bt_future:future()}.

%% @doc A future that has its value; of a future that future itself.
-spec resolved({term()}) -> bt_future:future().
resolved({Value}) ->
    case bt_future:is_future(Value) of
        true -> Value;
        false -> bt_future:resolved(Value)
    end.

%% @doc The value, or its error, raised here.
-spec await(argument()) -> term().
await({Future}) ->
    bt_future:await(Future).

%% @doc The value within so many milliseconds, or however late.
-spec await(argument(), term()) -> term().
await({Future}, infinity) ->
    bt_future:await_forever(Future);
await({Future}, Limit) when is_integer(Limit), Limit >= 0 ->
    bt_future:await(Future, Limit);
await({Future}, Limit) when is_float(Limit), Limit >= 0 ->
    bt_future:await(Future, round(Limit));
await({_Future}, Limit) ->
    bt_prim_collection:type_error(<<"milliseconds">>, Limit, nil, 'await:').

%% @doc Runs the block with the value, later, in this process.
-spec when_resolved(argument(), term()) -> bt_future:future().
when_resolved({Future}, Block) ->
    bt_future:when_resolved(Future, function(Block, 'whenResolved:')).

%% @doc Runs the block with the error, later, in this process.
-spec when_rejected(argument(), term()) -> bt_future:future().
when_rejected({Future}, Block) ->
    bt_future:when_rejected(Future, function(Block, 'whenRejected:')).

%% @doc Runs one of the blocks, later, in this process.
-spec when_settled(argument(), term(), term()) -> bt_future:future().
when_settled({Future}, Resolved, Rejected) ->
    Selector = 'whenResolved:whenRejected:',
    bt_future:when_settled(Future, function(Resolved, Selector), function(Rejected, Selector)).

%% @doc Whether there is a value.
-spec is_resolved(argument()) -> boolean().
is_resolved({Future}) -> bt_future:is_resolved(Future).

%% @doc Whether it failed.
-spec is_rejected(argument()) -> boolean().
is_rejected({Future}) -> bt_future:is_rejected(Future).

%% @doc Whether it is still open.
-spec is_pending(argument()) -> boolean().
is_pending({Future}) -> bt_future:is_pending(Future).

%% @doc How far it is, as text.
-spec print_string(argument()) -> binary().
print_string({Future}) -> bt_future:print_string(Future).

%% A block that does not care for the value may leave its argument out.
function(Block, _Selector) when is_function(Block, 0) -> fun(_) -> Block() end;
function(Block, Selector) -> bt_prim_collection:function(Block, 1, Selector).
