%% @doc Classes at run time: which class a value has, where in the chain of superclasses a
%% message is found, class variables, and the classes' own descriptions.
-module(bt_class).

-export(['of'/1, object/1, name/1, name_of/1, resolve/1, exists/1]).
-export([meta/1, kind/1, superclass/1, chain/1, is_kind_of/2, inherits_from/2, kinds/2]).
-export([methods/1, variables/1, understands/3, selectors/2]).
-export([side/1, selector/1, keywords/1, find/3, undefined/3, undefined_of_actor/3]).
-export([is_updating/3, is_pristine/0, replaced/2]).
-export([instantiate/2, instantiate/3]).
-export([var_get/2, var_put/3, var_update/3, keep_variables/1, forget_variables/1]).
-export([create_tables/0, invalidate/0, version/0, cached/2]).

-export_type([facade/0, object/0, side/0]).

-include("bt.hrl").

-type facade() :: module().
-type object() :: #{'$class' := module(), module := facade()}.
-type side() :: instance | class.

-define(CACHE, bt_class_cache).
-define(VARIABLES, bt_class_variables).
-define(REPLACED, bt_class_replaced).
-define(PACKAGES, ["app", "script", "stdlib"]).

%%% Values and classes

%% @doc The class that answers messages to a value.
-spec 'of'(term()) -> facade().
'of'(V) when is_integer(V) -> 'bt.stdlib.Integer';
'of'(V) when is_binary(V) -> 'bt.stdlib.String';
'of'(V) when is_float(V) -> 'bt.stdlib.Float';
'of'(#{'$class' := Class}) -> Class;
'of'(#{'__struct__' := Module}) when is_atom(Module) -> 'bt.stdlib.Struct';
'of'(V) when is_map(V) -> 'bt.stdlib.Dictionary';
'of'(V) when is_list(V) -> 'bt.stdlib.List';
'of'(nil) -> 'bt.stdlib.UndefinedObject';
'of'(V) when is_boolean(V) -> 'bt.stdlib.Boolean';
'of'(V) when is_atom(V) -> 'bt.stdlib.Symbol';
'of'(V) when ?IS_FUTURE(V) -> 'bt.stdlib.Future';
'of'(V) when is_tuple(V) -> 'bt.stdlib.Tuple';
'of'(V) when is_function(V) -> 'bt.stdlib.Block';
'of'(V) when is_pid(V) -> bt_actor:class_of(V);
'of'(V) when is_port(V) -> 'bt.stdlib.Port';
'of'(V) when is_reference(V) -> 'bt.stdlib.Reference';
'of'(V) when is_bitstring(V) -> 'bt.stdlib.String'.

-spec object(facade()) -> object().
object(Facade) ->
    ?CLASS_OBJECT(Facade).

%% @doc The unqualified name: Counter for 'bt.app.Counter'.
-spec name(facade()) -> binary().
name(Facade) ->
    bt_print:class_name(Facade).

%% @doc What an error message calls a receiver: nil, true, false, `Counter class', or its class.
-spec name_of(term()) -> binary().
name_of(V) when V =:= nil; is_boolean(V) -> atom_to_binary(V);
name_of(?CLASS_OBJECT_OF(Module)) -> <<(name(Module))/binary, " class">>;
name_of(V) -> name('of'(V)).

%% @doc The class of an unqualified name; raises UndefinedClass.
-spec resolve(atom()) -> object().
resolve(Name) ->
    case cached({resolve, Name}, fun() -> first(candidates(atom_to_list(Name))) end) of
        none -> bt_error:undefined_class(Name);
        Facade -> object(Facade)
    end.

first([]) -> none;
first([Facade | _]) -> Facade.

candidates(Name) ->
    Known = [list_to_atom("bt." ++ Package ++ "." ++ Name) || Package <- ?PACKAGES],
    case [Facade || Facade <- Known, is_present(Facade)] of
        [] -> [Facade || Facade <- Known, exists(Facade), is_present(Facade)] ++ elsewhere(Name);
        Loaded -> Loaded
    end.

%% Loaded, and not removed again.
is_present(Facade) ->
    erlang:function_exported(Facade, '$meta', 0).

%% Classes of other packages, loaded or on the code path.
elsewhere(Name) ->
    Suffix = "." ++ Name,
    Facades = [list_to_atom(Text) || Text <- bt_code:available(), is_facade(Text, Suffix)],
    [Facade || Facade <- Facades, exists(Facade), is_present(Facade)].

is_facade(Module, Suffix) ->
    lists:prefix("bt.", Module) andalso lists:suffix(Suffix, Module).

-spec exists(facade()) -> boolean().
exists(Facade) ->
    is_present(Facade) orelse code:ensure_loaded(Facade) =:= {module, Facade}.

%%% Descriptions

%% @doc The class's '$meta'; an empty map where there is no such class.
-spec meta(facade()) -> map().
meta(Facade) ->
    case is_present(Facade) orelse (exists(Facade) andalso is_present(Facade)) of
        true -> Facade:'$meta'();
        false -> #{}
    end.

-spec kind(facade()) -> atom().
kind(Facade) ->
    maps:get(kind, meta(Facade), object).

-spec superclass(facade()) -> facade() | nil.
superclass(Facade) ->
    maps:get(superclass, meta(Facade), nil).

%% @doc The class and its superclasses, nearest first.
-spec chain(facade()) -> [facade()].
chain(Facade) ->
    chain(Facade, []).

chain(nil, Seen) ->
    lists:reverse(Seen);
chain(Facade, Seen) ->
    %% A class loaded again below its own subclass could close a cycle.
    case lists:member(Facade, Seen) of
        true -> lists:reverse(Seen);
        false -> chain(superclass(Facade), [Facade | Seen])
    end.

-spec is_kind_of(term(), facade()) -> boolean().
is_kind_of(Value, Facade) ->
    inherits_from('of'(Value), Facade).

%% @doc True of the class itself too.
-spec inherits_from(facade(), facade()) -> boolean().
inherits_from(Facade, Facade) -> true;
inherits_from(Facade, Ancestor) ->
    cached({inherits, Facade, Ancestor}, fun() -> lists:member(Ancestor, chain(Facade)) end).

%% @doc A map with a class and all that inherit from it as keys: the `Known' ones, which need not be
%% loaded yet, and those that are loaded.
-spec kinds(facade(), [facade()]) -> #{facade() => []}.
kinds(Facade, Known) ->
    cached({kinds, Facade, Known}, fun() ->
        Loaded = [Module || Module <- bt_code:loaded(), is_below(Module, Facade)],
        maps:from_keys([Facade | Known] ++ Loaded, [])
    end).

%% A generation has a space in its name.
is_below(Module, Facade) ->
    case atom_to_list(Module) of
        "bt." ++ Name -> not lists:member($\s, Name) andalso inherits_from(Module, Facade);
        _ -> false
    end.

%% @doc The methods that the class itself has, extensions and patches included.
-spec methods(facade()) -> [map()].
methods(Facade) ->
    Overrides = bt_patch:methods(Facade),
    Replaced = [function_key(Method) || Method <- Overrides] ++ bt_patch:hidden(Facade),
    Own = maps:get(methods, meta(Facade), []),
    [Method || Method <- Own, not lists:member(function_key(Method), Replaced)] ++ Overrides.

%% As exported, with the receiver.
function_key(#{function := Function, arity := Arity}) ->
    {Function, Arity + 1}.

%% @doc All state variables or fields, those of superclasses first.
-spec variables(facade()) -> [atom()].
variables(Facade) ->
    lists:append([maps:get(variables, meta(Class), []) || Class <- lists:reverse(chain(Facade))]).

%% @doc All selectors that the class understands on a side.
-spec selectors(facade(), side()) -> [atom()].
selectors(Facade, Side) ->
    lists:usort(
        [
            Selector
         || {Class, In} <- lookup_path(Facade, Side),
            #{selector := Selector, side := S} <- methods(Class),
            S =:= In
        ]
    ).

%% @doc Whether a message with this many arguments finds a method.
-spec understands(term(), atom(), non_neg_integer()) -> boolean().
understands(?CLASS_OBJECT_OF(Module), Selector, Arguments) ->
    find(Module, side(Selector), Arguments + 1) =/= none;
understands(Value, Selector, Arguments) ->
    find('of'(Value), Selector, Arguments + 1) =/= none.

%%% Lookup

%% @doc The function of a class-side selector: 'class new' for new.
-spec side(atom()) -> atom().
side(Selector) ->
    Key = {?MODULE, Selector},
    case persistent_term:get(Key, undefined) of
        undefined ->
            Function = binary_to_atom(<<"class ", (atom_to_binary(Selector))/binary>>),
            persistent_term:put(Key, Function),
            Function;
        Function ->
            Function
    end.

%% @doc The selector and side of a function: {class, new} for 'class new'.
-spec selector(atom()) -> {side(), atom()}.
selector(Function) ->
    case atom_to_binary(Function) of
        <<"class ", Selector/binary>> -> {class, binary_to_atom(Selector)};
        _ -> {instance, Function}
    end.

%% @doc The facade and function that answer a message, from the class upwards. A class answers
%% with its class side, then as an instance of Class.
-spec find(facade(), atom(), arity()) -> {facade(), atom()} | none.
find(Facade, Function, Arity) ->
    {Side, Selector} = selector(Function),
    find_in(lookup_path(Facade, Side), Function, Selector, Arity).

lookup_path(Facade, instance) ->
    [{Class, instance} || Class <- chain(Facade)];
lookup_path(Facade, class) ->
    [{Class, class} || Class <- chain(Facade)] ++ lookup_path(?CLASS, instance).

find_in([], _Function, _Selector, _Arity) ->
    none;
find_in([{Class, Side} | Path], Function, Selector, Arity) ->
    Name =
        case Side of
            class -> Function;
            instance -> Selector
        end,
    case exists(Class) andalso erlang:function_exported(Class, Name, Arity) of
        true -> in_superclass(is_jump(Class, Name, Arity), {Class, Name}, Path, Function, Arity);
        false -> find_in(Path, Function, Selector, Arity)
    end.

%% A jump says nothing: the method may have been taken away from the superclass since.
in_superclass(true, _Jump, Path, Function, Arity) ->
    {_, Selector} = selector(Function),
    find_in(Path, Function, Selector, Arity);
in_superclass(false, Found, _Path, _Function, _Arity) ->
    Found.

is_jump(Class, Name, Arity) ->
    lists:member({Name, Arity}, maps:get(inherited, meta(Class), [])) andalso
        [] =:= [F || {{_, F, A}, _, _} <- bt_patch:rows(Class), F =:= Name, A =:= Arity].

%% @doc The same in the facade of an actor class, where the loop gives the layout that it knows.
-spec undefined_of_actor(facade(), atom(), [term()]) -> term().
undefined_of_actor(Facade, Function, [Layout | Args]) when is_integer(Layout) ->
    case Facade:'$layout'() of
        Layout -> undefined(Facade, Function, [self() | Args]);
        _ -> '$bt_outdated'
    end;
undefined_of_actor(Facade, Function, Args) ->
    undefined(Facade, Function, Args).

%% @doc Where a call lands that the facade has no function for.
-spec undefined(facade(), atom(), [term()]) -> term().
undefined(Facade, Function, [Self | Args]) when is_pid(Self), Self =/= self() ->
    case bt_actor:class_of(Self) of
        Facade -> of_process(kind(Facade), Facade, Function, [Self | Args]);
        _ -> found(Facade, Function, [Self | Args])
    end;
undefined(Facade, start_link, Args) when Args =:= []; Args =:= [#{}] ->
    %% Erlang starts a supervisor as it starts an actor, whose facade has this function.
    case kind(Facade) of
        supervisor -> bt_supervisor:start_link(Facade);
        _ -> erlang:raise(error, undef, [{Facade, start_link, Args, []}])
    end;
undefined(Facade, Function, [_ | _] = Args) ->
    found(Facade, Function, Args);
undefined(Facade, Function, []) ->
    case is_present(Facade) of
        true -> erlang:raise(error, undef, [{Facade, Function, [], []}]);
        false -> bt_error:undefined_class(binary_to_atom(name(Facade)))
    end.

%% Only an actor answers in its own process.
of_process(actor, _Facade, Function, [Self | Args]) -> bt_send:call_list(Self, Function, Args);
of_process(_, Facade, Function, Args) -> found(Facade, Function, Args).

found(Facade, Function, Args) ->
    Arity = length(Args),
    case cached({Facade, Function, Arity}, fun() -> how(Facade, Function, Arity) end) of
        none -> not_understood(Facade, Function, Args);
        How -> answer(How, Facade, Args)
    end.

how(Facade, Function, Arity) ->
    case find_or_make(Facade, Function, Arity) of
        none ->
            %% It may be in an extension of an application that was loaded after the run time had
            %% started.
            case bt_extensions:install_loaded() of
                ok -> none;
                installed -> find_or_make(Facade, Function, Arity)
            end;
        Found ->
            Found
    end.

find_or_make(Facade, Function, Arity) ->
    case find(Facade, Function, Arity) of
        none -> how_of_value(kind(Facade), Facade, selector(Function));
        Found -> Found
    end.

%% Value classes construct themselves from any fields in any order, and answer changed copies.
how_of_value(value, Facade, {class, Selector}) ->
    Keywords = keywords(Selector),
    case Keywords =/= [] andalso Keywords -- variables(Facade) of
        [] -> {construct, Keywords};
        _ -> none
    end;
how_of_value(value, Facade, {instance, Selector}) ->
    Names = [{<<"with", (capitalized(Name))/binary, $:>>, Name} || Name <- variables(Facade)],
    case lists:keyfind(atom_to_binary(Selector), 1, Names) of
        {_, Name} -> {with, Name};
        false -> none
    end;
how_of_value(_Kind, _Facade, _Selector) ->
    none.

%% @doc The keywords of a selector: at and put of `at:put:'.
-spec keywords(atom()) -> [atom()].
keywords(Selector) ->
    Parts = binary:split(atom_to_binary(Selector), <<":">>, [global]),
    case lists:reverse(Parts) of
        [<<>> | Names] -> [binary_to_atom(Name) || Name <- lists:reverse(Names)];
        _ -> []
    end.

capitalized(Name) ->
    <<First/utf8, Rest/binary>> = atom_to_binary(Name),
    <<(string:uppercase(<<First/utf8>>))/binary, Rest/binary>>.

answer({with, Name}, _Facade, [Self, Value]) ->
    Self#{Name := Value};
answer({construct, Keywords}, Facade, [_Class | Values]) ->
    instantiate(Facade, maps:from_list(lists:zip(Keywords, Values)));
answer({Module, Function}, _Facade, Args) ->
    apply(Module, Function, Args).

not_understood(Facade, Function, Args) ->
    case is_present(Facade) of
        true ->
            bt_behaviour:is_callback(Facade, Function, length(Args))
                andalso erlang:raise(error, undef, [{Facade, Function, Args, []}]),
            refuse(Facade, Function, Args);
        false -> bt_error:undefined_class(binary_to_atom(name(Facade)))
    end.

refuse(Facade, Function, [Self | Args]) ->
    {Side, Selector} = selector(Function),
    Handler =
        case Side of
            instance -> 'doesNotUnderstand:args:';
            class -> side('doesNotUnderstand:args:')
        end,
    case find(Facade, Handler, 3) of
        none -> bt_error:does_not_understand(Self, Selector, Args);
        {Module, Name} -> Module:Name(Self, Selector, Args)
    end.

%% @doc Whether the receiver's own method is declared updating.
-spec is_updating(facade(), atom(), non_neg_integer()) -> boolean().
is_updating(Facade, Selector, Arguments) ->
    case is_updated_often(Facade, Selector) andalso is_pristine() of
        true ->
            true;
        false ->
            Key = {updating, Facade, Selector, Arguments},
            cached(Key, fun() -> has_updating(chain(Facade), Selector, Arguments) end)
    end.

%% @doc Whether no method of those that are updated often was ever replaced.
-spec is_pristine() -> boolean().
is_pristine() -> not persistent_term:get(?REPLACED, false).

%% Messages in the innermost loops of programs: looking the answer up would cost as much as they do.
is_updated_often('bt.stdlib.Dictionary', 'at:put:') -> true;
is_updated_often('bt.stdlib.List', 'add:') -> true;
is_updated_often('bt.stdlib.List', 'addFirst:') -> true;
is_updated_often('bt.stdlib.Set', 'add:') -> true;
is_updated_often('bt.stdlib.Array', 'at:put:') -> true;
is_updated_often(_Facade, _Selector) -> false.

%% @doc Notes that a class's own function is about to be replaced: from then on nothing is taken for
%% granted of those that are updated often.
-spec replaced(facade(), atom()) -> ok.
replaced(Facade, Function) ->
    case is_updated_often(Facade, Function) of
        true -> persistent_term:put(?REPLACED, true);
        false -> ok
    end.

has_updating([], _Selector, _Arguments) ->
    false;
has_updating([Class | Classes], Selector, Arguments) ->
    Flags = [
        Flags
     || #{selector := S, arity := A, side := instance, flags := Flags} <- methods(Class),
        S =:= Selector,
        A =:= Arguments
    ],
    case Flags of
        [] -> has_updating(Classes, Selector, Arguments);
        [Found | _] -> lists:member(updating, Found)
    end.

%% @doc An instance of a Value class or exception class with some fields given.
-spec instantiate(facade(), #{atom() => term()}) -> map().
instantiate(Facade, Fields) ->
    instantiate(Facade, meta(Facade), Fields).

%% @doc The same where the class's '$meta' is at hand.
-spec instantiate(facade(), map(), #{atom() => term()}) -> map().
instantiate(Facade, Meta, Fields) ->
    _ = lists:member(abstract, maps:get(modifiers, Meta, []))
        andalso bt_error:abstract_class(Facade),
    Initial = Facade:'$init'(#{'$class' => Facade}),
    Instance = maps:merge(Initial, Fields),
    case map_size(Instance) =:= map_size(Initial) of
        true -> Instance;
        false -> unknown_field(Facade, maps:keys(Fields) -- maps:keys(Initial))
    end.

-spec unknown_field(facade(), [term()]) -> no_return().
unknown_field(Facade, [Unknown | _]) ->
    bt_error:unknown_field(Facade, Unknown, variables(Facade)).

%%% Class variables

-spec var_get(facade(), atom()) -> term().
var_get(Facade, Name) ->
    case ets:lookup(?VARIABLES, {Facade, Name}) of
        [{_, Value}] -> Value;
        [] -> initialize_variable(Facade, Name)
    end.

-spec var_put(facade(), atom(), term()) -> term().
var_put(Facade, Name, Value) ->
    true = ets:insert(?VARIABLES, {{Facade, Name}, bt_cell:copy(Value)}),
    Value.

%% @doc Replaces the value by what the fun makes of it, in one atomic step: the fun runs again when
%% another process was faster.
-spec var_update(facade(), atom(), fun((term()) -> term())) -> term().
var_update(Facade, Name, Fun) ->
    Old = var_get(Facade, Name),
    New = Fun(Old),
    case swap({Facade, Name}, Old, bt_cell:copy(New)) of
        true -> New;
        false -> var_update(Facade, Name, Fun)
    end.

%% @doc After a class was loaded again: the variables that this generation declares keep their
%% values, new ones get theirs when they are first used, and the others go.
-spec keep_variables(module()) -> ok.
keep_variables(Generation) ->
    #{module := Facade, class_variables := Declared} = Generation:'$meta'(),
    Present = [Name || [Name] <- ets:match(?VARIABLES, {{Facade, '$1'}, '_'})],
    lists:foreach(fun(Name) -> ets:delete(?VARIABLES, {Facade, Name}) end, Present -- Declared).

%% @doc Drops all class variables of a class that is gone.
-spec forget_variables(facade()) -> ok.
forget_variables(Facade) ->
    true = ets:match_delete(?VARIABLES, {{Facade, '_'}, '_'}),
    ok.

swap(Key, Old, New) ->
    Unchanged = {'=:=', '$1', {const, Old}},
    Replacement = {{{const, Key}, {const, New}}},
    ets:select_replace(?VARIABLES, [{{Key, '$1'}, [Unchanged], [Replacement]}]) =:= 1.

%% Only the variable asked for: another's initial value may well read this one.
initialize_variable(Facade, Name) ->
    Value =
        case lists:keyfind(Name, 1, Facade:'$class_init'()) of
            {Name, Fun} -> Fun();
            false -> nil
        end,
    _ = ets:insert_new(?VARIABLES, {{Facade, Name}, bt_cell:copy(Value)}),
    ets:lookup_element(?VARIABLES, {Facade, Name}, 2).

%%% The cache of lookups

-spec create_tables() -> ok.
create_tables() ->
    Options = [named_table, public, {read_concurrency, true}],
    ?CACHE = ets:new(?CACHE, Options),
    ?VARIABLES = ets:new(?VARIABLES, Options),
    _ = persistent_term:erase(?REPLACED),
    persistent_term:put(?CACHE, atomics:new(1, [])).

%% @doc Forgets all lookups. To be called after anything that defines, replaces or removes a method.
-spec invalidate() -> ok.
invalidate() ->
    atomics:add(persistent_term:get(?CACHE), 1, 1),
    true = ets:delete_all_objects(?CACHE),
    ok.

%% @doc A number that is another one after anything that invalidates lookups.
-spec version() -> integer().
version() -> atomics:get(persistent_term:get(?CACHE), 1).

%% @doc The remembered answer, or what Compute finds; `none' is not remembered. Where the
%% application does not run (Erlang code calling a class) there is no cache.
-spec cached(term(), fun(() -> Answer)) -> Answer.
cached(Key, Compute) ->
    case persistent_term:get(?CACHE, undefined) of
        undefined ->
            Compute();
        Version ->
            case ets:lookup(?CACHE, Key) of
                [{_, Answer}] -> Answer;
                [] -> remember(Key, Compute, Version)
            end
    end.

%% An answer found while classes were loaded may be out of date: the version tells.
remember(Key, Compute, Version) ->
    Before = atomics:get(Version, 1),
    case Compute() of
        none ->
            none;
        Answer ->
            true = ets:insert(?CACHE, {Key, Answer}),
            _ = atomics:get(Version, 1) =:= Before orelse ets:delete(?CACHE, Key),
            Answer
    end.
