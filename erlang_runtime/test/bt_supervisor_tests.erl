%% Supervisors, their routes, and states that are recovered: with hand-made classes.
-module(bt_supervisor_tests).
-include_lib("eunit/include/eunit.hrl").

-define(C, bt_sample_counter).

supervisor_test_() ->
    {foreach, fun setup/0, fun bt_fixture:stop/1,
     [fun a_real_supervisor/1, fun routes/1, fun restarts/1, fun end_with_the_program/1,
      fun forgotten/1, fun recovery/1]}.

setup() ->
    Started = bt_fixture:start(),
    bt_fixture:class('bt.stdlib.Supervisor',
        #{superclass => 'bt.stdlib.Object', kind => supervisor},
        "'class strategy'(_) -> oneForOne. 'class maxRestarts'(_) -> 100.
         'class restartWindow'(_) -> 1. 'class initialize:'(_, _) -> nil.
         children(S) -> bt_supervisor:children(S)."),
    bt_fixture:class('bt.app.Team',
        #{superclass => 'bt.stdlib.Supervisor', kind => supervisor},
        "'class children'(_) -> [{bt_class:object(bt_sample_counter), #{scale => 3}}].
         'class strategy'(_) -> oneForOne. 'class maxRestarts'(_) -> 100.
         'class restartWindow'(_) -> 1. 'class initialize:'(_, _) -> nil.
         size(S) -> length(bt_supervisor:children(S))."),
    Started.

team() -> bt_supervisor:start(bt_class:object('bt.app.Team'), nil).

a_real_supervisor(_) ->
    fun() ->
        Team = team(),
        ?assertEqual('bt.app.Team', bt_class:'of'(Team)),
        ?assertEqual(3, length(supervisor:which_children(Team))),
        ?assertEqual(3, bt_send:call(Team, size)),
        {ok, Linked} = 'bt.app.Team':start_link(),
        ?assertEqual(3, proplists:get_value(active, supervisor:count_children(Linked))),
        ok = bt_actor:stop(Linked)
    end.

routes(_) ->
    fun() ->
        Team = team(),
        Members = [bt_send:call(Team, me) || _ <- lists:seq(1, 6)],
        ?assertEqual(bt_supervisor:children(Team) ++ bt_supervisor:children(Team), Members),
        bt_send:cast(Team, increment),
        ?assertError(#{'$class' := 'bt.stdlib.DoesNotUnderstand'}, bt_send:call(Team, nonsense))
    end.

restarts(_) ->
    fun() ->
        Team = team(),
        Before = bt_supervisor:children(Team),
        [exit(Child, kill) || Child <- Before],
        ?assertEqual(0, bt_send:call(Team, getValue)),
        ?assertNot(lists:member(bt_send:call(Team, me), Before))
    end.

end_with_the_program(_) ->
    fun() ->
        Team = team(),
        Children = bt_supervisor:children(Team),
        Tester = self(),
        [bt_actor:call(Child, 'run:', [fun() -> put('@plan', {tell, Tester}) end])
         || Child <- Children],
        bt_processes:shut_down(),
        Ended = [receive {terminated, Child, shutdown} -> Child end || _ <- Children],
        ?assertEqual(lists:reverse(Children), Ended),
        ?assertNot(is_process_alive(Team))
    end.

forgotten(_) ->
    fun() ->
        Team = team(),
        ?assertMatch({'bt.app.Team', _}, bt_processes:lookup(Team)),
        ok = bt_actor:stop(Team),
        eventually(fun() -> bt_processes:lookup(Team) =:= none end),
        ?assertError(#{'$class' := 'bt.stdlib.ActorDied'}, bt_send:call(Team, getValue))
    end.

recovery(_) ->
    fun() ->
        Place = {self(), 1},
        ?assertEqual(none, bt_recovery:last(Place)),
        ok = bt_recovery:save(Place, 5, [{'@value', 7}]),
        ?assertEqual({ok, 5, [{'@value', 7}]}, bt_recovery:last(Place)),
        ok = bt_recovery:forget_children_of(self()),
        ?assertEqual(none, bt_recovery:last(Place))
    end.

eventually(Condition) ->
    Condition() orelse begin timer:sleep(1), eventually(Condition) end.
