%% Classes that are loaded again while their actors run. The classes are made by hand, in the shape
%% that the compiler gives them.
-module(bt_reload_tests).
-include_lib("eunit/include/eunit.hrl").

-define(C, 'bt.app.Reloaded').
-define(SUB, 'bt.app.ReloadedSub').
-define(META(Variables), #{superclass => 'bt.stdlib.Actor', kind => actor,
                           variables => Variables}).

reload_test_() ->
    {foreach, fun setup/0, fun bt_fixture:stop/1,
     [fun added_and_removed/1, fun in_order_and_once/1, fun kept_values/1, fun idle_until_asked/1,
      fun migrated/1, fun wrong_answers_of_migrate/1, fun failed_migration_loses_nothing/1,
      fun failed_initial_value/1, fun superclass/1, fun other_superclass/1, fun policies/1,
      fun newly_trapping/1, fun code_change/1, fun removed_class/1, fun recovered_state/1,
      fun newly_recovered/1,
      fun busy_actor/1, fun sent_before/1, fun refused_loads/1, fun class_variables/1,
      fun plain_otp/1, fun undefined_is_a_value/1]}.

setup() ->
    Started = bt_fixture:start(),
    load([a], ""),
    Started.

%% A class whose variables start at their own names in a tuple, and are noted when that happens.
load(Variables, Methods) -> load(?C, 'bt.stdlib.Actor', Variables, Methods).

load(Class, Superclass, Variables, Methods) ->
    Puts = [["(get('@", V, "') =:= undefined) andalso begin put(made, [", V, " | made()]), put('@",
             V, "', {", V, "}) end, "] || Name <- Variables, V <- [atom_to_list(Name)]],
    Init = ["'$init'(S) -> '", atom_to_list(Superclass), "':'$init'(S), ", Puts, "ok. ",
            "made() -> case get(made) of undefined -> []; L -> L end. made(_) -> get(made). "],
    Text = case string:find(Methods, "'$init'") of
               nomatch -> [Init, Methods];
               _ -> Methods
           end,
    Shape = io_lib:format("'$shape'() -> ~w. ",
        [erlang:phash2({Variables, [Methods || string:find(Methods, "migrate") =/= nomatch]})]),
    Inherited = case Superclass of
                    'bt.stdlib.Actor' -> Shape;
                    _ -> ["'$shape'() -> '", atom_to_list(Superclass), "':'$shape'() * 31. "]
                end,
    Meta = (?META(Variables))#{superclass => Superclass},
    bt_fixture:class(Class, Meta, lists:flatten([Text, " ", Inherited])).

state(Actor) -> sys:get_state(Actor).
touch(Actor) -> bt_actor:call(Actor, made, []).

added_and_removed(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        ?assertEqual(#{a => {a}}, state(A)),
        load([b, c], ""),
        touch(A),
        ?assertEqual(#{b => {b}, c => {c}}, state(A))
    end.

in_order_and_once(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        load([a, b, c], ""),
        ?assertEqual([c, b, a], touch(A)),
        load([a, b, c], "extra(_) -> 1."),
        ?assertEqual(1, bt_actor:call(A, extra, [])),
        ?assertEqual([c, b, a], touch(A))
    end.

kept_values(_) ->
    fun() ->
        load([a], "'set:'(_, V) -> put('@a', V)."),
        A = bt_actor:spawn(?C),
        bt_actor:call(A, 'set:', [17]),
        load([a, b], ""),
        touch(A),
        ?assertEqual(#{a => 17, b => {b}}, state(A))
    end.

idle_until_asked(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        load([b], ""),
        ?assertEqual(#{a => {a}}, state(A)),
        ok = bt_actor:cast(A, made, []),
        ?assertEqual(#{b => {b}}, state(A))
    end.

migrated(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        load([b, c], "'class migrate:'(_, #{a := {V}}) -> #{b => V}."),
        touch(A),
        ?assertEqual(#{b => a, c => {c}}, state(A)),
        %% A variable that `migrate:' gave is not initialised as well.
        ?assertEqual([c, a], touch(A)),
        %% Nothing is migrated twice.
        load([b, c], "'class migrate:'(_, #{a := {V}}) -> #{b => V}."),
        touch(A),
        ?assertEqual(#{b => a, c => {c}}, state(A))
    end.

wrong_answers_of_migrate(_) ->
    [fun() ->
        load([a], ""),
        A = bt_actor:spawn(?C),
        quietly(fun() ->
            load([b], "'class migrate:'(_, _) -> " ++ Answer ++ "."),
            touch(A)
        end),
        ?assertEqual(#{a => {a}, b => {b}}, state(A))
     end || Answer <- ["nil", "17", "#{nonsense => 1}", "#{1 => 2}", "[{b, 1}]", "exit(kill)",
                       "throw(x)", "#{'$class' => 'bt.app.V', b => 1}"]].

failed_migration_loses_nothing(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        quietly(fun() ->
            load([b], "'class migrate:'(_, _) -> error(oops)."),
            touch(A)
        end),
        ?assertEqual(#{a => {a}, b => {b}}, state(A)),
        load([b], "'class migrate:'(_, #{a := {V}}) -> #{b => V}."),
        touch(A),
        ?assertEqual(#{b => a}, state(A))
    end.

failed_initial_value(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        quietly(fun() ->
            load([a, b, c],
                "'$init'(_) -> put(runs, 1 + case get(runs) of undefined -> 0; N -> N end),
                     case get('@b') of undefined -> error(no_b); _ -> ok end,
                     case get('@c') of undefined -> put('@c', 3); _ -> ok end.
                 made(_) -> get(runs)."),
            ?assertEqual(2, touch(A))
        end),
        ?assertEqual(#{a => {a}, b => nil, c => 3}, state(A))
    end.

superclass(_) ->
    fun() ->
        load(?SUB, ?C, [s], ""),
        A = bt_actor:spawn(?SUB),
        ?assertEqual(#{a => {a}, s => {s}}, state(A)),
        load([b], ""),
        touch(A),
        ?assertEqual(#{b => {b}, s => {s}}, state(A)),
        load(?C, 'bt.stdlib.Actor', [b, d], ""),
        touch(A),
        ?assertEqual(#{b => {b}, d => {d}, s => {s}}, state(A))
    end.

other_superclass(_) ->
    fun() ->
        load(?SUB, ?C, [s], ""),
        load('bt.app.ReloadedOther', 'bt.stdlib.Actor', [o], ""),
        A = bt_actor:spawn(?SUB),
        load(?SUB, 'bt.app.ReloadedOther', [s], ""),
        touch(A),
        ?assertEqual(#{o => {o}, s => {s}}, state(A)),
        %% Of the superclass that it has now, and not of the one that it had.
        load([b], ""),
        load('bt.app.ReloadedOther', 'bt.stdlib.Actor', [p], ""),
        touch(A),
        ?assertEqual(#{p => {p}, s => {s}}, state(A))
    end.

policies(_) ->
    fun() ->
        Boom = "boom(_) -> put('@a', lost), error(boom). ",
        A = bt_actor:spawn(?C),
        load([a], Boom ++ "'class onError'(_) -> resume."),
        quietly(fun() ->
            ?assertError(_, bt_actor:call(A, boom, [])),
            ?assertEqual(#{a => {a}}, state(A)),
            load([a], Boom),
            ?assertError(_, bt_actor:call(A, boom, [])),
            ?assertNot(is_process_alive(A))
        end),
        %% The same through the superclass.
        load([a], Boom),
        load(?SUB, ?C, [], ""),
        B = bt_actor:spawn(?SUB),
        load([a], Boom ++ "'class onError'(_) -> resume."),
        quietly(fun() ->
            ?assertError(_, bt_actor:call(B, boom, [])),
            ?assertEqual(#{a => {a}}, state(B))
        end),
        %% An error in the declaration itself is no reason to die.
        quietly(fun() ->
            load([a], "'class onError'(_) -> error(oops)."),
            ?assertEqual([a], touch(B))
        end)
    end.

newly_trapping(_) ->
    fun() ->
        Self = self(),
        {ok, A} = bt_actor:start_link(?C),
        load([a], "'terminate:'(_, _) -> ok."),
        ?assertEqual([a], touch(A)),
        ?assertEqual({trap_exit, true}, process_info(A, trap_exit)),
        load([a], ""),
        ?assertEqual([a], touch(A)),
        ?assertEqual({trap_exit, false}, process_info(A, trap_exit)),
        ?assertEqual(Self, self()),
        unlink(A)
    end.

code_change(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        load([b], ""),
        ok = sys:suspend(A),
        ok = sys:change_code(A, ?C, undefined, []),
        ok = sys:resume(A),
        ?assertEqual(#{b => {b}}, state(A))
    end.

removed_class(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        touch(A),
        remove(?C),
        ?assertError(#{'$class' := 'bt.stdlib.UndefinedClass'}, bt_actor:call(A, made, [])),
        ?assertError(#{'$class' := 'bt.stdlib.UndefinedClass'}, bt_actor:call(A, unknown, [])),
        ?assertEqual(#{a => {a}}, state(A)),
        load([a, b], ""),
        ?assertEqual([b, a], touch(A)),
        ok = bt_load:remove(?C),
        ?assertError(#{'$class' := 'bt.stdlib.UndefinedClass'}, bt_actor:call(A, made, [])),
        quietly(fun() -> bt_actor:cast(A, made, []), _ = state(A) end),
        ?assertEqual(ok, bt_actor:stop(A))
    end.

recovered_state(_) ->
    fun() ->
        load([a], "'class recover'(_) -> last. 'set:'(_, V) -> put('@a', V)."),
        Place = #{name => nil, place => {self(), 7}},
        put('$bt_child', Place),
        {ok, A} = bt_actor:start_link(?C),
        unlink(A),
        bt_actor:call(A, 'set:', [42]),
        bt_actor:kill(A),
        load([b], "'class recover'(_) -> last. 'class migrate:'(_, #{a := V}) -> #{b => V}."),
        {ok, B} = bt_actor:start_link(?C),
        ?assertEqual(#{b => 42}, state(B)),
        erase('$bt_child'),
        unlink(B)
    end.

%% A supervised actor that runs begins to save its state when its class says so.
newly_recovered(_) ->
    fun() ->
        Set = "'set:'(_, V) -> put('@a', V).",
        load([a], Set),
        put('$bt_child', #{name => nil, place => {self(), 8}}),
        {ok, A} = bt_actor:start_link(?C),
        unlink(A),
        bt_actor:call(A, 'set:', [1]),
        ?assertEqual(none, bt_recovery:last({self(), 8})),
        load([a], "'class recover'(_) -> last. " ++ Set),
        bt_actor:call(A, 'set:', [2]),
        ?assertMatch({ok, _, [{'@a', 2}]}, bt_recovery:last({self(), 8})),
        bt_actor:kill(A),
        {ok, B} = bt_actor:start_link(?C),
        ?assertEqual(#{a => 2}, state(B)),
        unlink(B),
        erase('$bt_child')
    end.

%% A method that runs goes on in its own code and state; the next message sees the new ones.
busy_actor(_) ->
    fun() ->
        load([a], "wait(_) -> receive go -> get('@a') end."),
        A = bt_actor:spawn(?C),
        Caller = self(),
        spawn_link(fun() -> Caller ! {waited, bt_actor:call(A, wait, [])} end),
        timer:sleep(20),
        load([b], ""),
        load([b, c], ""),
        A ! go,
        receive {waited, Value} -> ?assertEqual({a}, Value) end,
        touch(A),
        ?assertEqual(#{b => {b}, c => {c}}, state(A))
    end.

%% What was sent before a load the old methods handle. On a machine with much else to do an actor
%% may need longer than it is waited for: so one of some attempts has to show it.
sent_before(_) ->
    {timeout, 30, fun() -> ?assert(lists:any(fun handled_before/1, lists:seq(1, 10))) end}.

handled_before(N) ->
    Method = fun(Version) ->
        "note(_) -> lists:sum(lists:seq(1, 2000)), put('@a', [" ++ Version ++ " | get('@a')])."
    end,
    Old = integer_to_list(N),
    load([a], "'set:'(_, V) -> put('@a', V). " ++ Method(Old)),
    Actor = bt_actor:spawn(?C),
    bt_actor:call(Actor, 'set:', [[]]),
    {Generation, Binary} = bt_fixture:compiled(?C, ?META([a]), Method("-1")),
    [bt_actor:cast(Actor, note, []) || _ <- lists:seq(1, 1500)],
    ok = bt_load:class(Generation, Binary),
    bt_actor:cast(Actor, note, []),
    #{a := [Last | Before]} = state(Actor),
    ?assertEqual({-1, 1500}, {Last, length(Before)}),
    lists:usort(Before) =:= [N].

%% What cannot be loaded changes nothing.
refused_loads(_) ->
    fun() ->
        A = bt_actor:spawn(?C),
        Value = #{superclass => 'bt.stdlib.Object', kind => value, variables => [x]},
        ?assertMatch({error, #{'$class' := 'bt.stdlib.CompileError',
                               message := <<"Reloaded is an Actor class", _/binary>>}},
                     bt_fixture:try_class(?C, Value, "made(_) -> value.")),
        Orphan = ?META([x]),
        ?assertMatch({error, #{message := <<"Reloaded is a subclass of Nowhere", _/binary>>}},
                     bt_fixture:try_class(?C, Orphan#{superclass => 'bt.app.Nowhere'}, "")),
        load(?SUB, ?C, [s], ""),
        ?assertMatch({error, #{message := <<"Reloaded would be a superclass", _/binary>>}},
                     bt_fixture:try_class(?C, Orphan#{superclass => ?SUB}, "")),
        ?assertEqual([a], touch(A)),
        ?assertEqual(#{a => {a}}, state(A)),
        ?assertEqual('bt.stdlib.Actor', bt_class:superclass(?C)),
        %% Once it is removed, the name is free for anything.
        ok = bt_load:remove(?SUB),
        ok = bt_load:remove(?C),
        ok = bt_fixture:try_class(?C, Value, ""),
        ok = bt_load:remove(?C)
    end.

class_variables(_) ->
    fun() ->
        Load = fun(Names) ->
            Init = lists:join(", ", [io_lib:format("{~w, fun() -> {new, ~w} end}", [N, N])
                                     || N <- Names]),
            bt_fixture:class('bt.app.Shared', #{class_variables => Names},
                lists:flatten(["'$class_init'() -> [", Init, "]."]))
        end,
        Load([a, b]),
        ?assertEqual({new, a}, bt_class:var_get('bt.app.Shared', a)),
        bt_class:var_put('bt.app.Shared', a, 1),
        bt_class:var_put('bt.app.Shared', b, 2),
        Load([a, c]),
        ?assertEqual(1, bt_class:var_get('bt.app.Shared', a)),
        ?assertEqual({new, c}, bt_class:var_get('bt.app.Shared', c)),
        Load([b]),
        ?assertEqual({new, b}, bt_class:var_get('bt.app.Shared', b)),
        bt_class:var_put('bt.app.Shared', b, 3),
        ok = bt_load:remove('bt.app.Shared'),
        Load([b]),
        ?assertEqual({new, b}, bt_class:var_get('bt.app.Shared', b))
    end.

%% Whoever loads the facade from a file gets the class that the files have; its generation is not
%% for anybody to load.
plain_otp(_) ->
    {timeout, 60, fun() ->
        Class = 'bt.app.FromFile',
        Generation = 'bt.app.FromFile 1',
        Directory = filename:join(filename:basedir(user_cache, "bt_reload_tests"), os:getpid()),
        ok = filelib:ensure_dir(filename:join(Directory, "x")),
        true = code:add_patha(Directory),
        store(Directory, Class, "answer(_) -> 1. stored(_) -> 'mk 1'(x).
                                 'mk 1'(X) -> fun() -> {1, X} end."),
        A = bt_actor:spawn(Class),
        ?assertEqual(1, bt_actor:call(A, answer, [])),
        Stored = bt_actor:call(A, stored, []),
        quietly(fun() ->
            [begin
                 store(Directory, Class, lists:flatten(io_lib:format("answer(_) -> ~b.", [N]))),
                 {module, Class} = c:l(Class),
                 ?assertEqual(N, eventually(N, fun() -> bt_actor:call(A, answer, []) end)),
                 ?assertMatch({error, _}, c:l(Generation))
             end || N <- lists:seq(2, 6)],
            store(Directory, Class, "answer(_) -> 7."),
            _ = eventually(true, fun() -> code:soft_purge(Class) end),
            {module, Class} = code:load_file(Class),
            ?assertEqual(7, eventually(7, fun() -> bt_actor:call(A, answer, []) end))
        end),
        ?assertEqual({1, x}, Stored()),
        ok = file:del_dir_r(Directory),
        true = code:del_path(Directory)
    end}.

store(Directory, Class, Text) ->
    Meta = ?META([]),
    {Generation, Binary} = bt_fixture:compiled(Class, Meta, "'$init'(_) -> ok. " ++ Text),
    {ok, {_, [{exports, Exports}]}} = beam_lib:chunks(Binary, [exports]),
    {ok, Class, Facade} = bt_facade:assemble(#{
        facade => Class, generation => Generation, superclass => 'bt.stdlib.Actor',
        inherited => [], functions => bt_facade:class_functions(Exports), actor => true,
        layout => bt_layout:ahead(Binary), ahead => true}),
    [ok = file:write_file(filename:join(Directory, atom_to_list(Name) ++ ".beam"), Code)
     || {Name, Code} <- [{Generation, Binary}, {Class, Facade}]].

eventually(Value, Fun) -> eventually(Value, Fun, 100).

eventually(Value, Fun, Looks) ->
    case Fun() of
        Value -> Value;
        Other when Looks =:= 0 -> Other;
        _ ->
            timer:sleep(20),
            eventually(Value, Fun, Looks - 1)
    end.

undefined_is_a_value(_) ->
    fun() ->
        load([a], "'set:'(_, V) -> put('@a', V), V."),
        A = bt_actor:spawn(?C),
        bt_actor:call(A, 'set:', [undefined]),
        load([a, b], ""),
        touch(A),
        ?assertEqual(#{a => undefined, b => {b}}, state(A))
    end.

remove(Facade) ->
    _ = code:purge(Facade),
    true = code:delete(Facade),
    _ = code:purge(Facade),
    bt_class:invalidate().

%% The log of these errors is expected.
quietly(Fun) ->
    #{level := Level} = logger:get_primary_config(),
    ok = logger:set_primary_config(level, none),
    try Fun() after logger:set_primary_config(level, Level) end.
