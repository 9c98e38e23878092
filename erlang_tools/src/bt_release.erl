%% @doc Makes a release of a project: a directory with Erlang's emulator, the project's
%% applications, the run time of Beamtalk and what of OTP they need, and a script that starts and
%% stops it. OTP's own systools does the work.
-module(bt_release).

-export([main/0]).

-define(FAILED, 2).

%% What programs may ask for while they run (Crypto, TcpSocket with TLS, Regex …) without
%% naming it among their applications: it is there, but not started.
-define(AT_HAND, [crypto, asn1, public_key, ssl, runtime_tools, compiler, syntax_tools]).

-record(release, {
    name :: string(),
    version :: string(),
    directory :: file:filename(),
    root :: file:filename(),
    applications :: [atom()],
    erts :: boolean(),
    flags :: string()
}).

%% @doc `erl … -s bt_release main -extra ROOT TARGET tar|notar erts|noerts FLAGS APPLICATION …'.
%% Ends the node.
-spec main() -> no_return().
main() ->
    [Root, Target, Tar, Erts, Flags | Names] = init:get_plain_arguments(),
    try
        Release = release(Root, Target, Erts =:= "erts", Flags, [list_to_atom(N) || N <- Names]),
        ok = make(Release),
        Archive = [archive(Release) || Tar =:= "tar"],
        #release{directory = Directory, name = Name} = Release,
        io:format("~ts~n", [filename:join([Directory, "bin", Name])]),
        [io:format("~ts~n", [File]) || File <- Archive],
        erlang:halt(0)
    catch
        throw:{failed, Text} ->
            io:format(standard_error, "beamtalk: ~ts~n", [Text]),
            erlang:halt(?FAILED)
    end.

%% The release has the name and version of the application that is called like the project's
%% directory, else of the last in the list.
release(Root, Target, Erts, Flags, Applications) ->
    ok = load(Applications),
    Directory = list_to_atom(filename:basename(Root)),
    Main = case lists:member(Directory, Applications) of
        true -> Directory;
        false -> lists:last(Applications)
    end,
    {ok, Version} = application:get_key(Main, vsn),
    Name = atom_to_list(Main),
    #release{
        name = Name,
        version = Version,
        directory = case Target of
            "" -> filename:join([Root, "_build", "release", Name]);
            _ -> Target
        end,
        root = Root,
        applications = Applications,
        erts = Erts,
        flags = Flags
    }.

load(Applications) ->
    lists:foreach(fun load_one/1, Applications).

load_one(Application) ->
    case application:load(Application) of
        ok -> ok;
        {error, {already_loaded, _}} -> ok;
        {error, Reason} -> failed("~ts: ~tp", [Application, Reason])
    end.

make(#release{directory = Directory, name = Name, version = Version} = Release) ->
    ok = check_needs(Release),
    Staging = Directory ++ ".new",
    ok = delete(Staging),
    Versioned = filename:join([Staging, "releases", Version]),
    ok = filelib:ensure_dir(filename:join(Versioned, "x")),
    ok = copy_applications(Release, Staging),
    ok = boot_script(Release, Versioned),
    ok = configuration(Release, Versioned),
    ok = emulator(Release, Staging),
    ok = write(filename:join([Staging, "releases", "start_erl.data"]),
               [erlang:system_info(version), " ", Version, "\n"]),
    Script = filename:join([Staging, "bin", Name]),
    ok = write(Script, start_script(Release)),
    ok = file:change_mode(Script, 8#755),
    ok = delete(Directory),
    rename(Staging, Directory).

%%% Applications

%% With what they need. Those at hand are loaded, but not started.
included(#release{applications = Applications}) ->
    Started = closure([kernel, stdlib, sasl, beamtalk_stdlib | Applications], []),
    AtHand = [A || A <- closure([A || A <- ?AT_HAND, code:lib_dir(A) =/= {error, bad_name}], []),
                   not lists:member(A, Started)],
    {lists:reverse(Started), lists:reverse(AtHand)}.

closure([], Seen) ->
    Seen;
closure([Application | Others], Seen) ->
    case lists:member(Application, Seen) of
        true ->
            closure(Others, Seen);
        false ->
            ok = load_one(Application),
            {ok, Needed} = application:get_key(Application, applications),
            {ok, Included} = application:get_key(Application, included_applications),
            {ok, Optional} = application:get_key(Application, optional_applications),
            Absent = [A || A <- Optional, code:lib_dir(A) =:= {error, bad_name}],
            closure(Others, [Application | closure((Needed -- Absent) ++ Included, Seen)])
    end.

%% A class of an application that is not named among those that are needed would be found to be
%% missing by whoever sends to it, in production.
check_needs(#release{applications = Own} = Release) ->
    {Started, AtHand} = included(Release),
    There = Started ++ AtHand,
    Missing = [{A, Class, Needed} || A <- Own, {Class, Needed} <- references(A),
                                     not lists:member(Needed, There)],
    case Missing of
        [] -> ok;
        [{A, Class, Needed} | _] ->
            failed("~ts uses ~ts of ~ts, which is not among its applications: "
                   "write ~ts into those of ~ts.app.src", [A, Class, Needed, Needed, A])
    end.

%% The classes that the modules of an application name, with the applications that they are of.
references(Application) ->
    Files = filelib:wildcard(filename:join([code:lib_dir(Application), "ebin", "*.beam"])),
    Atoms = lists:usort(lists:flatmap(fun atoms/1, Files)),
    [{lists:last(binary:split(Name, <<".">>, [global])), Owner}
     || Atom <- Atoms, <<"bt.", _/binary>> = Name <- [atom_to_binary(Atom)],
        Owner <- owner(code:which(Atom))].

atoms(File) ->
    {ok, {_Module, [{atoms, Atoms}]}} = beam_lib:chunks(File, [atoms]),
    [Atom || {_Index, Atom} <- Atoms].

%% The application in whose directory a module is: `lib/shop-1.0/ebin/x.beam'.
owner(File) when is_list(File), File =/= [] ->
    Directory = filename:basename(filename:dirname(filename:dirname(File))),
    [list_to_atom(hd(string:split(Directory, "-")))];
owner(_) ->
    [].

version(Application) ->
    {ok, Version} = application:get_key(Application, vsn),
    Version.

copy_applications(Release, Staging) ->
    {Started, AtHand} = included(Release),
    lists:foreach(fun(A) -> ok = copy_application(A, Staging) end, Started ++ AtHand).

copy_application(Application, Staging) ->
    Source = code:lib_dir(Application),
    Target = filename:join([Staging, "lib", versioned(Application)]),
    [ok = copy_directory(filename:join(Source, D), filename:join(Target, D))
     || D <- ["ebin", "priv"]],
    ok.

%%% What starts it

boot_script(#release{name = Name, version = Version} = Release, Directory) ->
    {Started, AtHand} = included(Release),
    Erts = {erts, erlang:system_info(version)},
    Applications = [{A, version(A)} || A <- Started] ++ [{A, version(A), load} || A <- AtHand],
    Description = {release, {Name, Version}, Erts, Applications},
    ok = write(filename:join(Directory, Name ++ ".rel"), io_lib:format("~tp.~n", [Description])),
    %% The applications lie in `lib' of the release, wherever that is when it starts.
    Staging = filename:dirname(filename:dirname(Directory)),
    Options = [{outdir, Directory}, silent, no_warn_sasl, {variables, [{"BT_ROOT", Staging}]},
               {path, [code_path(A, Staging) || A <- Started ++ AtHand]}],
    case systools:make_script(filename:join(Directory, Name), Options) of
        {ok, _, _} -> ok;
        ok -> ok;
        {error, Module, Error} -> failed("~ts", [Module:format_error(Error)])
    end.

code_path(Application, Staging) ->
    filename:join([Staging, "lib", versioned(Application), "ebin"]).

versioned(Application) -> atom_to_list(Application) ++ "-" ++ version(Application).

start_script(#release{name = Name, version = Version}) ->
    {ok, Template} = file:read_file(filename:join(code:priv_dir(beamtalk_tools), "release.sh")),
    Values = [{"@NAME@", Name}, {"@VERSION@", Version}, {"@ERTS@", erlang:system_info(version)}],
    lists:foldl(
        fun({Key, Value}, Text) -> string:replace(Text, Key, Value, all) end, Template, Values
    ).

configuration(#release{root = Root, flags = Flags}, Directory) ->
    Settings = file_or(filename:join([Root, "config", "sys.config"]), "[].\n"),
    ok = write(filename:join(Directory, "sys.config"), Settings),
    Arguments = file_or(filename:join([Root, "config", "vm.args"]), arguments(Flags)),
    write(filename:join(Directory, "vm.args"), without_name(Arguments)).

%% The start script names the node; rebar3's releases want the name here.
without_name(Arguments) ->
    re:replace(Arguments, "^-s?name\\s.*\\n", "", [multiline, global, unicode]).

arguments(Flags) ->
    ["## Small heaps for actors, room for two million of them, and no spinning schedulers.\n",
     [[Flag, "\n"] || Flag <- pairs(string:lexemes(Flags, " "))]].

pairs(["+" ++ _ = Flag, Value | Others]) when hd(Value) =/= $+ ->
    [[Flag, " ", Value] | pairs(Others)];
pairs([Flag | Others]) -> [Flag | pairs(Others)];
pairs([]) -> [].

file_or(File, Default) ->
    case file:read_file(File) of
        {ok, Content} -> Content;
        {error, enoent} -> Default;
        {error, Reason} -> failed("~ts: ~ts", [File, file:format_error(Reason)])
    end.

%% Without an emulator of its own a release runs on the `erl' of the machine.
emulator(#release{erts = false}, _Staging) ->
    ok;
emulator(#release{erts = true}, Staging) ->
    Name = "erts-" ++ erlang:system_info(version),
    Bin = filename:join([Staging, Name, "bin"]),
    ok = copy_directory(filename:join([code:root_dir(), Name, "bin"]), Bin),
    copy_directory(filename:join(code:root_dir(), "bin"), filename:join(Staging, "bin"),
                   ["no_dot_erlang.boot", "start_clean.boot"]).

archive(#release{name = Name, version = Version, directory = Directory}) ->
    File = filename:join(filename:dirname(Directory), Name ++ "-" ++ Version ++ ".tar.gz"),
    case erl_tar:create(File, [{Name, Directory}], [compressed]) of
        ok -> File;
        {error, Reason} -> failed("~ts: ~ts", [File, erl_tar:format_error(Reason)])
    end.

%%% Files

write(File, Content) ->
    ok = filelib:ensure_dir(File),
    case file:write_file(File, unicode:characters_to_binary(Content)) of
        ok -> ok;
        {error, Reason} -> failed("~ts: ~ts", [File, file:format_error(Reason)])
    end.

copy_directory(Source, Target) ->
    case file:list_dir(Source) of
        {ok, Names} -> copy_directory(Source, Target, Names);
        {error, _} -> ok
    end.

copy_directory(Source, Target, Names) ->
    ok = filelib:ensure_dir(filename:join(Target, "x")),
    lists:foreach(fun(Name) -> copy(filename:join(Source, Name), filename:join(Target, Name)) end,
                  [Name || Name <- Names, hd(Name) =/= $.]).

copy(Source, Target) ->
    case filelib:is_dir(Source) of
        true -> copy_directory(Source, Target);
        false -> copy_file(Source, Target, filelib:is_regular(Source))
    end.

%% A link to nothing, such as to documentation that is not installed, is not copied.
copy_file(_Source, _Target, false) ->
    ok;
copy_file(Source, Target, true) ->
    {ok, _} = file:copy(Source, Target),
    {ok, Info} = file:read_file_info(Source),
    ok = file:write_file_info(Target, Info).

delete(Directory) ->
    case file:del_dir_r(Directory) of
        ok -> ok;
        {error, enoent} -> ok;
        {error, Reason} -> failed("~ts: ~ts", [Directory, file:format_error(Reason)])
    end.

rename(Source, Target) ->
    case file:rename(Source, Target) of
        ok -> ok;
        {error, Reason} -> failed("~ts: ~ts", [Target, file:format_error(Reason)])
    end.

-spec failed(io:format(), [term()]) -> no_return().
failed(Format, Arguments) ->
    throw({failed, unicode:characters_to_binary(io_lib:format(Format, Arguments))}).
