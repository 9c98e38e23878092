%% @doc What the facade of an actor class must tell its actors besides what they should run: that
%% the class is not what it was.
%%
%% The facade of each actor class has a number of its own, `'$layout'/0', and a new facade another
%% one. But what actors keep also depends on their superclasses: the variables, and whether those
%% declare `onError', `recover' or `terminate:'. So when these change, the facades of all loaded
%% subclasses are made anew, and replaced together with that of the class.
-module(bt_layout).

-export([ahead/1, complete/1]).
-export_type([layout/0, inheritance/0]).

%% A pid only of classes written by hand, for tests.
-type layout() :: non_neg_integer() | pid().
-type inheritance() :: non_neg_integer() | none.
%% The facades that are about to be made.
-type changing() :: #{module() => bt_facade:description()}.

-define(POLICIES, [{'class onError', 1}, {'class recover', 1}, {'terminate:', 2}]).

%% @doc The layout of a facade that is made ahead, with the generation's code: not one of those that
%% a node gives.
-spec ahead(binary()) -> layout().
ahead(Beam) ->
    <<Number:58, _/bitstring>> = erlang:md5(Beam),
    Number.

%% @doc The descriptions of facades that are about to be made, with what concerns actors, and those
%% of all subclasses that have to change with them.
-spec complete([bt_facade:description()]) -> [bt_facade:description()].
complete(Descriptions) ->
    Changing = maps:from_list([{Facade, D} || #{facade := Facade} = D <- Descriptions]),
    Complete = [complete(D, Changing) || D <- Descriptions],
    Stale = [Facade || #{facade := Facade} = D <- Complete, is_stale(D)],
    Complete ++ [complete(described(Class), Changing) || Class <- subclasses(Stale, Changing)].

complete(#{actor := false} = Description, _) -> Description;
complete(#{superclass := Superclass, inherited := Jumps} = Description, Changing) ->
    Description#{
        inherited => jumps(Superclass, Jumps, Changing),
        %% No facade has had it since the node was started.
        layout => erlang:unique_integer([positive]),
        inherited_layout => inherited(Description)
    }.

described(Class) ->
    #{generation := Generation} = bt_class:meta(Class),
    Description = bt_facade:of_generation(Generation),
    Description#{overrides => bt_patch:overrides_of(bt_patch:rows(Class))}.

%% Of the jumps to the superclass the compiler knew those that were there in its time.
-spec jumps(module() | nil, [bt_facade:fa()], changing()) -> [bt_facade:fa()].
jumps(Superclass, Jumps, Changing) ->
    Found = [Policy || Policy <- ?POLICIES, finds(Superclass, Policy, Changing)],
    (Jumps -- ?POLICIES) ++ Found.

finds(nil, _, _) -> false;
finds(Class, Policy, Changing) ->
    {Functions, Superclass} = functions(Class, Changing),
    lists:member(Policy, Functions) orelse finds(Superclass, Policy, Changing).

functions(Class, Changing) ->
    case Changing of
        #{Class := #{functions := Own, superclass := Superclass} = Description} ->
            Overrides = maps:to_list(maps:get(overrides, Description, #{})),
            Linked = [Function || {Function, Module} <- Overrides, Module =/= none],
            {(Own -- [Function || {Function, none} <- Overrides]) ++ Linked, Superclass};
        #{} ->
            Own = [{Function, Arity + 1} || #{function := Function, arity := Arity}
                                                <- bt_class:methods(Class)],
            {Own, bt_class:superclass(Class)}
    end.

%% What subclasses have of an actor class, as a number.
inherited(#{generation := Generation} = Description) ->
    #{methods := Methods} = Generation:'$meta'(),
    Sources = [{Function, Source} || #{function := Function, source := Source} <- Methods,
                                     lists:keymember(Function, 1, ?POLICIES)],
    Overrides = maps:to_list(maps:get(overrides, Description, #{})),
    Linked = [Link || {Function, _} = Link <- Overrides, lists:member(Function, ?POLICIES)],
    erlang:phash2({shape(Generation), Sources, lists:sort(Linked)}).

%% A superclass that comes with the same load may not be there yet.
shape(Generation) ->
    try Generation:'$shape'()
    catch error:_ -> unknown
    end.

%% A facade that was made ahead does not say what it gives to subclasses.
is_stale(#{facade := Facade, inherited_layout := Inherited}) ->
    erlang:module_loaded(Facade) andalso
        not lists:member({beamtalk_inherited, [Inherited]}, Facade:module_info(attributes));
is_stale(_) -> false.

subclasses([], _) -> [];
subclasses(Stale, Changing) ->
    [Class || Class <- bt_code:loaded(), not is_map_key(Class, Changing),
              is_facade(Class), lists:any(fun(Super) -> lists:member(Super, Stale) end,
                                          bt_class:chain(Class))].

is_facade(Module) ->
    lists:prefix("bt.", atom_to_list(Module))
        andalso erlang:function_exported(Module, '$layout', 0).
