-module(bt_error_tests).
-include_lib("eunit/include/eunit.hrl").

all_test_() ->
    {setup, fun bt_fixture:start/0, fun bt_fixture:stop/1, fun(_) ->
        [
            {"filters: class, superclass, kind, list", fun filters/0},
            {"what Erlang raises becomes an exception", fun wrapped/0},
            {"return:, retry, pass in a handler", fun handler_messages/0},
            {"ensure: runs before an Error's handler", fun ensure_first/0},
            {"ensure: runs once, whatever happens", fun ensure_once/0},
            {"ifCurtailed: runs only when curtailed", fun curtailed/0},
            {"a resumable exception is handled where it was signalled", fun resumable/0},
            {"pass of a resumable exception", fun resumable_pass/0},
            {"retry and return: of a resumable exception", fun resumable_leave/0},
            {"an error in a handler in place is not for the handlers inside", fun in_place_error/0},
            {"a resumable exception without a handler", fun default_action/0},
            {"an Error cannot be resumed", fun not_resumable/0},
            {"a handler's message after its handler", fun dead_handler/0},
            {"a non-local return passes all handlers", fun nlr_through_handlers/0},
            {"a dead or foreign context", fun dead_context/0},
            {"nested and skipped activations", fun nested_nlr/0},
            {"stack traces show methods", fun stack_trace/0},
            {"handlers leave nothing behind", fun clean/0},
            {"a report", fun report/0}
        ]
    end}.

error_class() -> bt_fixture:object('bt.stdlib.Error').

warning() -> #{'$class' => 'bt.stdlib.Warning', kind => warning, message => <<"w">>,
               hint => nil, stackTrace => []}.

fault() -> #{'$class' => 'bt.stdlib.Error', kind => user_error, message => <<"e">>,
             hint => nil, stackTrace => []}.

class_of(#{'$class' := Class}) -> list_to_atom(lists:nthtail(10, atom_to_list(Class))).

%% The class of the exception that a block ends with.
raised(Block) ->
    bt_error:on_do(Block, bt_fixture:object('bt.stdlib.Exception'), fun(E) -> class_of(E) end).

filters() ->
    Raise = fun() -> bt_op:'/'(1, 0) end,
    Handled = fun(Filter) -> bt_error:on_do(Raise, Filter, fun(_) -> handled end) end,
    Matching = [
        bt_fixture:object('bt.stdlib.ZeroDivide'), bt_fixture:object('bt.stdlib.ArithmeticError'),
        error_class(), badarith, [type_error, badarith], [bt_fixture:object('bt.stdlib.ZeroDivide')]
    ],
    [?assertEqual(handled, Handled(Filter)) || Filter <- Matching],
    Others = [bt_fixture:object('bt.stdlib.TypeError'), type_error, [], [type_error], nil],
    [?assertError(#{kind := badarith}, Handled(Filter)) || Filter <- Others],
    ?assertEqual(7, bt_error:on_do(fun() -> 7 end, error_class(), fun() -> no end)),
    ?assertEqual(none, bt_error:on_do(Raise, error_class(), fun() -> none end)).

wrapped() ->
    ?assertEqual('ZeroDivide', raised(fun() -> bt_op:'/'(1, 0.0) end)),
    ?assertEqual('ZeroDivide', raised(fun() -> 1 div bt_op:'-'(1, 1) end)),
    ?assertEqual('ArithmeticError', raised(fun() -> math:sqrt(bt_op:'-'(0, 1)) end)),
    ?assertEqual('TypeError', raised(fun() -> (id(fun(A) -> A end))(1, 2) end)),
    ?assertEqual('ErlangError', raised(fun() -> binary_to_integer(id(<<"x">>)) end)),
    ?assertEqual('ErlangError', raised(fun() -> {a, _} = id(b) end)),
    ?assertEqual('ErlangError', raised(fun() -> throw(up) end)),
    ?assertEqual('ErlangError', raised(fun() -> exit(normal) end)),
    ?assertEqual('ErlangError', raised(fun() -> no_such_module:f() end)),
    ?assertEqual('UndefinedClass', raised(fun() -> 'bt.app.Missing':m(1) end)),
    Thrown = bt_error:on_do(fun() -> throw(up) end, error_class(), fun(E) -> E end),
    ?assertMatch(#{erlangClass := throw, reason := up, kind := erlang_error}, Thrown),
    Bad = bt_error:on_do(fun() -> lists:nth(id(3), [1]) end, error_class(), fun(E) -> E end),
    ?assertMatch(#{erlangClass := error, reason := function_clause}, Bad).

id(X) -> X.

handler_messages() ->
    Raise = fun() -> bt_error:signal(fault()) end,
    ?assertEqual(5, bt_error:on_do(Raise, error_class(), fun(E) -> bt_error:return(E, 5), 6 end)),
    ?assertEqual(6, bt_error:on_do(Raise, error_class(), fun(_) -> 6 end)),
    Counter = counters:new(1, []),
    Twice = fun() ->
        counters:add(Counter, 1, 1),
        counters:get(Counter, 1) >= 3 orelse bt_error:signal(fault())
    end,
    ?assertEqual(true, bt_error:on_do(Twice, error_class(), fun(E) -> bt_error:retry(E) end)),
    ?assertEqual(3, counters:get(Counter, 1)),
    Passing = fun() -> bt_error:on_do(Raise, error_class(), fun(E) -> bt_error:pass(E) end) end,
    ?assertEqual(<<"e">>, bt_error:on_do(Passing, user_error, fun(#{message := M}) -> M end)),
    %% The outer handler's exception is meant, from within the inner handler.
    Nested = fun(Outer) ->
        bt_error:on_do(Raise, error_class(), fun(_) -> bt_error:return(Outer, outer) end),
        inner
    end,
    ?assertEqual(outer, bt_error:on_do(Raise, error_class(), Nested)).

ensure_first() ->
    Log = log(),
    Block = fun() ->
        bt_error:ensure(fun() -> bt_error:signal(fault()) end, fun() -> Log(ensured) end)
    end,
    bt_error:on_do(Block, error_class(), fun(_) -> Log(handled) end),
    ?assertEqual([ensured, handled], logged()).

ensure_once() ->
    Log = log(),
    After = fun() -> Log(after_block) end,
    ?assertEqual(1, bt_error:ensure(fun() -> 1 end, After)),
    ?assertThrow(up, bt_error:ensure(fun() -> throw(up) end, After)),
    ?assertExit(out, bt_error:ensure(fun() -> exit(out) end, After)),
    ?assertEqual([after_block, after_block, after_block], logged()).

curtailed() ->
    Log = log(),
    After = fun() -> Log(after_block) end,
    ?assertEqual(1, bt_error:if_curtailed(fun() -> 1 end, After)),
    ?assertEqual([], logged()),
    ?assertError(#{kind := user_error},
        bt_error:if_curtailed(fun() -> bt_error:signal(fault()) end, After)),
    ?assertEqual([after_block], logged()).

resumable() ->
    Log = log(),
    Block = fun() ->
        bt_error:ensure(
            fun() -> 1 + bt_error:signal(warning()) end,
            fun() -> Log(ensured) end
        )
    end,
    Handler = fun(E) ->
        Log(handled),
        bt_error:resume(E, 41)
    end,
    Warning = bt_fixture:object('bt.stdlib.Warning'),
    ?assertEqual(42, bt_error:on_do(Block, Warning, Handler)),
    ?assertEqual([handled, ensured], logged()),
    %% Not an Error: its handlers between are passed over.
    Inner = fun() -> bt_error:on_do(Block, error_class(), fun(_) -> wrong end) end,
    ?assertEqual(42, bt_error:on_do(Inner, Warning, Handler)).

resumable_pass() ->
    Warning = bt_fixture:object('bt.stdlib.Warning'),
    Inner = fun() ->
        bt_error:on_do(
            fun() -> 1 + bt_error:signal(warning()) end,
            Warning,
            fun(E) -> bt_error:pass(E) end
        )
    end,
    Resume = fun(E) -> bt_error:resume(E, 9) end,
    ?assertEqual(10, bt_error:on_do(Inner, Warning, Resume)),
    ?assertEqual(out, bt_error:on_do(Inner, Warning, fun(_) -> out end)).

resumable_leave() ->
    Warning = bt_fixture:object('bt.stdlib.Warning'),
    Log = log(),
    Block = fun() -> {Log(run), bt_error:signal(warning())} end,
    Return = fun(E) -> bt_error:return(E, left) end,
    ?assertEqual(left, bt_error:on_do(Block, Warning, Return)),
    ?assertEqual(value, bt_error:on_do(Block, Warning, fun(_) -> value end)),
    Retry = fun(E) ->
        case length(logged_so_far()) < 5 of
            true -> bt_error:retry(E);
            false -> enough
        end
    end,
    ?assertEqual(enough, bt_error:on_do(Block, Warning, Retry)),
    ?assertEqual(5, length(logged())).

in_place_error() ->
    Warning = bt_fixture:object('bt.stdlib.Warning'),
    Inner = fun() ->
        bt_error:on_do(
            fun() -> bt_error:signal(warning()) end,
            error_class(),
            fun(_) -> wrong end
        )
    end,
    Middle = fun() ->
        bt_error:on_do(Inner, Warning, fun(_) -> bt_error:signal(fault()) end)
    end,
    ?assertEqual(right, bt_error:on_do(Middle, error_class(), fun(_) -> right end)).

default_action() ->
    ?assertEqual(nil, bt_error:signal(warning())),
    Plain = (warning())#{'$class' := 'bt.stdlib.Exception'},
    ?assertError(#{'$class' := 'bt.stdlib.Exception'}, bt_error:signal(Plain)).

not_resumable() ->
    Resume = fun(E) -> bt_error:resume(E, 1) end,
    ?assertError(
        #{message := <<"Error cannot be resumed">>},
        bt_error:on_do(fun() -> bt_error:signal(fault()) end, error_class(), Resume)
    ).

dead_handler() ->
    Kept = bt_error:on_do(fun() -> bt_error:signal(fault()) end, error_class(), fun(E) -> E end),
    ?assertError(#{kind := block_context_dead}, bt_error:return(Kept, 1)),
    ?assertError(#{kind := block_context_dead}, bt_error:retry(fault())).

%% A method with a non-local return, as the compiler writes it.
method(Body) ->
    Tag = bt_nlr:enter(),
    try Body(Tag) of
        Value ->
            bt_nlr:leave(Tag),
            Value
    catch
        Class:Reason:Stack -> bt_nlr:caught(Tag, Class, Reason, Stack)
    end.

nlr_through_handlers() ->
    Log = log(),
    Body = fun(Tag) ->
        bt_error:on_do(
            fun() ->
                bt_error:ensure(fun() -> bt_nlr:return(Tag, 7) end, fun() -> Log(ensured) end)
            end,
            bt_fixture:object('bt.stdlib.Exception'),
            fun(_) -> wrong end
        ),
        8
    end,
    ?assertEqual(7, method(Body)),
    ?assertEqual([ensured], logged()),
    %% From a handler, in place and unwound.
    ?assertEqual(3, method(fun(Tag) ->
        bt_error:on_do(
            fun() -> bt_error:signal(warning()) end,
            bt_fixture:object('bt.stdlib.Warning'),
            fun(_) -> bt_nlr:return(Tag, 3) end
        )
    end)),
    ?assertEqual(4, method(fun(Tag) ->
        bt_error:on_do(
            fun() -> bt_error:signal(fault()) end,
            error_class(),
            fun(_) -> bt_nlr:return(Tag, 4) end
        )
    end)).

dead_context() ->
    Block = method(fun(Tag) -> fun() -> bt_nlr:return(Tag, 1) end end),
    ?assertError(#{'$class' := 'bt.stdlib.BlockContextDead'}, Block()),
    Foreign = fun(Tag) ->
        Test = self(),
        spawn(fun() -> Test ! (catch bt_nlr:return(Tag, 1)) end),
        receive {'EXIT', {#{kind := Kind}, _}} -> Kind end
    end,
    ?assertEqual(block_context_dead, method(Foreign)).

nested_nlr() ->
    Outer = method(fun(Tag) ->
        inner = method(fun(_) -> inner end),
        method(fun(_) -> method(fun(_) -> bt_nlr:return(Tag, outer) end) end),
        not_reached
    end),
    ?assertEqual(outer, Outer),
    ?assertEqual(2, method(fun(Tag) ->
        lists:foreach(fun(X) -> X =:= 2 andalso bt_nlr:return(Tag, X) end, [1, 2, 3])
    end)).

stack_trace() ->
    Text = "m(S) ->\n  X = bt_send:self_send(S, n),\n  [X].\n"
        "n(_) ->\n  F = fun(X) -> [bt_error:signal(p(X))] end,\n"
        "  lists:foreach(\n    F, [1]), ok.\n"
        "p(_) -> #{'$class' => 'bt.stdlib.Error', kind => k, message => <<>>, stackTrace => []}.\n"
        "'class c'(_) -> [bt_send:send(#{'$class' => 'bt.app.Trace'}, m)].\n",
    Methods = [
        (bt_fixture:method(m, 0))#{line => 1},
        (bt_fixture:method(n, 0))#{line => 4, source => <<"n =>\n\n\n">>},
        (bt_fixture:method(c, 0, class))#{line => 9}
    ],
    bt_fixture:class('bt.app.Trace', #{methods => Methods}, Text),
    #{stackTrace := Frames} = bt_error:on_do(
        fun() -> bt_send:send(bt_fixture:object('bt.app.Trace'), c) end,
        error_class(),
        fun(E) -> E end
    ),
    Lines = bt_stack:format([Frame || #{moduleName := 'bt.app.Trace'} = Frame <- Frames]),
    ?assertEqual(
        [
            <<"Trace >> n (fixture.bt:5)">>, <<"Trace >> n (fixture.bt:6)">>,
            <<"Trace >> m (fixture.bt:2)">>, <<"Trace class >> c (fixture.bt:9)">>
        ],
        Lines
    ),
    ?assertMatch(
        [#{method := n, line := 5, file := <<"fixture.bt">>, receiverClass := #{}} | _], Frames
    ).

clean() ->
    Before = lists:sort([K || {K, V} <- get(), V =/= []]),
    filters(),
    handler_messages(),
    resumable_leave(),
    in_place_error(),
    nlr_through_handlers(),
    logged(),
    ?assertEqual(Before, lists:sort([K || {K, V} <- get(), V =/= []])).

report() ->
    Frame = #{'$class' => 'bt.stdlib.StackFrame', receiverClass => bt_fixture:object('bt.app.A'),
              method => m, file => <<"a.bt">>, line => 3},
    Exception = (fault())#{hint := <<"try again">>, stackTrace := [Frame]},
    ?assertEqual(
        <<"Error: e\n  hint: try again\n  at A >> m (a.bt:3)">>, bt_error:report(Exception)
    ).

%% What the blocks of a test did, in order.
log() ->
    put(test_log, []),
    fun(Entry) -> put(test_log, [Entry | get(test_log)]) end.

logged_so_far() -> lists:reverse(get(test_log)).

logged() -> lists:reverse(put(test_log, [])).
