%%% @doc Regular expressions: Perl's, on Unicode. A pattern is a String or a Regex, which is
%%% compiled once. Places are counted in graphemes, as Strings do, while `re' counts bytes.
-module(bt_prim_regex).

-export([compile/2, regex/3, escape/1]).
-export([matches/4, first/3, texts/3, find/3, find_all/3, replace/4, split/3]).

-define(REGEX, 'bt.stdlib.Regex').
-define(MATCH, 'bt.stdlib.RegexMatch').

%% How many steps a match may take from one place of the text: some patterns would otherwise take
%% twice as many with each character. And how long it may take in all, in milliseconds, where the
%% text is so long that it matters.
-define(MOST_STEPS, 2_000_000).
-define(MOST_TIME, 10_000).
-define(LONG_TEXT, 20_000).

-define(CACHE, '$bt_regexes').
-define(MOST_CACHED, 50).

-type regex() :: #{'$class' := ?REGEX, atom() => term()}.
-type match() :: #{'$class' := ?MATCH, atom() => term()}.

%%% Patterns

%% @doc A Regex of a pattern with options; of a Regex itself.
-spec compile(term(), term()) -> regex().
compile(#{'$class' := ?REGEX, compiled := _} = Regex, _Options) ->
    Regex;
compile(Source, Options) when is_binary(Source), is_list(Options) ->
    Known = lists:usort([option(Option) || Option <- Options]),
    try re:compile(Source, [unicode, ucp | Known]) of
        {ok, Compiled} ->
            #{'$class' => ?REGEX, source => Source, options => Options, compiled => Compiled};
        {error, {Reason, Position}} ->
            Problem = io_lib:format("~ts at ~b", [Reason, Position + 1]),
            regex_error(Problem, Source, 'from:options:')
    catch
        error:badarg -> not_a_pattern(Source)
    end;
compile(Source, Options) when is_binary(Source) ->
    bt_prim_collection:type_error(<<"a List of options">>, Options, Source, 'from:options:');
compile(Other, _Options) ->
    not_a_pattern(Other).

-spec not_a_pattern(term()) -> no_return().
not_a_pattern(Other) ->
    bt_prim_collection:type_error(<<"a regular expression">>, Other, nil, 'from:options:').

option(caseInsensitive) -> caseless;
option(multiline) -> multiline;
option(dotAll) -> dotall;
option(extended) -> extended;
option(ungreedy) -> ungreedy;
option(Other) ->
    Wanted = <<"#caseInsensitive, #multiline, #dotAll, #extended or #ungreedy">>,
    bt_prim_collection:type_error(Wanted, Other, nil, 'from:options:').

%% @doc A Regex from what a message of String was given: a pattern, or a Regex. A process keeps the
%% last patterns it used.
-spec regex(term(), term(), atom()) -> regex().
regex(#{'$class' := ?REGEX, compiled := _} = Regex, [], _Selector) ->
    Regex;
regex(Source, Options, _Selector) when is_binary(Source) ->
    Cache = case get(?CACHE) of undefined -> #{}; Map -> Map end,
    case Cache of
        #{{Source, Options} := Regex} ->
            Regex;
        _ ->
            Regex = compile(Source, Options),
            Kept = case map_size(Cache) < ?MOST_CACHED of true -> Cache; false -> #{} end,
            _ = put(?CACHE, Kept#{{Source, Options} => Regex}),
            Regex
    end;
regex(Other, _Options, Selector) ->
    bt_prim_collection:type_error(<<"a regular expression">>, Other, nil, Selector).

%% @doc The text as a pattern that matches just it.
-spec escape(term()) -> binary().
escape(Text) ->
    Valid = bt_prim_parse:text(Text, nil, 'escape:'),
    re:replace(Valid, "[\\\\^$.|?*+()\\[\\]{}#\\s-]", "\\\\&", [global, unicode, {return, binary}]).

%%% Matching

%% @doc Whether the pattern matches somewhere, or with `whole' the text from end to end.
-spec matches(regex(), term(), somewhere | whole, atom()) -> boolean().
matches(Regex, Text, somewhere, Selector) ->
    run(Regex, Text, [{capture, none}], Selector) =:= match;
matches(#{source := Source, options := Options}, Text, whole, Selector) ->
    %% The line end closes a comment of an #extended pattern.
    End = case lists:member(extended, Options) of true -> <<"\n)\\z">>; false -> <<")\\z">> end,
    Whole = regex(<<"\\A(?:", Source/binary, End/binary>>, Options, Selector),
    matches(Whole, Text, somewhere, Selector).

%% @doc The first text that the pattern matches, or nil.
-spec first(regex(), term(), atom()) -> binary() | nil.
first(Regex, Text, Selector) ->
    case run(Regex, Text, [{capture, first, binary}], Selector) of
        {match, [Match]} -> Match;
        nomatch -> nil
    end.

%% @doc All texts that the pattern matches.
-spec texts(regex(), term(), atom()) -> [binary()].
texts(Regex, Text, Selector) ->
    case run(Regex, Text, [global, {capture, first, binary}], Selector) of
        {match, Matches} -> lists:append(Matches);
        nomatch -> []
    end.

%% @doc The first match as a RegexMatch, or nil.
-spec find(regex(), term(), atom()) -> match() | nil.
find(Regex, Text, Selector) ->
    case run(Regex, Text, [{capture, captured(Regex), index}], Selector) of
        {match, Captured} -> hd(matches_of([Captured], Regex, Text));
        nomatch -> nil
    end.

%% @doc All matches as RegexMatches.
-spec find_all(regex(), term(), atom()) -> [match()].
find_all(Regex, Text, Selector) ->
    matches_of(places(Regex, Text, Selector), Regex, Text).

places(Regex, Text, Selector) ->
    case run(Regex, Text, [global, {capture, captured(Regex), index}], Selector) of
        {match, Places} -> Places;
        nomatch -> []
    end.

%% The whole match, all groups by number, then those with names by name.
captured(#{compiled := Compiled} = Regex) ->
    lists:seq(0, element(2, Compiled)) ++ names(Regex).

names(#{compiled := Compiled}) ->
    {namelist, Names} = re:inspect(Compiled, namelist),
    Names.

%% The places are counted on from one match to the next, so that long texts take no longer.
matches_of(Places, #{compiled := Compiled} = Regex, Text) ->
    Names = names(Regex),
    Count = element(2, Compiled),
    Next = fun([{From, _} | _] = Captured, {Byte, Index}) ->
        Start = Index + graphemes(binary:part(Text, Byte, From - Byte)),
        {match_of([group(Place, Text) || Place <- Captured], Start, Count, Names), {From, Start}}
    end,
    {Matches, _} = lists:mapfoldl(Next, {0, 1}, Places),
    Matches.

match_of([Whole | Others], Start, Count, Names) ->
    {Groups, Named} = lists:split(Count, Others),
    #{
        '$class' => ?MATCH, text => Whole, start => Start, stop => Start + graphemes(Whole) - 1,
        groups => Groups, names => maps:from_list(lists:zip(Names, Named))
    }.

group({-1, 0}, _Text) -> nil;
group({From, Size}, Text) -> binary:part(Text, From, Size).

graphemes(Text) -> string:length(Text).

%% @doc The first match, or all of them, replaced: by a text in which `\1' stands for a group and
%% `\0' for the match, or by what a block answers for the RegexMatch.
-spec replace(regex(), term(), term(), {first | all, atom()}) -> binary().
replace(Regex, Text, Replacement, {Which, Selector}) ->
    All = places(Regex, Text, Selector),
    Places = case Which of first -> lists:sublist(All, 1); all -> All end,
    Texts =
        case Replacement of
            _ when is_binary(Replacement) ->
                Template = template(bt_prim_parse:text(Replacement, Text, Selector)),
                [filled(Template, Captured, Text) || Captured <- Places];
            _ when is_function(Replacement) ->
                Block = bt_prim_collection:function(Replacement, 1, Selector),
                [string(Block(Match), Text, Selector) || Match <- matches_of(Places, Regex, Text)];
            _ ->
                Wanted = <<"a String or a Block">>,
                bt_prim_collection:type_error(Wanted, Replacement, Text, Selector)
        end,
    iolist_to_binary(put_in([hd(Captured) || Captured <- Places], Texts, 0, Text)).

string(Value, Text, Selector) ->
    case bt_op:touch(Value) of
        New when is_binary(New) ->
            New;
        Other ->
            Wanted = <<"a block that answers Strings">>,
            bt_prim_collection:type_error(Wanted, Other, Text, Selector)
    end.

put_in([{From, Size} | Places], [New | Texts], Byte, Text) ->
    [binary:part(Text, Byte, From - Byte), New | put_in(Places, Texts, From + Size, Text)];
put_in([], [], Byte, Text) ->
    binary:part(Text, Byte, byte_size(Text) - Byte).

%% Texts and numbers of groups in turn.
template(<<"\\\\", Rest/binary>>) -> [<<"\\">> | template(Rest)];
template(<<"\\", Digit, Rest/binary>>) when Digit >= $0, Digit =< $9 ->
    [Digit - $0 | template(Rest)];
template(<<Char/utf8, Rest/binary>>) -> [<<Char/utf8>> | template(Rest)];
template(<<>>) -> [].

filled(Template, Captured, Text) ->
    [part(Part, Captured, Text) || Part <- Template].

part(Part, _Captured, _Text) when is_binary(Part) -> Part;
part(Number, Captured, Text) when Number < length(Captured) ->
    case group(lists:nth(Number + 1, Captured), Text) of
        nil -> <<>>;
        Group -> Group
    end;
part(_Number, _Captured, _Text) -> <<>>.

%% @doc The parts between the matches. An empty match at an end of the text parts nothing.
-spec split(regex(), term(), atom()) -> [binary()].
split(Regex, Text, Selector) ->
    case run(Regex, Text, [global, {capture, first, index}], Selector) of
        {match, Places} -> between(lists:append(Places), 0, Text);
        nomatch -> [Text]
    end.

between([{Byte, 0} | Places], Byte, Text) -> between(Places, Byte, Text);
between([{From, 0} | Places], Byte, Text) when From =:= byte_size(Text) ->
    between(Places, Byte, Text);
between([{From, Size} | Places], Byte, Text) ->
    [binary:part(Text, Byte, From - Byte) | between(Places, From + Size, Text)];
between([], Byte, Text) ->
    [binary:part(Text, Byte, byte_size(Text) - Byte)].

%%% Limits

run(#{compiled := Compiled} = Regex, Text, Options, Selector) when is_binary(Text) ->
    try matched(Text, Compiled, [report_errors, {match_limit, ?MOST_STEPS} | Options]) of
        {error, Limit} -> too_hard(Regex, Limit, Selector);
        Result -> Result
    catch
        error:badarg -> bt_prim_collection:type_error(<<"a text in UTF-8">>, Text, nil, Selector)
    end;
run(_Regex, Other, _Options, Selector) ->
    bt_prim_collection:type_error(<<"a String">>, Other, nil, Selector).

matched(Text, Compiled, Options) when byte_size(Text) < ?LONG_TEXT ->
    re:run(Text, Compiled, Options);
matched(Text, Compiled, Options) ->
    Run = fun() -> exit({?MODULE, catch re:run(Text, Compiled, Options)}) end,
    {Pid, Monitor} = spawn_monitor(Run),
    {ok, Timer} = timer:kill_after(?MOST_TIME, Pid),
    receive
        {'DOWN', Monitor, process, Pid, Reason} ->
            {ok, cancel} = timer:cancel(Timer),
            result(Reason)
    end.

result({?MODULE, {'EXIT', _}}) -> error(badarg);
result({?MODULE, Result}) -> Result;
result(killed) -> {error, timeout}.

-spec too_hard(regex(), term(), atom()) -> no_return().
too_hard(#{source := Source}, _Limit, Selector) ->
    bt_error:raise('bt.stdlib.RegexError', #{
        message => <<(atom_to_binary(Selector))/binary, ": the pattern ",
                     (bt_print:print_string(Source))/binary, " takes too long on this text">>,
        hint => <<"repetitions in repetitions, as in (a+)+, try too many ways to match">>,
        text => Source, selector => Selector
    }).

-spec regex_error(iodata(), binary(), atom()) -> no_return().
regex_error(Problem, Source, Selector) ->
    Shown = bt_print:print_string(Source),
    bt_error:raise('bt.stdlib.RegexError', #{
        message => unicode:characters_to_binary(
            [Problem, <<" in the pattern ">>, Shown]),
        text => Source, selector => Selector
    }).
