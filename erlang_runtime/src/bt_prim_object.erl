%%% @doc Primitives of ProtoObject, Object and Value.
-module(bt_prim_object).

-export([class_of/1, equals/2, identical/2, hash/1, is_kind_of/2, responds_to/2]).
-export([field_at/2, field_at/3, fields/1]).

%% @doc The class of a value; that of a class is its metaclass.
-spec class_of(term()) -> map().
class_of(#{'$class' := 'bt.stdlib.Class', module := Module}) ->
    #{'$class' => 'bt.stdlib.Metaclass', module => Module};
class_of(Value) ->
    bt_class:object(bt_class:'of'(Value)).

%% @doc Equal by value, as 1 and 1.0 are.
-spec equals(term(), term()) -> boolean().
equals(A, B) -> A == B.

%% @doc Equal and of the same type.
-spec identical(term(), term()) -> boolean().
identical(A, B) -> A =:= B.

%% @doc A hash that is the same for all values that are equal, 1 and 1.0 included.
-spec hash(term()) -> non_neg_integer().
hash(Value) -> erlang:phash2(exact(Value)).

exact(Float) when is_float(Float), trunc(Float) == Float -> trunc(Float);
exact([Head | Tail]) -> [exact(Head) | exact(Tail)];
exact(Tuple) when is_tuple(Tuple) -> list_to_tuple([exact(Item) || Item <- tuple_to_list(Tuple)]);
exact(Map) when is_map(Map) -> maps:map(fun(_Key, Value) -> exact(Value) end, Map);
exact(Value) -> Value.

%% @doc Whether the value is an instance of the class or of one below it.
-spec is_kind_of(term(), term()) -> boolean().
is_kind_of(Value, #{'$class' := 'bt.stdlib.Class', module := Facade}) ->
    bt_class:is_kind_of(Value, Facade);
is_kind_of(#{'$class' := 'bt.stdlib.Class', module := Facade},
           #{'$class' := 'bt.stdlib.Metaclass', module := Ancestor}) ->
    bt_class:inherits_from(Facade, Ancestor);
is_kind_of(_Value, #{'$class' := 'bt.stdlib.Metaclass'}) ->
    false;
is_kind_of(Value, Other) ->
    bt_prim_collection:type_error(<<"a class">>, Other, Value, 'isKindOf:').

%% @doc Whether the value's class has a method for the selector.
-spec responds_to(term(), term()) -> boolean().
responds_to(Value, Selector) when is_atom(Selector) ->
    bt_class:understands(Value, Selector, bt_prim_symbol:arity(Selector));
responds_to(Value, Other) ->
    bt_prim_collection:type_error(<<"a Symbol">>, Other, Value, 'respondsTo:').

%% @doc The value of a variable of an actor, or of a field of a value.
-spec field_at(term(), term()) -> term().
field_at(Self, Name) ->
    ok = check_field(Self, Name, 'fieldAt:'),
    case Self of
        _ when is_pid(Self) -> bt_actor:get_var(Self, variable(Name));
        #{Name := Value} -> Value
    end.

%% @doc Assigns a variable of an actor; a value does not change.
-spec field_at(term(), term(), term()) -> term().
field_at(Self, Name, Value) when is_pid(Self) ->
    ok = check_field(Self, Name, 'fieldAt:put:'),
    bt_actor:put_var(Self, variable(Name), Value);
field_at(Self, _Name, _Value) ->
    bt_error:raise('bt.stdlib.ImmutableValue', #{
        message => <<(bt_print:article(bt_class:name_of(Self)))/binary, " does not change">>,
        hint => <<"make a changed copy, as with withX:">>,
        selector => 'fieldAt:put:',
        receiver => Self
    }).

variable(Name) ->
    binary_to_atom(<<"@", (atom_to_binary(Name))/binary>>).

check_field(Self, Name, Selector) ->
    case lists:member(Name, bt_class:variables(bt_class:'of'(Self))) of
        true -> ok;
        false -> bt_prim_collection:no_key(Name, Self, Selector)
    end.

%% @doc The fields of a value by name.
-spec fields(map()) -> #{atom() => term()}.
fields(Instance) -> maps:remove('$class', Instance).
