%% A class as the compiler would write it, by hand: an actor with a state variable.
-module(bt_sample_counter).

-export(['$meta'/0, '$init'/1, '$layout'/0, '$shape'/0, '$start'/1, start_link/0, start_link/1,
         '$handle_undefined_function'/2, '$child'/1]).
-export([initialize/1, increment/1, getValue/1, 'add:'/2, 'at:put:'/3, 'fail:'/2, 'exitWith:'/2,
         'slow:'/2, 'ask:'/2, 'lazy:'/2, 'handle:'/2, 'terminate:'/2, 'callsWrong:'/2, me/1,
         'run:'/2, 'actorDown:reason:'/3, 'exit:reason:'/3, downs/1, 'receive:'/2, stopSelf/1]).

'$meta'() ->
    #{name => 'Counter', package => app, module => ?MODULE, generation => ?MODULE,
      superclass => 'bt.stdlib.Actor', kind => actor, modifiers => [],
      variables => [value, downs, plan], class_variables => [], doc => nil,
      file => <<"counter.bt">>, line => 1, inherited => [],
      methods => [#{selector => 'terminate:', arity => 1, side => instance,
                    function => 'terminate:', line => 2, doc => nil, source => nil,
                    parameters => [], returns => nil, flags => []}]}.

'$init'(_Self) ->
    put('@value', 0),
    put('@downs', []),
    put('@plan', nil),
    ok.

%% No facade gives it itself.
'$layout'() -> self().
'$shape'() -> 1.
'$start'(Order) -> bt_actor:init(?MODULE, Order).
start_link() -> start_link(#{}).
start_link(State) -> bt_actor:start_link(?MODULE, State).
%% For the tests: its place in an Erlang supervisor.
'$child'(Id) -> #{id => Id, start => {?MODULE, start_link, []}}.
'$handle_undefined_function'(Function, Arguments) ->
    bt_class:undefined(?MODULE, Function, Arguments).

initialize(_Self) ->
    case get('@plan') of
        crash -> error(planned);
        _ -> ok
    end.

increment(_Self) -> put('@value', get('@value') + 1), get('@value').
getValue(_Self) -> get('@value').
'add:'(_Self, N) -> put('@value', get('@value') + N), get('@value').
'at:put:'(_Self, A, B) -> put('@value', {A, B}), nil.
'fail:'(_Self, Reason) -> put('@value', broken), error(Reason).
'exitWith:'(_Self, Reason) -> exit(Reason).
'slow:'(_Self, Ms) -> timer:sleep(Ms), get('@value').
'ask:'(_Self, Other) -> bt_actor:call(Other, getValue, []).
'lazy:'(_Self, Other) -> bt_actor:send(Other, 'slow:', [50]).
'handle:'(_Self, one) -> 1;
'handle:'(Self, again) -> 'handle:'(Self, two);
'handle:'(Self, Other) -> bt_error:no_clause(Self, 'handle:', [Other]).
'terminate:'(_Self, Reason) ->
    case get('@plan') of
        {tell, Pid} -> Pid ! {terminated, self(), Reason};
        _ -> ok
    end.
'callsWrong:'(_Self, Other) -> bt_actor:call(Other, nonsense, []).
me(Self) -> Self.
'run:'(_Self, Block) -> Block().
'actorDown:reason:'(_Self, Pid, Reason) -> put('@downs', [{Pid, Reason} | get('@downs')]).
'exit:reason:'(_Self, Pid, Reason) -> put('@downs', [{exit, Pid, Reason} | get('@downs')]).
downs(_Self) -> get('@downs').
'receive:'(_Self, Message) -> put('@value', Message).
stopSelf(Self) -> bt_actor:stop(Self), stopping.
