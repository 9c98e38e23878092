%%% @doc Primitives of Interval. With a Float among its numbers, each element is computed from the
%%% first one, so that errors of rounding do not add up.
-module(bt_prim_interval).

-compile({no_auto_import, [size/1]}).

-export([new/3, size/1, do/2, to_list/1]).

%% A list of more elements would take all of the memory.
-define(MOST, 1 bsl 27).

%% @doc The numbers from one to another in steps.
-spec new(term(), term(), term()) -> map().
new(From, To, By) when is_number(From), is_number(To), is_number(By), By /= 0 ->
    #{'$class' => 'bt.stdlib.Interval', from => From, to => To, by => By};
new(From, _To, By) when By == 0 ->
    bt_prim_collection:type_error(<<"a step other than 0">>, By, From, 'to:by:');
new(From, To, By) ->
    [Wrong | _] = [Value || Value <- [From, To, By], not is_number(Value)],
    bt_prim_collection:type_error(<<"a Number">>, Wrong, From, 'to:by:').

%% @doc The number of elements.
-spec size(map()) -> non_neg_integer().
size(#{from := From, to := To, by := By}) when is_integer(From), is_integer(To), is_integer(By) ->
    max((To - From + By) div By, 0);
size(#{from := From, to := To, by := By}) ->
    max(floor((To - From) / By) + 1, 0).

%% @doc Evaluates the block with each number; answers the interval.
-spec do(map(), term()) -> map().
do(#{from := From, to := To, by := By} = Interval, Block) ->
    Fun = bt_prim_collection:function(Block, 1, 'do:'),
    case is_integer(From) andalso is_integer(To) andalso is_integer(By) of
        true when By > 0 -> up(Fun, From, To, By);
        true -> down(Fun, From, To, By);
        false -> each(Fun, From, By, 0, size(Interval))
    end,
    Interval.

each(_Fun, _From, _By, Size, Size) ->
    ok;
each(Fun, From, By, Index, Size) ->
    Fun(From + Index * By),
    each(Fun, From, By, Index + 1, Size).

up(Fun, From, To, By) when From =< To ->
    Fun(From),
    up(Fun, From + By, To, By);
up(_Fun, _From, _To, _By) ->
    ok.

down(Fun, From, To, By) when From >= To ->
    Fun(From),
    down(Fun, From + By, To, By);
down(_Fun, _From, _To, _By) ->
    ok.

%% @doc The numbers.
-spec to_list(map()) -> [number()].
to_list(#{from := From, to := To, by := By} = Interval) ->
    case size(Interval) of
        0 -> [];
        Size when Size > ?MOST ->
            bt_prim_collection:type_error(<<"an Interval that fits into memory">>, Interval, nil,
                                          asList);
        _ when is_integer(From), is_integer(To), is_integer(By) -> lists:seq(From, To, By);
        Size -> [From + I * By || I <- lists:seq(0, Size - 1)]
    end.
