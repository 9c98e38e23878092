%%% @doc Regular expressions of String: Perl's, on Unicode.
-module(bt_prim_regex).

-export([first/3, all/2, replace/4, split/2]).

%% @doc The first text that the pattern matches, or nil.
-spec first(term(), binary(), [term()]) -> binary() | nil.
first(Pattern, Text, Options) ->
    case run(Text, compile(Pattern, Options, Text), [{capture, first, binary}]) of
        {match, [Match]} -> Match;
        nomatch -> nil
    end.

%% @doc All texts that the pattern matches.
-spec all(term(), binary()) -> [binary()].
all(Pattern, Text) ->
    case run(Text, compile(Pattern, [], Text), [global, {capture, first, binary}]) of
        {match, Matches} -> lists:append(Matches);
        nomatch -> []
    end.

%% @doc The first match, with `global' every match, replaced. `\1' stands for a group; a `&', which
%% Erlang takes for the whole match, stands for itself.
-spec replace(term(), binary(), term(), [global]) -> binary().
replace(Pattern, Text, Replacement, Options) when is_binary(Replacement) ->
    Compiled = compile(Pattern, [], Text),
    Literal = binary:replace(Replacement, <<"&">>, <<"\\&">>, [global]),
    bt_prim_string:utf8(Text, 'replaceRegex:with:', fun() ->
        re:replace(Text, Compiled, Literal, [{return, binary} | Options])
    end);
replace(_Pattern, Text, Other, _Options) ->
    bt_prim_collection:type_error(<<"a String">>, Other, Text, 'replaceRegex:with:').

%% @doc The parts between the matches.
-spec split(binary(), term()) -> [binary()].
split(Text, Pattern) ->
    Compiled = compile(Pattern, [], Text),
    Split = fun() -> re:split(Text, Compiled, [{return, binary}]) end,
    bt_prim_string:utf8(Text, 'splitRegex:', Split).

run(Text, Compiled, Options) ->
    bt_prim_string:utf8(Text, 'firstMatch:', fun() -> re:run(Text, Compiled, Options) end).

compile(Pattern, Options, Text) when is_binary(Pattern) ->
    Known = [option(Option, Text) || Option <- Options],
    try re:compile(Pattern, [unicode, ucp | Known]) of
        {ok, Compiled} ->
            Compiled;
        {error, {Reason, Position}} ->
            Wanted = io_lib:format("a regular expression (~ts at ~b)", [Reason, Position + 1]),
            bt_prim_collection:type_error(Wanted, Pattern, Text, 'matchesRegex:')
    catch
        error:badarg -> not_a_pattern(Pattern, Text)
    end;
compile(Other, _Options, Text) ->
    not_a_pattern(Other, Text).

-spec not_a_pattern(term(), term()) -> no_return().
not_a_pattern(Other, Text) ->
    bt_prim_collection:type_error(<<"a regular expression">>, Other, Text, 'matchesRegex:').

option(caseInsensitive, _Text) -> caseless;
option(multiline, _Text) -> multiline;
option(dotAll, _Text) -> dotall;
option(extended, _Text) -> extended;
option(Other, Text) ->
    Wanted = <<"#caseInsensitive, #multiline, #dotAll or #extended">>,
    bt_prim_collection:type_error(Wanted, Other, Text, 'matchesRegex:options:').
