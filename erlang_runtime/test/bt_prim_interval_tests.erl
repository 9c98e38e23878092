%%% @doc The three views of an interval agree.
-module(bt_prim_interval_tests).

-include_lib("eunit/include/eunit.hrl").

views_agree_test_() ->
    {timeout, 60, ?_assert(proper:quickcheck(views_agree(), [quiet, {numtests, 500}]))}.

views_agree() ->
    proper:forall({number(), number(), step()}, fun({From, To, By}) ->
        Interval = bt_prim_interval:new(From, To, By),
        List = bt_prim_interval:to_list(Interval),
        length(List) =:= bt_prim_interval:size(Interval)
            andalso visited(Interval) =:= List
            andalso lists:all(fun(N) -> within(N, From, To) end, List)
    end).

number() ->
    Quarter = proper_types:bind(proper_types:integer(), fun(N) -> N / 4 end, false),
    proper_types:oneof([proper_types:integer(), Quarter]).

step() ->
    proper_types:add_constraint(number(), fun(Step) -> Step /= 0 end, true).

visited(Interval) ->
    put(visited, []),
    bt_prim_interval:do(Interval, fun(N) -> put(visited, [N | get(visited)]) end),
    lists:reverse(get(visited)).

within(N, From, To) -> min(From, To) =< N andalso N =< max(From, To).
