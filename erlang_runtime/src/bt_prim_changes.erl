%%% @doc Primitives of Workspace and Change: what was changed live, and what becomes of it.
-module(bt_prim_changes).

-export([changes/0, select/1, save/1, revert/1, value/1]).

-define(CLASS(Module), #{'$class' := 'bt.stdlib.Class', module := Module}).
-define(METACLASS(Module), #{'$class' := 'bt.stdlib.Metaclass', module := Module}).

%% @doc All changes, as Change values.
-spec changes() -> [map()].
changes() ->
    [value(Change) || Change <- bt_changes:all()] ++ [definition(F) || F <- bt_changes:defined()].

%% @doc The changes that a class, method or change stands for.
-spec select(term()) -> [map()].
select(?CLASS(Module)) -> in_class(Module, instance);
select(?METACLASS(Module)) -> in_class(Module, class);
select(#{'$class' := 'bt.stdlib.CompiledMethod', methodClass := Class, selector := Selector}) ->
    [Change || #{selector := S} = Change <- of_side(Class), S =:= Selector];
select(#{'$class' := 'bt.stdlib.Change', changedClass := Class, selector := Selector} = Given) ->
    case Selector of
        nil -> [Given];
        _ -> [Change || #{selector := S} = Change <- of_side(Class), S =:= Selector]
    end;
select(Changes) when is_list(Changes) -> lists:append([select(Change) || Change <- Changes]);
select(Other) ->
    bt_prim_collection:type_error(<<"a class, method or Change">>, Other, nil, 'save:').

%% A class stands for both of its sides, its metaclass only for its own.
in_class(Module, instance) ->
    [value(C) || #{key := {F, _, _}} = C <- bt_changes:all(), F =:= Module]
        ++ [definition(F) || F <- bt_changes:defined(), F =:= Module];
in_class(Module, class) ->
    of_side(bt_class:object(Module), class).

of_side(?CLASS(_) = Class) -> of_side(Class, instance);
of_side(?METACLASS(Module)) -> of_side(bt_class:object(Module), class);
of_side(Other) -> bt_prim_collection:type_error(<<"a class">>, Other, nil, 'save:').

of_side(?CLASS(Module), Side) ->
    [value(C) || #{key := {F, _, _}, side := In} = C <- bt_changes:all(),
                 F =:= Module, In =:= Side].

%% @doc Writes changes into their files; answers them.
-spec save([map()]) -> [map()].
save(Values) ->
    ok = bt_write_back:save(found(Values)),
    Values.

%% @doc Takes changes back; answers them.
-spec revert([map()]) -> [map()].
revert(Values) ->
    ok = bt_write_back:revert(found(Values)),
    Values.

found(Values) -> lists:append([find(Value) || Value <- Values]).

%% A class that was typed as a whole is nothing that a file has a place for.
find(#{selector := nil, changedClass := Class} = Value) ->
    bt_error:raise('bt.stdlib.SaveError', #{
        message => <<(bt_print:print_string(Class))/binary,
                     " was typed as a whole, and is in no file">>,
        hint => <<"put it into a file, and load that; in the REPL, "
                  ":save FILE writes what was typed">>,
        change => Value
    });
find(#{selector := Selector} = Value) ->
    {Module, Side} = place(Value),
    [C || #{key := {F, _, _}, side := S, selector := Sel} = C <- bt_changes:all(),
          F =:= Module, S =:= Side, Sel =:= Selector].

place(#{changedClass := ?CLASS(Module)}) -> {Module, instance};
place(#{changedClass := ?METACLASS(Module)}) -> {Module, class}.

%% @doc A change as programs see it.
-spec value(bt_changes:change()) -> map().
value(#{key := {Facade, _, _}, kind := Kind, side := Side} = Change) ->
    #{selector := Selector, file := File, old := Old, new := New} = Change,
    #{
        '$class' => 'bt.stdlib.Change', changedClass => object(Facade, Side), selector => Selector,
        kind => Kind, file => File, oldText => text(Old), newText => text(New)
    }.

definition(Facade) ->
    #{
        '$class' => 'bt.stdlib.Change', changedClass => bt_class:object(Facade), selector => nil,
        kind => defined, file => nil, oldText => nil, newText => nil
    }.

object(Facade, instance) -> bt_class:object(Facade);
object(Facade, class) -> #{'$class' => 'bt.stdlib.Metaclass', module => Facade}.

text(none) -> nil;
text(#{source := Source}) -> Source.
