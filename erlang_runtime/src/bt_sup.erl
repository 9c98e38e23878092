%% @doc Top supervisor. It also owns the runtime's ETS tables, which must outlive the servers
%% that use them.
-module(bt_sup).
-behaviour(supervisor).

-export([start_link/0, init/1]).

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() ->
    supervisor:start_link({local, ?MODULE}, ?MODULE, []).

-spec init([]) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    ok = bt_class:create_tables(),
    ok = bt_patch:create_tables(),
    ok = bt_changes:create_tables(),
    ok = bt_processes:create_tables(),
    ok = bt_recovery:create_tables(),
    ok = bt_prim_counter:create_tables(),
    ok = bt_prim_logger:create_tables(),
    ok = bt_tracer:create_tables(),
    ok = bt_counters:create_tables(),
    ok = bt_session_guard:create_tables(),
    {ok, {#{strategy => one_for_one, intensity => 10, period => 10}, children()}}.

%% One line for each server, in the order in which they start.
children() ->
    [
        worker(bt_reaper),
        worker(bt_load),
        worker(bt_compiler),
        worker(bt_future_keeper),
        worker(bt_tracer),
        worker(bt_conversations),
        worker(bt_http_pool),
        worker(bt_debugger),
        owned(bt_file_handle),
        owned(bt_subprocess),
        owned(bt_session_guard),
        %% The last to start is the first to end, and with it the supervisors of the program.
        (worker(bt_processes))#{shutdown => infinity}
    ].

owned(Module) ->
    #{id => {owned, Module}, start => {bt_owned_sup, start_link, [Module]}, type => supervisor}.

worker(Module) ->
    #{id => Module, start => {Module, start_link, []}}.
