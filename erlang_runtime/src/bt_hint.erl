%% @doc "Did you mean": the nearest of the names that exist.
-module(bt_hint).

-export([did_you_mean/2, nearest/2, distance/2]).

%% @doc A hint that names the nearest candidate, or nil if none is near.
-spec did_you_mean(binary(), [binary()]) -> binary() | nil.
did_you_mean(Name, Candidates) ->
    case nearest(Name, Candidates) of
        none -> nil;
        Nearest -> <<"did you mean ", Nearest/binary, "?">>
    end.

%% @doc The candidate with the fewest differences: a third of the name's length at most. What has
%% nothing in common with it is not near.
-spec nearest(binary(), [binary()]) -> binary() | none.
nearest(Name, Candidates) ->
    Limit = max(1, (byte_size(Name) + 1) div 3),
    Size = byte_size(Name),
    Close = [C || C <- Candidates, C =/= Name, abs(byte_size(C) - Size) =< Limit],
    Rated = [{distance(Name, Candidate), Candidate} || Candidate <- Close],
    case lists:sort([Pair || {Distance, _} = Pair <- Rated, Distance =< Limit, Distance < Size]) of
        [] -> none;
        [{_, Nearest} | _] -> Nearest
    end.

%% @doc How many characters have to be inserted, removed or replaced to make one text of the other.
-spec distance(binary(), binary()) -> non_neg_integer().
distance(A, B) ->
    Chars = unicode:characters_to_list(B),
    First = lists:seq(0, length(Chars)),
    Next = fun(C, Above) -> row(C, Chars, Above) end,
    lists:last(lists:foldl(Next, First, unicode:characters_to_list(A))).

row(C, Chars, [Corner | _] = Above) ->
    row(C, Chars, Above, Corner + 1, [Corner + 1]).

row(_C, [], _Above, _Left, Row) ->
    lists:reverse(Row);
row(C, [Char | Chars], [Corner | [Up | _] = Above], Left, Row) ->
    Replaced =
        case Char of
            C -> Corner;
            _ -> Corner + 1
        end,
    Cost = lists:min([Replaced, Up + 1, Left + 1]),
    row(C, Chars, Above, Cost, [Cost | Row]).
