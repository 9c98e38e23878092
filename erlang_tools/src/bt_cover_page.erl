%% @doc The page of a coverage report: sources whose lines are coloured by whether they ran.
-module(bt_cover_page).

-export([text/1]).

-type source() :: {Path :: string(), Share :: string(), [Line :: binary()],
                   #{pos_integer() => non_neg_integer()}}.

-define(STYLE,
    "body{font:14px/1.4 sans-serif;margin:2em;color:#222}"
    "pre{font:13px/1.45 monospace;margin:0}"
    "table{border-collapse:collapse}td{padding:0 .8em;vertical-align:top}"
    ".n{color:#888;text-align:right}.hit{background:#e3f6e3}.miss{background:#fbdfdf}"
).

%% @doc One page for all sources: a list of them, then each with its lines.
-spec text([source()]) -> unicode:chardata().
text(Sources) ->
    ["<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Coverage</title><style>", ?STYLE,
     "</style></head><body>\n<h1>Coverage</h1>\n<table>\n",
     [entry(Source) || Source <- Sources], "</table>\n",
     [listing(Source) || Source <- Sources], "</body></html>\n"].

entry({Path, Share, _, _}) ->
    ["<tr><td><a href=\"#", escaped(Path), "\">", escaped(Path), "</a></td><td>", Share,
     "</td></tr>\n"].

listing({Path, Share, Lines, Counts}) ->
    Numbered = lists:zip(lists:seq(1, length(Lines)), Lines),
    ["<h2 id=\"", escaped(Path), "\">", escaped(Path), " (", Share, ")</h2>\n<table>\n",
     [line(Number, Line, maps:get(Number, Counts, none)) || {Number, Line} <- Numbered],
     "</table>\n"].

line(Number, Line, Hits) ->
    ["<tr class=\"", class(Hits), "\"><td class=n>", integer_to_list(Number), "</td><td class=n>",
     number(Hits), "</td><td><pre>", escaped(Line), "</pre></td></tr>\n"].

class(none) -> "";
class(0) -> "miss";
class(_) -> "hit".

number(none) -> "";
number(Hits) -> integer_to_list(Hits).

escaped(Text) ->
    lists:foldl(
        fun({From, To}, Acc) -> string:replace(Acc, From, To, all) end,
        Text, [{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}]).
