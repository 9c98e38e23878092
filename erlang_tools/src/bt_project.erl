%% @doc Builds what is Erlang in a project, and runs its applications: the Erlang half of
%% `beamtalk build' and `beamtalk run' in a project. It does what rebar3 would do with the same
%% files, and puts the results where rebar3 would.
-module(bt_project).

-export([main/0, run/0, erl_options/1]).

-define(FAILED, 2).

%% @doc `erl … -s bt_project main -extra build ROOT DIRECTORY EBIN …': compiles the Erlang sources
%% of applications that have changed, and writes their `.app' files. Ends the node.
-spec main() -> no_return().
main() ->
    ["build", Root | Applications] = init:get_plain_arguments(),
    Options = erl_options(Root),
    case build(Applications, Options) of
        ok -> erlang:halt(0);
        error -> erlang:halt(?FAILED)
    end.

%% @doc `erl … -s bt_project run -extra APPLICATION …': starts applications; the node stays until a
%% signal ends it. Each is permanent: when one ends, so does the node.
-spec run() -> pid().
run() ->
    Applications = [list_to_atom(Name) || Name <- init:get_plain_arguments()],
    ok = bt_signals:handle(),
    ok = bt_report:to_standard_error(),
    ok = bt_transcript:use_utf8(),
    spawn(fun() -> start(Applications) end).

start(Applications) ->
    Started = [{Application, application:ensure_all_started(Application, permanent)}
               || Application <- [beamtalk_stdlib | Applications]],
    case [Failure || {_, {error, _}} = Failure <- Started] of
        [] ->
            ok;
        [{Application, {error, Reason}} | _] ->
            complain("~ts did not start: ~tp~n", [Application, Reason]),
            erlang:halt(1)
    end.

%%% Building

build([], _Options) ->
    ok;
build([Directory, Ebin | Others], Options) ->
    Include = [{i, filename:join(Directory, D)} || D <- ["include", "src"]],
    case compile(Directory, Ebin, Include ++ Options) andalso application_file(Directory, Ebin) of
        true -> build(Others, Options);
        false -> error
    end.

%% @doc The options for the Erlang compiler in a project's `rebar.config'.
-spec erl_options(file:filename()) -> [term()].
erl_options(Root) ->
    case file:consult(filename:join(Root, "rebar.config")) of
        {ok, Terms} -> proplists:get_value(erl_opts, Terms, [debug_info]);
        {error, _} -> [debug_info]
    end.

compile(Directory, Ebin, Options) ->
    Sources = filelib:wildcard(filename:join([Directory, "src", "**", "*.erl"])),
    Headers = lists:append([filelib:wildcard(filename:join([Directory, D, "**", "*.hrl"]))
                            || D <- ["src", "include"]]),
    Newest = lists:max([0 | [modified(Header) || Header <- Headers]]),
    ok = remove_vanished(Sources, Ebin),
    %% Behaviours and parse transforms of the application itself are compiled before those who use
    %% them only if they come first: so what failed is tried again as long as that helps.
    compile_all([S || S <- Sources, is_outdated(S, Newest, Ebin)], Ebin, Options).

compile_all(Sources, Ebin, Options) ->
    Failed = [Source || Source <- Sources, not compile_one(Source, Ebin, [return | Options])],
    case Failed of
        [] -> true;
        _ when length(Failed) < length(Sources) -> compile_all(Failed, Ebin, Options);
        _ -> _ = [compile_one(Source, Ebin, [report | Options]) || Source <- Failed], false
    end.

compile_one(Source, Ebin, Options) ->
    true = code:add_patha(Ebin),
    case compile:file(Source, [{outdir, Ebin} | Options]) of
        {ok, _, Warnings} -> show(Warnings), true;
        {ok, _} -> true;
        _ -> false
    end.

show(Warnings) ->
    [complain("~ts:~ts: Warning: ~ts~n", [File, place(Place), Module:format_error(Text)])
     || {File, Infos} <- Warnings, {Place, Module, Text} <- Infos].

place({Line, Column}) -> io_lib:format("~b:~b", [Line, Column]);
place(Line) -> io_lib:format("~p", [Line]).

is_outdated(Source, NewestHeader, Ebin) ->
    Built = modified(filename:join(Ebin, filename:basename(Source, ".erl") ++ ".beam")),
    Built < modified(Source) orelse Built < NewestHeader orelse Built =:= 0.

modified(File) ->
    case filelib:last_modified(File) of
        0 -> 0;
        Time -> calendar:datetime_to_gregorian_seconds(Time)
    end.

%% The modules of Erlang sources that are gone; those of classes are the compiler's business.
remove_vanished(Sources, Ebin) ->
    Names = [filename:basename(Source, ".erl") || Source <- Sources],
    Beams = filelib:wildcard(filename:join(Ebin, "*.beam")),
    Gone = [Beam || Beam <- Beams, Name <- [filename:basename(Beam, ".beam")],
                    not lists:prefix("bt.", Name), not lists:member(Name, Names)],
    lists:foreach(fun(Beam) -> ok = file:delete(Beam) end, Gone).

%%% The .app file

application_file(Directory, Ebin) ->
    [Source] = filelib:wildcard(filename:join([Directory, "src", "*.app.src"])),
    case file:consult(Source) of
        {ok, [{application, Name, Keys}]} ->
            ok = write(Name, Keys, Directory, Ebin),
            true;
        {ok, _} ->
            complain("~ts: {application, NAME, KEYS} is expected~n", [Source]),
            false;
        {error, Reason} ->
            complain("~ts:~ts~n", [Source, file:format_error(Reason)]),
            false
    end.

write(Name, Keys, Directory, Ebin) ->
    Version = version(proplists:get_value(vsn, Keys, "0.0.0"), Directory),
    Modules = [list_to_atom(filename:basename(Beam, ".beam"))
               || Beam <- lists:sort(filelib:wildcard(filename:join(Ebin, "*.beam")))],
    With = lists:foldl(
        fun({Key, Value}, Acc) -> lists:keystore(Key, 1, Acc, {Key, Value}) end,
        Keys, [{vsn, Version}, {modules, Modules}]),
    Complete = [{Key, Default} || {Key, Default} <- [{description, ""}, {registered, []}],
                                  not lists:keymember(Key, 1, With)] ++ With,
    Text = io_lib:format("~tp.~n", [{application, Name, Complete}]),
    file:write_file(filename:join(Ebin, atom_to_list(Name) ++ ".app"),
                    unicode:characters_to_binary(Text)).

%% As rebar3 has it: a version by git is asked for with the atom.
version(Version, _Directory) when is_list(Version) -> Version;
version(_FromGit, Directory) ->
    Command = "cd '" ++ Directory ++ "' && git describe --tags --always 2>/dev/null",
    case string:trim(os:cmd(Command)) of
        "" -> "0.0.0";
        "v" ++ Version -> Version;
        Version -> Version
    end.

complain(Format, Arguments) ->
    io:format(standard_error, "beamtalk: " ++ Format, Arguments).
