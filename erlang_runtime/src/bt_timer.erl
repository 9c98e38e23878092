%% @doc Timers: blocks and messages that run later, in the process that asked for them, when it
%% waits for messages (like the blocks of futures, see bt_when).
%%
%% A Timer is an instance of `bt.stdlib.Timer' with the fields `owner' and `word', an atomics
%% reference: 0 while it is active. So it can be asked and cancelled by any process of the node.
-module(bt_timer).

-export(['after'/2, every/2, after_send/3, every_send/3, sleep/1, cancel/1, is_active/1]).
-export([fire/1, is_due_before/1]).

-type timer() :: #{'$class' := 'bt.stdlib.Timer', owner := pid(), word := bt_future:word()}.
-type job() :: {block, fun(() -> term())} | {send, atom(), [term()]}.
%% What is `announced' comes from an announcer (bt_announcer), as long as that has subscribers.
-type fired() :: {bt_future:word(), once | {every, pos_integer()} | announced, job()}.

-define(ACTIVE, 0).
-define(DONE, 1).
-define(ONCE, '$bt_timers').

%% @doc Runs the block once, so many milliseconds from now.
-spec 'after'(number(), fun()) -> timer().
'after'(Ms, Block) -> start(milliseconds(Ms), once, {block, Block}).

%% @doc Runs the block again and again.
-spec every(number(), fun()) -> timer().
every(Ms, Block) -> start_every(milliseconds(Ms), {block, Block}).

%% @doc Sends this actor a message later.
-spec after_send(number(), atom(), [term()]) -> timer().
after_send(Ms, Selector, Arguments) ->
    start(milliseconds(Ms), once, {send, Selector, Arguments}).

%% @doc Sends this actor a message again and again.
-spec every_send(number(), atom(), [term()]) -> timer().
every_send(Ms, Selector, Arguments) ->
    start_every(milliseconds(Ms), {send, Selector, Arguments}).

-spec start_every(non_neg_integer(), job()) -> timer().
start_every(Ms, Job) -> start(max(1, Ms), {every, max(1, Ms)}, Job).

%% @doc This process does nothing for so long. A script runs its registered blocks meanwhile.
-spec sleep(number()) -> nil.
sleep(Ms) ->
    bt_wait:sleep(milliseconds(Ms)),
    nil.

%% As many as Erlang can wait for: seven weeks.
-spec milliseconds(term()) -> non_neg_integer().
milliseconds(Ms) when is_integer(Ms), Ms >= 0, Ms < 1 bsl 32 -> Ms;
milliseconds(Ms) when is_float(Ms), Ms >= 0, Ms =< 16#FFFFFFFF -> round(Ms);
milliseconds(Ms) when is_number(Ms), Ms >= 0 ->
    bt_error:raise(bt_fault:type_error(<<"at most 4294967295 milliseconds">>, Ms));
milliseconds(Other) -> bt_error:raise(bt_fault:type_error(<<"milliseconds">>, Other)).

-spec check(job()) -> ok.
check({block, Block}) when is_function(Block) -> ok;
check({block, Other}) -> bt_error:raise(bt_fault:type_error(<<"a Block">>, Other));
check({send, Selector, _}) when is_atom(Selector) -> ok;
check({send, Other, _}) -> bt_error:raise(bt_fault:type_error(<<"a Symbol">>, Other)).

-spec start(non_neg_integer(), once | {every, pos_integer()}, job()) -> timer().
start(Ms, Repeat, Job) ->
    check(Job),
    Word = bt_weak:new(),
    Repeat =:= once andalso put(?ONCE, [{Word, bt_wait:deadline(Ms)} | active()]),
    arm(Ms, {Word, Repeat, Job}),
    #{'$class' => 'bt.stdlib.Timer', owner => self(), word => Word}.

-spec arm(non_neg_integer(), fired()) -> reference().
arm(Ms, Fired) -> erlang:send_after(Ms, self(), {'$bt_timer', Fired}).

%% @doc Ends a timer; it does not run any more, though its message may be on the way.
-spec cancel(timer()) -> timer().
cancel(#{word := Word} = Timer) ->
    atomics:put(Word, 1, ?DONE),
    Timer.

%% @doc Whether it will run.
-spec is_active(timer()) -> boolean().
is_active(#{owner := Owner, word := Word}) ->
    atomics:get(Word, 1) =:= ?ACTIVE andalso is_process_alive(Owner).

%% @doc The message of a timer has arrived. An interrupt (bt_repl) comes in the same way, because
%% every process that waits looks for such messages: it unwinds what waits.
-spec fire(fired() | {trace, reference(), map()} | interrupt) -> ok.
fire(interrupt) -> throw({'$bt_interrupt'});
fire({trace, Trace, Event}) -> bt_trace:fire(Trace, Event);
fire({Word, _, Job} = Fired) ->
    case atomics:get(Word, 1) of
        ?ACTIVE ->
            repeat(Fired),
            run(Job);
        ?DONE -> ok
    end,
    ok.

%% The next period begins before the block runs: a slow block makes no slow timer.
-spec repeat(fired()) -> term().
repeat({_, {every, Ms}, _} = Fired) -> arm(Ms, Fired);
repeat({_, announced, _}) -> ok;
repeat({Word, once, _}) -> atomics:put(Word, 1, ?DONE).

-spec run(job()) -> term().
run({send, Selector, Arguments}) -> bt_send:cast_list(self(), Selector, Arguments);
run({block, Block}) ->
    try bt_send:call(Block, value)
    catch
        Class:Reason:Stack ->
            bt_report:block_failed(bt_error:wrap(Class, Reason, Stack), Stack)
    end.

%% @doc Whether a timer of this process will still run once before the deadline; for scripts, which
%% wait for those.
-spec is_due_before(integer()) -> boolean().
is_due_before(Deadline) -> lists:any(fun({_, Due}) -> Due =< Deadline end, active()).

%% The words of the timers that run once. Fired and cancelled ones are dropped when one is added,
%% so the list does not grow.
-spec active() -> [{bt_future:word(), integer()}].
active() ->
    case get(?ONCE) of
        undefined -> [];
        Timers -> [Timer || {Word, _} = Timer <- Timers, atomics:get(Word, 1) =:= ?ACTIVE]
    end.
