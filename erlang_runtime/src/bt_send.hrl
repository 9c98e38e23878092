%% The senders for one number of arguments. bt_send includes this once for each number, with
%%   ARGS    ", A, B" as the rest of a parameter or argument list
%%   TYPES   ", term(), term()"
%%   LIST    [A, B]
%%   VALUE   the selector that evaluates a block with so many arguments
%%   FREQUENT_CALLS, FREQUENT_UPDATES   clauses for what the innermost loops of programs send

%% The order of clauses is that of measured frequency in programs; each test costs less than a
%% nanosecond.
-spec send(term(), atom() ?TYPES) -> term().
send(?CLASS_OBJECT_OF(Module) = R, Sel ?ARGS) ->
    Function = bt_class:side(Sel),
    Module:Function(R ?ARGS);
send(#{'$class' := Class} = R, Sel ?ARGS) ->
    Class:Sel(R ?ARGS);
send(R, Sel ?ARGS) when is_pid(R) ->
    send_actor(R, Sel, ?LIST);
send(R, Sel ?ARGS) when is_integer(R) ->
    'bt.stdlib.Integer':Sel(R ?ARGS);
send(R, Sel ?ARGS) when is_binary(R) ->
    'bt.stdlib.String':Sel(R ?ARGS);
send(R, Sel ?ARGS) when is_list(R) ->
    'bt.stdlib.List':Sel(R ?ARGS);
send(R, Sel ?ARGS) when is_map(R), not is_map_key('__struct__', R) ->
    'bt.stdlib.Dictionary':Sel(R ?ARGS);
send(R, ?VALUE ?ARGS) when is_function(R, length(?LIST)) ->
    apply(R, ?LIST);
send(R, ?VALUE ?ARGS) when is_function(R) ->
    bt_error:wrong_arity(R, ?LIST);
send(R, Sel ?ARGS) when ?IS_FUTURE(R) ->
    send_future(R, Sel, ?LIST);
send(R, Sel ?ARGS) ->
    (bt_class:'of'(R)):Sel(R ?ARGS).

-spec call(term(), atom() ?TYPES) -> term().
call(R, Sel ?ARGS) when is_pid(R) ->
    call_actor(R, Sel, ?LIST);
?FREQUENT_CALLS
call(R, Sel ?ARGS) ->
    bt_op:touch(send(R, Sel ?ARGS)).

-spec cast(term(), atom() ?TYPES) -> term().
cast(R, Sel ?ARGS) when is_pid(R) ->
    cast_actor(R, Sel, ?LIST);
cast(R, Sel ?ARGS) ->
    send(R, Sel ?ARGS).

-spec self_send(term(), atom() ?TYPES) -> term().
self_send(#{'$class' := Class} = Self, Sel ?ARGS) when Class =/= ?CLASS ->
    Class:Sel(Self ?ARGS);
self_send(Self, Sel ?ARGS) when Self =:= self() ->
    (own_class(Self)):Sel(Self ?ARGS);
self_send(Self, Sel ?ARGS) when ?IS_FUTURE(Self) ->
    'bt.stdlib.Future':Sel(Self ?ARGS);
self_send(Self, Sel ?ARGS) ->
    send(Self, Sel ?ARGS).

-spec class_send(bt_class:object(), atom(), atom() ?TYPES) -> term().
class_send(?CLASS_OBJECT_OF(Module) = Class, _Sel, ClassSel ?ARGS) ->
    Module:ClassSel(Class ?ARGS);
class_send(Self, Sel, _ClassSel ?ARGS) ->
    %% Methods of Class and Behaviour also serve instances of other metaclasses.
    self_send(Self, Sel ?ARGS).

-spec update(term(), atom() ?TYPES) -> {term(), term()}.
update(R, Sel ?ARGS) ->
    update_list(R, Sel, ?LIST).

-spec upcast(term(), atom() ?TYPES) -> term().
upcast(R, Sel ?ARGS) when is_pid(R) ->
    _ = cast_actor(R, Sel, ?LIST),
    R;
?FREQUENT_UPDATES
upcast(R, Sel ?ARGS) when ?IS_FUTURE(R); is_function(R) ->
    {_, New} = update_list(R, Sel, ?LIST),
    New;
upcast(?CLASS_OBJECT_OF(_) = R, Sel ?ARGS) ->
    _ = send(R, Sel ?ARGS),
    R;
upcast(R, Sel ?ARGS) ->
    Class = bt_class:'of'(R),
    Answer = Class:Sel(R ?ARGS),
    case bt_class:is_updating(Class, Sel, length(?LIST)) of
        true -> Answer;
        false -> R
    end.
