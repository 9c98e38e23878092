%% @doc Beamtalk for Elixir programs: the functions of `beamtalk' as Elixir likes them.
%%
%% ```
%% counter = Beamtalk.spawn(Counter, value: 5)
%% Beamtalk.cast(counter, :increment)
%% 6 = Beamtalk.call(counter, :getValue)
%% children = [{Beamtalk, {Counter, value: 5}}]
%% '''
%%
%% An error is raised as `Beamtalk.Error', which `rescue' can name. This is written in Erlang, so
%% that Elixir is not needed to build the runtime.
-module('Elixir.Beamtalk').
-compile({no_auto_import, [spawn/1, spawn/2, spawn/3]}).

-export([class/1, new/1, new/2, class_call/2, class_call/3]).
-export([spawn/1, spawn/2, spawn/3, start_link/1, start_link/2, child_spec/1, stop/1]).
-export([send/2, send/3, call/2, call/3, call/4, cast/2, cast/3]).
-export([try_call/2, try_call/3, try_call/4]).
-export([await/1, await/2, result/1, result/2]).
-export([run/1, print/1, display/1, report/1]).

-type class_ref() :: beamtalk:class_ref().
-type fields() :: beamtalk:fields().

-define(RAISING(Call), raising(fun() -> Call end)).

%% @doc The class of that name.
-spec class(class_ref()) -> beamtalk:object().
class(Ref) -> ?RAISING(beamtalk:class(Ref)).

%% @doc A new instance of a Value class.
-spec new(class_ref()) -> term().
new(Ref) -> ?RAISING(beamtalk:new(Ref)).

%% @doc The same with some fields given, a keyword list or a map.
-spec new(class_ref(), fields()) -> term().
new(Ref, Fields) -> ?RAISING(beamtalk:new(Ref, Fields)).

%% @doc Sends a class a message without arguments.
-spec class_call(class_ref(), atom()) -> term().
class_call(Ref, Selector) -> ?RAISING(beamtalk:class_call(Ref, Selector)).

%% @doc Sends a class a message.
-spec class_call(class_ref(), atom(), [term()]) -> term().
class_call(Ref, Selector, Arguments) -> ?RAISING(beamtalk:class_call(Ref, Selector, Arguments)).

%% @doc Starts an actor.
-spec spawn(class_ref()) -> pid().
spawn(Ref) -> ?RAISING(beamtalk:spawn(Ref)).

%% @doc Starts an actor with values for some of its variables.
-spec spawn(class_ref(), fields()) -> pid().
spawn(Ref, State) -> ?RAISING(beamtalk:spawn(Ref, State)).

%% @doc The same under a name.
-spec spawn(class_ref(), fields(), atom()) -> pid().
spawn(Ref, State, Name) -> ?RAISING(beamtalk:spawn(Ref, State, Name)).

%% @doc Starts an actor or a supervisor that is linked to the caller.
-spec start_link(class_ref() | {class_ref(), fields()}) -> {ok, pid()} | {error, term()}.
start_link({Ref, State}) -> ?RAISING(beamtalk:start_link(Ref, State));
start_link(Ref) -> ?RAISING(beamtalk:start_link(Ref)).

%% @doc The same with values for some of its variables.
-spec start_link(class_ref(), fields()) -> {ok, pid()} | {error, term()}.
start_link(Ref, State) -> ?RAISING(beamtalk:start_link(Ref, State)).

%% @doc What makes `{Beamtalk, Counter}' and `{Beamtalk, {Counter, value: 5}}' children of a
%% Supervisor; `Supervisor.child_spec/2' changes the rest.
-spec child_spec(class_ref() | {class_ref(), fields()}) -> supervisor:child_spec().
child_spec(Child) -> ?RAISING(beamtalk:child_spec(Child)).

%% @doc Ends an actor after the messages it already has.
-spec stop(pid()) -> ok.
stop(Actor) -> ?RAISING(beamtalk:stop(Actor)).

%% @doc Sends a message without arguments: an actor answers with a future.
-spec send(term(), atom()) -> term().
send(Receiver, Selector) -> ?RAISING(beamtalk:send(Receiver, Selector)).

%% @doc Sends a message.
-spec send(term(), atom(), [term()]) -> term().
send(Receiver, Selector, Arguments) -> ?RAISING(beamtalk:send(Receiver, Selector, Arguments)).

%% @doc Sends a message without arguments and waits for its value.
-spec call(term(), atom()) -> term().
call(Receiver, Selector) -> ?RAISING(beamtalk:call(Receiver, Selector)).

%% @doc Sends a message and waits for its value.
-spec call(term(), atom(), [term()]) -> term().
call(Receiver, Selector, Arguments) -> ?RAISING(beamtalk:call(Receiver, Selector, Arguments)).

%% @doc The same with a limit in milliseconds, or `:infinity'.
-spec call(term(), atom(), [term()], timeout()) -> term().
call(Receiver, Selector, Arguments, Timeout) ->
    ?RAISING(beamtalk:call(Receiver, Selector, Arguments, Timeout)).

%% @doc Sends a message without arguments; nobody waits for its value.
-spec cast(term(), atom()) -> ok.
cast(Receiver, Selector) -> ?RAISING(beamtalk:cast(Receiver, Selector)).

%% @doc Sends a message whose value nobody waits for.
-spec cast(term(), atom(), [term()]) -> ok.
cast(Receiver, Selector, Arguments) -> ?RAISING(beamtalk:cast(Receiver, Selector, Arguments)).

%% @doc As `call/2', answering `{:ok, value}' or `{:error, error}'.
-spec try_call(term(), atom()) -> {ok, term()} | {error, map()}.
try_call(Receiver, Selector) -> answering(beamtalk:try_call(Receiver, Selector)).

%% @doc As `call/3', answering `{:ok, value}' or `{:error, error}'.
-spec try_call(term(), atom(), [term()]) -> {ok, term()} | {error, map()}.
try_call(Receiver, Selector, Arguments) ->
    answering(beamtalk:try_call(Receiver, Selector, Arguments)).

%% @doc As `call/4', answering `{:ok, value}' or `{:error, error}'.
-spec try_call(term(), atom(), [term()], timeout()) -> {ok, term()} | {error, map()}.
try_call(Receiver, Selector, Arguments, Timeout) ->
    answering(beamtalk:try_call(Receiver, Selector, Arguments, Timeout)).

%% @doc The value of a future.
-spec await(term()) -> term().
await(Future) -> ?RAISING(beamtalk:await(Future)).

%% @doc The same with a limit in milliseconds, or `:infinity'.
-spec await(term(), timeout()) -> term().
await(Future, Timeout) -> ?RAISING(beamtalk:await(Future, Timeout)).

%% @doc As `await/1', answering `{:ok, value}' or `{:error, error}'.
-spec result(term()) -> {ok, term()} | {error, map()}.
result(Future) -> answering(beamtalk:result(Future)).

%% @doc As `await/2', answering `{:ok, value}' or `{:error, error}'.
-spec result(term(), timeout()) -> {ok, term()} | {error, map()}.
result(Future, Timeout) -> answering(beamtalk:result(Future, Timeout)).

%% @doc Runs a function that calls Beamtalk's modules directly; what they raise becomes a
%% `Beamtalk.Error'.
-spec run(fun(() -> Value)) -> Value.
run(Fun) when is_function(Fun, 0) -> raising(Fun).

%% @doc What `printString' answers.
-spec print(term()) -> binary().
print(Value) -> beamtalk:print(Value).

%% @doc What `displayString' answers.
-spec display(term()) -> binary().
display(Value) -> beamtalk:display(Value).

%% @doc Class, message, hint and stack trace of an error as lines of text.
-spec report(map()) -> binary().
report(#{'__struct__' := 'Elixir.Beamtalk.Error', exception := Exception}) ->
    beamtalk:report(Exception);
report(Exception) -> beamtalk:report(Exception).

answering({ok, _} = Result) -> Result;
answering({error, Exception}) -> {error, 'Elixir.Beamtalk.Error':exception(Exception)}.

raising(Fun) ->
    try Fun()
    catch
        error:#{'$class' := _} = Raised:Stack ->
            Exception = bt_error:wrap(error, Raised, Stack),
            Error = 'Elixir.Beamtalk.Error':exception(Exception),
            erlang:raise(error, Error, Stack)
    end.
