%% @doc Lines of files and of running programs, for a block, in constant memory.
%%
%% What is read comes in pieces of many lines. A line is given to the block as a copy, so that who
%% keeps some lines does not keep the pieces that they were in.
-module(bt_lines).

-export([in_file/4, page/4, from/3, text/3, without_return/1]).
-export_type([encoding/0, source/0]).

-define(PIECE, 65536).

-type encoding() :: utf8 | latin1 | lossy.

%% Where lines come from: what answers pieces of whole lines and takes back what was not wanted,
%% and what raises an error with a reason.
-type source() :: {
    fun(() -> binary() | nil), fun((binary()) -> term()), fun((atom()) -> no_return())
}.

%% @doc Evaluates the block with each line of a file, which is closed whatever happens.
-spec in_file(binary(), encoding(), fun((binary()) -> term()), atom()) -> nil.
in_file(Name, Encoding, Block, Selector) ->
    Fail = fun(Reason) -> bt_file_error:raise(Reason, Name, Selector) end,
    File = opened(file:open(Name, [read, raw, binary]), Fail),
    try
        pieces(File, bt_byte_queue:new(), Encoding, Block, Fail)
    after
        file:close(File)
    end.

opened({ok, File}, _Fail) -> File;
opened({error, Reason}, Fail) -> Fail(Reason).

pieces(File, Bytes, Encoding, Block, Fail) ->
    case file:read(File, ?PIECE) of
        {ok, Piece} ->
            Left = lines(bt_byte_queue:add(Piece, Bytes), Encoding, Block, Fail),
            pieces(File, Left, Encoding, Block, Fail);
        eof ->
            {Rest, _} = bt_byte_queue:take_all(Bytes),
            each(Rest, Encoding, Block, Fail);
        {error, Reason} ->
            Fail(Reason)
    end.

lines(Bytes, Encoding, Block, Fail) ->
    case bt_byte_queue:take_lines(Bytes) of
        {none, Left} ->
            Left;
        {Lines, Left} ->
            each(Lines, Encoding, Block, Fail),
            lines(Left, Encoding, Block, Fail)
    end.

each(Lines, Encoding, Block, Fail) ->
    Decode = decoder(Lines, Encoding, Fail),
    each_line(split(Lines), Decode, Block).

each_line([Line | Lines], Decode, Block) ->
    Block(Decode(Line)),
    each_line(Lines, Decode, Block);
each_line([], _Decode, _Block) ->
    nil.

%% The newline of the last line begins no further one.
split(Lines) ->
    Size = byte_size(Lines) - 1,
    case Lines of
        <<>> -> [];
        <<Whole:Size/binary, "\n">> -> binary:split(Whole, <<"\n">>, [global]);
        _ -> binary:split(Lines, <<"\n">>, [global])
    end.

%% @doc Some lines of a file from a position on, and the position after them; nil at the end.
-spec page(binary(), non_neg_integer(), encoding(), atom()) ->
    {[binary()], non_neg_integer()} | nil.
page(Name, Position, Encoding, Selector) ->
    Fail = fun(Reason) -> bt_file_error:raise(Reason, Name, Selector) end,
    File = opened(file:open(Name, [read, raw, binary]), Fail),
    try
        page_of(File, Position, Encoding, Fail)
    after
        file:close(File)
    end.

page_of(File, Position, Encoding, Fail) ->
    case whole_lines(File, Position, bt_byte_queue:new()) of
        <<>> ->
            nil;
        Lines when is_binary(Lines) ->
            Decode = decoder(Lines, Encoding, Fail),
            {[Decode(Line) || Line <- split(Lines)], Position + byte_size(Lines)};
        {error, Reason} ->
            Fail(Reason)
    end.

whole_lines(File, Position, Bytes) ->
    case file:pread(File, Position + bt_byte_queue:size(Bytes), ?PIECE) of
        {ok, Piece} ->
            case bt_byte_queue:take_lines(bt_byte_queue:add(Piece, Bytes)) of
                {none, More} -> whole_lines(File, Position, More);
                {Lines, _} -> Lines
            end;
        eof ->
            element(1, bt_byte_queue:take_all(Bytes));
        {error, Reason} ->
            {error, Reason}
    end.

%% @doc Evaluates the block with each line from a source that others read too. Lines that were not
%% given to the block, because it left before, go back.
-spec from(source(), encoding(), fun((binary()) -> term())) -> nil.
from({Take, Back, Fail} = Source, Encoding, Block) ->
    case Take() of
        nil ->
            nil;
        Lines ->
            Decode = decoder(Lines, Encoding, Fail),
            each_of_source(split(Lines), Decode, Block, Back, ends_open(Lines)),
            from(Source, Encoding, Block)
    end.

ends_open(Lines) -> binary:last(Lines) =/= $\n.

each_of_source([], _Decode, _Block, _Back, _Open) ->
    nil;
each_of_source([Line | Lines], Decode, Block, Back, Open) ->
    try
        Block(Decode(Line))
    catch
        Class:Reason:Stack ->
            Back(joined(Lines, Open)),
            erlang:raise(Class, Reason, Stack)
    end,
    each_of_source(Lines, Decode, Block, Back, Open).

joined([], _Open) -> <<>>;
joined(Lines, true) -> iolist_to_binary(lists:join($\n, Lines));
joined(Lines, false) -> iolist_to_binary([[Line, $\n] || Line <- Lines]).

%%% Text

%% What makes a String of a line. Whether lines are UTF-8 is asked of all of them at once.
decoder(Lines, utf8, Fail) ->
    case is_utf8(Lines) of
        true -> fun(Line) -> binary:copy(without_return(Line)) end;
        false -> fun(Line) -> text(without_return(Line), utf8, Fail) end
    end;
decoder(_Lines, Encoding, Fail) ->
    fun(Line) -> text(without_return(Line), Encoding, Fail) end.

is_utf8(Bytes) -> unicode:characters_to_binary(Bytes) =:= Bytes.

%% @doc A line without the carriage return that Windows puts before its end.
-spec without_return(binary()) -> binary().
without_return(<<>>) ->
    <<>>;
without_return(Line) ->
    Size = byte_size(Line) - 1,
    case Line of
        <<Text:Size/binary, "\r">> -> Text;
        _ -> Line
    end.

%% @doc Bytes as a String; those that are not of the encoding raise an error, or are replaced by
%% U+FFFD when the encoding is `lossy'.
-spec text(binary(), encoding(), fun((atom()) -> no_return())) -> binary().
text(Bytes, latin1, _Fail) ->
    unicode:characters_to_binary(Bytes, latin1);
text(Bytes, Encoding, Fail) ->
    case {unicode:characters_to_binary(Bytes), Encoding} of
        {Text, _} when is_binary(Text) -> binary:copy(Text);
        {_, utf8} -> Fail(invalid_utf8);
        {Invalid, lossy} -> iolist_to_binary(replaced(Invalid))
    end.

replaced({_, Valid, <<_, Rest/binary>>}) ->
    [Valid, <<16#FFFD/utf8>> | replaced(unicode:characters_to_binary(Rest))];
replaced(Valid) ->
    [Valid].
