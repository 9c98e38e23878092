%% @doc Behaviours of Erlang and Elixir that classes implement (`implements: #gen_server').
-module(bt_behaviour).

-export([callback/3, missing/2, is_callback/3]).

-type callbacks() :: [{atom(), arity()}].

%% @doc What an exported callback does: the class-side method runs, through the facade, so that a
%% patch of it counts; a future that it answers is waited for.
-spec callback(module(), atom(), [term()]) -> term().
callback(Facade, Function, Arguments) ->
    bt_op:touch(apply(Facade, Function, [bt_class:object(Facade) | Arguments])).

%% @doc The callbacks that the behaviour requires and that are not there; `unknown' where the
%% behaviour is not on the code path.
-spec missing(module(), callbacks()) -> callbacks() | unknown.
missing(Behaviour, Present) ->
    case described(Behaviour) of
        {Callbacks, Optional} -> (Callbacks -- Optional) -- Present;
        unknown -> unknown
    end.

%% @doc Whether a function is a callback of one of the behaviours that a class implements. OTP finds
%% out by calling it whether an optional one is there.
-spec is_callback(module(), atom(), arity()) -> boolean().
is_callback(Facade, Function, Arity) ->
    Behaviours = bt_class:cached({behaviours, Facade}, fun() -> implemented(Facade) end),
    lists:any(fun(Behaviour) -> has(described(Behaviour), {Function, Arity}) end, Behaviours).

implemented(Facade) ->
    proplists:get_value(behaviour, Facade:module_info(attributes), []).

has({Callbacks, _}, Callback) -> lists:member(Callback, Callbacks);
has(unknown, _) -> false.

%% All callbacks, and those of them that are optional.
-spec described(module()) -> {callbacks(), callbacks()} | unknown.
described(Behaviour) ->
    case conventional(Behaviour) of
        none -> declared(Behaviour);
        Known -> Known
    end.

declared(Behaviour) ->
    _ = bt_elixir:is_elixir(Behaviour) andalso bt_elixir:add_path(),
    case code:ensure_loaded(Behaviour) =:= {module, Behaviour}
        andalso erlang:function_exported(Behaviour, behaviour_info, 1) of
        true -> {Behaviour:behaviour_info(callbacks), optional(Behaviour)};
        false -> unknown
    end.

%% Behaviours older than optional callbacks know only one question.
optional(Behaviour) ->
    try Behaviour:behaviour_info(optional_callbacks) of
        Optional when is_list(Optional) -> Optional;
        _ -> []
    catch
        error:_ -> []
    end.

%% Interfaces that OTP documents, but has no behaviour for (logger_handler came with OTP 27).
conventional(logger_handler) ->
    Optional =
        [{adding_handler, 1}, {removing_handler, 1}, {changing_config, 3}, {filter_config, 1}],
    {[{log, 2} | Optional], Optional};
conventional(logger_formatter) ->
    {[{format, 2}, {check_config, 1}], [{check_config, 1}]};
conventional(_) -> none.
