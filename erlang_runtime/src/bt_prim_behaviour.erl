%%% @doc Primitives of Behaviour: what a class or metaclass knows of itself. A class object stands
%%% for the instance side of its class, a metaclass for the class side.
-module(bt_prim_behaviour).

-export([name/1, sole_instance/1, superclass/1, subclasses/1, all_subclasses/1]).
-export([inherits_from/2, new/2]).
-export([methods/1, methods_where/2, tools/1, all_selectors/1, method/2, includes/2]).
-export([instances/1, instance_count/1, all_instances/1]).
-export([variables/1, all_variables/1, class_variables/1, field_types/1]).
-export([doc/1, set_doc/2, source_file/1, modifiers/1, package/1]).

-define(CLASS(Module), #{'$class' := 'bt.stdlib.Class', module := Module}).
-define(METACLASS(Module), #{'$class' := 'bt.stdlib.Metaclass', module := Module}).

-type behaviour() :: #{'$class' := module(), module := module()}.

%% @doc The name of the class, as a symbol.
-spec name(behaviour()) -> atom().
name(?CLASS(Module)) -> binary_to_atom(bt_class:name(Module));
name(?METACLASS(Module)) -> binary_to_atom(<<(bt_class:name(Module))/binary, " class">>).

%% @doc The class of a metaclass.
-spec sole_instance(behaviour()) -> behaviour().
sole_instance(?METACLASS(Module)) -> bt_class:object(Module).

%% @doc The superclass, or nil. The metaclass of the root inherits from Class.
-spec superclass(behaviour()) -> behaviour() | nil.
superclass(#{module := Module} = Behaviour) ->
    case {bt_class:superclass(Module), Behaviour} of
        {nil, ?METACLASS(_)} -> bt_class:object('bt.stdlib.Class');
        {nil, _} -> nil;
        {Superclass, _} -> Behaviour#{module := Superclass}
    end.

%% @doc The classes directly below, by name.
-spec subclasses(behaviour()) -> [behaviour()].
subclasses(#{module := Module} = Behaviour) ->
    [Behaviour#{module := Facade} || #{module := Facade} <- bt_prim_beamtalk:all_classes(),
                                     bt_class:superclass(Facade) =:= Module].

%% @doc All classes below, by name.
-spec all_subclasses(behaviour()) -> [behaviour()].
all_subclasses(#{module := Module} = Behaviour) ->
    [Behaviour#{module := Facade} || #{module := Facade} <- bt_prim_beamtalk:all_classes(),
                                     Facade =/= Module,
                                     bt_class:inherits_from(Facade, Module)].

%% @doc Whether the other one is among the superclasses.
-spec inherits_from(behaviour(), term()) -> boolean().
inherits_from(?CLASS(Module), ?CLASS(Ancestor)) ->
    Module =/= Ancestor andalso bt_class:inherits_from(Module, Ancestor);
inherits_from(?METACLASS(Module), ?METACLASS(Ancestor)) ->
    Module =/= Ancestor andalso bt_class:inherits_from(Module, Ancestor);
inherits_from(?METACLASS(_), ?CLASS(Ancestor)) ->
    bt_class:inherits_from('bt.stdlib.Class', Ancestor);
inherits_from(?CLASS(_), ?METACLASS(_)) ->
    false;
inherits_from(Behaviour, Other) ->
    bt_prim_collection:type_error(<<"a class">>, Other, Behaviour, 'inheritsFrom:').

%% @doc An instance with some of its fields given.
-spec new(behaviour(), term()) -> term().
new(?CLASS(Module) = Class, Fields) when is_map(Fields) ->
    Meta = bt_class:meta(Module),
    case maps:get(kind, Meta, object) of
        Kind when Kind =:= value; Kind =:= object -> bt_class:instantiate(Module, Meta, Fields);
        Kind -> no_instance(Class, Kind)
    end;
new(?METACLASS(_) = Metaclass, _Fields) ->
    no_instance(Metaclass, metaclass);
new(Class, Other) ->
    bt_prim_collection:type_error(<<"a Dictionary">>, Other, Class, 'new:').

-spec no_instance(term(), term()) -> no_return().
no_instance(Class, Kind) ->
    bt_error:raise('bt.stdlib.InstantiationError', #{
        message => <<(bt_print:print_string(Class))/binary, " does not answer new">>,
        hint => new_hint(Kind),
        selector => new,
        receiver => Class
    }).

new_hint(actor) -> <<"spawn makes an actor">>;
new_hint(supervisor) -> <<"spawn starts a supervisor">>;
new_hint(_) -> nil.

%%% Methods

%% @doc The methods that the class itself has on this side, by selector.
-spec methods(behaviour()) -> [map()].
methods(#{module := Module} = Behaviour) ->
    Side = side(Behaviour),
    Methods = [Method || #{side := S} = Method <- bt_class:methods(Module), S =:= Side],
    BySelector = lists:sort(fun(#{selector := A}, #{selector := B}) -> A =< B end, Methods),
    Patches = bt_patch:methods(Module),
    [compiled(Behaviour, Method, lists:member(Method, Patches)) || Method <- BySelector].

side(?CLASS(_)) -> instance;
side(?METACLASS(_)) -> class.

%% An instance of CompiledMethod.
compiled(Behaviour, #{selector := Selector, arity := Arity} = Method, IsPatch) ->
    #{file := File} = bt_class:meta(maps:get(module, Behaviour)),
    #{
        '$class' => 'bt.stdlib.CompiledMethod',
        methodClass => Behaviour,
        selector => Selector,
        argumentCount => Arity,
        doc => maps:get(doc, Method, nil),
        source => maps:get(source, Method, nil),
        parameters => [parameter(P) || P <- maps:get(parameters, Method, [])],
        isPatch => IsPatch,
        toolOptions => tool_options(maps:get(flags, Method, [])),
        file => maps:get(file, Method, File),
        line => maps:get(line, Method, nil)
    }.

parameter({Name, Type, none}) -> #{name => Name, type => Type};
parameter({Name, Type, {default, Value}}) -> #{name => Name, type => Type, default => Value}.

tool_options(Flags) ->
    case lists:keyfind(tool, 1, Flags) of
        {tool, Options} -> maps:from_list(Options);
        false -> nil
    end.

%% @doc The methods that instances have and that are marked as `tool', by selector. An inherited one
%% that the class has in another way, marked or not, is not among them.
-spec tools(behaviour()) -> [map()].
tools(#{module := Module} = Behaviour) ->
    Side = side(Behaviour),
    {_, Tools} = lists:foldl(fun(Class, {Seen, Found}) ->
        Methods = [Method || #{side := S} = Method <- bt_class:methods(Class), S =:= Side],
        Marked = [{Selector, compiled(Behaviour#{module := Class}, Method, is_patch(Class, Method))}
                  || #{selector := Selector, flags := Flags} = Method <- Methods,
                     lists:keymember(tool, 1, Flags), not is_map_key(Selector, Seen)],
        {lists:foldl(fun(#{selector := S}, All) -> All#{S => true} end, Seen, Methods),
         Marked ++ Found}
    end, {#{}, []}, bt_class:chain(Module)),
    [Method || {_, Method} <- lists:keysort(1, Tools)].

is_patch(Class, Method) -> lists:member(Method, bt_patch:methods(Class)).

%% @doc The methods of both sides of a class whose description passes.
-spec methods_where(module(), fun((map()) -> boolean())) -> [map()].
methods_where(Module, Passes) ->
    Found = [Method || Method <- bt_class:methods(Module), Passes(Method)],
    Patches = case Found of
                  [] -> [];
                  _ -> bt_patch:methods(Module)
              end,
    lists:sort(fun(#{methodClass := C, selector := A}, #{methodClass := D, selector := B}) ->
                   {C, A} =< {D, B}
               end,
               [compiled(on_side(Side, Module), Method, lists:member(Method, Patches))
                || #{side := Side} = Method <- Found]).

on_side(instance, Module) -> bt_class:object(Module);
on_side(class, Module) -> #{'$class' => 'bt.stdlib.Metaclass', module => Module}.

%% @doc All selectors that instances of the behaviour understand.
-spec all_selectors(behaviour()) -> [atom()].
all_selectors(#{module := Module} = Behaviour) ->
    bt_class:selectors(Module, side(Behaviour)).

%% @doc The class's own method of that selector, or nil.
-spec method(behaviour(), term()) -> map() | nil.
method(Behaviour, Selector) when is_atom(Selector) ->
    case [Method || #{selector := S} = Method <- methods(Behaviour), S =:= Selector] of
        [Method | _] -> Method;
        [] -> nil
    end;
method(Behaviour, Other) ->
    bt_prim_collection:type_error(<<"a Symbol">>, Other, Behaviour, '>>').

%% @doc Whether the class itself has a method of that selector.
-spec includes(behaviour(), term()) -> boolean().
includes(Behaviour, Selector) ->
    method(Behaviour, Selector) =/= nil.

%% @doc The actors of the class that are alive.
-spec instances(behaviour()) -> [pid()].
instances(?CLASS(Module)) -> bt_instances:list(Module);
instances(_) -> [].

%% @doc How many they are.
-spec instance_count(behaviour()) -> non_neg_integer().
instance_count(?CLASS(Module)) -> bt_instances:count(Module);
instance_count(_) -> 0.

%% @doc The live actors of the class and of the classes below it.
-spec all_instances(behaviour()) -> [pid()].
all_instances(?CLASS(Module)) -> bt_instances:all_below(Module);
all_instances(_) -> [].

%%% Variables

%% @doc The variables that the class itself declares.
-spec variables(behaviour()) -> [atom()].
variables(?CLASS(Module)) -> maps:get(variables, bt_class:meta(Module), []);
variables(?METACLASS(Module)) -> class_variables(bt_class:object(Module)).

%% @doc The types that the fields of a Value class are declared with, as written, by field: those of
%% superclasses too. The compiler's own methods for a field know them.
-spec field_types(behaviour()) -> #{atom() => binary()}.
field_types(?CLASS(Module)) ->
    lists:foldr(fun(Class, Types) -> maps:merge(Types, own_types(bt_class:meta(Class))) end, #{},
                bt_class:chain(Module));
field_types(?METACLASS(_)) -> #{}.

own_types(#{methods := Methods}) ->
    maps:from_list([Type || #{flags := Flags} = Method <- Methods, lists:member(accessor, Flags),
                            Type <- field_type(Method)]);
own_types(_) -> #{}.

field_type(#{selector := Field, parameters := [], returns := Type}) when is_binary(Type) ->
    [{Field, Type}];
field_type(#{parameters := [{Field, Type, _}]}) when is_binary(Type) ->
    [{binary_to_existing_atom(Field), Type}];
field_type(_) -> [].

%% @doc All variables, those of superclasses first.
-spec all_variables(behaviour()) -> [atom()].
all_variables(?CLASS(Module)) ->
    bt_class:variables(Module);
all_variables(?METACLASS(Module)) ->
    Chain = lists:reverse(bt_class:chain(Module)),
    lists:append([class_variables(bt_class:object(Class)) || Class <- Chain]).

%% @doc The class variables that the class itself declares.
-spec class_variables(behaviour()) -> [atom()].
class_variables(#{module := Module}) -> maps:get(class_variables, bt_class:meta(Module), []).

%%% Descriptions

%% @doc The doc comment of the class, or nil.
-spec doc(behaviour()) -> binary() | nil.
doc(#{module := Module}) ->
    case bt_patch:doc(Module) of
        none -> maps:get(doc, bt_class:meta(Module), nil);
        {ok, Doc} -> Doc
    end.

%% @doc Another doc comment, until the class is loaded again.
-spec set_doc(behaviour(), term()) -> ok.
set_doc(#{module := Module}, Doc) when is_binary(Doc); Doc =:= nil ->
    bt_patch:set_doc(Module, Doc);
set_doc(Behaviour, Other) ->
    bt_prim_collection:type_error(<<"a String">>, Other, Behaviour, 'doc:').

%% @doc The file that the class stands in.
-spec source_file(behaviour()) -> binary() | nil.
source_file(#{module := Module}) -> maps:get(file, bt_class:meta(Module), nil).

%% @doc The words before the header: abstract, sealed.
-spec modifiers(behaviour()) -> [atom()].
modifiers(#{module := Module}) -> maps:get(modifiers, bt_class:meta(Module), []).

%% @doc The package that the class belongs to.
-spec package(behaviour()) -> atom().
package(#{module := Module}) -> maps:get(package, bt_class:meta(Module), nil).
