%%% @doc Primitives of Url: RFC 3986, on OTP's uri_string.
-module(bt_prim_url).

-export([parse/1, to_text/1, resolve/2, normalize/1, encode/2, decode/2]).
-export([parse_query/1, encode_query/1, default_port/1]).

-define(URL, 'bt.stdlib.Url').
-define(MOST_BYTES, 100_000).

-type url() :: #{'$class' := ?URL, atom() => term()}.

%% @doc A Url from its text.
-spec parse(term()) -> url().
parse(Text) ->
    Valid = bt_prim_parse:text(Text, nil, 'parse:'),
    byte_size(Valid) =< ?MOST_BYTES orelse not_a_url(Valid, <<"it is too long">>),
    case uri_string:parse(Valid) of
        #{} = Parts ->
            re:run(Valid, "%(?![0-9A-Fa-f]{2})", [{capture, none}]) =:= nomatch orelse
                not_a_url(Valid, <<"a % stands before two hexadecimal digits">>),
            url(Parts, Valid);
        {error, invalid_uri, Where} -> not_a_url(Valid, hint(Where))
    end.

url(Parts, Text) ->
    Port =
        case maps:get(port, Parts, nil) of
            undefined -> nil;
            Number -> Number
        end,
    Port =:= nil orelse Port < 65536 orelse not_a_url(Text, <<"a port is at most 65535">>),
    #{
        '$class' => ?URL, scheme => lower(maps:get(scheme, Parts, nil)),
        userInfo => maps:get(userinfo, Parts, nil), host => lower(maps:get(host, Parts, nil)),
        port => Port, path => maps:get(path, Parts, <<>>), query => maps:get(query, Parts, nil),
        fragment => maps:get(fragment, Parts, nil)
    }.

%% Upper and lower case are the same in these parts.
lower(nil) -> nil;
lower(Text) -> string:lowercase(Text).

hint(Where) when is_list(Where); is_binary(Where) ->
    Shown = bt_print:print_string(unicode:characters_to_binary(Where)),
    <<"what must not stand there as it is, such as ", Shown/binary, ", can be urlEncoded">>;
hint(_Where) ->
    nil.

-spec not_a_url(binary(), binary() | nil) -> no_return().
not_a_url(Text, Hint) ->
    Wanted = <<"a URL such as http://example.org/path">>,
    bt_prim_parse:error(Wanted, Text, 'parse:', #{hint => Hint}).

%% @doc The text of a Url, of whose parts each must fit its place.
-spec to_text(url()) -> binary().
to_text(#{'$class' := ?URL, host := Host, path := Path} = Url) ->
    Names = [{scheme, scheme}, {userInfo, userinfo}, {host, host}, {port, port}, {query, query},
             {fragment, fragment}],
    Parts = maps:from_list([{Name, Value} || {Field, Name} <- Names,
                                             (Value = map_get(Field, Url)) =/= nil]),
    Rooted =
        case Path of
            <<First, _/binary>> when First =/= $/, Host =/= nil -> <<"/", Path/binary>>;
            _ -> Path
        end,
    try uri_string:recompose(Parts#{path => Rooted}) of
        Text when is_binary(Text) -> Text;
        [] -> <<>>;
        Text when is_list(Text) -> unicode:characters_to_binary(Text);
        {error, _, _} -> not_whole(Url)
    catch
        error:_ -> not_whole(Url)
    end.

-spec not_whole(url()) -> no_return().
not_whole(Url) ->
    Parts = maps:remove('$class', Url),
    bt_prim_collection:type_error(<<"parts that make a URL">>, Parts, nil, asString).

%% @doc The Url that a reference means in a document at the base.
-spec resolve(url(), term()) -> url().
resolve(Base, Reference) ->
    Relative = bt_prim_parse:text(text(Reference), Base, 'resolve:'),
    case uri_string:resolve(Relative, to_text(Base)) of
        Text when is_binary(Text) -> parse(Text);
        {error, invalid_uri, Where} -> not_a_url(Relative, hint(Where));
        {error, _, _} ->
            bt_prim_collection:type_error(<<"a base with a scheme">>, Base, Base, 'resolve:')
    end.

text(#{'$class' := ?URL} = Url) -> to_text(Url);
text(Other) -> Other.

%% @doc Another Url for the same: no dots in the path, no port that the scheme has anyway, and
%% nothing encoded that need not be.
-spec normalize(url()) -> url().
normalize(Url) ->
    case uri_string:normalize(to_text(Url)) of
        Text when is_binary(Text) -> parse(Text);
        _ -> Url
    end.

%% @doc The text for a part of a URL.
-spec encode(term(), atom()) -> binary().
encode(Text, Selector) ->
    uri_string:quote(bt_prim_parse:text(Text, nil, Selector)).

%% @doc The text that stands in a part of a URL.
-spec decode(term(), atom()) -> binary().
decode(Text, Selector) ->
    Valid = bt_prim_parse:text(Text, nil, Selector),
    try uri_string:unquote(Valid) of
        Decoded when is_binary(Decoded) -> bt_prim_parse:text(Decoded, nil, Selector);
        _ -> bt_prim_parse:error(<<"an encoded text">>, Valid, Selector)
    catch
        _:_ -> bt_prim_parse:error(<<"an encoded text">>, Valid, Selector)
    end.

%% @doc The pairs of a query in order; a key without value has nil.
-spec parse_query(term()) -> [{binary(), binary() | nil}].
parse_query(Text) ->
    Valid = bt_prim_parse:text(Text, nil, 'decodeQuery:'),
    try uri_string:dissect_query(Valid) of
        Pairs when is_list(Pairs) ->
            [{bt_prim_parse:text(Key, nil, 'decodeQuery:'), value(Value)} || {Key, Value} <- Pairs];
        {error, _, _} -> bt_prim_parse:error(<<"an encoded query">>, Valid, 'decodeQuery:')
    catch
        error:_ -> bt_prim_parse:error(<<"an encoded query">>, Valid, 'decodeQuery:')
    end.

value(true) -> nil;
value(Value) -> bt_prim_parse:text(Value, nil, 'decodeQuery:').

%% @doc The query of pairs of texts; nil is a key without value.
-spec encode_query([{binary(), binary() | nil}]) -> binary().
encode_query(Pairs) ->
    Valid = [{part(Key), part(Value)} || {Key, Value} <- Pairs],
    unicode:characters_to_binary(uri_string:compose_query(Valid)).

part(nil) -> true;
part(Text) -> bt_prim_parse:text(Text, nil, 'encodeQuery:').

%% @doc The port that a scheme has if none is said.
-spec default_port(term()) -> pos_integer() | nil.
default_port(<<"http">>) -> 80;
default_port(<<"https">>) -> 443;
default_port(<<"ws">>) -> 80;
default_port(<<"wss">>) -> 443;
default_port(<<"ftp">>) -> 21;
default_port(<<"ssh">>) -> 22;
default_port(_) -> nil.
