%%% @doc JSON. Debian's jiffy does the work where it is installed; bt_json_reader and
%%% bt_json_writer do it where it is not. The reader also says what is wrong with a text that jiffy
%%% refuses, so that the errors are the same either way.
-module(bt_prim_json).

-export([parse/1, generate/1, pretty/1, instantiate/2, from_text/2, wrong_type/2, in_place/2,
         library/0]).

%% Deeper than any document that somebody wrote, and harmless to whoever walks through the value.
-define(MOST_LEVELS, 1000).

%% To read a number takes the square of its length.
-define(MOST_DIGITS, 10_000).

-define(LIBRARY, bt_prim_json_library).

%%% Reading

%% @doc The value of a text: Dictionaries with Strings as keys, Lists, Strings, numbers, booleans
%% and nil.
-spec parse(term()) -> term().
parse(Data) ->
    Text = without_mark(bt_prim_binary:bytes(Data, nil, 'parse:')),
    case {library(), scan(Text, Text, 0, byte_size(Text))} of
        {jiffy, ok} -> decode(Text);
        _ -> bt_json_reader:read(Text, ?MOST_LEVELS, ?MOST_DIGITS)
    end.

%% The mark of byte order that some editors put in front of UTF-8.
without_mark(<<16#EF, 16#BB, 16#BF, Text/binary>>) -> Text;
without_mark(Text) -> Text.

%% Strings are copied, or each of them would keep the whole text in memory.
decode(Text) ->
    try
        jiffy:decode(Text, [return_maps, use_nil, copy_strings])
    catch
        error:_ -> bt_json_reader:read(Text, ?MOST_LEVELS, ?MOST_DIGITS)
    end.

%% @doc jiffy where it is installed, else none.
-spec library() -> jiffy | none.
library() ->
    case persistent_term:get(?LIBRARY, unknown) of
        unknown ->
            Library =
                case code:ensure_loaded(jiffy) of
                    {module, jiffy} -> jiffy;
                    {error, _} -> none
                end,
            ok = persistent_term:put(?LIBRARY, Library),
            Library;
        Library ->
            Library
    end.

%% Whether the text might be nested too deep or have too long a number: brackets in strings count,
%% too, the reader knows better. Seven bytes at a time are looked at in one integer; a bracket, or
%% one of Y, y, _ and DEL, is a byte that `bor' makes 16#7F.
scan(<<Word:56, Rest/binary>>, Text, Depth, Last) ->
    Flags = (Word bor 16#26262626262626) bxor 16#7F7F7F7F7F7F7F,
    case (Flags - 16#01010101010101) band (bnot Flags) band 16#80808080808080 of
        0 -> scan(Rest, Text, Depth, Last);
        _ -> scan_word(Rest, Text, levels(<<Word:56>>, Depth), Last)
    end;
scan(Rest, Text, Depth, Last) ->
    scan_end(levels(Rest, Depth), Text, Last).

scan_word(_Rest, _Text, Depth, _Last) when Depth > ?MOST_LEVELS -> suspect;
scan_word(Rest, Text, Depth, Last) when Last - byte_size(Rest) > ?MOST_DIGITS ->
    case has_long_number(Text, Last, byte_size(Rest)) of
        true -> suspect;
        false -> scan(Rest, Text, Depth, byte_size(Rest))
    end;
scan_word(Rest, Text, Depth, _Last) ->
    scan(Rest, Text, Depth, byte_size(Rest)).

scan_end(Depth, _Text, _Last) when Depth > ?MOST_LEVELS -> suspect;
scan_end(_Depth, _Text, Last) when Last =< ?MOST_DIGITS -> ok;
scan_end(_Depth, Text, Last) ->
    case has_long_number(Text, Last, 0) of
        true -> suspect;
        false -> ok
    end.

levels(<<Byte, Rest/binary>>, Depth) when Byte =:= $[; Byte =:= ${ -> levels(Rest, Depth + 1);
levels(<<Byte, Rest/binary>>, Depth) when Byte =:= $]; Byte =:= $} -> levels(Rest, Depth - 1);
levels(<<_, Rest/binary>>, Depth) -> levels(Rest, Depth);
levels(<<>>, Depth) -> Depth.

%% Looks between two brackets, given by how much of the text follows them.
has_long_number(Text, From, To) ->
    digits(binary:part(Text, byte_size(Text) - From, From - To), 0).

digits(_Text, ?MOST_DIGITS) -> true;
digits(<<Byte, Rest/binary>>, Count) when Byte >= $0, Byte =< $9 -> digits(Rest, Count + 1);
digits(<<_, Rest/binary>>, _Count) -> digits(Rest, 0);
digits(<<>>, _Count) -> false.

%% @doc An instance of a Value class, without its own `new:', with defaults for what is missing.
-spec instantiate(bt_class:object(), #{atom() => term()}) -> map().
instantiate(#{module := Module}, Fields) ->
    bt_class:instantiate(Module, Fields).

%% @doc What the class reads from a String that stands for its instance.
-spec from_text(term(), bt_class:object()) -> term().
from_text(Text, Class) ->
    try
        bt_send:call(Class, 'fromString:', Text)
    catch
        error:#{'$class' := Error} when
            Error =:= 'bt.stdlib.ParseError'; Error =:= 'bt.stdlib.TypeError'
        ->
            wrong_type(bt_print:print_string(Class), Text)
    end.

%% @doc Raises JsonError: what was read is not of the type that somebody wants.
-spec wrong_type(binary(), term()) -> no_return().
wrong_type(Wanted, Value) ->
    Shown = string:slice(bt_print:print_string(Value), 0, 200),
    Detail = unicode:characters_to_binary([bt_print:article(Wanted), <<", not ">>, Shown]),
    bt_error:raise('bt.stdlib.JsonError', in_place(#{
        reason => wrong_type, path => <<>>, detail => Detail, selector => 'parse:as:'
    }, <<>>)).

%% @doc The error as it is seen from around the place where it happened.
-spec in_place(map(), binary()) -> map().
in_place(#{path := Path, detail := Detail} = Error, Place) when is_binary(Detail) ->
    Whole = <<Place/binary, Path/binary>>,
    Where =
        case Whole of
            <<>> -> <<"the value">>;
            _ -> Whole
        end,
    Error#{path => Whole, message => <<"JSON wants ", Where/binary, " to be ", Detail/binary>>};
in_place(Error, _Place) ->
    Error.

%%% Writing

%% @doc The value as JSON without white space.
-spec generate(term()) -> binary().
generate(Value) ->
    case library() of
        jiffy -> encode(Value);
        none -> written(bt_json_writer:compact(bt_json_writer:prepared(Value, 'generate:')))
    end.

%% What jiffy writes needs no look at the value first; it knows all but instances, which it takes
%% for maps and which then show in the text.
encode(Value) ->
    try iolist_to_binary(jiffy:encode(Value, [use_nil])) of
        Text ->
            case binary:match(Text, <<"\"$class\":">>) of
                nomatch -> Text;
                _ -> encode_prepared(Value)
            end
    catch
        error:_ -> encode_prepared(Value)
    end.

encode_prepared(Value) ->
    written(jiffy:encode(bt_json_writer:prepared(Value, 'generate:'), [use_nil])).

%% @doc The value as JSON in lines, two blanks deeper for each level, keys in order.
-spec pretty(term()) -> binary().
pretty(Value) ->
    written(bt_json_writer:pretty(bt_json_writer:prepared(Value, 'prettyPrint:'))).

written(Text) -> iolist_to_binary(Text).
