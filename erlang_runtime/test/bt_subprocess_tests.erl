%% What happens to programs when something on this side ends without a word.
-module(bt_subprocess_tests).

-include_lib("eunit/include/eunit.hrl").

-export([keep_programs/0]).

subprocess_test_() ->
    {setup, fun start/0, fun stop/1, [
        {timeout, 30, fun owner_killed/0},
        {timeout, 30, fun server_killed/0},
        {timeout, 30, fun server_killed_while_output_is_held_back/0},
        {timeout, 60, fun node_killed/0}
    ]}.

start() ->
    logger:set_primary_config(level, none),
    bt_fixture:start().

stop(Started) ->
    bt_fixture:stop(Started),
    logger:set_primary_config(level, notice).

%% Ignores TERM, and so does what it starts.
stubborn() ->
    <<"trap '' TERM HUP INT; sleep 300 & echo $!; echo $$; while :; do sleep 300; done">>.

open(Script) ->
    Plan = #{program => <<"/bin/sh">>, args => [<<"-c">>, Script], dir => nil, env => []},
    {ok, Server} = bt_subprocess:open(self(), Plan),
    Server.

line(Server) ->
    {ok, Line} = bt_subprocess:request(Server, {wait, line, out, 5000}),
    binary_to_integer(Line).

owner_killed() ->
    Me = self(),
    Owner = spawn(fun() ->
        Server = open(stubborn()),
        Me ! {pids, [line(Server), line(Server)]},
        timer:sleep(infinity)
    end),
    Pids = receive {pids, Some} -> Some end,
    ?assert(lists:all(fun is_running/1, Pids)),
    exit(Owner, kill),
    ?assert(eventually(fun() -> not lists:any(fun is_running/1, Pids) end)).

server_killed() ->
    Server = open(stubborn()),
    Pids = [line(Server), line(Server)],
    exit(Server, kill),
    ?assertEqual({error, closed}, bt_subprocess:request(Server, is_running)),
    ?assert(eventually(fun() -> not lists:any(fun is_running/1, Pids) end)).

server_killed_while_output_is_held_back() ->
    Server = open(<<"echo $$; exec yes">>),
    Pid = line(Server),
    timer:sleep(300),
    Relays = [Relay || {os_pid, Relay} <- [erlang:port_info(P, os_pid) || P <- ports_of(Server)]],
    ?assertEqual(4, length(Relays)),
    exit(Server, kill),
    ?assert(eventually(fun() -> not lists:any(fun is_running/1, [Pid | Relays]) end)).

ports_of(Server) ->
    {links, Links} = process_info(Server, links),
    [Port || Port <- Links, is_port(Port)].

node_killed() ->
    Path = filename:dirname(code:which(bt_subprocess)),
    Here = filename:dirname(code:which(?MODULE)),
    Port = open_port({spawn_executable, os:find_executable("erl")}, [
        {args, ["-noinput", "-boot", "no_dot_erlang", "-pa", Path, Here,
            "-s", atom_to_list(?MODULE), "keep_programs"]}, {line, 200}
    ]),
    {os_pid, Node} = erlang:port_info(Port, os_pid),
    Pids = [list_to_integer(port_line(Port)) || _ <- [1, 2]],
    ?assert(lists:all(fun is_running/1, Pids)),
    os:cmd("kill -9 " ++ integer_to_list(Node)),
    ?assert(eventually(fun() -> not lists:any(fun is_running/1, Pids) end)),
    catch port_close(Port).

port_line(Port) ->
    receive {Port, {data, {eol, Line}}} -> Line after 20000 -> error(timeout) end.

%% Runs in the node that is killed.
keep_programs() ->
    spawn(fun() ->
        {ok, _} = application:ensure_all_started(beamtalk_runtime),
        Server = open(stubborn()),
        [io:format("~b~n", [line(Server)]) || _ <- [1, 2]],
        timer:sleep(infinity)
    end).

is_running(Pid) ->
    %% A process that has ended and whose parent has not looked yet does not run either.
    case file:read_file("/proc/" ++ integer_to_list(Pid) ++ "/stat") of
        {ok, Stat} -> re:run(Stat, "\\) Z ") =:= nomatch;
        {error, _} -> false
    end.

eventually(Condition) -> eventually(Condition, 100).

eventually(Condition, 0) -> Condition();
eventually(Condition, Times) ->
    Condition() orelse begin timer:sleep(100), eventually(Condition, Times - 1) end.
