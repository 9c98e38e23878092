%% @doc How a program is started so that its three streams are apart, its input can be closed alone,
%% its output held back, and nothing of it stays when this node or the process behind it dies.
%%
%% A port has one pair of pipes, which can only be closed together. So the program gets named
%% pipes, with a relay (`cat') in a port of its own at the end of each; a fourth port runs the
%% shell that becomes the program. Before that the shell starts a *watcher*, in the group of the
%% program. It reads orders from the port, "signal target", and passes them on. At the end of the
%% orders, while the program is still there, whoever started it has gone: the watcher ends the
%% whole group, first with TERM, then with KILL.
-module(bt_subprocess_launch).

-export([start/1, order/3, signal/2]).
-export_type([plan/0, ports/0]).

-define(SHELL, "/bin/sh").
%% The time that a program has between TERM and KILL, in seconds, when this node is gone.
-define(GRACE, "2").
-define(READY_MS, 30000).

-type plan() :: #{
    program := binary(), args := [binary()], dir := binary() | nil,
    env := [{string(), string() | false}]
}.

-type ports() :: #{
    main := port(), in := port(), out := port(), err := port(),
    pid := pos_integer(), pipes := binary()
}.

%% @doc Starts a program; its ports belong to the process that calls.
-spec start(plan()) -> {ok, ports()} | {error, atom()}.
start(#{program := Program, args := Args, dir := Dir, env := Env}) ->
    case make_directory() of
        {ok, Pipes} ->
            Directory = [{cd, Dir} || Dir =/= nil],
            Main = port(["-c", script(), "sh", Pipes, ?GRACE, tools(), Program | Args],
                [exit_status, {env, Env} | Directory]),
            explained(connect(Main, Pipes), Args);
        {error, Reason} ->
            {error, Reason}
    end.

%% Where the shell finds its own commands, whatever PATH the program gets.
tools() -> os:getenv("PATH", "/usr/bin:/bin").

%% The operating system takes 128 KB in an argument, and some megabytes in all.
explained({error, eagain}, Args) ->
    Sizes = [byte_size(Arg) || Arg <- Args],
    case lists:max([0 | Sizes]) >= 1 bsl 17 orelse lists:sum(Sizes) >= 1 bsl 20 of
        true -> {error, e2big};
        false -> {error, eagain}
    end;
explained(Answer, _Args) ->
    Answer.

connect(Main, Pipes) ->
    case ready(Main) of
        true ->
            go(#{
                main => Main, in => relay(writer(), Pipes, "in"),
                out => relay(reader(), Pipes, "out"), err => relay(reader(), Pipes, "err"),
                %% Asked for before the program runs: it may end at once.
                pid => os_pid(Main), pipes => Pipes
            });
        false ->
            _ = file:del_dir_r(Pipes),
            {error, eagain}
    end.

%% The shell goes on when all pipes have both ends: so none of the ends ever waits for another.
go(#{main := Main, in := In, out := Out, err := Err, pipes := Pipes} = Ports) ->
    case lists:all(fun ready/1, [In, Out, Err]) of
        true ->
            Relays = [integer_to_list(os_pid(Out)), $\s, integer_to_list(os_pid(Err)), $\n],
            true = port_command(Main, Relays),
            {ok, Ports};
        false ->
            _ = [catch port_close(Port) || Port <- [Main, In, Out, Err]],
            _ = file:del_dir_r(Pipes),
            {error, eagain}
    end.

ready(Port) ->
    receive
        {Port, {data, <<"\n">>}} -> true;
        {Port, _} -> false;
        {'EXIT', Port, _} -> false
    after ?READY_MS -> false
    end.

port(Args, Options) ->
    open_port({spawn_executable, ?SHELL}, [{args, Args}, binary, hide | Options]).

relay(Script, Pipes, Name) ->
    port(["-c", Script, "sh", filename:join(Pipes, Name)], [eof]).

%% It keeps its own end open, by which we learn when it has ended.
writer() -> "exec 2>/dev/null 3>\"$1\" 4>&1 && echo && exec cat >&3 3>&-".

reader() -> "exec 2>/dev/null 3<\"$1\" && echo && exec cat <&3 3<&-".

os_pid(Port) ->
    {os_pid, Pid} = erlang:port_info(Port, os_pid),
    Pid.

%% Nobody else may write to the program.
make_directory() ->
    Name = <<"bt-", (binary:encode_hex(rand:bytes(12)))/binary>>,
    Path = filename:join(bt_prim_file:temporary(), Name),
    case file:make_dir(Path) of
        ok ->
            _ = file:change_mode(Path, 8#700),
            {ok, Path};
        {error, Reason} ->
            {error, Reason}
    end.

%% Its variables have names that no program's environment is likely to have: one that is exported
%% there would reach the program changed.
%% `$$' stays the same while the shell becomes the program: it is the program's number, and that
%% of its group, since each port starts a session.
script() ->
    "_bt_pipes=$1 _bt_grace=$2 _bt_tools=$3; shift 3\n"
    "exec 3<&0 4>&1 </dev/null >/dev/null 2>&1\n"
    "(umask 077; PATH=$_bt_tools; cd \"$_bt_pipes\" && mkfifo in out err) || exit 125\n"
    "exec 5<>\"$_bt_pipes/in\" 6<>\"$_bt_pipes/out\" 7<>\"$_bt_pipes/err\"\n"
    "echo >&4\n"
    "read -r _bt_out _bt_err <&3 || { PATH=$_bt_tools; rm -rf \"$_bt_pipes\"; exit 125; }\n"
    "(\n"
    "  PATH=$_bt_tools\n"
    "  trap '' HUP INT QUIT TERM PIPE ALRM USR1 USR2\n"
    "  exec 4>&- 5>&- 6>&- 7>&-\n"
    "  while read -r signal target; do kill -s \"$signal\" -- \"$target\"; done\n"
    "  rm -rf \"$_bt_pipes\"\n"
    "  kill -s CONT -- \"$_bt_out\" \"$_bt_err\"\n"
    "  if kill -0 \"$$\"; then\n"
    "    kill -s TERM -- \"-$$\" \"$_bt_out\" \"$_bt_err\"; kill -s CONT -- \"-$$\"\n"
    "    sleep \"$_bt_grace\"\n"
    "    kill -s KILL -- \"-$$\"\n"
    "  fi\n"
    ") <&3 >/dev/null 2>&1 3<&- &\n"
    "exec <\"$_bt_pipes/in\" >\"$_bt_pipes/out\" 2>\"$_bt_pipes/err\" 3<&- 4>&- 5>&- 6>&- 7>&-\n"
    "exec \"$@\"\n".

%% @doc Has the watcher send a signal to a process, or with a minus to a group.
-spec order(port(), string(), integer()) -> boolean().
order(Main, Signal, Target) ->
    try
        port_command(Main, [Signal, $\s, integer_to_list(Target), $\n])
    catch
        error:badarg -> false
    end.

%% @doc Sends a signal without the watcher, which ends with the program.
-spec signal(string(), integer()) -> ok.
signal(Signal, Target) ->
    Args = ["-c", "kill -s \"$1\" -- \"$2\" 2>/dev/null", "sh", Signal, integer_to_list(Target)],
    Port = port(Args, [exit_status]),
    receive
        {Port, {exit_status, _}} -> ok;
        {'EXIT', Port, _} -> ok
    after ?READY_MS -> ok
    end.
