%% @doc The `.bt' files of an application as rebar3 sees them. Classes know of each other, so those
%% of an application are compiled together, once, when rebar3 asks which files it would have to
%% compile; then each file is told what came of it.
-module(rebar3_beamtalk_compiler).
-behaviour(rebar_compiler).

-export([context/1, needed_files/4, dependencies/3, dependencies/4, compile/4, clean/2]).

-define(EXTENSION, ".bt").
%% Rebar3 removes what is named like a source that is gone. `x.bt' makes no `x.beam', but an
%% `x.erl' may.
-define(ARTIFACT, ".beamtalk").
-define(INDEX, "classes.json").
-define(STAMP, ".rebar3_beamtalk").
-define(STAMP_VERSION, 1).

-type outcome() :: {ok | warning | error, iodata()}.

-spec context(rebar_app_info:t()) -> map().
context(AppInfo) ->
    #{
        src_dirs => rebar_dir:all_src_dirs(rebar_app_info:opts(AppInfo), ["src"], []),
        include_dirs => [],
        src_ext => ?EXTENSION,
        out_mappings => [{?ARTIFACT, rebar_app_info:ebin_dir(AppInfo)}],
        dependencies_opts => []
    }.

%% @doc Compiles, if anything has changed; the files that are "needed" are those with something to
%% say, or which have been compiled.
-spec needed_files(digraph:graph(), [file:filename()], list(), rebar_app_info:t()) ->
    {{[], []}, {[file:filename()], #{file:filename() => outcome()}}}.
needed_files(_Graph, Found, _Mappings, AppInfo) ->
    Ebin = rebar_app_info:ebin_dir(AppInfo),
    Outcomes = case is_program(Ebin) of
        true -> compiled(lists:sort(Found), Ebin, AppInfo);
        false -> #{}
    end,
    {{[], []}, {lists:sort(maps:keys(Outcomes)), Outcomes}}.

%% Tests are compiled by `rebar3 beamtalk test', which knows how to run them.
is_program(Ebin) -> filename:basename(Ebin) =:= "ebin".

compiled(Found, Ebin, AppInfo) ->
    Stamp = filename:join(Ebin, ?STAMP),
    case Found =:= [] andalso not filelib:is_regular(Stamp) of
        true -> #{};
        false -> compiled(Found, Ebin, AppInfo, Stamp)
    end.

compiled(Found, Ebin, AppInfo, Stamp) ->
    Libraries = libraries(Ebin),
    Options = options(AppInfo),
    State = {
        ?STAMP_VERSION, rebar3_beamtalk_tool:identity(), Options,
        [{File, filelib:last_modified(File), filelib:file_size(File)} || File <- Found],
        [{Library, index_hash(Library)} || Library <- Libraries]
    },
    case is_current(Stamp, State, Ebin) of
        true -> #{};
        false -> build(Found, Ebin, AppInfo, Libraries, Options, {Stamp, State})
    end.

%% Nothing has changed, and all that was made is there.
is_current(Stamp, State, Ebin) ->
    case file:read_file(Stamp) of
        {ok, Content} ->
            try binary_to_term(Content) of
                {State, Modules} -> Modules -- modules(Ebin) =:= [];
                _ -> false
            catch
                error:badarg -> false
            end;
        {error, _} ->
            false
    end.

modules(Ebin) ->
    [Name || Name <- filelib:wildcard("bt.*.beam", Ebin)].

%% Every directory of the code path with compiled classes: dependencies, and the applications of an
%% umbrella that rebar3 has compiled before, by the order of their `applications'.
libraries(Ebin) ->
    Own = filename:absname(Ebin),
    lists:usort([Directory
                 || Directory <- [filename:absname(D) || D <- code:get_path(), is_list(D)],
                              Directory =/= Own, not is_installed(Directory),
                              filelib:is_regular(filename:join(Directory, ?INDEX))]).

%% The compiler knows its own libraries.
is_installed(Directory) ->
    filename:dirname(filename:dirname(Directory)) =:= rebar3_beamtalk_tool:lib_dir().

index_hash(Library) ->
    {ok, Content} = file:read_file(filename:join(Library, ?INDEX)),
    erlang:md5(Content).

options(AppInfo) ->
    Options = rebar_app_info:get(AppInfo, beamtalk, []),
    IsOwn = not lists:member("_build", filename:split(rebar_app_info:dir(AppInfo))),
    [strict || proplists:get_bool(strict, Options)] ++
        [cover || IsOwn, rebar3_beamtalk_cover:is_on(AppInfo)].

build(Found, Ebin, AppInfo, Libraries, Options, {Stamp, State}) ->
    case rebar3_beamtalk_tool:command() of
        none ->
            #{hd(Found) => {error, [rebar3_beamtalk_tool:missing(), $\n]}};
        _ ->
            ok = filelib:ensure_dir(Stamp),
            {Status, Output} = run(Found, Ebin, AppInfo, Libraries, Options),
            case Status of
                0 -> ok = file:write_file(Stamp, term_to_binary({State, modules(Ebin)}));
                _ -> _ = file:delete(Stamp)
            end,
            warned(rebar3_beamtalk_needs:missing(AppInfo), Status, outcomes(Status, Output, Found))
    end.

%% The first file tells what is wrong with the whole.
warned([], _Status, Outcomes) ->
    Outcomes;
warned(_Warnings, Status, Outcomes) when Status =/= 0; map_size(Outcomes) =:= 0 ->
    Outcomes;
warned(Warnings, 0, Outcomes) ->
    First = hd(lists:sort(maps:keys(Outcomes))),
    {_, Said} = maps:get(First, Outcomes),
    Outcomes#{First => {warning, [Said, Warnings]}}.

%% Paths as one would write them, from where rebar3 was called: they are in messages and stack
%% traces.
run(Found, Ebin, AppInfo, Libraries, Options) ->
    {ok, Root} = file:get_cwd(),
    Arguments = ["build"] ++ [relative(File, Root) || File <- sources(Found, AppInfo)] ++
        ["-o", filename:absname(Ebin), "--package", binary_to_list(rebar_app_info:name(AppInfo))] ++
        lists:append([["--use", Library] || Library <- Libraries]) ++
        ["--" ++ atom_to_list(Option) || Option <- Options],
    rebar3_beamtalk_tool:run(Arguments, Root).

%% When the last file has gone, the empty directory is compiled, which removes its classes.
sources([], AppInfo) ->
    [Directory || D <- ["src"],
                  Directory <- [filename:join(rebar_app_info:dir(AppInfo), D)],
                  filelib:is_dir(Directory)];
sources(Found, _AppInfo) ->
    Found.

relative(File, Root) ->
    Absolute = filename:absname(File),
    case lists:prefix(Root ++ "/", Absolute) of
        true -> lists:nthtail(length(Root) + 1, Absolute);
        false -> Absolute
    end.

%%% What came of it

outcomes(Status, Output, Found) ->
    Blocks = blocks(binary:split(Output, <<"\n">>, [global])),
    Kind = case Status of 0 -> warning; _ -> error end,
    case merge(Kind, Blocks, Found) of
        Outcomes when map_size(Outcomes) =:= 0, Status =/= 0 ->
            #{hd(Found) => {error, Output}};
        Outcomes ->
            maps:merge(maps:from_list([{File, {ok, []}} || Status =:= 0, File <- Found]), Outcomes)
    end.

merge(Kind, Blocks, Found) ->
    lists:foldl(
        fun({Path, Text}, Acc) ->
            File = file_of(Path, Found),
            {_, Before} = maps:get(File, Acc, {Kind, []}),
            Acc#{File => {Kind, [Before, Text]}}
        end,
        #{}, Blocks).

file_of(Path, Found) ->
    Absolute = filename:absname(binary_to_list(Path)),
    case [File || File <- Found, filename:absname(File) =:= Absolute] of
        [File | _] -> File;
        [] -> hd(Found)
    end.

%% A diagnostic begins with `FILE:LINE:COLUMN: ' and goes on in indented lines.
blocks(Lines) ->
    lists:reverse(lists:foldl(fun block/2, [], Lines)).

block(Line, Blocks) ->
    case re:run(Line, "^(.+?):[0-9]+:[0-9]+: ", [{capture, all_but_first, binary}]) of
        {match, [Path]} -> [{Path, [Line, $\n]} | Blocks];
        nomatch -> continued(Line, Blocks)
    end.

continued(<<>>, Blocks) -> Blocks;
continued(_Line, []) -> [];
continued(Line, [{Path, Text} | Blocks]) -> [{Path, [Text, Line, $\n]} | Blocks].

%% @doc The order of files is the compiler's business.
-spec dependencies(file:filename(), file:filename(), [file:filename()]) -> [].
dependencies(_Source, _Directory, _Directories) -> [].

-spec dependencies(file:filename(), file:filename(), [file:filename()], term()) -> [].
dependencies(_Source, _Directory, _Directories, _Options) -> [].

-spec compile(file:filename(), list(), term(), #{file:filename() => outcome()}) ->
    ok | {ok, [string()]} | {error, [string()], [string()]}.
compile(Source, _Mappings, _Config, Outcomes) ->
    case maps:get(Source, Outcomes) of
        {ok, _} -> ok;
        {warning, Text} -> {ok, [unicode:characters_to_list(iolist_to_binary(Text))]};
        %% Rebar3 stops at the first file with errors, so that one has to tell those of all.
        {error, _} -> {error, [all_errors(Source, Outcomes)], []}
    end.

all_errors(Source, Outcomes) ->
    {error, Own} = maps:get(Source, Outcomes),
    Others = [Text || {File, {error, Text}} <- lists:sort(maps:to_list(Outcomes)), File =/= Source],
    unicode:characters_to_list(iolist_to_binary([Own | Others])).

-spec clean([file:filename()], rebar_app_info:t()) -> ok.
clean(_Files, AppInfo) ->
    Ebin = rebar_app_info:ebin_dir(AppInfo),
    Made = modules(Ebin) ++ [?INDEX, ?STAMP, ".manifest"],
    lists:foreach(fun(Name) -> file:delete(filename:join(Ebin, Name)) end, Made).
