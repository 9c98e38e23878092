%% @doc Vectors of texts, packed: single precision, of length 1, so that the cosine of the angle
%% between two is the sum of their products.
-module(bt_agent_vectors).

-export([pack/1, nearest/3, dimensions/1]).

%% @doc A vector of numbers, packed; `wrong' for what is no vector, or has no direction.
-spec pack(term()) -> {ok, binary()} | wrong.
pack(Numbers) when is_list(Numbers), Numbers =/= [] ->
    case lists:all(fun is_number/1, Numbers) of
        true -> packed(Numbers, math:sqrt(lists:sum([N * N || N <- Numbers])));
        false -> wrong
    end;
pack(_) -> wrong.

packed(_Numbers, Length) when Length == 0 -> wrong;
packed(Numbers, Length) ->
    {ok, << <<(N / Length):32/float>> || N <- Numbers >>}.

%% @doc How many numbers a vector has.
-spec dimensions(binary()) -> non_neg_integer().
dimensions(Vector) -> byte_size(Vector) div 4.

%% @doc The indices, from 1, of the vectors next to one, nearest first, with their cosines. What is
%% not packed yet is passed over.
-spec nearest(binary(), [binary() | nil], non_neg_integer()) -> [{float(), pos_integer()}].
nearest(Vector, Vectors, Limit) ->
    Numbers = [N || <<N:32/float>> <= Vector],
    Scores = [{product(Numbers, Other, 0.0), -Index}
              || {Index, Other} <- lists:zip(lists:seq(1, length(Vectors)), Vectors),
                 is_binary(Other)],
    [{Score, -Index} || {Score, Index} <- lists:sublist(lists:reverse(lists:sort(Scores)), Limit)].

product([N | Numbers], <<M:32/float, Rest/binary>>, Sum) -> product(Numbers, Rest, Sum + N * M);
product(_, _, Sum) -> Sum.
