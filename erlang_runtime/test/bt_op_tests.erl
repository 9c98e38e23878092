-module(bt_op_tests).
-include_lib("eunit/include/eunit.hrl").

all_test_() ->
    {setup, fun bt_fixture:start/0, fun bt_fixture:stop/1, fun(_) ->
        [
            {"arithmetic", fun arithmetic/0},
            {"division by zero", fun zero/0},
            {"floored division", {timeout, 30, fun floored/0}},
            {"powers", {timeout, 30, fun powers/0}},
            {"order", fun order/0},
            {"equality, and classes that define it", fun equality/0},
            {"a class's own operators", fun own_operators/0},
            {"type errors name both values", fun type_errors/0},
            {"strings and collections", fun concatenation/0},
            {"conditions", fun conditions/0},
            {"interpolation", fun interpolation/0}
        ]
    end}.

arithmetic() ->
    ?assertEqual(3, bt_op:'+'(1, 2)),
    ?assertEqual(-1, bt_op:'-'(1, 2)),
    ?assertEqual(3.0, bt_op:'*'(1.5, 2)),
    ?assertEqual(3.5, bt_op:'/'(7, 2)),
    ?assertEqual(5.0, bt_op:'/'(20, 4)),
    ?assertEqual(1, bt_op:'%'(7, 3)),
    ?assertEqual(2, bt_op:'%'(-7, 3)),
    ?assertEqual(-2, bt_op:'%'(7, -3)),
    ?assertEqual(0.5, bt_op:'%'(-1.5, 2)),
    ?assertEqual(-3, bt_op:'div:'(-7, 3)),
    ?assertEqual(1 bsl 200, bt_op:'**'(2, 200)).

zero() ->
    [
        ?assertError(
            #{'$class' := 'bt.stdlib.ZeroDivide', kind := badarith, receiver := 1},
            bt_op:Op(1, Zero)
        )
     || Op <- ['/', '%', 'div:'],
        Zero <- [0, 0.0]
    ],
    ?assertError(#{'$class' := 'bt.stdlib.ZeroDivide'}, bt_op:'**'(0, -1)).

%% Without proper's macros: its header is a package of its own on some systems.
check(Type, Property) ->
    Options = [{numtests, 200}, quiet],
    ?assertEqual(true, proper:quickcheck(proper:forall(Type, Property), Options)).

floored() ->
    Divisor = proper_types:union([proper_types:pos_integer(), proper_types:neg_integer()]),
    check({proper_types:integer(), Divisor}, fun({A, B}) ->
        Q = bt_op:'div:'(A, B),
        R = bt_op:'%'(A, B),
        Q * B + R =:= A andalso (R =:= 0 orelse (R > 0) =:= (B > 0)) andalso abs(R) < abs(B)
    end).

powers() ->
    check({proper_types:integer(), proper_types:range(0, 40)}, fun({A, N}) ->
        bt_op:'**'(A, N) =:= lists:foldl(fun(_, P) -> P * A end, 1, lists:seq(1, N))
    end).

order() ->
    ?assertEqual(true, bt_op:'<'(1, 1.5)),
    ?assertEqual(true, bt_op:'>='(<<"b">>, <<"a">>)),
    ?assertEqual(true, bt_op:'<='(1, 1)),
    ?assertEqual(false, bt_op:'>'(1, 1)).

equality() ->
    ?assertEqual(true, bt_op:'='(1, 1.0)),
    ?assertEqual(true, bt_op:'=='([1], [1.0])),
    ?assertEqual(false, bt_op:'=:='(1, 1.0)),
    ?assertEqual(true, bt_op:'=/='(1, 1.0)),
    ?assertEqual(true, bt_op:'~='(a, <<"a">>)),
    ?assertEqual(false, bt_op:'/='(nil, nil)),
    bt_fixture:class('bt.app.Plain', "m(_) -> 1."),
    P = #{'$class' => 'bt.app.Plain', x => 1},
    ?assertEqual(true, bt_op:'='(P, P#{x := 1.0})),
    ?assertEqual(false, bt_op:'='(P, P#{x := 2})),
    bt_fixture:class('bt.app.Loose', "'='(#{x := X}, #{x := Y}) -> abs(X - Y) < 3."),
    Q = P#{'$class' := 'bt.app.Loose'},
    ?assertEqual(true, bt_op:'='(Q, Q#{x := 2})),
    ?assertEqual(true, bt_op:'=='(Q, Q#{x := 2})),
    ?assertEqual(false, bt_op:'~='(Q, Q#{x := 2})),
    ?assertEqual(false, bt_op:'/='(Q, Q#{x := 2})),
    ?assertEqual(false, bt_op:'=:='(Q, Q#{x := 2})).

own() ->
    ['+', '-', '*', '/', '%', '**', '<', '<=', '>', '>=', '++', ',', '->', '=', '==', '~=', '/=',
     '=:=', '=/='].

own_operators() ->
    Text = lists:append([
        io_lib:format("~tw(#{v := A}, #{v := B}) -> {~tw, A, B}. ", [Op, Op])
     || Op <- own()
    ]),
    bt_fixture:class('bt.app.Vector', lists:flatten(Text)),
    V = fun(X) -> #{'$class' => 'bt.app.Vector', v => X} end,
    [
        ?assertEqual({Op, 1, 2}, bt_op:Op(V(1), V(2)))
     || Op <- own()
    ],
    ?assertMatch(
        #{'$class' := 'bt.stdlib.Association', key := 1, value := 2}, bt_op:'->'(1, 2)
    ).

type_errors() ->
    Error = fun(Op, A, B) -> try bt_op:Op(A, B) catch error:E -> E end end,
    #{kind := Kind, message := Message, hint := Hint} = Error('+', 1, <<"a">>),
    ?assertEqual(type_error, Kind),
    ?assertEqual(<<"1 + \"a\" is not possible: Integer and String">>, Message),
    ?assertEqual(<<"both operands must be numbers">>, Hint),
    ?assertMatch(#{kind := type_error}, Error(',', <<"a">>, 1)),
    ?assertMatch(#{kind := type_error}, Error('<', <<"a">>, 1)),
    ?assertMatch(#{kind := type_error}, Error('<', 1, nil)),
    ?assertMatch(#{kind := does_not_understand, selector := '+'}, Error('+', nil, 1)),
    ?assertMatch(#{kind := does_not_understand, selector := '+'}, Error('+', <<"a">>, 1)).

concatenation() ->
    ?assertEqual(<<"ab">>, bt_op:','(<<"a">>, <<"b">>)),
    ?assertEqual(<<"ab">>, bt_op:'++'(<<"a">>, <<"b">>)),
    ?assertEqual([1, 2], bt_op:','([1], [2])).

conditions() ->
    ?assertEqual(true, bt_op:condition(true, 'ifTrue:')),
    ?assertEqual(false, bt_op:negate(true)),
    ?assertError(
        #{kind := does_not_understand, selector := 'ifTrue:', receiver := 3},
        bt_op:condition(3, 'ifTrue:')
    ),
    ?assertEqual(3, bt_op:number(3, 'to:do:')),
    ?assertError(#{selector := 'to:do:'}, bt_op:number(nil, 'to:do:')),
    ?assertEqual(3, bt_op:limit(3, 'to:do:')),
    ?assertError(#{'$class' := 'bt.stdlib.TypeError'}, bt_op:limit(nil, 'to:do:')).

interpolation() ->
    Parts = [<<"a ">>, 1, <<" ">>, nil, <<" ">>, ok, <<" ">>, [1, <<"x">>]],
    ?assertEqual(<<"a 1 nil ok #(1, \"x\")">>, bt_op:interpolate(Parts)).
