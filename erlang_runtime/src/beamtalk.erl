%% @doc Beamtalk for Erlang programs: classes, actors, futures and errors by ordinary functions.
%%
%% ```
%% {ok, _} = beamtalk:start(),
%% Counter = beamtalk:spawn('Counter', #{value => 5}),
%% ok = beamtalk:cast(Counter, increment),
%% 6 = beamtalk:call(Counter, getValue),
%% Future = beamtalk:send(Counter, 'add:', [2]),
%% 8 = beamtalk:await(Future).
%% '''
%%
%% Wherever a class is wanted, its name will do (`'Counter'', `<<"Counter">>'), its module
%% (`'bt.app.Counter''), what Elixir makes of the name (`Counter' is `'Elixir.Counter'' there), or
%% the class itself as Beamtalk hands it out. State and fields are maps or property lists.
%%
%% What fails raises `error:Exception', an exception of Beamtalk; `message/1', `kind/1' and
%% `report/1' tell about it. The functions that answer `{ok, Value} | {error, Exception}' do not
%% raise it.
-module(beamtalk).
-compile({no_auto_import, [spawn/1, spawn/2, spawn/3]}).

-export([start/0]).
-export([class/1, module/1, new/1, new/2, class_call/2, class_call/3]).
-export([spawn/1, spawn/2, spawn/3, start_link/1, start_link/2, child_spec/1, child_spec/2]).
-export([stop/1, is_actor/1]).
-export([send/2, send/3, call/2, call/3, call/4, cast/2, cast/3]).
-export([try_call/2, try_call/3, try_call/4]).
-export([await/1, await/2, result/1, result/2, is_future/1]).
-export([class_name/1, is_kind_of/2, print/1, display/1]).
-export([is_exception/1, message/1, kind/1, report/1]).
-export_type([class_ref/0, object/0, future/0, exception/0, fields/0, result/0]).

-include("bt.hrl").

-type object() :: bt_class:object().
-type class_ref() :: atom() | binary() | object().
-type fields() :: #{atom() => term()} | [{atom(), term()}].
-type future() :: bt_future:future().
-type exception() :: bt_error:exception().
-type result() :: {ok, term()} | {error, exception()}.
-type selector() :: atom() | binary().

-define(PATIENCE, 30000).
-define(CHILD_OPTIONS, [id, with, restart, shutdown]).

%% @doc Starts the runtime, if it does not run yet.
-spec start() -> {ok, [atom()]} | {error, term()}.
start() -> application:ensure_all_started(beamtalk_runtime).

%%% Classes

%% @doc The class of that name; there being none raises UndefinedClass.
-spec class(class_ref()) -> object().
class(?CLASS_OBJECT_OF(_) = Class) -> Class;
class(Name) when is_atom(Name), Name =/= nil -> named(atom_to_binary(Name), Name);
class(Name) when is_binary(Name) -> named(Name, Name);
class(Other) -> no_class(Other).

named(<<"bt.", _/binary>> = Facade, _) -> loaded(binary_to_atom(Facade));
named(<<"Elixir.", Name/binary>>, _) -> bt_class:resolve(binary_to_atom(Name));
named(<<First, _/binary>> = Name, _) when First >= $A, First =< $Z ->
    bt_class:resolve(binary_to_atom(Name));
named(_, Other) -> no_class(Other).

loaded(Facade) ->
    case bt_class:meta(Facade) of
        #{kind := _} -> bt_class:object(Facade);
        _ -> bt_error:undefined_class(binary_to_atom(bt_class:name(Facade)))
    end.

-spec no_class(term()) -> no_return().
no_class(Other) -> bt_error:raise(bt_fault:type_error(<<"a class or its name">>, Other)).

%% @doc The module through which the class is entered: `'bt.app.Counter''.
-spec module(class_ref()) -> module().
module(Ref) ->
    ?CLASS_OBJECT_OF(Module) = class(Ref),
    Module.

%% @doc A new instance of a Value class.
-spec new(class_ref()) -> term().
new(Ref) -> class_call(Ref, new).

%% @doc A new instance with some fields given.
-spec new(class_ref(), fields()) -> term().
new(Ref, Fields) -> class_call(Ref, 'new:', [fields(Fields)]).

%% @doc Sends a class a message without arguments; class-side methods run in the caller.
-spec class_call(class_ref(), selector()) -> term().
class_call(Ref, Selector) -> class_call(Ref, Selector, []).

%% @doc Sends a class a message.
-spec class_call(class_ref(), selector(), [term()]) -> term().
class_call(Ref, Selector, Arguments) -> call(class(Ref), Selector, Arguments).

%%% Actors

%% @doc Starts an actor; an error in its `initialize' is raised here.
-spec spawn(class_ref()) -> pid().
spawn(Ref) -> spawn(Ref, #{}).

%% @doc Starts an actor with values for some of its variables.
-spec spawn(class_ref(), fields()) -> pid().
spawn(Ref, State) -> spawn(Ref, State, nil).

%% @doc The same under a name, by which `Registry at:' finds it, and `whereis/1'.
-spec spawn(class_ref(), fields(), atom()) -> pid().
spawn(Ref, State, Name) when is_atom(Name) ->
    bt_actor:spawn_named(of_kind(actor, Ref), fields(State), Name);
spawn(_, _, Name) -> bt_error:raise(bt_fault:type_error(<<"a name, an atom">>, Name)).

%% @doc Starts an actor or a supervisor that is linked to the caller, as OTP's supervisors want it.
-spec start_link(class_ref()) -> {ok, pid()} | {error, term()}.
start_link(Ref) -> start_link(Ref, #{}).

%% @doc The same with values for some of its variables.
-spec start_link(class_ref(), fields()) -> {ok, pid()} | {error, term()}.
start_link(Ref, State) ->
    Module = module(Ref),
    case bt_class:kind(Module) of
        actor -> bt_actor:start_link(Module, fields(State));
        supervisor -> bt_supervisor:start_link(Module);
        _ -> not_of_kind(Ref)
    end.

%% @doc An actor or supervisor class as a child of an Erlang supervisor.
-spec child_spec(class_ref() | {class_ref(), fields()}) -> supervisor:child_spec().
child_spec({Ref, State}) -> child_spec(Ref, #{with => State});
child_spec(Ref) -> child_spec(Ref, #{}).

%% @doc The same with options: `id', `with' (values for variables), `restart' and `shutdown'.
-spec child_spec(class_ref(), fields()) -> supervisor:child_spec().
child_spec(Ref, Options0) ->
    Options = fields(Options0),
    case maps:keys(Options) -- ?CHILD_OPTIONS of
        [] -> ok;
        [Unknown | _] ->
            Wanted = <<"one of id, with, restart and shutdown">>,
            bt_error:raise(bt_fault:type_error(Wanted, Unknown))
    end,
    Module = module(Ref),
    Spec = bt_child_spec:of_class(Module, maps:get(restart, Options, default)),
    State = fields(maps:get(with, Options, #{})),
    maps:merge(Spec#{start := {?MODULE, start_link, [Module, State]}, modules => [Module]},
               maps:with([id, shutdown], Options)).

%% @doc Ends an actor after the messages it already has.
-spec stop(pid()) -> ok.
stop(Actor) when is_pid(Actor) -> bt_actor:stop(Actor);
stop(Other) -> bt_error:raise(bt_fault:type_error(<<"an actor">>, Other)).

%% @doc Whether a process is an actor of Beamtalk.
-spec is_actor(term()) -> boolean().
is_actor(Pid) when is_pid(Pid) -> bt_class:kind(bt_actor:class_of(Pid)) =:= actor;
is_actor(_) -> false.

of_kind(Kind, Ref) ->
    Module = module(Ref),
    case bt_class:kind(Module) of
        Kind -> Module;
        _ -> not_of_kind(Ref)
    end.

-spec not_of_kind(class_ref()) -> no_return().
not_of_kind(Ref) ->
    bt_error:raise(bt_fault:type_error(<<"an Actor class">>, class(Ref))).

%%% Messages

%% @doc Sends a message without arguments.
-spec send(term(), selector()) -> term() | future().
send(Receiver, Selector) -> send(Receiver, Selector, []).

%% @doc Sends a message. An actor answers with a future at once, anything else with the value.
-spec send(term(), selector(), [term()]) -> term() | future().
send(Receiver, Selector, Arguments) ->
    checked(fun bt_send:send_list/3, Receiver, Selector, Arguments).

%% @doc Sends a message without arguments and waits for its value.
-spec call(term(), selector()) -> term().
call(Receiver, Selector) -> call(Receiver, Selector, []).

%% @doc Sends a message and waits for its value, 30 seconds at most.
-spec call(term(), selector(), [term()]) -> term().
call(Receiver, Selector, Arguments) ->
    checked(fun bt_send:call_list/3, Receiver, Selector, Arguments).

%% @doc The same with another limit, in milliseconds or `infinity'.
-spec call(term(), selector(), [term()], timeout()) -> term().
call(Receiver, Selector, Arguments, Timeout) ->
    await(send(Receiver, Selector, Arguments), Timeout).

%% @doc Sends a message without arguments; nobody waits for its value.
-spec cast(term(), selector()) -> ok.
cast(Receiver, Selector) -> cast(Receiver, Selector, []).

%% @doc Sends a message whose value nobody waits for.
-spec cast(term(), selector(), [term()]) -> ok.
cast(Receiver, Selector, Arguments) ->
    _ = checked(fun bt_send:cast_list/3, Receiver, Selector, Arguments),
    ok.

%% @doc As `call/2', with the error as an answer.
-spec try_call(term(), selector()) -> result().
try_call(Receiver, Selector) -> try_call(Receiver, Selector, []).

%% @doc As `call/3', with the error as an answer.
-spec try_call(term(), selector(), [term()]) -> result().
try_call(Receiver, Selector, Arguments) -> try_call(Receiver, Selector, Arguments, ?PATIENCE).

%% @doc As `call/4', with the error as an answer.
-spec try_call(term(), selector(), [term()], timeout()) -> result().
try_call(Receiver, Selector, Arguments, Timeout) ->
    attempt(fun() -> call(Receiver, Selector, Arguments, Timeout) end).

checked(Send, Receiver, Selector, Arguments) when is_list(Arguments) ->
    Send(Receiver, bt_send:check_selector(Receiver, Selector, Arguments), Arguments);
checked(_, _, _, Other) ->
    bt_error:raise(bt_fault:type_error(<<"a list of arguments">>, Other)).

%%% Futures

%% @doc The value of a future, 30 seconds at most; anything else is its own value.
-spec await(term()) -> term().
await(Future) -> bt_future:await(Future).

%% @doc The same with another limit, in milliseconds or `infinity'.
-spec await(term(), timeout()) -> term().
await(Future, infinity) -> bt_future:await_forever(Future);
await(Future, Ms) when is_integer(Ms), Ms >= 0 -> bt_future:await(Future, Ms);
await(_, Other) -> bt_error:raise(bt_fault:type_error(<<"milliseconds or infinity">>, Other)).

%% @doc As `await/1', with the error as an answer.
-spec result(term()) -> result().
result(Future) -> result(Future, ?PATIENCE).

%% @doc As `await/2', with the error as an answer.
-spec result(term(), timeout()) -> result().
result(Future, Timeout) -> attempt(fun() -> await(Future, Timeout) end).

attempt(Fun) ->
    try {ok, Fun()}
    catch
        Class:Reason:Stack -> {error, bt_error:wrap(Class, Reason, Stack)}
    end.

%% @doc Whether this is a future.
-spec is_future(term()) -> boolean().
is_future(Term) -> bt_future:is_future(Term).

%%% Values

%% @doc The name of the value's class: `'Integer'', `'Counter''.
-spec class_name(term()) -> atom().
class_name(Value) -> binary_to_atom(bt_class:name(bt_class:'of'(Value))).

%% @doc Whether the value is an instance of the class or of one below it.
-spec is_kind_of(term(), class_ref()) -> boolean().
is_kind_of(Value, Ref) -> bt_class:is_kind_of(Value, module(Ref)).

%% @doc What `printString' answers.
-spec print(term()) -> binary().
print(Value) -> bt_print:print_string(Value).

%% @doc What `displayString' answers.
-spec display(term()) -> binary().
display(Value) -> bt_print:display_string(Value).

%%% Errors

%% @doc Whether this is an exception of Beamtalk.
-spec is_exception(term()) -> boolean().
is_exception(#{'$class' := Class, message := _, stackTrace := _}) ->
    bt_class:inherits_from(Class, 'bt.stdlib.Exception');
is_exception(_) -> false.

%% @doc What happened, in words.
-spec message(exception()) -> binary().
message(#{'$class' := _, message := Message}) -> bt_print:display_string(Message).

%% @doc The kind: `does_not_understand', `type_error', `timeout' ...
-spec kind(exception()) -> atom().
kind(#{'$class' := _, kind := Kind}) -> Kind.

%% @doc Class, message, hint and stack trace as lines of text.
-spec report(exception()) -> binary().
report(Exception) -> bt_error:report(Exception).

%% A map with atoms as keys.
fields(Fields) when is_map(Fields), not is_map_key('$class', Fields) -> named_fields(Fields);
fields([]) -> #{};
fields([{_, _} | _] = Pairs) ->
    try named_fields(maps:from_list(Pairs))
    catch error:badarg -> no_fields(Pairs)
    end;
fields(Other) -> no_fields(Other).

named_fields(Fields) ->
    case lists:all(fun is_atom/1, maps:keys(Fields)) of
        true -> Fields;
        false -> no_fields(Fields)
    end.

-spec no_fields(term()) -> no_return().
no_fields(Other) ->
    bt_error:raise(bt_fault:type_error(<<"a map or property list with atoms as keys">>, Other)).
