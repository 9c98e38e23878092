-module(bt_cell_tests).
-include_lib("eunit/include/eunit.hrl").

-export(['mk 1'/1, 'mk 2'/1, 'mk 3'/1, 'mk 4'/1]).

all_test_() ->
    [
        {"a cell holds any value, undefined too", fun values/0},
        {"blocks share a cell", fun shared/0},
        {"cells that nobody holds are swept", {timeout, 120, fun swept/0}},
        {"cells that somebody holds are not", {timeout, 60, fun kept/0}},
        {"a becoming distributed node changes nothing", {timeout, 60, fun distributed/0}},
        {"a copy sees the values of its moment", fun copies/0},
        {"blocks that share a cell share it in the copy", fun shared_copy/0},
        {"a block that is in the variable it captures", fun cycle/0},
        {"two blocks that know each other", fun mutual_cycle/0},
        {"what has no blocks is not copied", fun no_copy/0},
        {"rings that nobody holds are swept", {timeout, 120, fun rings/0}},
        {"rings held by the stack are not", {timeout, 60, fun ring_on_stack/0}},
        {"rings held by a timer's message are not", {timeout, 60, fun ring_in_message/0}},
        {"rings held by the state are not", {timeout, 60, fun ring_in_state/0}},
        {"what a held ring leads to is kept with it", {timeout, 60, fun ring_behind_ring/0}},
        {"rings and copies", {timeout, 60, fun ring_of_copy/0}},
        {"cells behave as variables", {timeout, 60, fun model/0}}
    ].

%% Blocks as the compiler makes them: a counter, a recursive block, a pair.
'mk 1'(Env) ->
    fun() -> counter(Env) end.

counter({'$bt_env', _, _, _, Cell}) ->
    bt_cell:put(Cell, bt_cell:get(Cell) + 1).

'mk 2'(Env) ->
    fun(N) -> factorial(Env, N) end.

factorial(_, 0) -> 1;
factorial({'$bt_env', _, _, _, Cell}, N) -> N * (bt_cell:get(Cell))(N - 1).

'mk 3'(Env) ->
    fun(N) -> other(Env, N) end.

other(_, 0) -> done;
other({'$bt_env', _, _, _, Cell}, N) -> (bt_cell:get(Cell))(N - 1).

%% Counts, and has a variable that holds the block itself.
'mk 4'(Env) ->
    fun() -> count_and_self(Env) end.

count_and_self({'$bt_env', _, _, _, Count, Me}) ->
    true = is_function(bt_cell:get(Me), 0),
    bt_cell:put(Count, bt_cell:get(Count) + 1).

block(Maker, Cell) ->
    ?MODULE:Maker({'$bt_env', ?MODULE, Maker, nil, Cell}).

counter_from(N) ->
    block('mk 1', bt_cell:new(N)).

%% What a fresh process gets from a block that it is sent.
elsewhere(Term, Fun) ->
    Test = self(),
    Sent = bt_cell:copy(Term),
    {Pid, Ref} = spawn_monitor(fun() -> receive T -> Test ! {self(), Fun(T)} end end),
    Pid ! Sent,
    receive
        {Pid, Result} ->
            erlang:demonitor(Ref, [flush]),
            Result;
        {'DOWN', Ref, process, _, Reason} ->
            error(Reason)
    end.

fresh(Fun) ->
    elsewhere(nothing, fun(nothing) -> Fun() end).

values() ->
    Cell = bt_cell:new(undefined),
    ?assertEqual(undefined, bt_cell:get(Cell)),
    [
        begin
            ?assertEqual(Value, bt_cell:put(Cell, Value)),
            ?assertEqual(Value, bt_cell:get(Cell))
        end
     || Value <- [1, undefined, nil, [], false, undefined]
    ].

shared() ->
    Cell = bt_cell:new(0),
    A = block('mk 1', Cell),
    B = block('mk 1', Cell),
    ?assertEqual([1, 2, 3], [A(), B(), A()]).

activations(0) -> ok;
activations(N) ->
    Count = counter_from(0),
    1 = Count(),
    2 = Count(),
    activations(N - 1).

swept() ->
    {Keys, Memory} = fresh(fun() ->
        activations(300000),
        garbage_collect(),
        {memory, Memory} = process_info(self(), memory),
        {length(get_keys()), Memory}
    end),
    ?assert(Keys < 2500),
    ?assert(Memory < 1000000).

kept() ->
    Sums = fresh(fun() ->
        Counters = [counter_from(N) || N <- lists:seq(1, 3000)],
        First = [Count() || Count <- Counters],
        activations(20000),
        garbage_collect(),
        activations(20000),
        {First, [Count() || Count <- Counters]}
    end),
    ?assertEqual({lists:seq(2, 3001), lists:seq(3, 3002)}, Sums).

distributed() ->
    fresh(fun() ->
        Counters = [counter_from(0) || _ <- lists:seq(1, 500)],
        [1 = Count() || Count <- Counters],
        Started = net_kernel:start([bt_cell_test, shortnames]),
        activations(5000),
        Values = [Count() || Count <- Counters],
        case Started of
            {ok, _} -> net_kernel:stop();
            {error, _} -> ok
        end,
        ?assertEqual(lists:duplicate(500, 2), Values)
    end).

copies() ->
    Count = counter_from(0),
    ?assertEqual(1, elsewhere(Count, fun(C) -> C() end)),
    ?assertEqual(1, Count()),
    ?assertEqual([2, 3], elsewhere(Count, fun(C) -> [C(), C()] end)),
    ?assertEqual(2, Count()),
    Nested = {a, [#{k => Count}]},
    ?assertEqual(3, elsewhere(Nested, fun({a, [#{k := C}]}) -> C() end)),
    ?assertEqual(3, Count()).

shared_copy() ->
    Cell = bt_cell:new(0),
    Pair = {block('mk 1', Cell), block('mk 1', Cell)},
    (element(1, Pair))(),
    ?assertEqual([2, 3, 4], elsewhere(Pair, fun({A, B}) -> [A(), B(), A()] end)),
    %% A copy that is sent on carries what it has become.
    Back = elsewhere(Pair, fun({A, B}) -> A(), bt_cell:copy(B) end),
    ?assertEqual(3, Back()),
    ?assertEqual(2, (element(1, Pair))()).

cycle() ->
    Cell = bt_cell:new(nil),
    Factorial = block('mk 2', Cell),
    bt_cell:put(Cell, Factorial),
    ?assertEqual(120, Factorial(5)),
    ?assertEqual(120, elsewhere(Factorial, fun(F) -> F(5) end)).

mutual_cycle() ->
    Ping = bt_cell:new(nil),
    Pong = bt_cell:new(nil),
    A = block('mk 3', Pong),
    B = block('mk 3', Ping),
    bt_cell:put(Ping, A),
    bt_cell:put(Pong, B),
    ?assertEqual(done, A(5)),
    ?assertEqual([done, done], elsewhere({A, B}, fun({F, G}) -> [G(4), F(5)] end)),
    Twice = fun({F, G}) -> elsewhere([G, F], fun([H, I]) -> [H(4), I(7)] end) end,
    ?assertEqual([done, done], elsewhere({A, B}, Twice)).

%% A block that is in a variable it uses, and counts.
ring() ->
    Me = bt_cell:new(nil),
    Block = ?MODULE:'mk 4'({'$bt_env', ?MODULE, 'mk 4', nil, bt_cell:new(0), Me}),
    bt_cell:put(Me, Block),
    1 = Block(),
    Block.

churn_rings(0) -> ok;
churn_rings(N) ->
    ring(),
    churn_rings(N - 1).

rings() ->
    {Keys, Memory} = fresh(fun() ->
        churn_rings(50000),
        garbage_collect(),
        {memory, Memory} = process_info(self(), memory),
        {length(get_keys()), Memory}
    end),
    ?assert(Keys < 600),
    ?assert(Memory < 500000).

ring_on_stack() ->
    Counts = fresh(fun() ->
        Rings = [ring() || _ <- lists:seq(1, 10)],
        churn_rings(1000),
        First = [Ring() || Ring <- Rings],
        churn_rings(1000),
        {First, [Ring() || Ring <- Rings]}
    end),
    ?assertEqual({lists:duplicate(10, 2), lists:duplicate(10, 3)}, Counts).

ring_in_message() ->
    Count = fresh(fun() ->
        erlang:send_after(1, self(), {ring, ring()}),
        churn_rings(1000),
        Again = receive {ring, Ring} -> Ring() end,
        churn_rings(1000),
        Again
    end),
    ?assertEqual(2, Count).

ring_in_state() ->
    Count = fresh(fun() ->
        put('@ring', ring()),
        churn_rings(1000),
        (get('@ring'))()
    end),
    ?assertEqual(2, Count).

ring_behind_ring() ->
    Live = fresh(fun() ->
        Held = bt_cell:new(nil),
        bt_cell:put(Held, [ring(), ring()]),
        churn_rings(1000),
        [2, 2] = [Ring() || Ring <- bt_cell:get(Held)],
        churn_rings(1000),
        [3, 3] = [Ring() || Ring <- bt_cell:get(Held)],
        bt_cell:put(Held, nil),
        churn_rings(1000),
        garbage_collect(),
        bt_cell:live()
    end),
    ?assert(Live < 400).

ring_of_copy() ->
    Copied = fresh(fun() -> bt_cell:copy({ring(), ring()}) end),
    Counts = fresh(fun() ->
        {A, B} = Copied,
        churn_rings(1000),
        First = A(),
        churn_rings(1000),
        Sent = elsewhere({B, A}, fun({C, D}) -> churn_rings(500), {C(), D()} end),
        {First, A(), B(), Sent}
    end),
    ?assertEqual({2, 3, 2, {2, 3}}, Counts).

no_copy() ->
    (counter_from(0))(),
    Big = lists:seq(1, 100),
    ?assert(erts_debug:same(Big, bt_cell:copy(Big))).

%% Random reads, writes, sweeps and collections against a map.
model() ->
    Cell = proper_types:range(1, 8),
    Command = proper_types:frequency([
        {5, {write, Cell, proper_types:integer()}}, {5, {read, Cell}}, {1, collect}, {1, churn}
    ]),
    Property = proper:forall(proper_types:list(Command), fun(Commands) ->
        fresh(fun() ->
            Cells = maps:from_list([{N, bt_cell:new(0)} || N <- lists:seq(1, 8)]),
            run(Commands, Cells, maps:map(fun(_, _) -> 0 end, Cells))
        end)
    end),
    ?assertEqual(true, proper:quickcheck(Property, [{numtests, 200}, quiet])).

run([], _Cells, _Model) -> true;
run([{write, N, V} | Commands], Cells, Model) ->
    bt_cell:put(map_get(N, Cells), V),
    run(Commands, Cells, Model#{N := V});
run([{read, N} | Commands], Cells, Model) ->
    bt_cell:get(map_get(N, Cells)) =:= map_get(N, Model) andalso run(Commands, Cells, Model);
run([collect | Commands], Cells, Model) ->
    garbage_collect(),
    run(Commands, Cells, Model);
run([churn | Commands], Cells, Model) ->
    activations(200),
    churn_rings(200),
    run(Commands, Cells, Model).
