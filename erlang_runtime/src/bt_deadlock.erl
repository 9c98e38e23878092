%% @doc Finds rings of processes that wait for each other.
%%
%% Only a process that has waited a while comes here. It writes an edge to the process it waits
%% for, follows the edges from there, and is in a ring if they lead back to it, if every other
%% member really waits, and if a second reading finds the same edges. Rings across nodes are not
%% found; there the time limit ends the wait.
-module(bt_deadlock).

-export([create_table/0, check/3, forget/1]).

-define(EDGES, bt_deadlock).
-define(MANY, 1000).

%% @doc Makes the table of edges; the owner is the keeper process of the runtime.
-spec create_table() -> ok.
create_table() ->
    ?EDGES = ets:new(?EDGES, [named_table, public, {write_concurrency, true}]),
    ok.

%% @doc The ring of processes that `Waiter' is in if it waits for `Target', or an empty list.
-spec check(pid(), pid(), reference()) -> [pid()].
check(Waiter, Waiter, _) ->
    %% A script that waits for one of its own blocks runs them while it waits.
    [];
check(Waiter, Target, Ref) ->
    ets:info(?EDGES, size) < ?MANY orelse forget_dead(),
    ets:insert(?EDGES, {Waiter, Target, Ref}),
    case path(Target, Waiter, [Target]) of
        [] -> [];
        Path -> confirm(Path, path(Target, Waiter, [Target]), Waiter)
    end.

%% @doc The process waits no longer.
-spec forget(pid()) -> ok.
forget(Waiter) ->
    ets:delete(?EDGES, Waiter),
    ok.

%% Who was killed while it waited has not taken its edge back.
-spec forget_dead() -> ok.
forget_dead() ->
    Waiters = [Waiter || {Waiter, _, _} <- ets:tab2list(?EDGES)],
    lists:foreach(fun forget/1, [W || W <- Waiters, not is_process_alive(W)]).

-spec confirm([pid()], [pid()], pid()) -> [pid()].
confirm(Path, Path, Waiter) -> [Waiter | Path];
confirm(_, _, _) -> [].

%% The members from `At' on until the edges lead back to `Waiter'.
-spec path(pid(), pid(), [pid()]) -> [pid()].
path(Waiter, Waiter, Seen) -> lists:reverse(Seen);
path(At, Waiter, Seen) ->
    case waits(At) andalso ets:lookup(?EDGES, At) of
        [{At, Waiter, _}] -> lists:reverse([Waiter | Seen]);
        [{At, Next, _}] -> follow(Next, Waiter, Seen);
        _ -> []
    end.

-spec follow(pid(), pid(), [pid()]) -> [pid()].
follow(Next, Waiter, Seen) ->
    case lists:member(Next, Seen) of
        true -> [];
        false -> path(Next, Waiter, [Next | Seen])
    end.

-spec waits(pid()) -> boolean().
waits(Pid) ->
    node(Pid) =:= node() andalso process_info(Pid, status) =:= {status, waiting}.
