-module(bt_registry_tests).

-include_lib("eunit/include/eunit.hrl").

-define(C, bt_sample_counter).

registry_test_() ->
    {setup, fun bt_fixture:start/0, fun bt_fixture:stop/1, [fun naming/0, fun mistakes/0]}.

naming() ->
    %% Other tests may have left named actors.
    Before = bt_registry:keys(),
    A = bt_actor:spawn(?C),
    B = bt_actor:spawn(?C),
    ?assertEqual(nil, bt_registry:named(sample_a)),
    ?assertEqual(A, bt_registry:register_as(A, sample_a)),
    ?assertEqual(A, bt_registry:named(sample_a)),
    ?assertEqual(sample_a, bt_registry:name_of(A)),
    ?assertEqual([sample_a], bt_registry:keys() -- Before),
    ?assertEqual(A, bt_registry:register_as(A, sample_b)),
    ?assertEqual([sample_b], bt_registry:keys() -- Before),
    ?assertEqual(B, bt_registry:put(sample_b, B)),
    ?assertEqual(nil, bt_registry:name_of(A)),
    ?assertEqual(B, bt_registry:remove(sample_b)),
    ?assertEqual(nil, bt_registry:remove(sample_b)),
    bt_registry:put(sample_c, B),
    bt_actor:kill(B),
    ?assertEqual(nil, bt_registry:named(sample_c)),
    ?assertEqual([], bt_registry:keys() -- Before),
    ?assertEqual(A, bt_registry:unregister(A)).

mistakes() ->
    A = bt_actor:spawn(?C),
    B = bt_actor:spawn(?C),
    bt_registry:register_as(A, sample_a),
    ?assertError(#{kind := name_taken}, bt_registry:register_as(B, sample_a)),
    ?assertError(#{kind := type_error}, bt_registry:register_as(B, <<"text">>)),
    ?assertError(#{kind := type_error}, bt_registry:put(17, B)),
    ?assertEqual(nil, bt_registry:named(<<"text">>)),
    bt_actor:kill(B),
    ?assertError(#{kind := actor_dead}, bt_registry:register_as(B, sample_b)),
    bt_actor:kill(A).
