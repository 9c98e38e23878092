%%% @doc Primitives of Behaviour and Workspace that change classes while they run. A class object
%%% stands for the instance side of its class, a metaclass for the class side.
-module(bt_prim_live).

-export([patches/1, unpatch/2, remove_selector/3, remove_class/1]).
-export([try_compile/3, check/3]).
-export([reload/1, load/1, define/2]).

-define(CLASS(Module), #{'$class' := 'bt.stdlib.Class', module := Module}).
-define(METACLASS(Module), #{'$class' := 'bt.stdlib.Metaclass', module := Module}).

-type behaviour() :: bt_class:object().

%%% Patches

%% @doc The selectors of the patches on this side.
-spec patches(behaviour()) -> [atom()].
patches(#{module := Module} = Behaviour) ->
    Side = side(Behaviour),
    lists:usort([S || #{selector := S, side := In} <- bt_patch:methods(Module), In =:= Side]).

%% @doc Takes a patch away.
-spec unpatch(behaviour(), term()) -> behaviour().
unpatch(#{module := Module} = Behaviour, Selector) ->
    Function = function(Behaviour, Selector, 'unpatch:'),
    case [Key || {{_, F, _} = Key, _, _} <- bt_patch:rows(Module), F =:= Function] of
        [] -> absent(Behaviour, Selector, <<" has no patch of ">>);
        Keys -> lists:foreach(fun({_, F, Arity}) -> bt_patch:remove(Module, F, Arity) end, Keys)
    end,
    Behaviour.

%% @doc Takes a method away, a patch or the class's own; without one the value of the block.
-spec remove_selector(behaviour(), term(), fun(() -> term())) -> term().
remove_selector(#{module := Module} = Behaviour, Selector, Otherwise) ->
    Function = function(Behaviour, Selector, 'removeSelector:'),
    case {own(Module, Function), linked(Module, Function)} of
        {[], []} ->
            bt_send:call(Otherwise, value);
        {[], Arities} ->
            each(fun(Arity) -> bt_patch:remove(Module, Function, Arity) end, Arities, Behaviour);
        {Arities, _} ->
            check_own(Module, Behaviour, Selector),
            each(fun(Arity) -> bt_patch:hide(Module, Function, Arity) end, Arities, Behaviour)
    end.

each(Change, Arities, Behaviour) ->
    lists:foreach(Change, Arities),
    Behaviour.

own(Module, Function) ->
    Hidden = [Arity || {F, Arity} <- bt_patch:hidden(Module), F =:= Function],
    Methods = maps:get(methods, bt_class:meta(Module), []),
    [Arity + 1 || #{function := F, arity := Arity} <- Methods, F =:= Function] -- Hidden.

linked(Module, Function) ->
    [Arity || {{_, F, Arity}, Target, _} <- bt_patch:rows(Module), F =:= Function, Target =/= none].

%% The runtime itself relies on the methods of the standard library.
check_own(Module, Behaviour, Selector) ->
    case bt_class:meta(Module) of
        #{package := stdlib} ->
            refuse(Behaviour, 'removeSelector:',
                [text(Behaviour), " >> ", atom_to_binary(Selector),
                 " is part of the standard library"]);
        _ ->
            ok
    end.

%% @doc Unloads a class that has neither subclasses nor live actors.
-spec remove_class(behaviour()) -> nil.
remove_class(#{module := Module}) ->
    Class = bt_class:object(Module),
    case {bt_class:meta(Module), bt_prim_behaviour:subclasses(Class),
          bt_prim_behaviour:instances(Class)} of
        {#{package := stdlib}, _, _} ->
            refuse(Class, removeFromSystem, [text(Class), " is part of the standard library"]);
        {_, [Subclass | _], _} ->
            refuse(Class, removeFromSystem, [text(Class), " has the subclass ", text(Subclass)]);
        {_, [], [_ | _] = Actors} ->
            Count = integer_to_binary(length(Actors)),
            refuse(Class, removeFromSystem, [text(Class), " has live actors (", Count, ")"]);
        {_, [], []} ->
            unloaded(Class, bt_load:remove(Module))
    end.

unloaded(_Class, ok) ->
    nil;
unloaded(Class, {error, _}) ->
    refuse(Class, removeFromSystem, [text(Class), " cannot be removed now: try again"]).

-spec refuse(behaviour(), atom(), iodata()) -> no_return().
refuse(Behaviour, Selector, Message) ->
    bt_error:raise('bt.stdlib.Error', #{
        message => iolist_to_binary(Message), selector => Selector, receiver => Behaviour
    }).

-spec absent(behaviour(), atom(), binary()) -> no_return().
absent(Behaviour, Selector, Text) ->
    Message = [text(Behaviour), Text, bt_print:print_string(Selector)],
    bt_error:raise('bt.stdlib.KeyNotFound', #{
        message => iolist_to_binary(Message), key => Selector, receiver => Behaviour
    }).

text(Behaviour) -> bt_print:print_string(Behaviour).

function(Behaviour, Selector, Sel) ->
    Symbol = symbol(Behaviour, Selector, Sel),
    case side(Behaviour) of
        instance -> Symbol;
        class -> bt_class:side(Symbol)
    end.

symbol(_Behaviour, Selector, _) when is_atom(Selector) -> Selector;
symbol(Behaviour, Other, Sel) ->
    bt_prim_collection:type_error(<<"a Symbol">>, Other, Behaviour, Sel).

side(?CLASS(_)) -> instance;
side(?METACLASS(_)) -> class.

%%% Source

%% @doc Compiles a method and patches it into the class; answers a Result of its selector. If one is
%% given, and not nil, it must be that.
-spec try_compile(behaviour(), term(), term()) -> map().
try_compile(Behaviour, Selector, Source) ->
    Symbol = symbol(Behaviour, Selector, 'compile:'),
    Text = text(Source, Behaviour, 'compile:'),
    result(bt_source:patch(maps:get(module, Behaviour), side(Behaviour), Symbol, Text)).

%% @doc A Result like that of try_compile, but nothing is changed.
-spec check(behaviour(), term(), term()) -> map().
check(#{module := Module} = Behaviour, Selector, Source) ->
    Symbol = symbol(Behaviour, Selector, 'compile:'),
    Text = text(Source, Behaviour, 'compile:'),
    case bt_source:check(Module, side(Behaviour), Symbol, Text) of
        ok -> result({ok, Symbol});
        Error -> result(Error)
    end.

text(Source, Receiver, Sel) ->
    case is_binary(Source) andalso unicode:characters_to_binary(Source) =:= Source of
        true -> Source;
        false -> bt_prim_collection:type_error(<<"a String">>, Source, Receiver, Sel)
    end.

value({ok, Value}) -> Value;
value({error, Exception}) -> bt_error:raise(Exception).

result({ok, Value}) -> #{'$class' => 'bt.stdlib.Result', ok => true, value => Value};
result({error, Exception}) -> #{'$class' => 'bt.stdlib.Result', ok => false, value => Exception}.

%% @doc Loads the file of the class again; answers the classes in it.
-spec reload(behaviour()) -> [behaviour()].
reload(#{module := Module} = Behaviour) ->
    #{package := Package, file := File} = bt_class:meta(Module),
    case bt_caller:is_file(File) of
        true -> classes(value(bt_source:reload(File, Package)));
        false -> refuse(Behaviour, reload, [text(Behaviour), " has no source file: ", File])
    end.

%% @doc Loads a file and runs its statements; answers the classes in it.
-spec load(term()) -> [behaviour()].
load(Path) ->
    Loaded = value(bt_source:load(text(Path, nil, 'load:'), app)),
    ok = bt_source:run(Loaded),
    classes(Loaded).

%% @doc Loads the class of that name from its source; answers it in a list.
-spec define(atom(), binary()) -> [behaviour()].
define(Name, Source) ->
    File = <<(atom_to_binary(Name))/binary, ".bt">>,
    classes(value(bt_source:define(File, app, Source))).

classes(#{classes := Classes, warnings := Warnings}) ->
    lists:foreach(fun(#{text := Text}) -> bt_caller:warn(Text) end, Warnings),
    [bt_class:object(Class) || Class <- Classes].
