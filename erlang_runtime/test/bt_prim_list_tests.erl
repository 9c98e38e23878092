%%% @doc The loops and the sort of lists against OTP's, on lists of any kind.
%%% Debian's package of PropEr has no header files: its macros are spelled out.
-module(bt_prim_list_tests).

-include_lib("eunit/include/eunit.hrl").

-import(proper, [forall/2]).
-import(proper_types, [any/0, integer/0, list/1, range/2]).

properties_test_() ->
    {timeout, 60, [?_assert(proper:quickcheck(Property, [quiet, {numtests, 200}]))
                   || Property <- [select_and_reject_split(), inject_is_a_fold(), parts_join(),
                                   sort_is_stable(), unique_keeps_the_first(), groups_hold_all()]]}.

select_and_reject_split() ->
    forall(list(integer()), fun(List) ->
        lists:partition(fun is_even/1, List) =:=
            {bt_prim_list:select(List, fun is_even/1), bt_prim_list:reject(List, fun is_even/1)}
    end).

inject_is_a_fold() ->
    forall(list(integer()), fun(List) ->
        Reversed = bt_prim_list:inject(List, [], fun(Seen, Item) -> [Item | Seen] end),
        Reversed =:= lists:reverse(List)
    end).

parts_join() ->
    forall({list(any()), integer()}, fun({List, Count}) ->
        bt_prim_list:take(List, Count) ++ bt_prim_list:drop(List, Count) =:= List
    end).

%% With `<' as with `<=', equal keys stay in their order.
sort_is_stable() ->
    forall(list({range(1, 5), integer()}), fun(Pairs) ->
        Strict = bt_prim_list:sort(Pairs, fun({A, _}, {B, _}) -> A < B end),
        Lax = bt_prim_list:sort(Pairs, fun({A, _}, {B, _}) -> A =< B end),
        Expected = lists:keysort(1, Pairs),
        Strict =:= Expected andalso Lax =:= Expected
    end).

unique_keeps_the_first() ->
    forall(list(range(1, 9)), fun(List) ->
        Unique = bt_prim_list:unique(List),
        lists:sort(Unique) =:= lists:usort(List)
            andalso bt_prim_list:unique(Unique ++ List) =:= Unique
    end).

groups_hold_all() ->
    forall(list(integer()), fun(List) ->
        Groups = bt_prim_list:group_by(List, fun is_even/1),
        {Even, Odd} = lists:partition(fun is_even/1, List),
        maps:get(true, Groups, []) =:= Even andalso maps:get(false, Groups, []) =:= Odd
    end).

is_even(N) -> N rem 2 =:= 0.
