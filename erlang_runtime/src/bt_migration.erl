%% @doc Brings the variables of a running actor to what its class declares now that it was loaded
%% again.
%%
%% Runs in the actor, between two messages. First `C class migrate:' may convert: it gets the old
%% variables and answers new ones. Variables that are not declared any more go, and `$init'/1 of the
%% class adds what is missing, each initial value evaluated in the actor, in order. When a part of
%% that fails nothing is lost and the actor lives: an initial value that cannot be computed is nil,
%% and after an error in `migrate:' the old variables stay besides the new ones, so that a better
%% `migrate:' finds them when the class is loaded once more.
-module(bt_migration).

-export([migrate/2, recover/3]).
-export_type([shape/0]).

%% Differs when a variable of the class or a superclass, or `migrate:', is declared in another way.
-type shape() :: integer().
-type variables() :: #{atom() => term()}.

%% @doc Migrates this actor if its class has not the given shape any more. Answers its shape now.
-spec migrate(module(), shape()) -> shape().
migrate(Class, Shape) ->
    case Class:'$shape'() of
        Shape -> Shape;
        New ->
            _ = put('$bt_msg', 'migrate:'),
            Names = bt_class:variables(Class),
            Converted = converted(Class, bt_state:to_map(), Names),
            bt_state:replace(Converted),
            add_missing(Class, Names),
            keep_undefined(Converted),
            New
    end.

%% @doc Gives an actor that was just started the state that was saved of another one, perhaps of
%% another shape.
-spec recover(module(), shape(), bt_state:snapshot()) -> ok.
recover(Class, Shape, Snapshot) ->
    Saved = bt_state:from_dictionary(Snapshot),
    Restored = case Class:'$shape'() of
                   Shape -> Saved;
                   _ -> converted(Class, Saved, bt_class:variables(Class))
               end,
    bt_state:assign(maps:without(volatile(Class), Restored)).

%% What belongs to a process that is gone: `volatile: #(#socket)' leaves it as `initialize' made it.
-spec volatile(module()) -> [atom()].
volatile(Class) ->
    case erlang:function_exported(Class, 'class volatile', 1) of
        true -> [Name || Name <- Class:'class volatile'(bt_class:object(Class)), is_atom(Name)];
        false -> []
    end.

-spec converted(module(), variables(), [atom()]) -> variables().
converted(Class, Old, Names) ->
    try checked(answer(Class, Old), Class, maps:keys(Old) ++ Names) of
        Changes -> maps:with(Names, maps:merge(Old, Changes))
    catch
        Kind:Reason:Stack ->
            report(Class, migrate, {Kind, Reason, Stack}),
            Old
    end.

-spec answer(module(), variables()) -> term().
answer(Class, Old) ->
    case bt_class:find(Class, 'class migrate:', 2) of
        none -> Old;
        _ -> bt_op:touch(Class:'class migrate:'(bt_class:object(Class), Old))
    end.

-spec checked(term(), module(), [atom()]) -> variables().
checked(Answer, Class, Known) when is_map(Answer), not is_map_key('$class', Answer) ->
    case maps:keys(Answer) -- Known of
        [] -> Answer;
        [Unknown | _] when is_atom(Unknown) -> bt_error:raise(bt_fault:no_variable(Class, Unknown));
        [Key | _] -> bt_error:raise(bt_fault:type_error(<<"a Symbol">>, Key))
    end;
checked(Answer, _, _) -> bt_error:raise(bt_fault:type_error(<<"a Dictionary">>, Answer)).

%% `$init'/1 leaves alone what is there; so after an error it goes on with the next variable.
-spec add_missing(module(), [atom()]) -> ok.
add_missing(Class, Names) ->
    try
        _ = Class:'$init'(self()),
        ok
    catch
        Kind:Reason:Stack ->
            case [Name || Name <- Names, get(bt_state:key(Name)) =:= undefined] of
                [] -> ok;
                [Failed | _] ->
                    report(Class, {variable, Failed}, {Kind, Reason, Stack}),
                    _ = put(bt_state:key(Failed), nil),
                    add_missing(Class, Names)
            end
    end.

report(Class, What, {Kind, Reason, Stack}) ->
    bt_report:migration_failed(Class, What, bt_error:wrap(Kind, Reason, Stack), Stack).

%% To `$init'/1 the symbol #undefined looks like no value.
-spec keep_undefined(variables()) -> ok.
keep_undefined(Variables) ->
    bt_state:assign(maps:filter(fun(_, Value) -> Value =:= undefined end, Variables)).
