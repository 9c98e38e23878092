%% @doc Finds rings of processes that wait for each other.
%%
%% Only a process that has waited a while comes here. It writes an edge to the process it waits
%% for, follows the edges from there, and is in a ring if they lead back to it, if every other
%% member really waits, and if a second reading finds the same edges. Rings across nodes are not
%% found; there the time limit ends the wait.
-module(bt_deadlock).

-export([create_table/0, check/3, forget/1, rings/0, waits_of/1, text/1]).
-export_type([wait/0]).

%% An instance of PendingWait: who waits for the answer to which message, and of whom.
-type wait() :: #{'$class' := module(), atom() => term()}.

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

%%% Rings as one looks for them

-define(AGAIN_MS, 20).

%% @doc All rings of this node, also those in which nobody has waited for long. What a process waits
%% for is read from outside, and read again a little later: only what is the same then counts.
-spec rings() -> [[wait()]].
rings() ->
    case find_rings() of
        [] -> [];
        Rings ->
            timer:sleep(?AGAIN_MS),
            Still = find_rings(),
            [waits_of(Ring ++ [hd(Ring)]) || Ring <- Rings, lists:member(Ring, Still)]
    end.

%% Each begins with its lowest process, so that it is found once.
find_rings() ->
    Edges = maps:from_list(lists:append([edge(Pid) || Pid <- processes(), Pid =/= self()])),
    lists:usort([Ring || Pid <- maps:keys(Edges), Ring <- ring_from(Pid, Pid, Edges, [])]).

edge(Pid) ->
    case process_info(Pid, current_function) of
        {current_function, Where} -> edge(Pid, Where, bt_inspect_wait:waits_in(Where));
        undefined -> []
    end.

edge(_, _, false) -> [];
edge(Pid, Where, true) ->
    case process_info(Pid, [status, dictionary, monitors]) of
        [{status, waiting}, {dictionary, Dictionary}, {monitors, Monitors}] ->
            Seen = #{current_function => Where, dictionary => Dictionary, monitors => Monitors},
            awaited(Pid, bt_inspect_wait:info(Pid, waiting, Seen));
        _ -> []
    end.

awaited(Pid, #{receiver := Target}) when is_pid(Target), Target =/= Pid -> [{Pid, Target}];
awaited(_, _) -> [].

ring_from(At, First, Edges, Path) ->
    case Edges of
        #{At := First} -> [lists:reverse([At | Path]) || First =:= lists:min([At | Path])];
        #{At := Next} ->
            case lists:member(Next, Path) of
                true -> [];
                false -> ring_from(Next, First, Edges, [At | Path])
            end;
        #{} -> []
    end.

%% @doc What each process of a ring waits for; the ring ends with the process that it begins with.
-spec waits_of([pid()]) -> [wait()].
waits_of([_ | Next] = Ring) ->
    [#{'$class' => 'bt.stdlib.PendingWait', waiter => Waiter, receiver => Receiver,
       selector => selector(Waiter, Receiver)}
     || {Waiter, Receiver} <- lists:zip(lists:droplast(Ring), Next)].

selector(Waiter, Receiver) when node(Receiver) =:= node() ->
    bt_inspect_wait:message(Waiter, Receiver);
selector(_, _) -> nil.

%% @doc `Ping <0.120.0> waits for #pong of Pong <0.121.0>'.
-spec text(wait()) -> binary().
text(#{waiter := Waiter, receiver := Receiver, selector := Selector}) ->
    What = case Selector of
               nil -> <<"a future">>;
               _ -> bt_print:print_string(Selector)
           end,
    iolist_to_binary([bt_trace_reader:name(Waiter), <<" waits for ">>, What, <<" of ">>,
                      bt_trace_reader:name(Receiver)]).
