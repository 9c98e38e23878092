%% @doc Reports which lines of classes ran in a test: a table on standard output, pages that show
%% the sources, and a file in the format of lcov, which build servers and editors read.
-module(bt_cover_report).

-export([main/0]).

-record(file, {path :: string(), counts :: [bt_cover:count()]}).

%% @doc `erl … -s bt_cover_report main -extra COUNTS DIRECTORY EBIN …': COUNTS is what
%% bt_cover:export/1 wrote, DIRECTORY where the report goes. Ends the node.
-spec main() -> no_return().
main() ->
    [Data, Directory | Ebins] = init:get_plain_arguments(),
    {ok, Content} = file:read_file(Data),
    Files = files(maps:from_list(binary_to_term(Content)), Ebins),
    ok = write(filename:join(Directory, "lcov.info"), [lcov(File) || File <- Files]),
    ok = write(filename:join(Directory, "coverage.html"), bt_cover_page:text(pages(Files))),
    io:format("~n~ts", [table(Files)]),
    io:format("The lines: ~ts~n", [filename:join(Directory, "coverage.html")]),
    erlang:halt(0).

%% Each source with the lines that have code, whichever class they belong to.
files(Counts, Ebins) ->
    Beams = lists:append([filelib:wildcard(filename:join(Ebin, "bt.*.beam")) || Ebin <- Ebins]),
    Lines = lists:append([lines(Beam, Counts) || Beam <- Beams]),
    Paths = lists:usort([Path || {Path, _} <- Lines]),
    [#file{path = Path, counts = sum([Count || {P, Count} <- Lines, P =:= Path])} || Path <- Paths].

lines(Beam, Counts) ->
    case bt_cover:lines(Beam) of
        [] ->
            [];
        Found ->
            Module = list_to_atom(filename:basename(Beam, ".beam")),
            Hits = maps:from_list(maps:get(Module, Counts, [])),
            Path = bt_cover:source(Beam),
            [{Path, {Line, maps:get(Line, Hits, 0)}} || {_, _, Line} <- Found]
    end.

sum(Counts) ->
    Add = fun({Line, Hits}, Acc) -> maps:update_with(Line, fun(N) -> N + Hits end, Hits, Acc) end,
    lists:sort(maps:to_list(lists:foldl(Add, #{}, Counts))).

lcov(#file{path = Path, counts = Counts}) ->
    ["TN:\nSF:", filename:absname(Path), "\n",
     [io_lib:format("DA:~b,~b~n", [Line, Hits]) || {Line, Hits} <- Counts],
     io_lib:format("LF:~b~nLH:~b~nend_of_record~n", [length(Counts), reached(Counts)])].

reached(Counts) -> length([Line || {Line, Hits} <- Counts, Hits > 0]).

table(Files) ->
    Width = lists:max([5 | [string:length(Path) || #file{path = Path} <- Files]]),
    All = lists:append([Counts || #file{counts = Counts} <- Files]),
    [[row(Path, Counts, Width) || #file{path = Path, counts = Counts} <- Files],
     row("total", All, Width)].

row(Name, Counts, Width) ->
    io_lib:format("~ts  ~*.ts  ~b of ~b lines~n",
                  [string:pad(Name, Width), 6, share(Counts), reached(Counts), length(Counts)]).

share([]) -> "100 %";
share(Counts) -> io_lib:format("~b %", [100 * reached(Counts) div length(Counts)]).

pages(Files) ->
    [{Path, lists:flatten(share(Counts)), source(Path), maps:from_list(Counts)}
     || #file{path = Path, counts = Counts} <- Files].

source(Path) ->
    case file:read_file(Path) of
        {ok, Text} -> binary:split(Text, <<"\n">>, [global]);
        {error, _} -> []
    end.

write(File, Content) ->
    file:write_file(File, unicode:characters_to_binary(Content)).
