%% @doc Loads a class again very often while a thousand of its actors are called all the time.
%%
%% Two versions of the class take turns; a variable of the one is called otherwise in the other, so
%% every actor migrates over and over, and the blocks that the actors hold are of many generations.
%% Every answer is checked, and in the end every message must have been counted.
-module(reload_soak).

-export([main/1]).

-define(CLASS, 'bt.app.Holder').
-define(ACTORS, 1000).
-define(CALLERS, 4).
-define(POINTS, 10).
%% So many calls without a pause, or nothing else would get to run.
-define(AT_ONCE, 20).

%% Asked and told by a caller, and the answers that were wrong.
-record(tally, {asked = 0, told = 0, wrong = 0, slow = 0, longest = 0}).
%% In microseconds.
-define(SLOW, 5000).

-spec main([string()]) -> no_return().
main([Times, One, Two]) ->
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    Versions = {read(One), read(Two)},
    load(Versions, 0),
    Class = bt_class:object(?CLASS),
    Actors = list_to_tuple([bt_send:spawn(Class, 'spawn', [number], [N])
                            || N <- lists:seq(1, ?ACTORS)]),
    Callers = [start_caller(Actors) || _ <- lists:seq(1, ?CALLERS)],
    {Micros, Samples} = timer:tc(fun() -> reload(list_to_integer(Times), Versions) end),
    Tally = lists:foldl(fun add/2, #tally{}, [stop_caller(Caller) || Caller <- Callers]),
    finish(Tally, Actors, Samples, Micros).

read(Directory) ->
    {ok, Binary} = file:read_file(filename:join(Directory, atom_to_list(?CLASS) ++ " 1.beam")),
    Binary.

load(Versions, N) ->
    ok = bt_load:class(list_to_atom(atom_to_list(?CLASS) ++ " 1"), element(1 + N rem 2, Versions)).

%% A look at the node at equal distances.
reload(Times, Versions) ->
    Every = max(1, Times div ?POINTS),
    [begin
         load(Versions, N),
         N rem Every =:= 0 andalso sample(N)
     end || N <- lists:seq(1, Times)].

sample(N) ->
    Sample = {erlang:memory(total) div 1024, erlang:memory(code) div 1024,
              erlang:system_info(atom_count), length(generations())},
    io:format("~6b loads: memory ~b KB, code ~b KB, atoms ~b, generations ~b~n",
              [N | tuple_to_list(Sample)]),
    Sample.

generations() ->
    [Module || Module <- bt_code:loaded(),
               lists:prefix(atom_to_list(?CLASS) ++ " ", atom_to_list(Module))].

%%% Callers

start_caller(Actors) ->
    spawn_monitor(fun() ->
        put('$bt_mode', script),
        ask(Actors, #tally{})
    end).

stop_caller({Caller, Monitor}) ->
    Caller ! stop,
    receive {'DOWN', Monitor, process, Caller, Reason} -> Reason end.

ask(Actors, Tally) ->
    receive stop -> exit(Tally) after 0 -> ok end,
    N = rand:uniform(tuple_size(Actors)),
    Actor = element(N, Actors),
    bt_send:cast(Actor, tell),
    Start = erlang:monotonic_time(microsecond),
    Wrong = case bt_send:call(Actor, 'ask:', 7) of
                Answer when Answer =:= 1000007 + N; Answer =:= 2000007 + N -> 0;
                Other ->
                    io:format("wrong answer ~p of ~p~n", [Other, N]),
                    1
            end,
    Took = erlang:monotonic_time(microsecond) - Start,
    Tally#tally.asked rem ?AT_ONCE =:= 0 andalso timer:sleep(1),
    #tally{asked = Asked, told = Told} = Tally,
    Slow = case Took > ?SLOW of true -> 1; false -> 0 end,
    ask(Actors, Tally#tally{asked = Asked + 1, told = Told + 1, wrong = Tally#tally.wrong + Wrong,
                            slow = Tally#tally.slow + Slow,
                            longest = max(Tally#tally.longest, Took)}).

add(#tally{asked = A, told = B, wrong = C, slow = D, longest = E},
    #tally{asked = F, told = G, wrong = H, slow = I, longest = J}) ->
    #tally{asked = A + F, told = B + G, wrong = C + H, slow = D + I, longest = max(E, J)};
add(Crash, Tally) ->
    io:format("a caller crashed: ~tp~n", [Crash]),
    Tally#tally{wrong = Tally#tally.wrong + 1}.

%%% The result

finish(#tally{asked = Asked, told = Told, wrong = Wrong, slow = Slow, longest = Longest}, Actors,
       Samples, Micros) ->
    Counts = [bt_send:call(Actor, counts) || Actor <- tuple_to_list(Actors)],
    Lost = Asked - sum(1, Counts) + Told - sum(2, Counts),
    Loads = [Sample || Sample <- Samples, is_tuple(Sample)],
    Flat = is_flat(Loads),
    io:format("~b ms; ~b calls and ~b sends; ~b calls over ~b us, longest ~b us; ~b wrong, "
              "~b lost, ~s~n",
              [Micros div 1000, Asked, Told, Slow, ?SLOW, Longest, Wrong, Lost,
               case Flat of true -> "flat"; false -> "NOT FLAT" end]),
    halt(case {Wrong, Lost, Flat} of {0, 0, true} -> 0; _ -> 1 end).

sum(Place, Counts) -> lists:sum([element(Place, Count) || Count <- Counts]).

%% The last third against the one before, when as many generations are kept as ever will be: what
%% grows would have grown by then.
is_flat(Samples) ->
    Third = max(1, length(Samples) div 3),
    Last = lists:nthtail(length(Samples) - Third, Samples),
    First = lists:sublist(Samples, max(1, length(Samples) - 2 * Third), Third),
    lists:all(fun(Place) -> mean(Place, Last) < 1.25 * mean(Place, First) end, [1, 2])
        andalso mean(3, Last) - mean(3, First) < 50.

mean(Place, Samples) -> sum(Place, Samples) / length(Samples).
