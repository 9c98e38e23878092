-module(bt_changes_tests).

-include_lib("eunit/include/eunit.hrl").

%% Rows as bt_patch has them; there is no class behind them, so it has no methods of its own.
-define(F, 'bt.app.NoSuchClass').

changes_test_() ->
    {foreach, fun bt_fixture:start/0, fun bt_fixture:stop/1, [
        fun typed_methods_are_changes/0,
        fun methods_of_files_are_none/0,
        fun what_was_linked_before_is_the_old_text/0,
        fun a_saved_change_is_none/0,
        fun a_class_that_is_loaded_again_has_none/0
    ]}.

typed_methods_are_changes() ->
    linked([row(m, <<"repl">>, <<"f => 1">>)]),
    ?assertMatch([#{kind := added, side := instance, selector := f, old := none}],
                 bt_changes:all()),
    linked([]),
    ?assertEqual([], bt_changes:all()).

methods_of_files_are_none() ->
    linked([row(m, <<"shop.bt">>, <<"f => 1">>)]),
    ?assertEqual([], bt_changes:all()).

what_was_linked_before_is_the_old_text() ->
    linked([row(m, <<"shop.bt">>, <<"C >> f => 1">>)]),
    linked([row(n, <<"C compile">>, <<"f => 2">>)]),
    linked([row(o, <<"C compile">>, <<"f => 3">>)]),
    ?assertMatch([#{kind := changed, file := <<"shop.bt">>, old := #{source := <<"C >> f => 1">>},
                    new := #{source := <<"f => 3">>}}], bt_changes:all()),
    linked([row(p, <<"shop.bt">>, <<"C >> f => 4">>)]),
    ?assertEqual([], bt_changes:all()).

a_saved_change_is_none() ->
    linked([row(m, <<"shop.bt">>, <<"C >> f => 1">>)]),
    linked([row(n, <<"C compile">>, <<"f => 2">>)]),
    [Change] = bt_changes:all(),
    ok = bt_changes:saved(Change),
    ?assertEqual([], bt_changes:all()),
    linked([row(o, <<"C compile">>, <<"f => 3">>)]),
    ?assertMatch([#{file := <<"shop.bt">>, old := #{source := <<"f => 2">>}}], bt_changes:all()),
    linked([{{?F, f, 1}, none, #{}}]),
    ?assertMatch([#{kind := removed, old := #{source := <<"f => 2">>}}], bt_changes:all()).

a_class_that_is_loaded_again_has_none() ->
    linked([row(m, <<"repl">>, <<"f => 1">>)]),
    ok = bt_patch:drop(?F),
    ?assertEqual([], bt_changes:all()).

linked(Rows) -> bt_patch:replace(?F, bt_patch:rows(?F), Rows).

row(Module, File, Source) ->
    {{?F, f, 1}, Module,
     #{selector => f, side => instance, file => File, source => Source, doc => nil}}.
