%% @doc What a message can be, after a receiver that is already there.
-module(bt_repl_complete).

-export([selectors/2]).

%% A variable of the session, a class by its name, or an instance of one.
-type receiver() :: {variable, atom()} | {class, atom()} | {instance, atom()}.

%% @doc The selectors that the receiver understands now, patches included.
-spec selectors(receiver(), bt_repl_bindings:bindings()) -> [binary()].
selectors(Receiver, Bindings) ->
    lists:usort([atom_to_binary(Selector) || Selector <- of_receiver(Receiver, Bindings)]).

of_receiver({variable, Name}, Bindings) ->
    case bt_repl_bindings:value(Name, Bindings) of
        {ok, Value} -> of_value(Value);
        error -> []
    end;
of_receiver({class, Name}, _) -> of_value(bt_class:resolve(Name));
of_receiver({instance, Name}, _) ->
    #{module := Facade} = bt_class:resolve(Name),
    bt_class:selectors(Facade, instance).

%% A message to a future goes to its value, so that is what counts once it is there.
of_value({'$bt_future', _, _, _} = Future) ->
    case bt_future:tail(Future) of
        {settled, {ok, Value}} -> of_value(Value);
        _ -> bt_class:selectors('bt.stdlib.Future', instance)
    end;
of_value(#{'$class' := 'bt.stdlib.Class', module := Facade}) ->
    bt_class:selectors(Facade, class);
of_value(Value) ->
    bt_class:selectors(bt_class:'of'(Value), instance).

