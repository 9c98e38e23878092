-module(bt_facade_tests).
-include_lib("eunit/include/eunit.hrl").
-export([echo/1, echo/2, echo/3, echo/4, echo/5, echo/6]).

all_test_() ->
    {setup, fun bt_fixture:start/0, fun bt_fixture:stop/1, fun(_) ->
        [
            {"exports what the class has, and no block makers", fun exports/0},
            {"leaves no frame on the stack", fun no_frame/0},
            {"inherited functions jump to the superclass", fun inherited/0},
            {"a foreign call of an actor's method becomes a message", fun foreign/0},
            {"an extension adds a method and super calls what it replaced", fun extension/0},
            {"running methods and blocks keep their code", fun running/0},
            {"a reload drops patches", fun reload/0},
            {"blocks and methods keep their code over reloads", fun stored_blocks/0},
            {"generations that nobody needs are unloaded", {timeout, 60, fun reaping/0}},
            {"a facade in a file says in Core what its instructions do", fun core/0},
            {"any number of functions and arguments assembles", fun sizes/0}
        ]
    end}.

exports() ->
    bt_fixture:class('bt.app.F1', "m(_) -> 1. 'class new'(_) -> 2. 'mk 1'(E) -> fun() -> E end."),
    Exports = 'bt.app.F1':module_info(exports),
    [
        ?assert(lists:member(Function, Exports))
     || Function <- [{m, 1}, {'class new', 1}, {'$meta', 0}, {'$init', 1}, {module_info, 0}]
    ],
    ?assertNot(lists:member({'mk 1', 1}, Exports)),
    Attributes = 'bt.app.F1':module_info(attributes),
    ?assertEqual(['bt.app.F1 1'], proplists:get_value(beamtalk_facade, Attributes)).

no_frame() ->
    bt_fixture:class('bt.app.F2', "m(_) -> erlang:process_info(self(), current_stacktrace)."),
    {current_stacktrace, Stack} = 'bt.app.F2':m(1),
    Modules = [Module || {Module, _, _, _} <- Stack],
    ?assert(lists:member('bt.app.F2 1', Modules)),
    ?assertNot(lists:member('bt.app.F2', Modules)).

inherited() ->
    bt_fixture:class('bt.app.F3', "m(_) -> base. 'class c'(_) -> base."),
    Meta = #{superclass => 'bt.app.F3', inherited => [{m, 1}, {'class c', 1}]},
    bt_fixture:class('bt.app.F4', Meta, "n(_) -> 1."),
    ?assert(erlang:function_exported('bt.app.F4', m, 1)),
    ?assertEqual(base, 'bt.app.F4':m(1)),
    bt_fixture:class('bt.app.F3', "m(_) -> changed. 'class c'(_) -> base."),
    ?assertEqual(changed, 'bt.app.F4':m(1)),
    ?assertEqual(base, 'bt.app.F4':'class c'(1)).

%% The Core is compiled and does the same.
core() ->
    Functions = [{echo, N} || N <- lists:seq(1, 6)],
    Description = #{
        facade => 'bt.app.F13', generation => ?MODULE, superclass => nil, inherited => [],
        functions => Functions, actor => true, ahead => true, layout => 17
    },
    {ok, Facade, Assembled} = bt_facade:assemble(Description),
    {ok, {Facade, [{debug_info, {debug_info_v1, Backend, Data}}]}} =
        beam_lib:chunks(Assembled, [debug_info]),
    ?assertEqual({error, unknown_format}, Backend:debug_info(erlang_v1, Facade, Data, [])),
    {ok, Core} = Backend:debug_info(core_v1, Facade, Data, []),
    {ok, Facade, Compiled} = compile:noenv_forms(Core, [from_core, return_errors]),
    {module, Facade} = code:load_binary(Facade, "F13", Compiled),
    {ok, {_, [{exports, Exports}]}} = beam_lib:chunks(Assembled, [exports]),
    ?assertEqual(lists:sort(Exports) -- [{'$on_load', 0}],
                 lists:sort(Facade:module_info(exports))),
    ?assertEqual({own, [a, b]}, Facade:echo(self(), a, b)),
    ?assertEqual({own, [a, b]}, Facade:echo(17, a, b)),
    ?assertEqual('$bt_outdated', Facade:echo(18, a, b)),
    ?assertEqual(17, Facade:'$layout'()),
    bt_fixture:class('bt.app.Echo5', lists:flatten([echo_text(N) || N <- lists:seq(1, 6)])),
    Other = #{'$class' => 'bt.app.Echo5'},
    ?assertEqual({sent, [a, b]}, Facade:echo(Other, a, b)).

foreign() ->
    Description = #{
        facade => 'bt.app.F5', generation => ?MODULE, superclass => nil, inherited => [],
        functions => [{echo, N} || N <- lists:seq(1, 6)], actor => true
    },
    {ok, Facade, Binary} = bt_facade:assemble(Description),
    {module, Facade} = code:load_binary(Facade, "F5", Binary),
    Exports = Facade:module_info(exports),
    [?assert(lists:member(F, Exports)) || F <- [{start_link, 0}, {start_link, 1}, {'$start', 1}]],
    bt_fixture:class('bt.app.Echo5', lists:flatten([echo_text(N) || N <- lists:seq(1, 6)])),
    Other = #{'$class' => 'bt.app.Echo5'},
    [
        begin
            Args = lists:seq(2, N),
            ?assertEqual({own, Args}, apply(Facade, echo, [self() | Args])),
            %% Any receiver will do to see which message arrives at bt_send.
            ?assertEqual({sent, Args}, apply(Facade, echo, [Other | Args]))
        end
     || N <- lists:seq(1, 6)
    ].

echo_text(N) ->
    Names = ["A" ++ integer_to_list(I) || I <- lists:seq(2, N)],
    Values = [lists:join(", ", List) || List <- [["_" | Names], Names]],
    io_lib:format("echo(~s) -> {sent, [~s]}.~n", Values).

echo(_) -> {own, []}.
echo(_, A) -> {own, [A]}.
echo(_, A, B) -> {own, [A, B]}.
echo(_, A, B, C) -> {own, [A, B, C]}.
echo(_, A, B, C, D) -> {own, [A, B, C, D]}.
echo(_, A, B, C, D, E) -> {own, [A, B, C, D, E]}.

extension() ->
    bt_fixture:class('bt.app.F6', "m(_) -> 1."),
    bt_fixture:class('bt.app.F7', #{superclass => 'bt.app.F6'}, "n(_) -> 1."),
    Text = "m(S) -> {patched, bt_patch:super('bt.app.F6', m, [S])}. added(_) -> added.",
    Methods = [bt_fixture:method(m, 0), bt_fixture:method(added, 0)],
    ok = bt_patch:install('bt.app.F6', 'bt.app.F6 x1',
        bt_fixture:extension('bt.app.F6 x1', Text, Methods)),
    ?assertEqual({patched, 1}, bt_send:send(#{'$class' => 'bt.app.F6'}, m)),
    ?assertEqual(added, bt_send:send(#{'$class' => 'bt.app.F7'}, added)),
    ?assert(lists:member(added, bt_class:selectors('bt.app.F7', instance))),
    ok = bt_patch:remove('bt.app.F6', m, 1),
    ?assertEqual(1, bt_send:send(#{'$class' => 'bt.app.F6'}, m)).

running() ->
    Text = "m(_, Go) -> receive Go -> fun() -> old end end. 'mk 1'(E) -> fun() -> {old, E} end.",
    bt_fixture:class('bt.app.F8', Text),
    Test = self(),
    Waiting = spawn_link(fun() -> Test ! {block, 'bt.app.F8':m(1, go)} end),
    %% The facade is replaced any number of times under a method that waits.
    [
        ok = bt_patch:install('bt.app.F8', Module,
            bt_fixture:extension(Module, "m(_, _) -> new.", [bt_fixture:method(m, 1)]))
     || N <- [1, 2, 3, 4],
        Module <- [list_to_atom("bt.app.F8 x" ++ integer_to_list(N))]
    ],
    ?assertEqual(new, 'bt.app.F8':m(1, go)),
    Waiting ! go,
    receive {block, Block} -> ?assertEqual(old, Block()) end.

reload() ->
    bt_fixture:class('bt.app.F9', "m(_) -> 1."),
    ok = bt_patch:install('bt.app.F9', 'bt.app.F9 x1',
        bt_fixture:extension('bt.app.F9 x1', "m(_) -> 2.", [bt_fixture:method(m, 0)])),
    ?assertEqual(2, 'bt.app.F9':m(1)),
    bt_fixture:class('bt.app.F9', "m(_) -> 3."),
    ?assertEqual(3, 'bt.app.F9':m(1)),
    ?assertEqual([], bt_patch:methods('bt.app.F9')).

stored_blocks() ->
    Text = fun(N) ->
        "m(_, Go) -> receive Go -> ok end, {" ++ N ++ ", ('bt.app.F11':'$meta'())}. "
        "block(_) -> ('bt.app.F11 1':'mk 1'({'bt.app.F11 1', x}))(). "
        "kept(S) -> 'bt.app.F11 1':'mk 1'({'bt.app.F11 1', S}). "
        "'mk 1'(E) -> fun() -> {" ++ N ++ ", E} end."
    end,
    bt_fixture:class('bt.app.F11', Text("1")),
    Kept = 'bt.app.F11':kept(s),
    Test = self(),
    Waiting = spawn_link(fun() -> Test ! {method, 'bt.app.F11':m(1, go)} end),
    [bt_fixture:class('bt.app.F11', Text(N)) || N <- ["2", "3", "4"]],
    ?assertEqual({1, {'bt.app.F11 1', s}}, Kept()),
    %% The new code refers to itself by its own name, in code and in literals.
    ?assertEqual({4, {'bt.app.F11 4', x}}, 'bt.app.F11':block(1)),
    ?assertMatch(#{generation := 'bt.app.F11 4'}, 'bt.app.F11':'$meta'()),
    Waiting ! go,
    receive {method, {N, #{generation := Current}}} ->
        ?assertEqual({1, 'bt.app.F11 4'}, {N, Current})
    end.

%% Blocks as the compiler makes them: of a maker that any environment will do for.
reaping() ->
    Class = fun(N) ->
        bt_fixture:class('bt.app.F12', "m(_) -> " ++ N ++ ". wait(_) -> receive go -> done end. "
            "block(_) -> 'mk 1'({" ++ N ++ "}). 'mk 1'(E) -> fun() -> E end.")
    end,
    Class("1"),
    Kept = 'bt.app.F12':block(1),
    Class("2"),
    Test = self(),
    Waiting = spawn_link(fun() -> Test ! {answer, 'bt.app.F12':wait(1)} end),
    wait_until(fun() -> process_info(Waiting, status) =:= {status, waiting} end),
    [Class(integer_to_list(N)) || N <- lists:seq(3, 12)],
    ?assertEqual(12, 'bt.app.F12':m(1)),
    Needed = ['bt.app.F12 1', 'bt.app.F12 2', maps:get(generation, 'bt.app.F12':'$meta'())],
    wait_until(fun() -> loaded_generations() =:= lists:sort(Needed) end),
    ?assertEqual({1}, Kept()),
    Waiting ! go,
    receive {answer, Answer} -> ?assertEqual(done, Answer) end.

loaded_generations() ->
    lists:sort([M || M <- bt_code:loaded(), lists:prefix("bt.app.F12 ", atom_to_list(M))]).

wait_until(Condition) ->
    wait_until(Condition, 500).

wait_until(Condition, Attempts) ->
    case Condition() of
        true -> ok;
        false when Attempts > 0 ->
            timer:sleep(20),
            wait_until(Condition, Attempts - 1)
    end.

sizes() ->
    Functions = [{list_to_atom("f" ++ integer_to_list(N)), N rem 20} || N <- lists:seq(0, 400)],
    [
        begin
            Description = #{
                facade => 'bt.app.F10', generation => 'bt.app.F10 1', superclass => nil,
                inherited => [], functions => Functions, actor => IsActor
            },
            {ok, 'bt.app.F10', Binary} = bt_facade:assemble(Description),
            {module, _} = code:load_binary('bt.app.F10', "F10", Binary),
            code:purge('bt.app.F10')
        end
     || IsActor <- [true, false]
    ].
