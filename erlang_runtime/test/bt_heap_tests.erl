-module(bt_heap_tests).

-include_lib("eunit/include/eunit.hrl").

-define(C, bt_sample_counter).

heap_test_() ->
    {setup, fun bt_fixture:start/0, fun bt_fixture:stop/1,
     [{timeout, 60, fun after_a_burst/0}, {timeout, 60, fun with_a_large_state/0}]}.

%% Whatever came at once, an actor that has handled it is small again: what came after its last
%% look, up to 512 messages, may still be on its heap, not the whole burst.
after_a_burst() ->
    A = bt_actor:spawn(?C),
    Before = memory(A),
    [begin
         [bt_actor:cast(A, 'add:', [1]) || _ <- lists:seq(1, 20000)],
         _ = bt_actor:call(A, getValue, []),
         ?assert(is_small(A, Before + 400000, 100))
     end || _ <- lists:seq(1, 10)],
    bt_actor:kill(A).

%% A large state is not collected again and again.
with_a_large_state() ->
    A = bt_actor:spawn(?C),
    nil = bt_actor:call(A, 'at:put:', [lists:seq(1, 500000), 1]),
    erlang:trace(A, true, [garbage_collection]),
    [bt_actor:cast(A, me, []) || _ <- lists:seq(1, 20000)],
    A = bt_actor:call(A, me, []),
    erlang:trace(A, false, [garbage_collection]),
    ?assert(full_sweeps(A) < 10),
    bt_actor:kill(A).

%% It answers before it collects.
is_small(_, _, 0) -> false;
is_small(Pid, Limit, Looks) ->
    memory(Pid) < Limit orelse begin timer:sleep(10), is_small(Pid, Limit, Looks - 1) end.

memory(Pid) -> element(2, process_info(Pid, memory)).

full_sweeps(Pid) ->
    receive
        {trace, Pid, gc_major_start, _} -> 1 + full_sweeps(Pid);
        {trace, Pid, _, _} -> full_sweeps(Pid)
    after 100 -> 0
    end.
