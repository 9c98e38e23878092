%% @doc Supervises the processes behind open files, behind running programs, or of sessions: each
%% belongs to a process that opened it, ends with that one, and is never restarted.
-module(bt_owned_sup).
-behaviour(supervisor).

-export([start_link/1, start_child/2, children/1, init/1]).

%% @doc The supervisor of the servers of one module.
-spec start_link(module()) -> {ok, pid()} | {error, term()}.
start_link(Module) ->
    supervisor:start_link({local, name(Module)}, ?MODULE, Module).

%% @doc A server that belongs to a process.
-spec start_child(module(), pid() | term()) -> pid().
start_child(Module, Owner) ->
    {ok, Server} = supervisor:start_child(name(Module), [Owner]),
    Server.

%% @doc The servers that live.
-spec children(module()) -> [pid()].
children(Module) ->
    [Pid || {_, Pid, _, _} <- supervisor:which_children(name(Module)), is_pid(Pid)].

-spec init(module()) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init(Module) ->
    Child = #{
        id => Module, start => {Module, start_link, []}, restart => temporary, shutdown => 5000
    },
    {ok, {#{strategy => simple_one_for_one}, [Child]}}.

name(bt_file_handle) -> bt_file_handle_sup;
name(bt_subprocess) -> bt_subprocess_sup;
name(bt_session_guard) -> bt_session_sup.
