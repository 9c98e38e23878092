%% @doc Exception handlers: `on:do:', `ensure:', `ifCurtailed:', and what a handler may say to
%% its exception.
%%
%% An Error unwinds by an Erlang exception to the innermost `on:do:' that wants it. A resumable
%% exception looks for its handler before anything is unwound, in the list of handlers that the
%% process dictionary keeps, innermost first. Whatever a handler decides is thrown to its
%% `on:do:', tagged with it; `resume:' is thrown to the place of the signal.
-module(bt_handler).

-export([on_do/3, ensure/2, if_curtailed/2]).
-export([signal/1, return/2, retry/1, pass/1, resume/2]).
-export([is_control/2]).

%% What an `on:do:' expression does next.
-type action() :: {return, term()} | retry | {raise, error | exit | throw, term(), term()}.

%% Where the handled exception came from: already unwound, or waiting in signal/1 to be resumed.
-type origin() :: unwound | {resumable, integer()}.

-define(HANDLERS, '$bt_handlers').
-define(ACTIVE, '$bt_active').
-define(TO_HANDLER, '$bt_handler').
-define(TO_SIGNAL, '$bt_resume').
-define(CONTEXT, '$handler').

%%% Protected blocks

%% @doc Runs the block; an exception that the filter wants goes to the handler. A filter is a
%% class, a kind (a symbol), or a list of filters.
-spec on_do(fun(() -> term()), term(), term()) -> term().
on_do(Block, Filter, Handler) ->
    Tag = erlang:unique_integer(),
    Outer = handlers(),
    _ = put(?HANDLERS, [{Tag, Filter, Handler} | Outer]),
    try bt_op:touch(Block()) of
        Value ->
            _ = put(?HANDLERS, Outer),
            Value
    catch
        Class:Reason:Stack ->
            _ = put(?HANDLERS, Outer),
            case caught(Tag, Filter, Handler, {Class, Reason, Stack}) of
                {return, Value} -> Value;
                retry -> on_do(Block, Filter, Handler);
                {raise, C, R, S} -> bt_error:reraise(C, R, S)
            end
    end.

-spec caught(integer(), term(), term(), {error | exit | throw, term(), term()}) -> action().
caught(Tag, _Filter, _Handler, {throw, {?TO_HANDLER, Tag, Action}, _Stack}) ->
    Action;
caught(Tag, Filter, Handler, {Class, Reason, Stack}) ->
    case not is_control(Class, Reason) andalso bt_error:wrap(Class, Reason, Stack) of
        false ->
            {raise, Class, Reason, Stack};
        Exception ->
            case matches(Filter, Exception) of
                true -> handle(Tag, Handler, Exception, unwound);
                false -> {raise, Class, Reason, Stack}
            end
    end.

%% @doc Whether an exception is the runtime's own way of leaving blocks, which no handler may see.
-spec is_control(error | exit | throw, term()) -> boolean().
is_control(throw, Reason) when is_tuple(Reason), tuple_size(Reason) > 0 ->
    case element(1, Reason) of
        Name when is_atom(Name) -> lists:prefix("$bt_", atom_to_list(Name));
        _ -> false
    end;
is_control(_Class, _Reason) ->
    false.

-spec handle(integer(), term(), map(), origin()) -> action().
handle(Tag, Handler, Exception, Origin) ->
    Active = active(),
    _ = put(?ACTIVE, [Tag | Active]),
    try
        {return, bt_op:touch(run(Handler, Exception#{?CONTEXT => {Tag, Origin}}))}
    catch
        throw:{?TO_HANDLER, Tag, Action} -> Action
    after
        put(?ACTIVE, Active)
    end.

run(Handler, Exception) when is_function(Handler, 1) -> Handler(Exception);
run(Handler, _Exception) when is_function(Handler, 0) -> Handler();
run(Handler, Exception) -> bt_send:send(Handler, 'value:', Exception).

matches(Filters, Exception) when is_list(Filters) ->
    lists:any(fun(Filter) -> matches(Filter, Exception) end, Filters);
matches(#{'$class' := 'bt.stdlib.ExceptionSet', members := Filters}, Exception) ->
    matches(Filters, Exception);
matches(#{module := Class}, Exception) ->
    bt_class:is_kind_of(Exception, Class);
matches(Kind, #{kind := Kind}) ->
    true;
matches(_Filter, _Exception) ->
    false.

%% @doc Runs the block, then the other one, however the first one ends.
-spec ensure(fun(() -> term()), fun(() -> term())) -> term().
ensure(Block, After) ->
    try
        bt_op:touch(Block())
    after
        run_after(After)
    end.

%% @doc Runs the block, and the other one only if the first does not end by itself.
-spec if_curtailed(fun(() -> term()), fun(() -> term())) -> term().
if_curtailed(Block, After) ->
    try
        bt_op:touch(Block())
    catch
        Class:Reason:Stack ->
            _ = run_after(After),
            bt_error:reraise(Class, Reason, Stack)
    end.

%% What is no block may still understand `value'.
run_after(After) when is_function(After, 0) -> After();
run_after(Other) -> bt_send:call(Other, value).

%%% Signalling

%% @doc Raises an Error. The handler of any other exception runs here and now, and may make it
%% answer.
-spec signal(map()) -> term().
signal(Handled) ->
    Exception = maps:remove(?CONTEXT, Handled),
    case bt_class:is_kind_of(Exception, 'bt.stdlib.Error') of
        true -> bt_error:raise(Exception);
        false -> signal(Exception, handlers())
    end.

signal(Exception, []) ->
    bt_send:self_send(Exception, defaultAction);
signal(Exception, [{Tag, Filter, Handler} | Outer]) ->
    case matches(Filter, Exception) of
        true -> handle_in_place(Tag, Handler, Exception, Outer);
        false -> signal(Exception, Outer)
    end.

handle_in_place(Tag, Handler, Exception, Outer) ->
    Resume = erlang:unique_integer(),
    Inner = handlers(),
    %% What the handler itself signals is for the handlers outside its own on:do:.
    _ = put(?HANDLERS, Outer),
    try handle_here(Tag, Handler, traced(Exception), Resume) of
        {resume, Value} -> Value;
        Action -> throw({?TO_HANDLER, Tag, Action})
    after
        put(?HANDLERS, Inner)
    end.

handle_here(Tag, Handler, Exception, Resume) ->
    try
        handle(Tag, Handler, Exception, {resumable, Resume})
    catch
        throw:{?TO_SIGNAL, Resume, Value} ->
            {resume, Value};
        Class:Reason:Stack ->
            case is_control(Class, Reason) of
                true -> bt_error:reraise(Class, Reason, Stack);
                %% An error in the handler must not meet the handlers inside its on:do:.
                false -> {raise, Class, Reason, Stack}
            end
    end.

traced(Exception) ->
    try
        erlang:error(Exception)
    catch
        error:Reason:Stack -> bt_error:wrap(error, Reason, Stack)
    end.

%%% Messages to an exception in its handler

-spec return(map(), term()) -> no_return().
return(Exception, Value) ->
    {Tag, _} = context(Exception, 'return:'),
    throw({?TO_HANDLER, Tag, {return, Value}}).

-spec retry(map()) -> no_return().
retry(Exception) ->
    {Tag, _} = context(Exception, retry),
    throw({?TO_HANDLER, Tag, retry}).

-spec pass(map()) -> no_return().
pass(Exception) ->
    case context(Exception, pass) of
        {_Tag, unwound} ->
            bt_error:raise(maps:remove(?CONTEXT, Exception));
        {_Tag, {resumable, Resume}} ->
            throw({?TO_SIGNAL, Resume, signal(Exception)})
    end.

-spec resume(map(), term()) -> no_return().
resume(Exception, Value) ->
    case context(Exception, 'resume:') of
        {_Tag, {resumable, Resume}} -> throw({?TO_SIGNAL, Resume, Value});
        {_Tag, unwound} -> bt_error:not_resumable(Exception)
    end.

%% The on:do: whose handler has the exception, if that handler still runs in this process.
context(#{?CONTEXT := {Tag, _} = Context} = Exception, Selector) ->
    case lists:member(Tag, active()) of
        true -> Context;
        false -> bt_error:dead_handler(Exception, Selector)
    end;
context(Exception, Selector) ->
    bt_error:dead_handler(Exception, Selector).

handlers() ->
    list(get(?HANDLERS)).

active() ->
    list(get(?ACTIVE)).

list(undefined) -> [];
list(List) -> List.
