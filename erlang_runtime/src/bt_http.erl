%%% @doc HTTP/1.1 as text: reading a request from bytes, and writing a response.
%%%
%%% Lines and headers are taken apart by OTP's own parser, `erlang:decode_packet/3'. What it is
%%% lenient about is refused here, above all whatever could make two servers see different requests.
-module(bt_http).

-export([request_line/1, header/1, body_kind/2, chunk_size/1]).
-export([head/2, reason/1, date/0, is_header/2, lower/1, has_token/2, path_segments/1]).
-export([percent_decoded/1, parsed_url/1]).

-define(LONGEST_LINE, 8192).
-define(LONGEST_CHUNK_LINE, 1024).

-type status() :: 400..505.
-type parsed(T) :: {ok, T, Rest :: binary()} | more | {error, status()}.

%% @doc Method, target and version.
-spec request_line(binary()) -> parsed({binary(), binary(), {1, 0 | 1}}).
request_line(<<"\r\n", Rest/binary>>) -> request_line(Rest);
request_line(Buffer) ->
    case limited(erlang:decode_packet(http_bin, Buffer, []), Buffer, 414) of
        {ok, {http_request, Method, Target, Version}, Rest} ->
            request(text(Method), target(Target), Version, Rest);
        {ok, _Response, _Rest} -> {error, 400};
        Other -> Other
    end.

request(_Method, _Target, Version, _Rest) when Version =/= {1, 1}, Version =/= {1, 0} ->
    case Version of
        {Major, _} when Major >= 2 -> {error, 505};
        _ -> {error, 400}
    end;
request(Method, Target, Version, Rest) when is_binary(Target) ->
    case is_token(Method) andalso is_visible(Target) of
        true -> {ok, {Method, Target, Version}, Rest};
        false -> {error, 400}
    end;
request(_Method, _Target, _Version, _Rest) ->
    {error, 400}.

target({abs_path, Path}) -> Path;
target({absoluteURI, _Scheme, _Host, _Port, Path}) -> Path;
target('*') -> <<"*">>;
target(_Other) -> none.

%% A line that is not complete must not grow for ever.
limited({more, _}, Buffer, Status) when byte_size(Buffer) > ?LONGEST_LINE -> {error, Status};
limited({more, _}, _Buffer, _Status) -> more;
limited({ok, {http_error, _}, _Rest}, _Buffer, _Status) -> {error, 400};
limited({ok, _, Rest}, Buffer, Status) when byte_size(Buffer) - byte_size(Rest) > ?LONGEST_LINE ->
    {error, Status};
limited({ok, _, _} = Parsed, _Buffer, _Status) -> Parsed;
limited({error, _}, _Buffer, _Status) -> {error, 400}.

%% @doc One header, its name in lower case; `eoh' after the last one.
-spec header(binary()) -> parsed({binary(), binary()} | eoh).
header(Buffer) ->
    case limited(erlang:decode_packet(httph_bin, Buffer, []), Buffer, 431) of
        {ok, http_eoh, Rest} -> {ok, eoh, Rest};
        {ok, {http_header, _, _, Name, Value}, Rest} ->
            case is_header(Name, Value) of
                true -> {ok, {lower(Name), string:trim(Value, both, " \t")}, Rest};
                false -> {error, 400}
            end;
        Other -> Other
    end.

%% @doc Whether name and value may stand in a header.
-spec is_header(binary(), binary()) -> boolean().
is_header(Name, Value) ->
    is_token(Name) andalso binary:match(Value, [<<"\r">>, <<"\n">>, <<0>>]) =:= nomatch.

is_token(<<>>) -> false;
is_token(Text) -> all(fun is_token_character/1, Text).

is_token_character(C) when C >= $a, C =< $z; C >= $A, C =< $Z; C >= $0, C =< $9 -> true;
is_token_character(C) -> lists:member(C, "!#$%&'*+-.^_`|~").

is_visible(Text) -> all(fun(C) -> C > 32 andalso C =/= 127 end, Text).

all(_Is, <<>>) -> true;
all(Is, <<C, Rest/binary>>) -> Is(C) andalso all(Is, Rest).

text(Atom) when is_atom(Atom) -> atom_to_binary(Atom);
text(Text) -> Text.

%% @doc ASCII letters in lower case.
-spec lower(binary()) -> binary().
lower(Text) -> << <<(lower_character(C))>> || <<C>> <= Text >>.

lower_character(C) when C >= $A, C =< $Z -> C + 32;
lower_character(C) -> C.

%% @doc Whether a header's comma-separated value has the word.
-spec has_token(binary(), binary()) -> boolean().
has_token(Token, Value) ->
    lists:any(fun(Part) -> string:trim(Part) =:= Token end,
              binary:split(lower(Value), <<",">>, [global])).

%% @doc The decoded parts of a path between its slashes; an error if they are no text.
-spec path_segments(binary()) -> {ok, [binary()]} | error.
path_segments(Path) ->
    Segments = binary:split(Path, <<"/">>, [global, trim_all]),
    Decoded = [percent_decoded(Segment) || Segment <- Segments],
    case lists:member(error, Decoded) of
        false -> {ok, Decoded};
        true -> error
    end.

%% @doc The text that a text with percent signs stands for. OTP's function throws where it says that
%% it answers an error.
-spec percent_decoded(binary()) -> binary() | error.
percent_decoded(Text) ->
    try uri_string:percent_decode(Text) of
        Decoded when is_binary(Decoded) -> Decoded;
        {error, _} -> error
    catch
        throw:{error, _, _} -> error
    end.

%% @doc The parts of a URL, as `uri_string:parse/1' has them; that function fails for bytes that are
%% no text.
-spec parsed_url(binary()) -> #{atom() => term()} | error.
parsed_url(Url) ->
    case unicode:characters_to_binary(Url) =:= Url andalso uri_string:parse(Url) of
        Parts when is_map(Parts) -> Parts;
        _ -> error
    end.

%%% Bodies

%% @doc How the body of a request comes: by all its headers.
-spec body_kind([{binary(), binary()}], {1, 0 | 1}) ->
          none | {length, non_neg_integer()} | chunked | {error, status()}.
body_kind(Headers, Version) ->
    case {values(<<"transfer-encoding">>, Headers), values(<<"content-length">>, Headers)} of
        {[], []} -> none;
        {[], [Length]} -> content_length(Length);
        {[], _Several} -> {error, 400};
        {[_ | _], [_ | _]} -> {error, 400};
        {_, []} when Version =:= {1, 0} -> {error, 400};
        {[Encoding], []} ->
            case lower(Encoding) of
                <<"chunked">> -> chunked;
                _ -> {error, 501}
            end;
        _ -> {error, 400}
    end.

values(Name, Headers) -> [Value || {Key, Value} <- Headers, Key =:= Name].

content_length(Digits) when byte_size(Digits) > 0, byte_size(Digits) =< 19 ->
    case all(fun(C) -> C >= $0 andalso C =< $9 end, Digits) of
        true -> {length, binary_to_integer(Digits)};
        false -> {error, 400}
    end;
content_length(_Digits) ->
    {error, 400}.

%% @doc The size of the next chunk.
-spec chunk_size(binary()) -> parsed(non_neg_integer()).
chunk_size(Buffer) ->
    case binary:split(Buffer, <<"\r\n">>) of
        [Line, Rest] when byte_size(Line) =< ?LONGEST_CHUNK_LINE -> chunk_size(Line, Rest);
        [_] when byte_size(Buffer) =< ?LONGEST_CHUNK_LINE -> more;
        _ -> {error, 400}
    end.

chunk_size(Line, Rest) ->
    [Digits | _Extension] = binary:split(Line, <<";">>),
    try binary_to_integer(string:trim(Digits, trailing), 16) of
        Size when Size >= 0, byte_size(Digits) =< 16 -> unsigned(Digits, Size, Rest);
        _ -> {error, 400}
    catch
        error:badarg -> {error, 400}
    end.

unsigned(<<Sign, _/binary>>, _Size, _Rest) when Sign =:= $+; Sign =:= $- -> {error, 400};
unsigned(_Digits, Size, Rest) -> {ok, Size, Rest}.

%%% Responses

%% @doc Status line and headers.
-spec head(100..599, [{binary(), iodata()}]) -> iodata().
head(Status, Headers) ->
    [<<"HTTP/1.1 ">>, integer_to_binary(Status), $\s, reason(Status), <<"\r\n">>,
     [[Name, <<": ">>, Value, <<"\r\n">>] || {Name, Value} <- Headers], <<"\r\n">>].

%% @doc The moment, as headers want it.
-spec date() -> iodata().
date() ->
    {{Year, Month, Day} = Date, {Hour, Minute, Second}} = calendar:universal_time(),
    Days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
    Months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
    [element(calendar:day_of_the_week(Date), Days), ", ", two(Day), $\s, element(Month, Months),
     $\s, integer_to_binary(Year), $\s, two(Hour), $:, two(Minute), $:, two(Second), " GMT"].

two(N) -> [$0 + N div 10, $0 + N rem 10].

%% @doc What a status is called.
-spec reason(integer()) -> binary().
reason(100) -> <<"Continue">>;
reason(101) -> <<"Switching Protocols">>;
reason(200) -> <<"OK">>;
reason(201) -> <<"Created">>;
reason(202) -> <<"Accepted">>;
reason(204) -> <<"No Content">>;
reason(206) -> <<"Partial Content">>;
reason(301) -> <<"Moved Permanently">>;
reason(302) -> <<"Found">>;
reason(303) -> <<"See Other">>;
reason(304) -> <<"Not Modified">>;
reason(307) -> <<"Temporary Redirect">>;
reason(308) -> <<"Permanent Redirect">>;
reason(400) -> <<"Bad Request">>;
reason(401) -> <<"Unauthorized">>;
reason(403) -> <<"Forbidden">>;
reason(404) -> <<"Not Found">>;
reason(405) -> <<"Method Not Allowed">>;
reason(406) -> <<"Not Acceptable">>;
reason(408) -> <<"Request Timeout">>;
reason(409) -> <<"Conflict">>;
reason(410) -> <<"Gone">>;
reason(411) -> <<"Length Required">>;
reason(412) -> <<"Precondition Failed">>;
reason(413) -> <<"Content Too Large">>;
reason(414) -> <<"URI Too Long">>;
reason(415) -> <<"Unsupported Media Type">>;
reason(417) -> <<"Expectation Failed">>;
reason(422) -> <<"Unprocessable Content">>;
reason(426) -> <<"Upgrade Required">>;
reason(429) -> <<"Too Many Requests">>;
reason(431) -> <<"Request Header Fields Too Large">>;
reason(500) -> <<"Internal Server Error">>;
reason(501) -> <<"Not Implemented">>;
reason(502) -> <<"Bad Gateway">>;
reason(503) -> <<"Service Unavailable">>;
reason(504) -> <<"Gateway Timeout">>;
reason(505) -> <<"HTTP Version Not Supported">>;
reason(_Other) -> <<"Unknown">>.
