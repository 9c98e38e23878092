%% @doc Message sends that the compiler does not decide in line.
%%
%% By what becomes of the answer: `send' (a value, from an actor a future), `call' (awaited or
%% needed at once), `cast' (not used); `update' and `upcast' are the same for statements that
%% assign what an updating message answers to its receiver.
-module(bt_send).

-export([send/2, send/3, send/4, send/5, send/6, send/7, send/8]).
-export([call/2, call/3, call/4, call/5, call/6, call/7, call/8]).
-export([cast/2, cast/3, cast/4, cast/5, cast/6, cast/7, cast/8]).
-export([self_send/2, self_send/3, self_send/4, self_send/5, self_send/6, self_send/7]).
-export([self_send/8]).
-export([class_send/3, class_send/4, class_send/5, class_send/6, class_send/7, class_send/8]).
-export([class_send/9]).
-export([update/2, update/3, update/4, update/5, update/6, update/7, update/8]).
-export([upcast/2, upcast/3, upcast/4, upcast/5, upcast/6, upcast/7, upcast/8]).
-export([send_list/3, call_list/3, cast_list/3, self_send_list/3, class_send_list/4]).
-export([update_list/3, upcast_list/3, perform/3, check_selector/3, arity/1, spawn/4]).

-include("bt.hrl").

%% What the innermost loops of programs send to collections costs about as much to find as to carry
%% out: these methods are called by name.
-define(SET(Set), #{'$class' := 'bt.stdlib.Set'} = Set).
-define(IS_DICTIONARY(V), is_map(V), not is_map_key('$class', V)).
-define(UPDATED(Class, R, Sel, Count, Answer),
    updated(bt_class:is_pristine() orelse bt_class:is_updating(Class, Sel, Count), R, Answer)).
-define(FREQUENT_CALLS, ).
-define(FREQUENT_UPDATES, ).

-define(ARGS, ).
-define(TYPES, ).
-define(LIST, []).
-define(VALUE, value).
-include("bt_send.hrl").
-undef(ARGS).
-undef(TYPES).
-undef(LIST).
-undef(VALUE).

-undef(FREQUENT_CALLS).
-undef(FREQUENT_UPDATES).
-define(FREQUENT_CALLS,
    call(?SET(R), 'includes:', A) ->
        'bt.stdlib.Set':'includes:'(R, A);
    call(R, 'at:', A) when ?IS_DICTIONARY(R) ->
        bt_op:touch('bt.stdlib.Dictionary':'at:'(R, A));).
-define(FREQUENT_UPDATES,
    upcast(?SET(R), 'add:', A) ->
        Answer = 'bt.stdlib.Set':'add:'(R, A),
        ?UPDATED('bt.stdlib.Set', R, 'add:', 1, Answer);).
-define(ARGS, , A).
-define(TYPES, , term()).
-define(LIST, [A]).
-define(VALUE, 'value:').
-include("bt_send.hrl").
-undef(FREQUENT_CALLS).
-undef(FREQUENT_UPDATES).
-define(FREQUENT_CALLS, ).
-define(FREQUENT_UPDATES, ).
-undef(ARGS).
-undef(TYPES).
-undef(LIST).
-undef(VALUE).

-undef(FREQUENT_UPDATES).
-define(FREQUENT_UPDATES,
    upcast(R, 'at:put:', A, B) when ?IS_DICTIONARY(R) ->
        Answer = 'bt.stdlib.Dictionary':'at:put:'(R, A, B),
        ?UPDATED('bt.stdlib.Dictionary', R, 'at:put:', 2, Answer);).
-define(ARGS, , A, B).
-define(TYPES, , term(), term()).
-define(LIST, [A, B]).
-define(VALUE, 'value:value:').
-include("bt_send.hrl").
-undef(ARGS).
-undef(TYPES).
-undef(LIST).
-undef(VALUE).

-undef(FREQUENT_UPDATES).
-define(FREQUENT_UPDATES, ).
-define(ARGS, , A, B, C).
-define(TYPES, , term(), term(), term()).
-define(LIST, [A, B, C]).
-define(VALUE, 'value:value:value:').
-include("bt_send.hrl").
-undef(ARGS).
-undef(TYPES).
-undef(LIST).
-undef(VALUE).

-define(ARGS, , A, B, C, D).
-define(TYPES, , term(), term(), term(), term()).
-define(LIST, [A, B, C, D]).
-define(VALUE, 'value:value:value:value:').
-include("bt_send.hrl").
-undef(ARGS).
-undef(TYPES).
-undef(LIST).
-undef(VALUE).

-define(ARGS, , A, B, C, D, E).
-define(TYPES, , term(), term(), term(), term(), term()).
-define(LIST, [A, B, C, D, E]).
-define(VALUE, 'value:value:value:value:value:').
-include("bt_send.hrl").
-undef(ARGS).
-undef(TYPES).
-undef(LIST).
-undef(VALUE).

-define(ARGS, , A, B, C, D, E, F).
-define(TYPES, , term(), term(), term(), term(), term(), term()).
-define(LIST, [A, B, C, D, E, F]).
-define(VALUE, 'value:value:value:value:value:value:').
-include("bt_send.hrl").
-undef(ARGS).
-undef(TYPES).
-undef(LIST).
-undef(VALUE).

%%% Any number of arguments

-spec send_list(term(), atom(), [term()]) -> term().
send_list(?CLASS_OBJECT_OF(Module) = R, Sel, Args) ->
    apply(Module, bt_class:side(Sel), [R | Args]);
send_list(R, Sel, Args) when is_pid(R) ->
    send_actor(R, Sel, Args);
send_list(R, Sel, Args) when is_function(R) ->
    send_block(R, Sel, Args);
send_list(R, Sel, Args) when ?IS_FUTURE(R) ->
    send_future(R, Sel, Args);
send_list(R, Sel, Args) ->
    apply(bt_class:'of'(R), Sel, [R | Args]).

-spec call_list(term(), atom(), [term()]) -> term().
call_list(R, Sel, Args) when is_pid(R) ->
    call_actor(R, Sel, Args);
call_list(R, Sel, Args) ->
    bt_op:touch(send_list(R, Sel, Args)).

-spec cast_list(term(), atom(), [term()]) -> term().
cast_list(R, Sel, Args) when is_pid(R) ->
    cast_actor(R, Sel, Args);
cast_list(R, Sel, Args) ->
    send_list(R, Sel, Args).

-spec self_send_list(term(), atom(), [term()]) -> term().
self_send_list(Self, Sel, Args) when Self =:= self() ->
    apply(own_class(Self), Sel, [Self | Args]);
self_send_list(Self, Sel, Args) when ?IS_FUTURE(Self) ->
    apply('bt.stdlib.Future', Sel, [Self | Args]);
self_send_list(Self, Sel, Args) ->
    send_list(Self, Sel, Args).

-spec class_send_list(bt_class:object(), atom(), atom(), [term()]) -> term().
class_send_list(?CLASS_OBJECT_OF(Module) = Class, _Sel, ClassSel, Args) ->
    apply(Module, ClassSel, [Class | Args]);
class_send_list(Self, Sel, _ClassSel, Args) ->
    self_send_list(Self, Sel, Args).

%% @doc The answer, and what the receiver's variable holds afterwards: the answer, if the
%% receiver's own method is declared updating.
-spec update_list(term(), atom(), [term()]) -> {Answer :: term(), Receiver :: term()}.
update_list(R, Sel, Args) when is_pid(R) ->
    {send_actor(R, Sel, Args), R};
update_list(R, Sel, Args) when ?IS_FUTURE(R) ->
    case is_of_future(Sel) of
        true ->
            {send_future(R, Sel, Args), R};
        false ->
            Value = bt_future:await(R),
            case update_list(Value, Sel, Args) of
                {Answer, Value} -> {Answer, R};
                Changed -> Changed
            end
    end;
update_list(R, Sel, Args) ->
    Answer = send_list(R, Sel, Args),
    case bt_class:is_updating(bt_class:'of'(R), Sel, length(Args)) of
        true -> {Answer, Answer};
        false -> {Answer, R}
    end.

updated(true, _R, Answer) -> Answer;
updated(false, R, _Answer) -> R.

-spec upcast_list(term(), atom(), [term()]) -> term().
upcast_list(R, Sel, Args) when is_pid(R) ->
    _ = cast_actor(R, Sel, Args),
    R;
upcast_list(R, Sel, Args) ->
    {_, New} = update_list(R, Sel, Args),
    New.

%% @doc The message itself, whoever asks for it: what `perform:' and its relatives do.
-spec perform(term(), term(), [term()]) -> term().
perform(R, Sel, Args) ->
    self_send_list(R, selector(R, Sel, Args), Args).

%% @doc The selector of a message made at run time, if there can be such a message.
-spec check_selector(term(), term(), [term()]) -> atom().
check_selector(R, Sel, Args) -> selector(R, Sel, Args).

selector(_R, Sel, Args) when is_atom(Sel) ->
    case arity(Sel) =:= length(Args) of
        true -> Sel;
        false -> bt_error:wrong_arguments(Sel, Args)
    end;
selector(R, Sel, Args) when is_binary(Sel) ->
    selector(R, bt_prim_symbol:from(Sel), Args);
selector(R, Sel, _Args) ->
    bt_error:not_a_selector(R, Sel).

%% @doc The number of arguments that a selector takes: its colons, or one for an operator.
-spec arity(atom()) -> arity().
arity(Sel) ->
    Text = atom_to_binary(Sel),
    case binary:matches(Text, <<":">>) of
        [] ->
            case Text of
                <<C, _/binary>> when C >= $a, C =< $z; C >= $A, C =< $Z; C =:= $_ -> 0;
                _ -> 1
            end;
        Colons ->
            length(Colons)
    end.

%% @doc `R spawn k1: v1 k2: v2' as one form.
-spec spawn(term(), atom(), [atom()], [term()]) -> term().
spawn(?CLASS_OBJECT_OF(Module) = R, Sel, Keywords, Values) ->
    case bt_class:kind(Module) of
        actor -> bt_actor:spawn_with(Module, Keywords, Values, Sel);
        _ -> send_list(send(R, spawn), Sel, Values)
    end;
spawn(R, Sel, _Keywords, Values) ->
    send_list(send(R, spawn), Sel, Values).

%%% Receivers that are not answered by a plain call

send_actor(Actor, Sel, Args) ->
    case is_local(Sel) of
        false ->
            case bt_processes:lookup(Actor) of
                none -> bt_actor:send(Actor, Sel, Args);
                Known -> bt_route:send(send, Actor, Known, Sel, Args)
            end;
        true -> bt_actor:local(Actor, Sel, Args);
        perform -> performed(fun send_actor/3, Actor, Sel, Args);
        process -> to_process(send, Actor, Sel, Args)
    end.

call_actor(Actor, Sel, Args) ->
    case is_local(Sel) of
        false ->
            case bt_processes:lookup(Actor) of
                none -> bt_actor:call(Actor, Sel, Args);
                Known -> bt_route:send(call, Actor, Known, Sel, Args)
            end;
        true -> bt_op:touch(bt_actor:local(Actor, Sel, Args));
        perform -> performed(fun call_actor/3, Actor, Sel, Args);
        process -> to_process(call, Actor, Sel, Args)
    end.

cast_actor(Actor, Sel, Args) ->
    case is_local(Sel) of
        false ->
            case bt_processes:lookup(Actor) of
                none -> bt_actor:cast(Actor, Sel, Args);
                Known -> bt_route:send(cast, Actor, Known, Sel, Args)
            end;
        true -> bt_actor:local(Actor, Sel, Args);
        perform -> performed(fun cast_actor/3, Actor, Sel, Args);
        process -> to_process(cast, Actor, Sel, Args)
    end.

%% Erlang's own processes are of class Process: they are not sent what they do not know.
to_process(Verb, Pid, Sel, Args) ->
    case bt_processes:lookup(Pid) of
        none ->
            case bt_actor:class_of(Pid) of
                'bt.stdlib.Process' = Class -> apply(Class, Sel, [Pid | Args]);
                _ -> bt_actor:Verb(Pid, Sel, Args)
            end;
        Known -> bt_route:send(Verb, Pid, Known, Sel, Args)
    end.

%% To perform a message is to send it: the actor must see no other, or it could not refuse it.
performed(Send, Actor, 'perform:withArguments:', [Sel, Collection]) ->
    Args = call(Collection, asList),
    Send(Actor, selector(Actor, bt_op:touch(Sel), Args), Args);
performed(Send, Actor, _Perform, [Sel | Args]) ->
    Send(Actor, selector(Actor, bt_op:touch(Sel), Args), Args).

%% The messages to an actor that the sender's own process answers, so that they need not wait.
is_local(class) -> true;
is_local(isAlive) -> true;
is_local(pid) -> true;
is_local(inspect) -> true;
is_local(printString) -> true;
is_local(displayString) -> true;
is_local(hash) -> true;
is_local(yourself) -> true;
is_local(isNil) -> true;
is_local(notNil) -> true;
is_local('ifNil:') -> true;
is_local('ifNotNil:') -> true;
is_local('ifNil:ifNotNil:') -> true;
is_local('ifNotNil:ifNil:') -> true;
is_local('isKindOf:') -> true;
is_local('respondsTo:') -> true;
is_local('=') -> true;
is_local('==') -> true;
is_local('=:=') -> true;
is_local('/=') -> true;
is_local('~=') -> true;
is_local('=/=') -> true;
is_local('->') -> true;
is_local(stop) -> true;
is_local(kill) -> true;
is_local('link:') -> true;
is_local('unlink:') -> true;
is_local('monitor:') -> true;
%% These are meant for the process that asks, unless the actor's class has its own (bt_actor).
is_local(monitor) -> true;
is_local('onExit:') -> true;
is_local('registerAs:') -> true;
is_local(unregister) -> true;
is_local(registeredName) -> true;
is_local(isRegistered) -> true;
is_local('withTimeout:') -> true;
%% What is no future has its value already.
is_local(await) -> true;
is_local('await:') -> true;
is_local(awaitForever) -> true;
%% What class Process understands, and an actor only if its own class does.
is_local('call:') -> process;
is_local('call:timeout:') -> process;
is_local('cast:') -> process;
is_local('send:') -> process;
is_local('exit:') -> process;
is_local(link) -> process;
is_local(unlink) -> process;
is_local(demonitor) -> process;
is_local(info) -> process;
is_local('perform:') -> perform;
is_local('perform:with:') -> perform;
is_local('perform:with:with:') -> perform;
is_local('perform:with:with:with:') -> perform;
is_local('perform:withArguments:') -> perform;
is_local(_Sel) -> false.

send_future(Future, await, []) ->
    bt_future:await(Future);
send_future(Future, Sel, Args) ->
    case is_of_future(Sel) of
        true -> apply('bt.stdlib.Future', Sel, [Future | Args]);
        false -> send_list(bt_future:await(Future), Sel, Args)
    end.

%% Future's own protocol; any other message goes to the value.
is_of_future(await) -> true;
is_of_future('await:') -> true;
is_of_future(awaitForever) -> true;
is_of_future('whenResolved:') -> true;
is_of_future('whenRejected:') -> true;
is_of_future('whenResolved:whenRejected:') -> true;
is_of_future(isResolved) -> true;
is_of_future(isRejected) -> true;
is_of_future(isPending) -> true;
is_of_future(class) -> true;
is_of_future(inspect) -> true;
is_of_future(_Sel) -> false.

send_block(Block, Sel, Args) ->
    case is_value(Sel, length(Args)) of
        true when is_function(Block, length(Args)) -> apply(Block, Args);
        true -> bt_error:wrong_arity(Block, Args);
        false -> apply('bt.stdlib.Block', Sel, [Block | Args])
    end.

is_value(value, 0) -> true;
is_value('value:', 1) -> true;
is_value('value:value:', 2) -> true;
is_value('value:value:value:', 3) -> true;
is_value('value:value:value:value:', 4) -> true;
is_value('value:value:value:value:value:', 5) -> true;
is_value('value:value:value:value:value:value:', 6) -> true;
is_value(_Sel, _Arity) -> false.

%% The class of the actor that runs here. The process dictionary has it from the start of the
%% process on.
own_class(Self) ->
    case get('$bt_class') of
        undefined -> bt_class:'of'(Self);
        Class -> Class
    end.
