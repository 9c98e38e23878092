%% @doc Runs the tests of TestCase classes.
%%
%% Each test has an actor of its own, a fresh instance of the class, in which `setUp', the test and
%% `tearDown' run one after the other. The tests of a class run one at a time, other classes beside
%% it; a class whose class-side `serial' answers true has the node to itself.
-module(bt_test).

-export([run/2, is_serial/1]).
-export_type([result/0, options/0]).

-type status() :: passed | failed | error | skipped.
-type result() :: #{class := binary(), test := binary(), status := status(),
                    message := binary() | nil, file := binary(), line := pos_integer(),
                    ms := non_neg_integer()}.

%% `filter': only tests in whose `Class >> selector' the text occurs. `selector': only that test.
%% `tags': only tests that have one of them; `without': only those that have none of them.
%% `timeout': of one test, in ms.
-type options() :: #{filter => binary() | nil, selector => atom(), timeout => pos_integer(),
                     tags => [binary()], without => [binary()], parallel => pos_integer()}.

-define(TEST_MS, 60000).

%% @doc The results of all tests, in the order of the classes and, in a class, of the source.
-spec run([module()], options()) -> [result()].
run(Facades, Options) ->
    Indexed = lists:enumerate(Facades),
    {Serial, Parallel} = lists:partition(fun({_, F}) -> is_serial(F) end, Indexed),
    Width = maps:get(parallel, Options, erlang:system_info(schedulers_online)),
    Beside = in_parallel(Parallel, Width, Options, #{}, []),
    Alone = [{I, run_class(F, Options)} || {I, F} <- Serial],
    lists:append([Results || {_, Results} <- lists:keysort(1, Beside ++ Alone)]).

%% @doc Whether the class must have the node to itself.
-spec is_serial(module()) -> boolean().
is_serial(Facade) ->
    erlang:function_exported(Facade, 'class serial', 1)
        andalso Facade:'class serial'(bt_class:object(Facade)) =:= true.

-spec in_parallel([{pos_integer(), module()}], pos_integer(), options(), map(), list()) -> list().
in_parallel([], _, _, Running, Done) when map_size(Running) =:= 0 -> Done;
in_parallel([{Index, Facade} | Rest], Width, Options, Running, Done)
  when map_size(Running) < Width ->
    {_, Ref} = spawn_monitor(fun() -> exit({results, run_class(Facade, Options)}) end),
    in_parallel(Rest, Width, Options, Running#{Ref => {Index, Facade}}, Done);
in_parallel(Waiting, Width, Options, Running, Done) ->
    receive
        {'DOWN', Ref, process, _, {results, Results}} when is_map_key(Ref, Running) ->
            {{Index, _}, Others} = maps:take(Ref, Running),
            in_parallel(Waiting, Width, Options, Others, [{Index, Results} | Done]);
        {'DOWN', Ref, process, _, Reason} when is_map_key(Ref, Running) ->
            {{Index, Facade}, Others} = maps:take(Ref, Running),
            Result = runner_failed(Facade, Reason),
            in_parallel(Waiting, Width, Options, Others, [{Index, [Result]} | Done])
    end.

%% The runner of a class does not fail; if it does, the others' results must not be lost with it.
-spec runner_failed(module(), term()) -> result().
runner_failed(Facade, Reason) ->
    Text = unicode:characters_to_binary(io_lib:format("the tests did not run: ~0tp", [Reason])),
    #{class => bt_print:class_name(Facade), test => <<>>, status => error, message => Text,
      file => <<>>, line => 1, ms => 0}.

%%% One class

-spec run_class(module(), options()) -> [result()].
run_class(Facade, Options) ->
    Methods = [M || M <- tests(Facade), wanted(Facade, M, Options)],
    Methods =:= [] orelse code:ensure_loaded(Facade),
    Limit = maps:get(timeout, Options, ?TEST_MS),
    case Methods =:= [] orelse fixture(Facade, Limit) of
        true -> [];
        {ok, Fixture, Keeper} ->
            Results = [run_test(Facade, M, Fixture, Limit) || M <- Methods],
            release(Keeper),
            Results;
        Problem ->
            [result(Facade, M, Problem, 0) || M <- Methods]
    end.

%% The test methods of the class and of its superclasses below TestCase, an overridden one once.
-spec tests(module()) -> [map()].
tests(Facade) ->
    {Methods, _} = lists:foldl(fun own_tests/2, {[], #{}}, lists:reverse(below_test_case(Facade))),
    Methods.

-spec below_test_case(module()) -> [module()].
below_test_case(Facade) ->
    lists:takewhile(fun(C) -> C =/= 'bt.stdlib.TestCase' end, bt_class:chain(Facade)).

-spec own_tests(module(), {[map()], map()}) -> {[map()], map()}.
own_tests(Facade, {Methods, Seen}) ->
    #{methods := Own, file := File} = Facade:'$meta'(),
    New = [M#{file => File} || #{selector := S} = M <- Own, is_test(M), not is_map_key(S, Seen)],
    Later = maps:from_list([{S, M#{file => File}} || #{selector := S} = M <- Own, is_test(M)]),
    Kept = [maps:get(S, Later, M) || #{selector := S} = M <- Methods],
    {Kept ++ New, maps:merge(Seen, Later)}.

-spec is_test(map()) -> boolean().
is_test(#{side := instance, arity := 0, selector := Selector}) ->
    lists:prefix("test", atom_to_list(Selector));
is_test(_) -> false.

-spec wanted(module(), map(), options()) -> boolean().
wanted(_, #{selector := Selector}, #{selector := Only}) -> Selector =:= Only;
wanted(Facade, Method, Options) ->
    contains(Facade, Method, maps:get(filter, Options, nil))
        andalso tagged(Facade, Method, Options).

-spec tagged(module(), map(), options()) -> boolean().
tagged(Facade, #{selector := Selector}, Options) ->
    Only = maps:get(tags, Options, []),
    Without = maps:get(without, Options, []),
    Only =:= [] andalso Without =:= [] orelse begin
        Tags = tags(Facade, Selector),
        (Only =:= [] orelse has_any(Tags, Only)) andalso not has_any(Tags, Without)
    end.

%% As text: what a command line asks for need not be an atom that is known.
-spec tags(module(), atom()) -> [binary()].
tags(Facade, Selector) ->
    Tags = Facade:'class tagsOf:'(bt_class:object(Facade), Selector),
    [bt_print:display_string(Tag) || Tag <- bt_send:call(Tags, asList)].

-spec has_any([binary()], [binary()]) -> boolean().
has_any(Tags, Wanted) -> lists:any(fun(Tag) -> lists:member(Tag, Wanted) end, Tags).

-spec contains(module(), map(), binary() | nil) -> boolean().
contains(_, _, Filter) when Filter =:= nil; Filter =:= <<>> -> true;
contains(Facade, #{selector := Selector}, Filter) ->
    Name = <<(bt_print:class_name(Facade))/binary, " >> ", (atom_to_binary(Selector))/binary>>,
    binary:match(Name, Filter) =/= nomatch.

%%% What all tests of a class share: one instance runs setUpOnce, and tearDownOnce at the end

-spec fixture(module(), pos_integer()) -> {ok, term(), pid() | none} | {status(), term(), list()}.
fixture(Facade, Limit) ->
    Runner = self(),
    {Keeper, Ref} = start(Facade, fun() -> keep_fixture(Facade, Runner) end),
    receive
        {Keeper, Fixture} ->
            erlang:demonitor(Ref, [flush]),
            {ok, Fixture, Keeper};
        {'DOWN', Ref, process, Keeper, Reason} -> ended(Reason)
    after Limit ->
        exit(Keeper, kill),
        {error, bt_fault:timeout(Keeper, Limit), []}
    end.

-spec keep_fixture(module(), pid()) -> term().
keep_fixture(Facade, Runner) ->
    try
        Fixture = Facade:setUpOnce(self()),
        %% tearDownOnce asks for it, as the tests do.
        put('@suiteFixture', Fixture),
        Runner ! {self(), Fixture},
        receive {release, Runner} -> Facade:tearDownOnce(self()) end
    catch
        Class:Reason:Stack -> exit({'$bt_test', problem(Class, Reason, Stack)})
    end.

-spec release(pid()) -> ok.
release(Keeper) ->
    Ref = erlang:monitor(process, Keeper),
    Keeper ! {release, self()},
    receive {'DOWN', Ref, process, Keeper, _} -> ok end.

%%% One test

-spec run_test(module(), map(), term(), pos_integer()) -> result().
run_test(Facade, #{selector := Selector} = Method, Fixture, Limit) ->
    Begin = erlang:monotonic_time(millisecond),
    {Pid, Ref} = start(Facade, fun() -> exit({'$bt_test', perform(Facade, Selector, Fixture)}) end),
    Outcome = receive
                  {'DOWN', Ref, process, Pid, Reason} -> ended(Reason)
              after Limit ->
                  exit(Pid, kill),
                  receive {'DOWN', Ref, process, Pid, _} -> ok end,
                  {error, bt_fault:timeout(Pid, Limit), []}
              end,
    result(Facade, Method, Outcome, erlang:monotonic_time(millisecond) - Begin).

%% An instance whose process does this work instead of waiting for messages.
-spec start(module(), fun(() -> term())) -> {pid(), reference()}.
start(Facade, Work) ->
    Order = {run, [self()], Work},
    erlang:spawn_opt(Facade, '$start', [Order], [monitor]).

-spec ended(term()) -> passed | {status(), term(), list()}.
ended({'$bt_test', Outcome}) -> Outcome;
ended(Reason) -> {error, bt_fault:actor_died(nil, unknown, Reason), []}.

%% An error of the test itself counts, rather than one of tearDown, which runs in any case.
-spec perform(module(), atom(), term()) -> passed | {status(), term(), list()}.
perform(Facade, Selector, Fixture) ->
    put('$bt_msg', Selector),
    put('@suiteFixture', Fixture),
    case attempt(fun() -> Facade:setUp(self()), Facade:Selector(self()) end) of
        passed -> attempt(fun() -> Facade:tearDown(self()) end);
        Problem ->
            _ = attempt(fun() -> Facade:tearDown(self()) end),
            Problem
    end.

-spec attempt(fun(() -> term())) -> passed | {status(), term(), list()}.
attempt(Work) ->
    try bt_op:touch(Work()) of
        _ -> passed
    catch
        Class:Reason:Stack -> problem(Class, Reason, Stack)
    end.

-spec problem(error | exit | throw, term(), list()) -> {status(), term(), list()}.
problem(Class, Reason, Stack) ->
    Exception = bt_error:wrap(Class, Reason, Stack),
    %% Where the test was, even if the error itself came from an actor that it waited for.
    {status(Exception), Exception, bt_stack:frames(Stack)}.

-spec status(bt_fault:exception()) -> status().
status(#{kind := assertion_failed}) -> failed;
status(#{kind := test_skipped}) -> skipped;
status(_) -> error.

%%% Results

-spec result(module(), map(), passed | {status(), term(), list()}, non_neg_integer()) -> result().
result(Facade, #{selector := Selector, file := File, line := Line}, Outcome, Ms) ->
    Base = #{class => bt_print:class_name(Facade), test => atom_to_binary(Selector),
             status => passed, message => nil, file => File, line => Line, ms => Ms},
    add_problem(Base, Selector, Outcome).

-spec add_problem(result(), atom(), passed | {status(), term(), list()}) -> result().
add_problem(Result, _, passed) -> Result;
add_problem(Result, Selector, {Status, Exception, Frames}) ->
    place(Result#{status => Status, message => message(Status, Exception)}, Selector, Frames).

-spec message(status(), bt_fault:exception()) -> binary().
message(error, Exception) -> iolist_to_binary(bt_error:report(Exception));
message(_, #{message := Message}) -> Message.

%% The line of the test method in which it went wrong, not that of the assertion in TestCase.
-spec place(result(), atom(), [map()]) -> result().
place(Result, Selector, Frames) ->
    case [F || #{method := S, line := L} = F <- Frames, S =:= Selector, is_integer(L)] of
        [#{line := Line} | _] -> Result#{line => Line};
        [] -> Result
    end.
