%% Patches and loads that fail, and what becomes of replaced code.
-module(bt_patch_tests).
-include_lib("eunit/include/eunit.hrl").

-define(C, 'bt.app.Patched').
-define(EXTENSION, 'bt.app.Patched x1').

patch_test_() ->
    {foreach, fun setup/0, fun bt_fixture:stop/1,
     [fun replaced_not_piled_up/1, fun replaced_code_goes/1,
      fun the_code_server_is_not_asked/1, fun running_code_stays/1,
      fun blocks_keep_code/1, fun broken_code_changes_nothing/1, fun one_broken_of_several/1,
      fun unknown_class/1, fun hidden/1, fun removed/1, fun stale_extensions/1, fun renamed/1]}.

setup() ->
    Started = bt_fixture:start(),
    bt_fixture:class(?C, "m(_) -> [own]. other(_) -> 1."),
    Started.

replaced_not_piled_up(_) ->
    ?_test(begin
        [patch("m(S) -> [" ++ N ++ " | bt_patch:super('bt.app.Patched', m, [S])].")
         || N <- ["1", "2"]],
        ?assertEqual([2, own], ?C:m(self)),
        ?assertEqual([m], [S || #{selector := S} <- bt_patch:methods(?C)])
    end).

replaced_code_goes(_) ->
    {timeout, 60, ?_test(begin
        %% Those of other tests, whose runtime was stopped.
        Before = length(extensions()),
        [patch("m(_) -> " ++ integer_to_list(N) ++ ".") || N <- lists:seq(1, 600)],
        ?assertEqual(600, ?C:m(self)),
        ?assert(length(extensions()) < 560),
        wait(fun() -> length(extensions()) =:= Before + 1 end)
    end)}.

%% It may be purging, which takes long where there are many processes.
the_code_server_is_not_asked(_) ->
    {timeout, 30, ?_test(begin
        patch("m(_) -> first."),
        Known = bt_universe:classes(),
        wait(fun() -> not erlang:check_old_code(?C) end),
        CodeServer = whereis(code_server),
        true = erlang:suspend_process(CodeServer),
        try
            patch("m(_) -> second."),
            ?assertEqual(second, ?C:m(self)),
            ?assertEqual(Known, bt_universe:classes())
        after
            erlang:resume_process(CodeServer)
        end
    end)}.

running_code_stays(_) ->
    {timeout, 30, ?_test(begin
        patch("m(_) -> receive go -> 'bt.app.Patched x1':helper() end. helper() -> first."),
        Test = self(),
        Runner = spawn_link(fun() -> Test ! {ran, ?C:m(self)} end),
        patch("m(_) -> second. helper() -> second."),
        patch("m(_) -> third. helper() -> third."),
        wait(fun() -> length(bt_reaper:superseded()) =:= 1 end),
        Runner ! go,
        %% The name in its code is its own, whatever was loaded since.
        receive {ran, Result} -> ?assertEqual(first, Result) after 5000 -> ?assert(false) end,
        ?assertEqual(third, ?C:m(self))
    end)}.

blocks_keep_code(_) ->
    {timeout, 30, ?_test(begin
        patch("m(_) -> 'bt.app.Patched x1':'mk 1'({x}). 'mk 1'(E) -> fun() -> {first, E} end."),
        Block = ?C:m(self),
        patch("m(_) -> 'bt.app.Patched x1':'mk 1'({y}). 'mk 1'(E) -> fun() -> {second, E} end."),
        patch("m(_) -> third."),
        wait(fun() -> length(bt_reaper:superseded()) =:= 1 end),
        ?assertEqual({first, {x}}, Block()),
        ?assertEqual(third, ?C:m(self))
    end)}.

broken_code_changes_nothing(_) ->
    ?_test(begin
        patch("m(_) -> patched."),
        {Name, Beam} = module("m(_) -> broken."),
        Broken = binary:replace(Beam, <<"Code">>, <<"Cood">>),
        ?assertMatch({error, _}, bt_load:patch(?C, {Name, Broken})),
        ?assertEqual(patched, ?C:m(self)),
        ?assertMatch([_], bt_patch:rows(?C))
    end).

one_broken_of_several(_) ->
    ?_test(begin
        {_, Good} = generation("m(_) -> new."),
        {_, Other} = bt_fixture:compiled('bt.app.PatchedToo', #{}, "m(_) -> new."),
        Broken = binary:replace(Other, <<"Code">>, <<"Cood">>),
        ?assertMatch({error, _},
            bt_load:modules([{'bt.app.Patched 1', Good}, {'bt.app.PatchedToo 1', Broken}])),
        ?assertEqual([own], ?C:m(self)),
        ?assertNot(bt_class:exists('bt.app.PatchedToo'))
    end).

unknown_class(_) ->
    ?_test(begin
        Load = whereis(bt_load),
        ?assertEqual({error, {no_class, 'bt.app.Nowhere'}},
            bt_load:patch('bt.app.Nowhere', module("m(_) -> 1."))),
        ?assertError(#{'$class' := 'bt.stdlib.UndefinedClass'},
            bt_patch:install('bt.app.Nowhere', ?EXTENSION, [])),
        ?assertEqual(Load, whereis(bt_load))
    end).

hidden(_) ->
    ?_test(begin
        bt_patch:hide(?C, m, 1),
        ?assertNot(erlang:function_exported(?C, m, 1)),
        ?assertEqual([other], [S || #{selector := S} <- bt_class:methods(?C)]),
        bt_patch:remove(?C, m, 1),
        ?assertEqual([own], ?C:m(self))
    end).

removed(_) ->
    ?_test(begin
        patch("m(_) -> patched."),
        ok = bt_load:remove(?C),
        ?assertError(#{'$class' := 'bt.stdlib.UndefinedClass'}, ?C:m(self)),
        ?assertError(#{'$class' := 'bt.stdlib.UndefinedClass'}, ?C:'$meta'()),
        ?assertError(#{'$class' := 'bt.stdlib.UndefinedClass'}, bt_class:resolve('Patched')),
        bt_fixture:class(?C, "m(_) -> back."),
        ?assertEqual(back, ?C:m(self))
    end).

stale_extensions(_) ->
    ?_test(begin
        patch("m(_) -> patched."),
        ok = bt_patch:retire(<<"bt.app.Other x">>, []),
        ?assertEqual(patched, ?C:m(self)),
        ok = bt_patch:retire(<<"bt.app.Patched x">>, bt_patch:modules(?C)),
        ?assertEqual(patched, ?C:m(self)),
        ok = bt_patch:retire(<<"bt.app.Patched x">>, []),
        ?assertEqual([own], ?C:m(self))
    end).

renamed(_) ->
    ?_test(begin
        {_, Beam} = module("m(_) -> {'bt.app.Patched x1', [{'bt.app.Patched x1', other}],
            #{a => 'bt.app.Patched x1'}}."),
        Renamed = bt_rename:modules(Beam, #{?EXTENSION => renamed_module}),
        {module, _} = code:load_binary(renamed_module, "", Renamed),
        ?assertEqual({renamed_module, [{renamed_module, other}], #{a => renamed_module}},
            renamed_module:m(self)),
        true = code:delete(renamed_module),
        true = code:soft_purge(renamed_module)
    end).

%%% Modules as the compiler makes them

patch(Text) ->
    {ok, _} = bt_load:patch(?C, module(Text)).

module(Text) ->
    Meta = io_lib:format("~p", [bt_fixture:method(m, 0)]),
    Patch = ["'$patch'() -> {'bt.app.Patched', [{m, 1, ", Meta, "}]}. "],
    bt_fixture:module(?EXTENSION, lists:flatten([Patch, Text])).

generation(Text) -> bt_fixture:compiled(?C, #{}, Text).

extensions() ->
    [Module || Module <- bt_code:loaded(), is_extension(atom_to_list(Module))].

is_extension(Name) -> lists:prefix("bt.app.Patched x", Name).

wait(Holds) -> wait(Holds, 400).

wait(Holds, 0) ->
    ?assert(Holds());
wait(Holds, Attempts) ->
    case Holds() of
        true -> ok;
        false ->
            timer:sleep(50),
            wait(Holds, Attempts - 1)
    end.
