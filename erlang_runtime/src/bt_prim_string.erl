%%% @doc Primitives of String. Positions and lengths count graphemes. Bytes that are not UTF-8 may
%%% come from Erlang code; what has to look at their graphemes raises a TypeError.
-module(bt_prim_string).

-export([utf8/3, length/1, at/2, slice/3, drop/2, find/2, starts/2, ends/2]).
-export([compare/2, equal_ignoring_case/2, uppercase/1, lowercase/1]).
-export([concat/2, repeat/2, reverse/1, trim/2, replace/4, split/2, lines/1, words/1]).
-export([graphemes/1, code_points/1, code_point/1]).
-export([from_elements/1, from_code_points/1, from_iolist/1]).
-export([url_encode/1, url_decode/1]).

%% No text is made longer than this by repeating another.
-define(MOST_BYTES, 1 bsl 30).

%% @doc The value of the fun, in which an error can only mean that the text is not UTF-8.
-spec utf8(binary(), atom(), fun(() -> Value)) -> Value.
utf8(Text, Selector, Fun) ->
    try
        Fun()
    catch
        error:_ -> bt_prim_collection:type_error(<<"a text in UTF-8">>, Text, Text, Selector)
    end.

%%% Parts

-spec length(binary()) -> non_neg_integer().
length(Text) ->
    utf8(Text, length, fun() -> string:length(Text) end).

%% @doc The grapheme at an index, counted from 1.
-spec at(binary(), term()) -> binary().
at(Text, Index) when is_integer(Index), Index > 0 ->
    case utf8(Text, 'at:', fun() -> string:slice(Text, Index - 1, 1) end) of
        <<>> -> out_of_bounds(Text, Index);
        Grapheme -> Grapheme
    end;
at(Text, Index) ->
    out_of_bounds(Text, Index).

-spec out_of_bounds(term(), term()) -> no_return().
out_of_bounds(Text, Index) ->
    bt_prim_collection:out_of_bounds(Index, ?MODULE:length(Text), Text, 'at:').

%% @doc So many graphemes after the first ones; a negative number counts as none.
-spec slice(binary(), non_neg_integer(), term()) -> binary().
slice(Text, After, Count) ->
    Length = bt_prim_collection:count(Count, Text, 'take:'),
    utf8(Text, 'take:', fun() -> string:slice(Text, After, Length) end).

%% @doc The graphemes after the first ones.
-spec drop(binary(), term()) -> binary().
drop(Text, Count) ->
    Start = bt_prim_collection:count(Count, Text, 'drop:'),
    utf8(Text, 'drop:', fun() -> string:slice(Text, Start) end).

%%% Searching

%% @doc What stands before the first occurrence of the other text, or nil.
-spec find(term(), binary()) -> binary() | nil.
find(<<>>, _Text) ->
    <<>>;
find(Other, Text) ->
    case binary:match(Text, string_argument(Other, Text, 'indexOf:')) of
        {Position, _} -> binary:part(Text, 0, Position);
        nomatch -> nil
    end.

-spec starts(binary(), term()) -> boolean().
starts(Text, Other) ->
    Prefix = string_argument(Other, Text, 'startsWith:'),
    binary:longest_common_prefix([Text, Prefix]) =:= byte_size(Prefix).

-spec ends(binary(), term()) -> boolean().
ends(Text, Other) ->
    Suffix = string_argument(Other, Text, 'endsWith:'),
    binary:longest_common_suffix([Text, Suffix]) =:= byte_size(Suffix).

%% A Character does where a String of one is wanted.
string_argument(Text, _Receiver, _Selector) when is_binary(Text) ->
    Text;
string_argument(#{'$class' := 'bt.stdlib.Character', code := Code}, _Receiver, _Selector) ->
    <<Code/utf8>>;
string_argument(Other, Receiver, Selector) ->
    bt_prim_collection:type_error(<<"a String">>, Other, Receiver, Selector).

%%% Comparing

%% @doc By code points, which is the order of the bytes in UTF-8.
-spec compare(binary(), term()) -> -1 | 0 | 1.
compare(Text, Text) -> 0;
compare(Text, Other) when is_binary(Other), Text < Other -> -1;
compare(_Text, Other) when is_binary(Other) -> 1;
compare(Text, Other) -> bt_prim_collection:type_error(<<"a String">>, Other, Text, 'compare:').

-spec equal_ignoring_case(binary(), term()) -> boolean().
equal_ignoring_case(Text, Other) when is_binary(Other) ->
    utf8(Text, 'equalsIgnoreCase:', fun() -> string:equal(Text, Other, true) end);
equal_ignoring_case(_Text, _Other) ->
    false.

%%% Making other texts

%% @doc Both texts in a row. A Symbol is a text here, nil and the booleans are not.
-spec concat(binary(), term()) -> binary().
concat(Text, Other) when is_binary(Other) ->
    <<Text/binary, Other/binary>>;
concat(Text, Symbol) when is_atom(Symbol), Symbol =/= nil, not is_boolean(Symbol) ->
    <<Text/binary, (atom_to_binary(Symbol))/binary>>;
concat(Text, #{'$class' := 'bt.stdlib.Character', code := Code}) ->
    <<Text/binary, Code/utf8>>;
concat(Text, Other) ->
    bt_error:operands(',', Text, Other).

-spec repeat(binary(), term()) -> binary().
repeat(<<>>, Count) when is_integer(Count) ->
    <<>>;
repeat(Text, Count) when is_integer(Count), byte_size(Text) * Count =< ?MOST_BYTES ->
    binary:copy(Text, max(Count, 0));
repeat(Text, Count) when is_integer(Count) ->
    bt_prim_collection:type_error(<<"a count that fits into memory">>, Count, Text, 'repeat:');
repeat(Text, Other) ->
    bt_prim_collection:type_error(<<"an Integer">>, Other, Text, 'repeat:').

-spec reverse(binary()) -> binary().
reverse(Text) ->
    utf8(Text, reverse, fun() -> unicode:characters_to_binary(string:reverse(Text)) end).

-spec uppercase(binary()) -> binary().
uppercase(Text) ->
    utf8(Text, uppercase, fun() -> string:uppercase(Text) end).

-spec lowercase(binary()) -> binary().
lowercase(Text) ->
    case is_lower_ascii(Text) of
        true -> Text;
        false -> utf8(Text, lowercase, fun() -> string:lowercase(Text) end)
    end.

%% Most texts that programs compare without regard to case are keys of some kind.
is_lower_ascii(<<C, Rest/binary>>) when C < $A; C > $Z, C < 128 -> is_lower_ascii(Rest);
is_lower_ascii(Rest) -> Rest =:= <<>>.

%% @doc The text without white space at an end, or at both.
-spec trim(binary(), leading | trailing | both) -> binary().
trim(Text, Where) ->
    utf8(Text, trim, fun() -> string:trim(Text, Where) end).

%% @doc The first or every occurrence of a text replaced by another. The empty text occurs nowhere.
-spec replace(term(), binary(), term(), all | first) -> binary().
replace(Old, Text, New, Where) ->
    Pattern = string_argument(Old, Text, 'replaceAll:with:'),
    Replacement = string_argument(New, Text, 'replaceAll:with:'),
    case {Pattern, Where} of
        {<<>>, _} -> Text;
        {_, all} -> binary:replace(Text, Pattern, Replacement, [global]);
        {_, first} -> binary:replace(Text, Pattern, Replacement)
    end.

%%% Splitting

%% @doc The parts between the separators; the empty separator stands between any two graphemes.
-spec split(binary(), term()) -> [binary()].
split(Text, <<>>) -> graphemes(Text);
split(Text, Separator) -> binary:split(Text, string_argument(Separator, Text, 'split:'), [global]).

%% @doc The lines without their ends; the end of the last one begins no further line.
-spec lines(binary()) -> [binary()].
lines(Text) ->
    Lines = binary:split(Text, [<<"\r\n">>, <<"\n">>], [global]),
    case lists:last(Lines) of
        <<>> -> lists:droplast(Lines);
        _ -> Lines
    end.

-spec words(binary()) -> [binary()].
words(Text) ->
    utf8(Text, words, fun() ->
        [Word || Word <- re:split(Text, <<"\\s+">>, [unicode, ucp]), Word =/= <<>>]
    end).

%%% Elements

-spec graphemes(binary()) -> [binary()].
graphemes(Text) ->
    utf8(Text, asList, fun() ->
        [unicode:characters_to_binary([Grapheme]) || Grapheme <- string:to_graphemes(Text)]
    end).

-spec code_points(binary()) -> [char()].
code_points(Text) ->
    utf8(Text, codePoints, fun() -> [Code || <<Code/utf8>> <= valid(Text)] end).

valid(Text) ->
    Text = unicode:characters_to_binary(Text).

%% @doc The only code point of the text.
-spec code_point(binary()) -> char().
code_point(<<Code/utf8>>) ->
    Code;
code_point(Text) ->
    bt_prim_collection:type_error(<<"a String of one Character">>, Text, Text, asCharacter).

%% @doc The Strings and Characters of a list in a row.
-spec from_elements([term()]) -> binary().
from_elements(Elements) ->
    Text = fun(Element) -> string_argument(bt_op:touch(Element), nil, 'withAll:') end,
    iolist_to_binary(lists:map(Text, Elements)).

-spec from_code_points([term()]) -> binary().
from_code_points(Codes) ->
    << <<(bt_prim_character:code(Code))/utf8>> || Code <- Codes >>.

-spec from_iolist(term()) -> binary().
from_iolist(Parts) ->
    try
        iolist_to_binary(Parts)
    catch
        error:badarg ->
            Wanted = <<"nested lists of Strings and bytes">>,
            bt_prim_collection:type_error(Wanted, Parts, nil, 'fromIolist:')
    end.

%%% URLs

-spec url_encode(binary()) -> binary().
url_encode(Text) ->
    utf8(Text, urlEncoded, fun() -> uri_string:quote(valid(Text)) end).

-spec url_decode(binary()) -> binary().
url_decode(Text) ->
    try uri_string:unquote(Text) of
        Decoded when is_binary(Decoded) -> Decoded;
        _ -> not_encoded(Text)
    catch
        _:_ -> not_encoded(Text)
    end.

-spec not_encoded(term()) -> no_return().
not_encoded(Text) ->
    bt_prim_collection:type_error(<<"a text as urlEncoded answers">>, Text, Text, urlDecoded).
