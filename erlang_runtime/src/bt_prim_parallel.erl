%%% @doc Work for several processes at a time: `Parallel', and the elements of a list.
%%%
%%% The one who asks waits for a coordinator, which starts a worker for each job, so many at a time,
%%% and is linked to them. It ends with whoever asked, and with it all workers: nothing is left
%%% running, whether there was an error, a time-out, an early answer or a kill. A worker has a copy
%%% of its block: what that assigns stays with it.
-module(bt_prim_parallel).

-export([collect/3, all/3, settle/3, any/2, race/2]).

-type outcome() :: {ok, term()} | {failed, bt_error:exception()}.
-type index() :: pos_integer().

-record(work, {
    wanted :: all | settle | any | race,
    limit :: pos_integer(),
    deadline :: bt_wait:deadline(),
    waiting :: [{index(), fun(() -> term())}],
    count :: non_neg_integer(),
    running = #{} :: #{pid() => index()},
    done = #{} :: #{index() => outcome()}
}).

%% @doc The block's values, in the order of the elements, computed by at most `Limit' processes at a
%% time. The first error is raised here; the other processes are killed then.
-spec collect(term(), term(), term()) -> list().
collect(Other, _Block, _Limit) when not is_list(Other) ->
    bt_prim_collection:type_error(<<"a collection">>, Other, nil, 'collect:with:maxConcurrency:');
collect(List, Block, Limit) when is_integer(Limit), Limit > 0 ->
    Fun = bt_cell:copy(bt_prim_collection:function(Block, 1, 'parallelCollect:')),
    raised(run(all, [fun() -> Fun(Item) end || Item <- List], Limit, infinity));
collect(List, _Block, Limit) ->
    Selector = 'parallelCollect:maxConcurrency:',
    bt_prim_collection:type_error(<<"an Integer above 0">>, Limit, List, Selector).

%% @doc The values of all blocks, or the first error.
-spec all(term(), term(), term()) -> [term()].
all(Blocks, Limit, Timeout) ->
    Selector = 'all:maxConcurrency:timeout:',
    Jobs = jobs(Blocks, 'all:'),
    raised(run(all, Jobs, limit(Limit, Jobs, Selector), timeout(Timeout, Selector))).

%% @doc What became of each block: `{ok, Value}' or `{error, Exception}'.
-spec settle(term(), term(), term()) -> [{ok | error, term()}].
settle(Blocks, Limit, Timeout) ->
    Selector = 'settle:maxConcurrency:timeout:',
    Jobs = jobs(Blocks, 'settle:'),
    Outcomes = run(settle, Jobs, limit(Limit, Jobs, Selector), timeout(Timeout, Selector)),
    [settled(Outcome) || Outcome <- Outcomes].

settled({ok, Value}) -> {ok, Value};
settled({failed, Exception}) -> {error, Exception}.

%% @doc The value of the first block that has one; if all fail, the last error.
-spec any(term(), term()) -> term().
any(Blocks, Timeout) -> first(any, Blocks, Timeout, 'any:').

%% @doc What the first block to end came to.
-spec race(term(), term()) -> term().
race(Blocks, Timeout) -> first(race, Blocks, Timeout, 'race:').

first(Wanted, Blocks, Timeout, Selector) ->
    case jobs(Blocks, Selector) of
        [] -> bt_prim_collection:empty(Blocks, Selector);
        Jobs ->
            Outcome = run(Wanted, Jobs, length(Jobs), timeout(Timeout, Selector)),
            [Value] = raised([Outcome]),
            Value
    end.

raised(Outcomes) -> [value(Outcome) || Outcome <- Outcomes].

value({ok, Value}) -> Value;
value({failed, Exception}) -> bt_error:raise_here(Exception).

%%% Arguments

jobs(Blocks, Selector) when is_list(Blocks) ->
    [job(Block, Selector) || Block <- bt_cell:copy(Blocks)];
jobs(Other, Selector) ->
    bt_prim_collection:type_error(<<"a collection of blocks">>, Other, nil, Selector).

job(Block, _Selector) when is_function(Block, 0) -> Block;
job(Block, _Selector) when is_function(Block) -> fun() -> bt_send:call(Block, value) end;
job({'$bt_future', _, _, _} = Future, _Selector) -> fun() -> bt_future:await_forever(Future) end;
job(Other, Selector) -> bt_prim_collection:type_error(<<"blocks">>, Other, nil, Selector).

limit(nil, Jobs, _Selector) -> max(1, length(Jobs));
limit(Limit, _Jobs, _Selector) when is_integer(Limit), Limit > 0 -> Limit;
limit(Other, _Jobs, Selector) ->
    bt_prim_collection:type_error(<<"an Integer above 0">>, Other, nil, Selector).

timeout(nil, _Selector) -> infinity;
timeout(Ms, _Selector) when is_number(Ms), Ms >= 0, Ms < 16#100000000 -> round(Ms);
timeout(Other, Selector) ->
    bt_prim_collection:type_error(<<"milliseconds">>, Other, nil, Selector).

%%% The one who asks

run(_Wanted, [], _Limit, _Timeout) -> [];
run(Wanted, Jobs, Limit, Timeout) ->
    Waiting = lists:enumerate(Jobs),
    Work = #work{wanted = Wanted, limit = Limit, deadline = bt_wait:deadline(Timeout),
                 waiting = Waiting, count = length(Waiting)},
    Asker = self(),
    {Coordinator, Monitor} = spawn_monitor(fun() -> coordinate(Asker, Work) end),
    receive
        {'DOWN', Monitor, process, Coordinator, {'$bt_value', Answer}} -> Answer;
        {'DOWN', Monitor, process, Coordinator, {'$bt_late', Done}} ->
            erlang:error(late(Timeout, Done, length(Jobs)));
        {'DOWN', Monitor, process, Coordinator, Reason} ->
            bt_error:raise(bt_fault:actor_died(Coordinator, unknown, Reason))
    end.

late(Timeout, Done, Count) ->
    Text = io_lib:format("~b of ~b blocks were done within ~b ms", [Done, Count, Timeout]),
    (bt_fault:timeout(nil, Timeout))#{message => iolist_to_binary(Text), hint => nil}.

%%% The coordinator

-spec coordinate(pid(), #work{}) -> no_return().
coordinate(Asker, Work) ->
    process_flag(trap_exit, true),
    Monitor = monitor(process, Asker),
    Reason =
        try
            work(Work, Monitor)
        catch
            throw:{finished, Answer} -> Answer
        end,
    {links, Workers} = process_info(self(), links),
    lists:foreach(fun kill/1, Workers),
    exit(Reason).

%% They are dead when the answer is there.
kill(Worker) when is_pid(Worker) ->
    exit(Worker, kill),
    receive {'EXIT', Worker, _} -> ok end;
kill(_Port) -> ok.

work(#work{waiting = [], running = Running} = Work, _) when map_size(Running) =:= 0 ->
    {'$bt_value', complete(Work)};
work(#work{waiting = [{Index, Job} | Rest], running = Running, limit = Limit} = Work, Monitor)
  when map_size(Running) < Limit ->
    Worker = spawn_link(fun() -> exit({'$bt_value', evaluate(Job)}) end),
    work(Work#work{waiting = Rest, running = Running#{Worker => Index}}, Monitor);
work(#work{running = Running, done = Done, deadline = Deadline} = Work, Monitor) ->
    receive
        {'EXIT', Worker, Reason} when is_map_key(Worker, Running) ->
            {Index, Others} = maps:take(Worker, Running),
            Outcome = outcome(Worker, Reason),
            ok = decided(Work#work.wanted, Outcome),
            work(Work#work{running = Others, done = Done#{Index => Outcome}}, Monitor);
        {'DOWN', Monitor, process, _, _} ->
            asker_is_gone
    after bt_wait:left(Deadline) ->
        late_answer(Work)
    end.

outcome(_Worker, {'$bt_value', Outcome}) -> Outcome;
outcome(Worker, Reason) -> {failed, bt_fault:actor_died(Worker, unknown, Reason)}.

%% Whether one outcome answers for all.
decided(all, {failed, _} = Failed) -> throw({finished, {'$bt_value', [Failed]}});
decided(any, {ok, _} = Value) -> throw({finished, {'$bt_value', Value}});
decided(race, Outcome) -> throw({finished, {'$bt_value', Outcome}});
decided(_Wanted, _Outcome) -> ok.

complete(#work{wanted = any, done = Done, count = Count}) -> map_get(Count, Done);
complete(#work{done = Done, count = Count}) -> [map_get(I, Done) || I <- lists:seq(1, Count)].

%% Who settles gets what is there; the others have failed by then.
late_answer(#work{wanted = settle, count = Count, done = Done} = Work) ->
    Late = {failed, late_exception()},
    Missing = maps:from_keys(lists:seq(1, Count), Late),
    {'$bt_value', complete(Work#work{done = maps:merge(Missing, Done)})};
late_answer(#work{done = Done}) ->
    {'$bt_late', map_size(Done)}.

late_exception() ->
    (bt_fault:timeout(nil, 0))#{message => <<"the block was not done in time">>, hint => nil}.

-spec evaluate(fun(() -> term())) -> outcome().
evaluate(Job) ->
    try
        {ok, bt_cell:copy(bt_op:touch(Job()))}
    catch
        Class:Reason:Stack -> {failed, bt_error:wrap(Class, Reason, Stack)}
    end.
