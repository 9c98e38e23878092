%%% @doc Primitives of Block.
-module(bt_prim_block).

-export([apply/2, arity/1]).

%% @doc The value of the block with the arguments, whose number must be right.
-spec apply(fun(), term()) -> term().
apply(Block, Arguments) when is_list(Arguments), is_function(Block, length(Arguments)) ->
    erlang:apply(Block, Arguments);
apply(Block, Arguments) when is_list(Arguments) ->
    bt_error:wrong_arity(Block, Arguments);
apply(Block, Other) ->
    bt_prim_collection:type_error(<<"a List">>, Other, Block, 'valueWithArguments:').

%% @doc The number of arguments the block takes.
-spec arity(fun()) -> arity().
arity(Block) ->
    {arity, Arity} = erlang:fun_info(Block, arity),
    Arity.
