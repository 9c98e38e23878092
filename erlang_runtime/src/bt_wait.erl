%% @doc How a process waits for one answer.
%%
%% An answer is `{'$bt_reply', Ref, Value}', or `{'$bt_fault', Ref, dying | refused, Exception}',
%% or the `DOWN' message of the monitor `Ref'. Three kinds of process wait:
%%
%% an *actor* waits for nothing else; what its futures' blocks want must wait until it is between
%% messages. A *script* also runs the blocks that it registered, as they become ready. A *foreign*
%% Erlang process does like a script, and must never find our internal messages in its mailbox.
%%
%% A timer for each wait would cost a third of a round trip. So actors, and scripts without
%% registered blocks, keep one uncancelled 200 ms timer (the tick) and look at the clock, and for
%% deadlocks, only when a wait has seen two of them.
-module(bt_wait).

-export([way/0, idle_tick/0, for/3, for/4, after_ticks/3, after_ticks/4, noted/1]).
-export([sleep/1, settle/1, deadline/1, left/1, less/2]).
-export_type([answer/0, limit/0, deadline/0, note/0]).

-type limit() :: non_neg_integer() | infinity.
-type deadline() :: integer() | infinity.
-type answer() :: {reply, term()} | {fault, dying | refused, bt_fault:exception()}
                | {down, term()} | timeout | {deadlock, [pid()]}.

%% What a process waits for: an answer of this process to this message (nil where only a future is
%% known), since this moment of system time in milliseconds.
-type note() :: {pid() | none, atom(), Since :: integer()}.

-define(TICK, '$bt_tick').
-define(NOTE, '$bt_wait').
-define(TICK_MS, 200).
-define(CROWD, 100).
-define(LONGEST_PROBE_MS, 10000).

%% @doc How this process should wait: with the tick; or, because its mailbox is `crowded', with a
%% receive that knows where to begin (which a clause for the tick would prevent) and a timer; or, as
%% `foreign' processes must not find a tick in their mailbox, with a timer; or, because it has to
%% look for news of registered blocks too, in for/3. Starts the tick if need be.
-spec way() -> tick | crowded | foreign | open.
way() ->
    case get(?TICK) of
        undefined -> arm(get('$bt_mode'));
        Way -> Way
    end.

%% Both last until the tick is taken out of the mailbox.
-spec arm(undefined | actor | script | callbacks) -> tick | crowded | foreign | open.
arm(undefined) ->
    case bt_when:is_idle() of
        true -> foreign;
        false -> open
    end;
arm(callbacks) -> open;
arm(_) ->
    erlang:send_after(?TICK_MS, self(), ?TICK),
    Way = case process_info(self(), message_queue_len) of
              {_, Length} when Length > ?CROWD -> crowded;
              _ -> tick
          end,
    put(?TICK, Way),
    Way.

%% @doc A tick arrived outside of any wait.
-spec idle_tick() -> ok.
idle_tick() ->
    erase(?TICK),
    ok.

%% @doc Waits for the answer `Ref' of `Target' without looking at the clock at first.
%% To be called when a first tick has been seen.
-spec after_ticks(reference(), pid(), limit()) -> answer().
after_ticks(Ref, Target, Limit) -> after_ticks(Ref, Target, nil, Limit).

%% @doc The same for the answer to a message.
-spec after_ticks(reference(), pid(), atom(), limit()) -> answer().
after_ticks(Ref, Target, Message, Limit) ->
    noting(Target, Message, fun() -> after_tick(Ref, Target, deadline(Limit)) end).

-spec after_tick(reference(), pid(), deadline()) -> answer().
after_tick(Ref, Target, Deadline) ->
    erase(?TICK),
    way(),
    receive
        {'$bt_reply', Ref, Value} -> {reply, Value};
        {'$bt_fault', Ref, How, Exception} -> {fault, How, Exception};
        {'DOWN', Ref, process, _, Reason} -> {down, Reason};
        ?TICK ->
            erase(?TICK),
            until(Ref, Target, Deadline)
    end.

%% @doc Waits for the answer `Ref' of `Target', with timers.
-spec for(reference(), pid(), limit()) -> answer().
for(Ref, Target, Limit) -> for(Ref, Target, nil, Limit).

%% @doc The same for the answer to a message.
-spec for(reference(), pid(), atom(), limit()) -> answer().
for(Ref, Target, Message, Limit) ->
    noting(Target, Message, fun() -> until(Ref, Target, deadline(Limit)) end).

%% Only long waits are noted, for those who look at the process; the short ones are too many. A
%% script may wait again in a block that it runs while it waits.
-spec noting(pid() | none, atom(), fun(() -> answer())) -> answer().
noting(Target, Message, Wait) ->
    Outer = put(?NOTE, {Target, Message, erlang:system_time(millisecond)}),
    try Wait()
    after
        case Outer of
            undefined -> erase(?NOTE);
            _ -> put(?NOTE, Outer)
        end
    end.

%% @doc What the process that has this dictionary waits for, if that is noted.
-spec noted([{term(), term()}]) -> note() | none.
noted(Dictionary) -> proplists:get_value(?NOTE, Dictionary, none).

-spec until(reference(), pid(), deadline()) -> answer().
until(Ref, Target, Deadline) ->
    case get('$bt_mode') of
        actor -> probe(Ref, Target, Deadline, ?TICK_MS, fun quiet/3);
        _ -> probe(Ref, Target, Deadline, ?TICK_MS, fun lively/3)
    end.

%% Waits in slices; after each without an answer looks for a ring of waiting processes.
-spec probe(reference(), pid(), deadline(), pos_integer(), fun()) -> answer().
probe(Ref, Target, Deadline, Slice, Receive) ->
    End = earlier(deadline(Slice), Deadline),
    case Receive(Ref, left(End), End) of
        timeout when End =:= Deadline -> timeout;
        timeout ->
            case stranger(Target) of
                none -> ring(Ref, Target, Deadline, Slice, Receive);
                Exception -> {fault, refused, Exception}
            end;
        Answer -> Answer
    end.

%% A process of Erlang's own does not answer messages, however long one waits: but it ends, when it
%% is told to.
-spec stranger(pid() | none) -> bt_fault:exception() | none.
stranger(Target) ->
    case get(?NOTE) of
        {Target, Message, _} when is_pid(Target), Message =/= stop, Message =/= 'waitFor:' ->
            case bt_processes:is_foreign(Target) of
                true -> bt_fault:no_actor(Target, Message);
                false -> none
            end;
        _ -> none
    end.

-spec ring(reference(), pid(), deadline(), pos_integer(), fun()) -> answer().
ring(Ref, Target, Deadline, Slice, Receive) ->
    case bt_deadlock:check(self(), Target, Ref) of
        [] ->
            Answer = probe(Ref, Target, Deadline, min(2 * Slice, ?LONGEST_PROBE_MS), Receive),
            bt_deadlock:forget(self()),
            Answer;
        Ring ->
            bt_deadlock:forget(self()),
            {deadlock, Ring}
    end.

-spec quiet(reference(), limit(), deadline()) -> answer().
quiet(Ref, Wait, _End) ->
    receive
        {'$bt_reply', Ref, Value} -> {reply, Value};
        {'$bt_fault', Ref, How, Exception} -> {fault, How, Exception};
        {'DOWN', Ref, process, _, Reason} -> {down, Reason}
    after Wait -> timeout
    end.

-spec lively(reference(), limit(), deadline()) -> answer().
lively(Ref, Wait, End) -> lively(Ref, Wait, End, fun() -> false end).

%% Like quiet/3, but runs the blocks this process has registered, until `Enough' says so.
-spec lively(reference(), limit(), deadline(), fun(() -> boolean())) -> answer().
lively(Ref, Wait, End, Enough) ->
    Blocks = bt_when:blocks(),
    receive
        {'$bt_reply', Ref, Value} -> {reply, Value};
        {'$bt_fault', Ref, How, Exception} -> {fault, How, Exception};
        {'DOWN', Ref, process, _, Reason} -> {down, Reason};
        {'$bt_reply', Other, settled} ->
            bt_when:ready(Other, settled),
            go_on(Ref, End, Enough);
        {'DOWN', Other, process, _, Reason} when is_map_key(Other, Blocks) ->
            bt_when:ready(Other, {down, Reason}),
            go_on(Ref, End, Enough);
        {'$bt_timer', Timer} ->
            bt_timer:fire(Timer),
            go_on(Ref, End, Enough);
        ?TICK ->
            idle_tick(),
            go_on(Ref, End, Enough)
    after Wait -> timeout
    end.

-spec go_on(reference(), deadline(), fun(() -> boolean())) -> answer().
go_on(Ref, End, Enough) ->
    case Enough() of
        true -> timeout;
        false -> lively(Ref, left(End), End, Enough)
    end.

%% @doc Does nothing for so long; a script meanwhile runs its registered blocks.
-spec sleep(non_neg_integer()) -> ok.
sleep(Ms) ->
    case get('$bt_mode') of
        actor -> timer:sleep(Ms);
        _ ->
            timeout = lively(make_ref(), Ms, deadline(Ms)),
            ok
    end.

%% @doc Runs registered blocks until none is left to run, or the time is over. Timers that repeat,
%% or run later than that, do not count. Then tells what was traced.
-spec settle(non_neg_integer()) -> ok.
settle(Ms) ->
    Deadline = deadline(Ms),
    Idle = fun() -> bt_when:is_idle() andalso not bt_timer:is_due_before(Deadline) end,
    Idle() orelse lively(make_ref(), Ms, Deadline, Idle),
    bt_trace:settle().

%% @doc The moment at which so many milliseconds are over.
-spec deadline(limit()) -> deadline().
deadline(infinity) -> infinity;
deadline(Ms) -> erlang:monotonic_time(millisecond) + Ms.

%% @doc The milliseconds until a moment, zero when it is past.
-spec left(deadline()) -> limit().
left(infinity) -> infinity;
left(Deadline) -> max(0, Deadline - erlang:monotonic_time(millisecond)).

%% @doc A limit of which some milliseconds are over.
-spec less(limit(), non_neg_integer()) -> limit().
less(infinity, _) -> infinity;
less(Limit, Ms) -> max(0, Limit - Ms).

-spec earlier(deadline(), deadline()) -> deadline().
earlier(A, infinity) -> A;
earlier(A, B) -> min(A, B).
