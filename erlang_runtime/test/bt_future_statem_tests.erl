%% Futures while their targets are killed: whoever awaits, however often and from wherever, gets one
%% outcome, which is the right one, and nobody waits for ever.
-module(bt_future_statem_tests).
-behaviour(proper_statem).

-include_lib("eunit/include/eunit.hrl").

%% Not through proper.hrl: rebar3 finds includes of its own dependencies only, and PropEr comes with
%% the system.
-import(proper_statem, [commands/1, run_commands/2]).
-import(proper_types, [elements/1, frequency/1, oneof/1, integer/0]).

-export([initial_state/0, command/1, precondition/2, next_state/3, postcondition/3]).
-export([start/0, send/3, send_refused/2, send_crashing/2, send_lazily/3, await/1, await_beside/1,
         await_killing/2, when_settled/1, kill/1, crash/1, stop/1, sweep/0, status/1]).

-define(C, bt_sample_counter).

%% `futures': each with its targets, any of whose deaths may fail it, and what it should come to.
-record(model, {actors = [], doomed = [], futures = [], outcomes = []}).

statem_test_() ->
    {setup,
     fun() ->
         true = code:add_path(hd(filelib:wildcard(code:lib_dir() ++ "/proper-*/ebin"))),
         logger:set_primary_config(level, none),
         bt_fixture:start()
     end,
     fun(Started) -> bt_fixture:stop(Started), logger:set_primary_config(level, notice) end,
     {timeout, 300, fun() ->
         ?assert(proper:quickcheck(prop_one_outcome(), [{numtests, 300}, quiet, {to_file, user}]))
     end}}.

prop_one_outcome() -> proper:forall(commands(?MODULE), fun one_outcome/1).

one_outcome(Commands) ->
    {History, Model, Result} = run_commands(?MODULE, Commands),
    [exit(A, kill) || A <- Model#model.actors],
    Left = mailbox(),
    Result =:= ok andalso Left =:= []
        orelse begin io:format(user, "~p~n~p~n~p~n", [History, Result, Left]), false end.

%% Blocks that were registered may still have news under way; nothing else may be left.
mailbox() ->
    bt_wait:settle(5000),
    {messages, Messages} = process_info(self(), messages),
    Messages.

%%% The commands

start() -> bt_actor:spawn(?C).
send(Actor, Ms, Value) ->
    bt_actor:send(Actor, 'run:', [fun() -> timer:sleep(Ms), Value end]).
send_refused(Actor, Reason) -> bt_actor:send(Actor, nonsense, [Reason]).
send_crashing(Actor, Reason) -> bt_actor:send(Actor, 'fail:', [Reason]).
send_lazily(Actor, Other, Value) ->
    bt_actor:send(Actor, 'run:', [fun() -> send(Other, 0, Value) end]).
kill(Actor) -> exit(Actor, kill).
crash(Actor) -> bt_actor:cast(Actor, 'fail:', [crash]).
stop(Actor) -> bt_actor:stop(Actor).

await(Future) -> simple(bt_future:outcome(Future, 10000)).

await_beside(Future) ->
    Me = self(),
    Pids = [spawn(fun() -> Me ! {self(), await(Future)} end) || _ <- lists:seq(1, 5)],
    agreed([receive {Pid, Outcome} -> Outcome end || Pid <- Pids]).

await_killing(Future, Actor) ->
    Me = self(),
    Pids = [spawn(fun() -> Me ! {self(), await(Future)} end) || _ <- lists:seq(1, 5)],
    exit(Actor, kill),
    agreed([receive {Pid, Outcome} -> Outcome end || Pid <- Pids]).

when_settled(Future) ->
    Settled = bt_future:when_settled(Future, fun(V) -> {ok, V} end,
                                     fun(E) -> simple({error, E}) end),
    bt_future:await(Settled, 10000).

agreed(Outcomes) ->
    [Outcome] = lists:usort(Outcomes),
    Outcome.

simple({ok, Value}) -> {ok, Value};
simple({error, #{kind := Kind}}) -> {error, Kind}.

sweep() ->
    garbage_collect(),
    bt_future_keeper:sweep().

status(Future) ->
    case {bt_future:is_pending(Future), bt_future:is_resolved(Future)} of
        {true, false} -> pending;
        {false, Resolved} -> {settled, Resolved};
        %% It settled between the two questions.
        {true, true} -> {settled, true}
    end.

%%% The model

initial_state() -> #model{}.

command(#model{actors = []}) -> {call, ?MODULE, start, []};
command(#model{actors = Actors, futures = Futures}) ->
    Actor = elements(Actors),
    frequency([{2, {call, ?MODULE, start, []}},
               {6, {call, ?MODULE, send, [Actor, elements([0, 0, 0, 1, 3]), value()]}},
               {2, {call, ?MODULE, send_refused, [Actor, nothing]}},
               {1, {call, ?MODULE, send_crashing, [Actor, boom]}},
               {2, {call, ?MODULE, send_lazily, [Actor, Actor, value()]}},
               {1, {call, ?MODULE, kill, [Actor]}},
               {1, {call, ?MODULE, crash, [Actor]}},
               {1, {call, ?MODULE, stop, [Actor]}},
               {1, {call, ?MODULE, sweep, []}}]
              ++ [{4, {call, ?MODULE, Ask, [future(Futures)]}}
                  || Ask <- [await, await_beside, when_settled, status], Futures =/= []]
              ++ [{3, {call, ?MODULE, await_killing, [future(Futures), Actor]}} || Futures =/= []]).

value() -> oneof([integer(), nil, true, {tuple, integer()}, <<"text">>, 1 bsl 62]).

future(Futures) -> elements([F || {F, _, _} <- Futures]).

precondition(#model{actors = Actors, futures = Futures}, {call, _, _, Arguments}) ->
    lists:all(fun(A) -> not is_tuple(A) orelse element(1, A) =/= var
                        orelse lists:member(A, Actors) orelse lists:keymember(A, 1, Futures) end,
              Arguments).

next_state(M = #model{actors = Actors}, Actor, {call, _, start, []}) ->
    M#model{actors = [Actor | Actors]};
next_state(M, Future, {call, _, send, [Actor, _, Value]}) ->
    add(M, Future, [Actor], {ok, Value});
next_state(M, Future, {call, _, send_refused, [Actor, _]}) ->
    add(M, Future, [Actor], {error, does_not_understand});
next_state(M, Future, {call, _, send_crashing, [Actor, _]}) ->
    doom(add(M, Future, [Actor], {error, erlang_error}), Actor);
next_state(M, Future, {call, _, send_lazily, [Actor, Other, Value]}) ->
    add(M, Future, [Actor, Other], {ok, Value});
next_state(M, _, {call, _, End, [Actor]}) when End =:= kill; End =:= crash; End =:= stop ->
    doom(M, Actor);
next_state(M, Outcome, {call, _, await_killing, [Future, Actor]}) ->
    remember(doom(M, Actor), Future, Outcome);
next_state(M, Outcome, {call, _, Await, [Future]})
  when Await =:= await; Await =:= await_beside; Await =:= when_settled ->
    remember(M, Future, Outcome);
next_state(M, _, _) -> M.

add(M = #model{futures = Futures}, Future, Targets, Expected) ->
    M#model{futures = [{Future, Targets, Expected} | Futures]}.

doom(M = #model{doomed = Doomed}, Actor) -> M#model{doomed = [Actor | Doomed]}.

remember(M = #model{outcomes = Outcomes}, Future, Outcome) ->
    M#model{outcomes = [{Future, Outcome} | Outcomes]}.

postcondition(M, {call, _, await_killing, [Future, Actor]}, Outcome) ->
    is_right(doom(M, Actor), Future, Outcome);
postcondition(M, {call, _, Await, [Future]}, Outcome)
  when Await =:= await; Await =:= await_beside; Await =:= when_settled ->
    is_right(M, Future, Outcome);
postcondition(#model{outcomes = Outcomes}, {call, _, status, [Future]}, Status) ->
    case lists:keyfind(Future, 1, Outcomes) of
        {_, {Tag, _}} -> Status =:= {settled, Tag =:= ok};
        false -> true
    end;
postcondition(_, _, _) -> true.

%% The expected outcome, or ActorDied if a target was ended; and always the same one.
is_right(#model{doomed = Doomed, futures = Futures, outcomes = Outcomes}, Future, Outcome) ->
    {_, Targets, Expected} = lists:keyfind(Future, 1, Futures),
    May = [Expected | [{error, actor_dead} || T <- Targets, lists:member(T, Doomed)]],
    Before = proplists:get_value(Future, Outcomes, Outcome),
    lists:member(Outcome, May) andalso Before =:= Outcome.
