%%% @doc Primitives of the class Beamtalk: what classes there are.
-module(bt_prim_beamtalk).

-export([all_classes/0, class_named/1, version/0]).
-export([senders/1, implementors/1, sent/1]).

%% @doc All classes that are loaded or on the code path, by name.
-spec all_classes() -> [bt_class:object()].
all_classes() ->
    Facades = [list_to_atom(Name) || Name <- bt_code:available(), is_facade(Name)],
    Named = [{bt_class:name(Facade), Facade} || Facade <- Facades, is_class(Facade)],
    [bt_class:object(Facade) || {_, Facade} <- lists:usort(Named)].

%% A script has a class, too, but one that nobody else uses.
is_class(Facade) ->
    bt_class:exists(Facade)
        andalso erlang:function_exported(Facade, '$meta', 0)
        andalso bt_class:kind(Facade) =/= script.

%% A generation has a space in its name (docs/abi.md).
is_facade("bt." ++ Name) -> not lists:member($\s, Name);
is_facade(_) -> false.

%% @doc The class of a name, or nil.
-spec class_named(term()) -> bt_class:object() | nil.
class_named(Name) when is_binary(Name) ->
    class_named(bt_prim_symbol:from(Name));
class_named(Name) when is_atom(Name) ->
    try
        bt_class:resolve(Name)
    catch
        error:#{'$class' := 'bt.stdlib.UndefinedClass'} -> nil
    end;
class_named(Name) ->
    bt_prim_collection:type_error(<<"a Symbol">>, Name, nil, 'classNamed:').

%% @doc The version of the runtime.
-spec version() -> binary().
version() ->
    _ = application:load(beamtalk_runtime),
    {ok, Version} = application:get_key(beamtalk_runtime, vsn),
    list_to_binary(Version).

%%% Who sends, who answers

%% @doc The methods in whose text a message of that selector is sent.
-spec senders(term()) -> [map()].
senders(Selector) ->
    Name = selector(Selector, 'sendersOf:'),
    %% Most texts need not be read: they do not have its first word in them.
    [Word | _] = binary:split(Name, <<":">>),
    methods(fun(#{source := Source}) -> sends(Source, Word, Name) end).

sends(nil, _, _) -> false;
sends(Source, Word, Name) ->
    binary:match(Source, Word) =/= nomatch andalso lists:member(Name, bt_selectors:sent(Source)).

%% @doc The methods of that selector.
-spec implementors(term()) -> [map()].
implementors(Selector) ->
    Name = selector(Selector, 'implementorsOf:'),
    methods(fun(#{selector := S}) -> atom_to_binary(S) =:= Name end).

methods(Passes) ->
    [Method || #{module := Facade} <- all_classes(),
               Method <- bt_prim_behaviour:methods_where(Facade, Passes)].

%% @doc The selectors that are sent in a method's text; none where there is no text.
-spec sent(binary() | nil) -> [atom()].
sent(nil) -> [];
sent(Source) -> [binary_to_atom(Name) || Name <- bt_selectors:sent(Source)].

selector(Selector, _) when is_atom(Selector) -> atom_to_binary(Selector);
selector(Selector, _) when is_binary(Selector), Selector =/= <<>> -> Selector;
selector(Other, Asked) -> bt_prim_collection:type_error(<<"a Symbol">>, Other, nil, Asked).
