%% Terms that more than one module of the runtime takes apart. The values of Beamtalk are
%% described in docs/abi.md.

-ifndef(BT_HRL).
-define(BT_HRL, true).

-define(CLASS, 'bt.stdlib.Class').
-define(METACLASS, 'bt.stdlib.Metaclass').

-define(CLASS_OBJECT(Module), #{'$class' => ?CLASS, module => Module}).
-define(CLASS_OBJECT_OF(Module), #{'$class' := ?CLASS, module := Module}).

%% Usable in guards: V is a future. A failing element/2 only makes the guard fail.
-define(IS_FUTURE(V), element(1, V) =:= '$bt_future').

-endif.
