-module(bt_byte_queue_tests).

-include_lib("eunit/include/eunit.hrl").

queue(Pieces) ->
    lists:foldl(fun bt_byte_queue:add/2, bt_byte_queue:new(), Pieces).

lines(Queue, Take) ->
    case Take(Queue) of
        {none, Left} ->
            {Rest, _} = bt_byte_queue:take_all(Left),
            [Rest];
        {Line, Left} ->
            [Line | lines(Left, Take)]
    end.

%% However a text is cut into pieces, its lines are the same.
lines_of_any_pieces_test() ->
    Text = <<"one\n\ntwo\nthree, which is longer\nend">>,
    Lines = binary:split(Text, <<"\n">>, [global]),
    [?assertEqual(Lines, lines(queue(pieces(Text, Size)), fun bt_byte_queue:take_line/1))
     || Size <- lists:seq(1, byte_size(Text))].

whole_lines_of_any_pieces_test() ->
    Text = <<"one\n\ntwo\nthree, which is longer\nend">>,
    [begin
         Taken = lines(queue(pieces(Text, Size)), fun bt_byte_queue:take_lines/1),
         ?assertEqual(Text, iolist_to_binary(Taken)),
         ?assertEqual(<<"end">>, lists:last(Taken)),
         [?assertEqual($\n, binary:last(Some)) || Some <- lists:droplast(Taken)]
     end || Size <- lists:seq(1, byte_size(Text))].

pieces(<<>>, _Size) -> [];
pieces(Text, Size) when byte_size(Text) =< Size -> [Text];
pieces(Text, Size) ->
    <<Piece:Size/binary, Rest/binary>> = Text,
    [Piece | pieces(Rest, Size)].

bytes_test() ->
    Queue = queue([<<"ab">>, <<"cde">>, <<"f">>]),
    {<<"abc">>, Left} = bt_byte_queue:take(3, Queue),
    ?assertEqual(3, bt_byte_queue:size(Left)),
    ?assertMatch({<<"def">>, _}, bt_byte_queue:take(100, Left)),
    ?assertMatch({<<>>, _}, bt_byte_queue:take(0, Left)).

%% What was searched in vain is neither lost nor moved.
searched_bytes_stay_in_front_test() ->
    {none, Searched} = bt_byte_queue:take_line(queue([<<"ab">>, <<"c">>])),
    Back = bt_byte_queue:put_back(<<"_">>, bt_byte_queue:add(<<"d\n">>, Searched)),
    ?assertEqual(6, bt_byte_queue:size(Back)),
    {<<"_abcd">>, Empty} = bt_byte_queue:take_line(Back),
    ?assertEqual(0, bt_byte_queue:size(Empty)),
    ?assertMatch({<<"ab">>, _}, bt_byte_queue:take(2, Searched)).

%% 10 MB without a newline, in pieces of 1 KB: linear, not quadratic.
long_line_test() ->
    Piece = binary:copy(<<"x">>, 1024),
    Fill = fun(_, Queue) ->
        {none, Searched} = bt_byte_queue:take_line(bt_byte_queue:add(Piece, Queue)),
        Searched
    end,
    Full = lists:foldl(Fill, bt_byte_queue:new(), lists:seq(1, 10240)),
    {Line, _} = bt_byte_queue:take_line(bt_byte_queue:add(<<"\n">>, Full)),
    ?assertEqual(10485760, byte_size(Line)).
