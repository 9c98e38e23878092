%% @doc The node behind `beamtalk workspace': there is no program, it waits for sessions.
%%
%% It was started with its state directory as home, so that OTP finds the workspace's own cookie
%% there; programs get the home of who has started it.
-module(bt_workspace_node).

-export([main/0]).

-define(HOME, "BEAMTALK_USER_HOME").

%% @doc Entry point of the node: `erl … -s bt_workspace_node main -extra DIRECTORY'. The file
%% `node' in the directory says that the workspace is ready.
-spec main() -> ok.
main() ->
    [Directory] = init:get_plain_arguments(),
    ok = restore_home(os:getenv(?HOME)),
    bt_transcript:use_utf8(),
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    announce(filename:join(Directory, "node")).

restore_home(false) ->
    ok;
restore_home(Home) ->
    true = os:putenv("HOME", Home),
    true = os:unsetenv(?HOME),
    ok.

%% Who looks at it sees all of it or nothing.
announce(File) ->
    New = File ++ ".new",
    Started = calendar:system_time_to_rfc3339(erlang:system_time(second)),
    ok = file:write_file(New, [atom_to_list(node()), $\n, os:getpid(), $\n, Started, $\n]),
    ok = file:rename(New, File).
