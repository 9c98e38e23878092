%% @doc The Beamtalk installation that a project is built with: where it is, and how to run it.
-module(rebar3_beamtalk_tool).

-export([configure/1, command/0, identity/0, run/2, run/3, lib_dir/0, missing/0]).
-export([become/2, without_input/1]).

-define(APPLICATION, rebar3_beamtalk).
-define(NAME, "beamtalk").

%% @doc Finds the installation, and puts the applications that compiled classes need on the code
%% path. There rebar3's shell, tests, releases, escripts and Dialyzer look for all that is not a
%% dependency, such as OTP itself.
-spec configure(rebar_state:t()) -> ok.
configure(State) ->
    Options = rebar_state:get(State, beamtalk, []),
    Candidates = [
        proplists:get_value(compiler, Options, false),
        os:getenv("BEAMTALK"),
        os:find_executable(?NAME)
        | beside_plugin()
    ],
    Found = [Real || Candidate <- Candidates, Candidate =/= false,
                     Real <- [real_path(filename:absname(Candidate), 20)],
                     filelib:is_regular(Real)],
    %% The environment of the application would not outlast its loading, which rebar3 repeats.
    ok = persistent_term:put(?MODULE, first(Found)),
    lists:foreach(fun code:add_pathz/1, libraries(lib_dir())).

%% The run time and what has classes; not what only builds projects.
libraries(none) ->
    [];
libraries(Lib) ->
    Classes = filelib:wildcard(filename:join([Lib, "*", "ebin", "classes.json"])),
    [filename:join([Lib, "beamtalk_runtime", "ebin"])
     | [filename:dirname(Index) || Index <- Classes]].

first([]) -> none;
first([Command | _]) -> Command.

%% `beamtalk init' links the plugin of the installation into a project.
beside_plugin() ->
    Link = filename:absname(filename:join("_checkouts", atom_to_list(?APPLICATION))),
    Home = filename:dirname(real_path(Link, 20)),
    [filename:join(Home, Name) || Name <- ["bin/" ?NAME, ?NAME]].

real_path(Path, 0) ->
    Path;
real_path(Path, Links) ->
    case file:read_link(Path) of
        {ok, Target} -> real_path(filename:absname(Target, filename:dirname(Path)), Links - 1);
        {error, _} -> Path
    end.

%% @doc The `beamtalk' to run.
-spec command() -> file:filename() | none.
command() ->
    persistent_term:get(?MODULE, none).

%% @doc Where the applications of the installation are.
-spec lib_dir() -> file:filename() | none.
lib_dir() ->
    %% The command may be a script that somebody has put before that of the installation.
    Commands = [Command || Command <- [command() | beside_plugin()], Command =/= none],
    first([Lib || Command <- Commands, Lib <- beside(filename:dirname(Command)),
                  filelib:is_dir(filename:join(Lib, "beamtalk_runtime"))]).

%% In an installation, and in a checkout.
beside(Directory) ->
    [filename:join([filename:dirname(Directory), "lib"]),
     filename:join([Directory, "_build", "lib"])].

%% @doc Differs when another compiler, run time or library would compile: told by times alone,
%% because starting the compiler to ask it would cost more than all the rest.
-spec identity() -> term().
identity() ->
    case command() of
        none -> none;
        Command -> {Command, [{File, filelib:last_modified(File), filelib:file_size(File)}
                              || File <- telling_files(filename:dirname(Command), lib_dir())]}
    end.

telling_files(_Directory, none) ->
    [];
telling_files(Directory, Lib) ->
    [
        filename:join([Lib, "beamtalk_runtime", "ebin", "beamtalk_runtime.app"]),
        filename:join([Lib, "beamtalk_stdlib", "ebin", "classes.json"]),
        filename:join([Directory, "_build", "stamp"]),
        filename:join([filename:dirname(Directory), "cli", "Beamtalk.Compiler.dll"])
    ].

%% @doc What to tell somebody who has no compiler.
-spec missing() -> iolist().
missing() ->
    "the Beamtalk compiler is not there. It is looked for in {beamtalk, [{compiler, PATH}]} of "
    "rebar.config, in the environment variable BEAMTALK, and as beamtalk on PATH. To get it, "
    "run ./build.sh install in a checkout of Beamtalk, or unpack an archive made by "
    "./build.sh package, and have its bin directory on PATH".

%% @doc Runs `beamtalk' to its end; answers its status and all it wrote.
-spec run([string()], file:filename()) -> {non_neg_integer(), binary()}.
run(Arguments, Directory) ->
    run(Arguments, Directory, fun(Data, Acc) -> [Acc, Data] end).

%% @doc The same; what it writes goes to a fun.
-spec run([string()], file:filename(), fun((binary(), Acc) -> Acc)) ->
    {non_neg_integer(), binary()} when Acc :: iodata().
run(Arguments, Directory, Collect) ->
    Port = open_port({spawn_executable, command()}, [
        {args, Arguments}, {cd, Directory}, exit_status, stderr_to_stdout, binary, hide,
        {env, [{"NO_COLOR", "1"}]}
    ]),
    collect(Port, Collect, []).

collect(Port, Collect, Acc) ->
    receive
        {Port, {data, Data}} -> collect(Port, Collect, Collect(Data, Acc));
        {Port, {exit_status, Status}} -> {Status, iolist_to_binary(Acc)}
    end.

%% @doc Runs `beamtalk' with this node's terminal as its own, to its end.
-spec become([string()], file:filename()) -> non_neg_integer().
become(Arguments, Directory) ->
    %% Without `nouse_stdio' the port would take standard input and output for itself.
    Port = open_port({spawn_executable, command()}, [
        {args, Arguments}, {cd, Directory}, exit_status, nouse_stdio
    ]),
    receive
        {Port, {exit_status, Status}} -> Status
    end.

%% @doc Does something while this node does not read what is typed; otherwise it does, even if
%% nobody asks it to.
-spec without_input(fun(() -> Result)) -> Result.
without_input(Do) ->
    {ok, Reader} = supervisor:get_childspec(kernel_sup, user),
    ok = supervisor:terminate_child(kernel_sup, user),
    try Do()
    after
        _ = supervisor:delete_child(kernel_sup, user),
        {ok, _} = supervisor:start_child(kernel_sup, Reader),
        true = group_leader(whereis(user), self())
    end.
