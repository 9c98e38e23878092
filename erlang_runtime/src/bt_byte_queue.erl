%% @doc Bytes that came in pieces and leave in lines. Every byte is searched for a line's end but
%% once, however long the line and however small the pieces.
-module(bt_byte_queue).

-export([new/0, add/2, put_back/2, size/1, take_line/1, take_lines/1, take/2, take_all/1]).
-export_type([queue/0]).

%% `searched' has no line's end in it; its pieces are the oldest bytes, the newest piece first.
-record(bytes, {
    searched = [] :: [binary()],
    pieces = queue:new() :: queue:queue(binary()),
    size = 0 :: non_neg_integer()
}).

-opaque queue() :: #bytes{}.

-spec new() -> queue().
new() -> #bytes{}.

%% @doc With a piece at the end.
-spec add(binary(), queue()) -> queue().
add(<<>>, Bytes) ->
    Bytes;
add(Piece, #bytes{pieces = Pieces, size = Size} = Bytes) ->
    Bytes#bytes{pieces = queue:in(Piece, Pieces), size = Size + byte_size(Piece)}.

%% @doc With a piece in front.
-spec put_back(binary(), queue()) -> queue().
put_back(<<>>, Bytes) ->
    Bytes;
put_back(Piece, Bytes) ->
    #bytes{pieces = Pieces, size = Size} = All = unsearched(Bytes),
    All#bytes{pieces = queue:in_r(Piece, Pieces), size = Size + byte_size(Piece)}.

-spec size(queue()) -> non_neg_integer().
size(#bytes{size = Size}) -> Size.

%% @doc The first line without its newline; `none' if no line has ended yet.
-spec take_line(queue()) -> {binary(), queue()} | {none, queue()}.
take_line(Bytes) ->
    take_until(Bytes, fun(Piece) -> first_newline(Piece) end, 0).

%% @doc Lines that have ended, in one piece that ends with a newline: not all, but some.
-spec take_lines(queue()) -> {binary(), queue()} | {none, queue()}.
take_lines(Bytes) ->
    take_until(Bytes, fun(Piece) -> last_newline(Piece, byte_size(Piece) - 1) end, 1).

%% Everything up to the newline that is found in a piece, and `Keep' of that newline.
take_until(#bytes{searched = Searched, pieces = Pieces, size = Size} = Bytes, Find, Keep) ->
    case queue:out(Pieces) of
        {empty, _} ->
            {none, Bytes};
        {{value, Piece}, Others} ->
            case Find(Piece) of
                none ->
                    More = Bytes#bytes{searched = [Piece | Searched], pieces = Others},
                    take_until(More, Find, Keep);
                At ->
                    {Taken, Rest} = cut(Piece, At, Keep),
                    Line = joined(lists:reverse(Searched, [Taken])),
                    Left = Size - byte_size(Line) - 1 + Keep,
                    {Line, #bytes{pieces = in_front(Rest, Others), size = Left}}
            end
    end.

cut(Piece, At, Keep) ->
    Rest = At + 1,
    {binary:part(Piece, 0, At + Keep), binary:part(Piece, Rest, byte_size(Piece) - Rest)}.

first_newline(Piece) ->
    case binary:match(Piece, <<"\n">>) of
        {At, 1} -> At;
        nomatch -> none
    end.

last_newline(_Piece, -1) ->
    none;
last_newline(Piece, At) ->
    case binary:at(Piece, At) of
        $\n -> At;
        _ -> last_newline(Piece, At - 1)
    end.

%% @doc The first bytes, as many as there are.
-spec take(non_neg_integer(), queue()) -> {binary(), queue()}.
take(Count, Bytes) ->
    take(Count, unsearched(Bytes), []).

take(Count, #bytes{pieces = Pieces, size = Size} = Bytes, Taken) ->
    case queue:out(Pieces) of
        {{value, Piece}, Others} when Count > 0, byte_size(Piece) =< Count ->
            Left = Bytes#bytes{pieces = Others, size = Size - byte_size(Piece)},
            take(Count - byte_size(Piece), Left, [Piece | Taken]);
        {{value, Piece}, Others} when Count > 0 ->
            <<First:Count/binary, Rest/binary>> = Piece,
            Left = Bytes#bytes{pieces = in_front(Rest, Others), size = Size - Count},
            {joined(lists:reverse(Taken, [First])), Left};
        _ ->
            {joined(lists:reverse(Taken)), Bytes}
    end.

%% @doc All bytes.
-spec take_all(queue()) -> {binary(), queue()}.
take_all(#bytes{searched = Searched, pieces = Pieces}) ->
    {joined(lists:reverse(Searched, queue:to_list(Pieces))), new()}.

unsearched(#bytes{searched = Searched, pieces = Pieces} = Bytes) ->
    Bytes#bytes{searched = [], pieces = lists:foldl(fun queue:in_r/2, Pieces, Searched)}.

in_front(<<>>, Pieces) -> Pieces;
in_front(Piece, Pieces) -> queue:in_r(Piece, Pieces).

joined([Piece]) -> Piece;
joined(Pieces) -> iolist_to_binary(Pieces).
