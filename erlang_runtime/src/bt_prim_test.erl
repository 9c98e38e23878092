%%% @doc Primitives of TestRunner: the results of `bt_test' as instances of TestResult.
-module(bt_prim_test).

-export([run/1, run/2]).

-include("bt.hrl").

%% @doc Runs the tests of the classes.
-spec run([bt_class:object()]) -> map().
run(Classes) ->
    run_tests([Facade || #{module := Facade} <- Classes], #{}).

%% @doc Runs one test of a class.
-spec run(term(), term()) -> map().
run(?CLASS_OBJECT_OF(Facade), Selector) when is_atom(Selector) ->
    run_tests([Facade], #{selector => Selector});
run(?CLASS_OBJECT_OF(_), Other) ->
    bt_prim_collection:type_error(<<"a Symbol">>, Other, nil, 'run:method:');
run(Other, _Selector) ->
    bt_prim_collection:type_error(<<"a class">>, Other, nil, 'run:method:').

run_tests(Facades, Options) ->
    Begin = erlang:monotonic_time(millisecond),
    Outcomes = [outcome(Result) || Result <- bt_test:run(Facades, Options)],
    Duration = erlang:monotonic_time(millisecond) - Begin,
    bt_class:instantiate('bt.stdlib.TestResult', #{outcomes => Outcomes, duration => Duration}).

outcome(#{class := Class, test := Test, status := Status, message := Message, ms := Ms}) ->
    bt_class:instantiate('bt.stdlib.TestOutcome', #{
        className => Class, test => binary_to_atom(Test), status => Status, message => Message,
        duration => Ms}).
