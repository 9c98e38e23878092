%% @doc Stands by a session: ends it with whoever it works for, and takes away what it leaves.
%%
%% A session may be busy, or be ended by what runs in it, so somebody else has to do that. What is
%% owned by the session's process (variables, tables, traces, breakpoints, timers) goes with it; the
%% guard sees to the modules of its inputs, to the group leader of processes that live on, and to a
%% runtime that runs only because somebody attached.
-module(bt_session_guard).
-behaviour(gen_server).

-export([create_tables/0, start/2, start_link/1, inputs/2, terminal/1, sessions/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export_type([terminal/0]).

%% A row `{Terminal, Session, Since}' for each attached session.
-define(TABLE, ?MODULE).
%% The group leader of an attached session: a process of the node that has attached.
-type terminal() :: pid().

-record(guard, {
    owner :: pid(),
    session :: pid(),
    leader :: pid(),
    %% The modules of the input that runs.
    inputs = [] :: [module()]
}).

%% @doc Makes the table of attached sessions; the caller owns it.
-spec create_tables() -> ok.
create_tables() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, {read_concurrency, true}]),
    ok.

%% @doc Starts a session that works for a process, and has that group leader.
-spec start(pid(), pid()) -> Session :: pid().
start(Owner, Leader) ->
    Guard = bt_owned_sup:start_child(?MODULE, {Owner, Leader}),
    gen_server:call(Guard, session, infinity).

-spec start_link({pid(), pid()}) -> {ok, pid()} | {error, term()}.
start_link(Order) ->
    gen_server:start_link(?MODULE, Order, []).

%% @doc The session says which modules it has loaded for its input, and afterwards that there are
%% none.
-spec inputs(pid(), [module()]) -> ok.
inputs(Guard, Modules) ->
    gen_server:cast(Guard, {inputs, Modules}).

%% @doc The terminal of the attached session that the calling process belongs to: its group leader,
%% inherited from process to process.
-spec terminal(pid()) -> terminal() | none.
terminal(Leader) when node(Leader) =:= node() ->
    none;
terminal(Leader) ->
    case ets:whereis(?TABLE) =/= undefined andalso ets:member(?TABLE, Leader) of
        true -> Leader;
        false -> none
    end.

%% @doc The attached sessions of this node: where they come from, and since when (in seconds).
-spec sessions() -> [{Session :: pid(), From :: node(), Since :: integer()}].
sessions() ->
    case ets:whereis(?TABLE) of
        undefined -> [];
        _ -> [{Session, node(T), Since} || {T, Session, Since} <- ets:tab2list(?TABLE)]
    end.

%%% The server

%% @private
-spec init({pid(), pid()}) -> {ok, #guard{}}.
init({Owner, Leader}) ->
    process_flag(trap_exit, true),
    _ = monitor(process, Owner),
    {ok, Session} = bt_repl:start_link(Owner, self(), Leader),
    _ = node(Leader) =/= node() andalso
        ets:insert(?TABLE, {Leader, Session, erlang:system_time(second)}),
    {ok, #guard{owner = Owner, session = Session, leader = Leader}}.

%% @private
-spec handle_call(session, gen_server:from(), #guard{}) -> {reply, pid(), #guard{}}.
handle_call(session, _From, #guard{session = Session} = Guard) ->
    {reply, Session, Guard}.

%% @private
-spec handle_cast({inputs, [module()]}, #guard{}) -> {noreply, #guard{}}.
handle_cast({inputs, Modules}, Guard) ->
    {noreply, Guard#guard{inputs = Modules}}.

%% @private
-spec handle_info(term(), #guard{}) -> {noreply, #guard{}} | {stop, normal, #guard{}}.
handle_info({'DOWN', _, process, Owner, _}, #guard{owner = Owner} = Guard) ->
    {stop, normal, Guard};
handle_info({'EXIT', Session, _}, #guard{session = Session} = Guard) ->
    {stop, normal, Guard};
handle_info(_Message, Guard) ->
    {noreply, Guard}.

%% @private
-spec terminate(term(), #guard{}) -> ok.
terminate(_Reason, #guard{session = Session} = Guard) ->
    ok = ended(Session),
    ok = bt_load:release(late_inputs(Guard#guard.inputs)),
    ok = adopt(Guard),
    bt_attached:session_ended().

%% It may hold modules and names: what follows must not be before its end.
ended(Session) ->
    Monitor = monitor(process, Session),
    exit(Session, shutdown),
    receive {'DOWN', Monitor, process, _, _} -> ok end.

%% What it said at last may still be in the mailbox.
late_inputs(Inputs) ->
    receive
        {'$gen_cast', {inputs, Later}} -> late_inputs(Later)
    after 0 -> Inputs
    end.

%% Processes that the session has started, and that live on, would write to a terminal that is gone.
adopt(#guard{leader = Leader}) when node(Leader) =:= node() ->
    ok;
adopt(#guard{leader = Terminal}) ->
    User = whereis(user),
    _ = [group_leader(User, Pid) || Pid <- processes(), User =/= undefined,
         process_info(Pid, group_leader) =:= {group_leader, Terminal}],
    true = ets:delete(?TABLE, Terminal),
    ok.
