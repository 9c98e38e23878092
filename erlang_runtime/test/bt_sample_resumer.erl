%% A class with `onError: #resume', by hand; everything else is the counter's.
-module(bt_sample_resumer).

-export(['$meta'/0, '$init'/1, '$layout'/0, '$shape'/0, '$start'/1,
         'class onError'/1, '$handle_undefined_function'/2]).

'$meta'() -> (bt_sample_counter:'$meta'())#{name => 'Resumer', module => ?MODULE}.
'$init'(Self) -> bt_sample_counter:'$init'(Self).
'$layout'() -> self().
'$shape'() -> 1.
'$start'(Order) -> bt_actor:init(?MODULE, Order).
'class onError'(_Class) -> resume.
'$handle_undefined_function'(Function, Arguments) ->
    apply(bt_sample_counter, Function, Arguments).
