%% @doc Looking at other processes until they are as far as one wants them to be. They are not
%% asked: whoever looks takes a pause, and looks again.
-module(bt_look).

-export([again/3, pauses/2]).

%% What a look has found: it is enough, or another look may find more.
-type found(T) :: {enough, T} | {again, T}.

%% @doc Looks, and after each of the pauses (in milliseconds) again, until what is found is enough.
%% Each look gets what the one before it has found. Answers the last look's.
-spec again(fun((T) -> found(T)), T, [non_neg_integer()]) -> T.
again(Look, Before, Pauses) ->
    case {Look(Before), Pauses} of
        {{again, Found}, [Pause | Rest]} ->
            receive after Pause -> ok end,
            again(Look, Found, Rest);
        {{_, Found}, _} ->
            Found
    end.

%% @doc So many pauses for which others may run at once, and so many of a millisecond.
-spec pauses(non_neg_integer(), non_neg_integer()) -> [non_neg_integer()].
pauses(Short, Long) -> lists:duplicate(Short, 0) ++ lists:duplicate(Long, 1).
