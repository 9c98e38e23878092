-module(bt_prim_mnesia_tests).

-include_lib("eunit/include/eunit.hrl").

%% The tests of the library share one database, which must not stop; so this is here.
what_is_on_disc_is_there_again_test() ->
    {ok, _} = application:ensure_all_started(beamtalk_runtime),
    Directory = filename:join(filename:basedir(user_cache, "beamtalk_test"),
                              integer_to_list(erlang:unique_integer([positive]))),
    Path = unicode:characters_to_binary(Directory),
    ok = bt_prim_mnesia:stop(),
    try
        ok = bt_prim_mnesia:start_in(Path),
        ok = bt_prim_mnesia:start_in(Path),
        kept = bt_prim_mnesia:create(kept, #{storage => disc}),
        gone = bt_prim_mnesia:create(gone, #{}),
        <<"one">> = bt_prim_mnesia:write(kept, 1, <<"one">>),
        <<"two">> = bt_prim_mnesia:write(gone, 2, <<"two">>),
        ok = bt_prim_mnesia:stop(),
        ?assertError(#{'$class' := 'bt.stdlib.MnesiaError'}, bt_prim_mnesia:read(kept, 1)),
        ok = bt_prim_mnesia:start_in(Path),
        ?assertEqual([<<"one">>], bt_prim_mnesia:read(kept, 1)),
        ?assertEqual([], bt_prim_mnesia:read(gone, 2)),
        ?assertError(#{'$class' := 'bt.stdlib.MnesiaError', reason := runs_in},
                     bt_prim_mnesia:start_in(<<"/elsewhere">>))
    after
        bt_prim_mnesia:stop(),
        application:unset_env(mnesia, dir),
        file:del_dir_r(Directory)
    end.
