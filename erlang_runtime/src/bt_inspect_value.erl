%% @doc Values, classes and ports as an inspector shows them.
-module(bt_inspect_value).

-export([value/1, class/1, port/1]).

%% As many elements as one can want to read.
-define(MOST, 100).
%% To count the graphemes of a text takes its time.
-define(SHORT, 65536).

%% @doc An ObjectInfo: the class, the fields, the first elements.
-spec value(term()) -> map().
value(Value) ->
    {Size, Elements} = elements(Value),
    new("ObjectInfo", #{
        object => Value,
        objectClass => bt_prim_object:class_of(Value),
        fields => fields(Value),
        size => Size,
        elements => Elements
    }).

fields(Block) when is_function(Block) -> block(Block);
fields(Text) when is_binary(Text) -> #{bytes => byte_size(Text)};
fields(#{'$class' := _} = Instance) -> maps:remove('$class', Instance);
fields(_) -> #{}.

%% The names of the variables are not known at run time.
block(Block) ->
    {arity, Arity} = erlang:fun_info(Block, arity),
    case bt_block:environment(Block) of
        none ->
            {module, Module} = erlang:fun_info(Block, module),
            #{arity => Arity, definedIn => Module};
        Env ->
            ['$bt_env', Generation, _Maker, Self | Variables] = tuple_to_list(Env),
            #{
                arity => Arity,
                definedIn => bt_class:object(facade(Generation)),
                self => Self,
                variables => [variable(Variable) || Variable <- Variables]
            }
    end.

variable(Cell) when element(1, Cell) =:= '$cell' -> bt_cell:get(Cell);
variable(Value) -> Value.

facade(Generation) ->
    [Name | _] = binary:split(atom_to_binary(Generation), <<" ">>),
    bt_patch:target(Generation, binary_to_atom(Name)).

%% The number of elements and the first of them.
elements(Text) when is_binary(Text), byte_size(Text) =< ?SHORT -> {graphemes(Text), []};
elements(List) when is_list(List) -> list(List);
elements(Tuple) when is_tuple(Tuple), element(1, Tuple) =/= '$bt_future' -> tuple(Tuple);
elements(#{'$class' := 'bt.stdlib.Array', items := Items}) when is_tuple(Items) -> tuple(Items);
elements(#{'$class' := 'bt.stdlib.Set', items := Items}) when is_map(Items) ->
    {map_size(Items), [Key || {Key, _} <- first_pairs(Items)]};
elements(#{'$class' := _}) -> {nil, []};
elements(Map) when is_map(Map) -> {map_size(Map), [association(P) || P <- first_pairs(Map)]};
elements(_) -> {nil, []}.

graphemes(Text) ->
    try string:length(Text)
    catch error:_ -> nil
    end.

%% Erlang may have made it improper.
list(List) ->
    case is_proper(List) of
        true -> {length(List), lists:sublist(List, ?MOST)};
        false -> {nil, []}
    end.

is_proper(List) ->
    try length(List) of
        _ -> true
    catch
        error:badarg -> false
    end.

tuple(Tuple) ->
    Size = tuple_size(Tuple),
    {Size, [element(N, Tuple) || N <- lists:seq(1, min(Size, ?MOST))]}.

%% In the order of the keys, if not so many that sorting them takes long.
first_pairs(Map) when map_size(Map) =< ?MOST -> lists:sort(maps:to_list(Map));
first_pairs(Map) -> first_pairs(maps:next(maps:iterator(Map)), ?MOST).

first_pairs(none, _) -> [];
first_pairs(_, 0) -> [];
first_pairs({Key, Value, Next}, Left) -> [{Key, Value} | first_pairs(maps:next(Next), Left - 1)].

association({Key, Value}) -> #{'$class' => 'bt.stdlib.Association', key => Key, value => Value}.

%%% Classes

%% @doc A ClassInfo: what the class has of its own, and how many instances live.
-spec class(map()) -> map().
class(#{module := Facade} = Behaviour) ->
    Meta = bt_class:meta(Facade),
    Methods = bt_class:methods(Facade),
    new("ClassInfo", #{
        inspectedClass => Behaviour,
        superclass => bt_prim_behaviour:superclass(Behaviour),
        package => maps:get(package, Meta, nil),
        modifiers => maps:get(modifiers, Meta, []),
        variables => maps:get(variables, Meta, []),
        classVariables => [{Name, class_variable(Facade, Name)}
                           || Name <- maps:get(class_variables, Meta, [])],
        methods => selectors(Methods, instance),
        classMethods => selectors(Methods, class),
        patches => selectors(bt_patch:methods(Facade), instance),
        instanceCount => bt_instances:count(Facade),
        file => maps:get(file, Meta, nil),
        line => maps:get(line, Meta, nil)
    }).

%% Its first value is computed when it is first asked for, by the class's own code.
class_variable(Facade, Name) ->
    try bt_class:var_get(Facade, Name)
    catch _:_ -> nil
    end.

selectors(Methods, Side) ->
    lists:usort([Selector || #{selector := Selector, side := S} <- Methods, S =:= Side]).

%%% Ports

%% @doc A PortInfo.
-spec port(port()) -> map().
port(Port) ->
    new("PortInfo", maps:merge(#{port => Port}, port_fields(erlang:port_info(Port)))).

port_fields(undefined) -> #{status => closed};
port_fields(Info) ->
    #{
        status => open,
        name => unicode:characters_to_binary(proplists:get_value(name, Info, "")),
        owner => proplists:get_value(connected, Info, nil),
        links => proplists:get_value(links, Info, []),
        bytesIn => proplists:get_value(input, Info, 0),
        bytesOut => proplists:get_value(output, Info, 0),
        osPid => case proplists:get_value(os_pid, Info) of
                     undefined -> nil;
                     OsPid -> OsPid
                 end
    }.

new(Class, Fields) -> bt_class:instantiate(list_to_atom("bt.stdlib." ++ Class), Fields).
