%% @doc Assembles facades: the modules through which classes are entered.
%%
%% A facade is nothing but jumps. It never stands on a stack and no fun points into it, so it
%% can be replaced at any time without harm to whoever runs a method. It is written as BEAM
%% assembly, because a compiled call could not be guaranteed to be a jump, and because it takes
%% a millisecond.
-module(bt_facade).

-export([assemble/1, of_generation/1, class_functions/1, interface/1, tombstone/1]).
-export_type([description/0, fa/0]).

%% Name and arity.
-type fa() :: {atom(), arity()}.

%% `functions' are the generation's own, `inherited' jump to the superclass's facade,
%% `overrides' (of extensions and patches) come before both; `none' takes a function away.
%% What `layout' and `inherited_layout' are for is said in bt_layout; a facade that is made `ahead'
%% tells the loader when somebody loads it. `docs' is the chunk of that name, for files. `callbacks'
%% are the functions for the `behaviours': their first argument is no receiver.
-type description() :: #{
    facade := module(),
    generation := module(),
    superclass := module() | nil,
    inherited := [fa()],
    functions := [fa()],
    actor := boolean(),
    layout => bt_layout:layout(),
    ahead => boolean(),
    docs => binary(),
    behaviours => [module()],
    callbacks => [fa()],
    inherited_layout => bt_layout:inheritance(),
    overrides => #{fa() => bt_patch:target()}
}.

-type jump() :: {fa(), Target :: {module(), atom()}}.

-define(ACTOR_FUNCTIONS, [{'$layout', 0}, {start_link, 0}, {start_link, 1}, {'$start', 1}]).

-define(ON_LOAD, {'$on_load', 0}).

-spec assemble(description()) -> {ok, module(), binary()}.
assemble(#{facade := Facade, generation := Generation, actor := IsActor} = Description) ->
    Layout = maps:get(layout, Description, 0),
    Callbacks = maps:get(callbacks, Description, []),
    IsMethod = fun(Function) -> IsActor andalso not lists:member(Function, Callbacks) end,
    Jumps = [{Function, jump(Jump, IsMethod(Function), Layout)}
             || {Function, _} = Jump <- jumps(Description)],
    Functions = Jumps ++ actor_functions(Facade, Layout, IsActor)
        ++ standard_functions(Facade, undefined(IsActor)) ++ on_load(Description),
    Inherited = [{beamtalk_inherited, [I]} || #{inherited_layout := I} <- [Description]],
    OnLoad = [{on_load, [?ON_LOAD]} || #{ahead := true} <- [Description]],
    Live = [{beamtalk_live, [true]} || not is_map_key(ahead, Description)],
    Behaviours = [{behaviour, Names} || #{behaviours := [_ | _] = Names} <- [Description]],
    Attributes = [{beamtalk_facade, [Generation]} | Live ++ Behaviours ++ Inherited ++ OnLoad],
    Chunks = [{<<"Docs">>, Docs} || #{docs := Docs} <- [Description]],
    Debug = [{debug_info, {bt_facade_core, bt_facade_core:data(described(Description))}}
             || is_map_key(ahead, Description)],
    {ok, Facade, binary(Facade, Functions, Attributes, [{extra_chunks, Chunks} | Debug])}.

%% What the functions of a facade in a file do, for tools.
-spec described(description()) -> [bt_facade_core:row()].
described(#{facade := Facade, actor := IsActor} = Description) ->
    Layout = maps:get(layout, Description, 0),
    Callbacks = maps:get(callbacks, Description, []),
    [{Function, described_jump(Jump, IsActor andalso not lists:member(Function, Callbacks), Layout)}
     || {Function, _} = Jump <- jumps(Description)]
        ++ [Call || Call <- actor_calls(Facade, Layout), IsActor]
        ++ [{{'$handle_undefined_function', 2}, {call, bt_class, undefined(IsActor), [Facade]}},
            {{module_info, 0}, {call, erlang, get_module_info, [Facade]}},
            {{module_info, 1}, {call, erlang, get_module_info, [Facade]}}].

described_jump({{Name, Arity}, {Module, Name}}, IsActor, Layout) ->
    case IsActor andalso is_instance_method(Name, Arity) of
        true -> {own, Module, Layout};
        false -> {jump, Module}
    end.

actor_calls(Facade, Layout) ->
    [{{'$layout', 0}, {answer, Layout}},
     {{start_link, 0}, {call, bt_actor, start_link, [Facade, #{}]}},
     {{start_link, 1}, {call, bt_actor, start_link, [Facade]}},
     {{'$start', 1}, {call, bt_actor, init, [Facade]}}].

%% @doc What stands in the place of a class that was removed: every call ends in UndefinedClass, and
%% a file on disk is not loaded in its stead.
-spec tombstone(module()) -> {module(), binary()}.
tombstone(Facade) ->
    Attributes = [{beamtalk_removed, [Facade]}],
    {Facade, binary(Facade, standard_functions(Facade, undefined), Attributes, [])}.

binary(Facade, Functions, Attributes, Additional) ->
    {Code, Labels} = number(Facade, Functions),
    Exports = [Function || {Function, _} <- Functions],
    Assembly = {Facade, Exports, Attributes, Code, Labels},
    Options = [from_asm, no_postopt, binary | Additional],
    {ok, Facade, Binary} = compile:noenv_forms(Assembly, Options),
    Binary.

%% @doc The description of a class whose generation is loaded.
-spec of_generation(module()) -> description().
of_generation(Generation) ->
    #{module := Facade, superclass := Superclass, kind := Kind, inherited := Inherited} =
        Generation:'$meta'(),
    (interface(Generation:module_info(attributes)))#{
        facade => Facade,
        generation => Generation,
        superclass => Superclass,
        inherited => Inherited,
        functions => class_functions(Generation:module_info(exports)),
        actor => Kind =:= actor
    }.

%% @doc What the attributes of a generation say about the behaviours that the class implements.
-spec interface([{atom(), term()}]) -> #{behaviours := [module()], callbacks := [fa()]}.
interface(Attributes) ->
    #{behaviours => proplists:get_value(behaviour, Attributes, []),
      callbacks => proplists:get_value(beamtalk_callbacks, Attributes, [])}.

%% @doc The exports of a generation that its facade repeats: all but block makers and module_info.
-spec class_functions([fa()]) -> [fa()].
class_functions(Exports) ->
    [Export || {Name, _} = Export <- Exports, Name =/= module_info, not is_maker(Name)].

is_maker(Name) ->
    lists:prefix("mk ", atom_to_list(Name)).

%%% What jumps where

-spec jumps(description()) -> [jump()].
jumps(#{generation := Generation, functions := Functions} = Description) ->
    Own = maps:from_list([{Function, Generation} || Function <- Functions]),
    Inherited = maps:from_list(inherited(Description)),
    Overrides = maps:get(overrides, Description, #{}),
    All = maps:merge(maps:merge(Inherited, Own), Overrides),
    [{Function, {Module, Name}} || {{Name, _} = Function, Module} <- lists:sort(maps:to_list(All)),
                                   Module =/= none].

inherited(#{superclass := nil}) ->
    [];
inherited(#{superclass := Superclass, inherited := Inherited}) ->
    [{Function, Superclass} || Function <- Inherited].

%%% Code

-spec jump(jump(), boolean(), bt_layout:layout()) -> [tuple()].
jump({{Name, Arity}, {Module, Name}}, IsActor, Layout) ->
    Jump = {call_ext_only, Arity, {extfunc, Module, Name, Arity}},
    case IsActor andalso is_instance_method(Name, Arity) of
        true -> if_own_process(Name, Arity, Jump, Layout);
        false -> [Jump]
    end.

is_instance_method('$init', 1) -> false;
is_instance_method(_Name, 0) -> false;
is_instance_method(Name, _Arity) -> not lists:prefix("class ", atom_to_list(Name)).

%% A method of an actor that another process calls, from Erlang say, becomes a message. The actor's
%% loop gives not itself but the layout that it knows: in this code, and only here, no other version
%% of the class can come between the comparison and the jump.
if_own_process(Name, Arity, Jump, Layout) ->
    Scratch = {x, Arity},
    [
        {bif, self, {f, 0}, [], Scratch},
        {test, is_eq_exact, {f, other}, [{x, 0}, Scratch]},
        Jump,
        {label, other},
        {test, is_eq_exact, {f, outdated}, [{x, 0}, {integer, Layout}]},
        {move, Scratch, {x, 0}},
        Jump,
        {label, outdated},
        {test, is_integer, {f, foreign}, [{x, 0}]},
        {move, {atom, '$bt_outdated'}, {x, 0}},
        return,
        {label, foreign}
    ] ++ arguments_to_list(Arity) ++
        [
            {move, {x, Arity}, {x, 2}},
            {move, {atom, Name}, {x, 1}},
            {call_ext_only, 3, {extfunc, bt_send, call_list, 3}}
        ].

%% Collects the registers after the first in a list in {x, Arity}.
arguments_to_list(1) ->
    [{move, nil, {x, 1}}];
arguments_to_list(Arity) ->
    List = {x, Arity},
    [{test_heap, 2 * (Arity - 1), Arity}, {put_list, {x, Arity - 1}, nil, List}] ++
        [{put_list, {x, N}, List, List} || N <- lists:seq(Arity - 2, 1, -1)].

actor_functions(_Facade, _Layout, false) ->
    [];
actor_functions(Facade, Layout, true) ->
    [{Function, actor_function(Facade, Layout, Function)} || Function <- ?ACTOR_FUNCTIONS].

actor_function(_Facade, Layout, {'$layout', 0}) ->
    [{move, {integer, Layout}, {x, 0}}, return];
actor_function(Facade, _Layout, {start_link, 0}) ->
    [
        {move, {literal, #{}}, {x, 1}},
        {move, {atom, Facade}, {x, 0}},
        {call_ext_only, 2, {extfunc, bt_actor, start_link, 2}}
    ];
actor_function(Facade, _Layout, {start_link, 1}) ->
    with_facade_first(Facade, start_link);
actor_function(Facade, _Layout, {'$start', 1}) ->
    with_facade_first(Facade, init).

with_facade_first(Facade, Function) ->
    [
        {move, {x, 0}, {x, 1}},
        {move, {atom, Facade}, {x, 0}},
        {call_ext_only, 2, {extfunc, bt_actor, Function, 2}}
    ].

undefined(true) -> undefined_of_actor;
undefined(false) -> undefined.

standard_functions(Facade, Undefined) ->
    [
        {{'$handle_undefined_function', 2}, [
            {move, {x, 1}, {x, 2}},
            {move, {x, 0}, {x, 1}},
            {move, {atom, Facade}, {x, 0}},
            {call_ext_only, 3, {extfunc, bt_class, Undefined, 3}}
        ]},
        {{module_info, 0}, [
            {move, {atom, Facade}, {x, 0}},
            {call_ext_only, 1, {extfunc, erlang, get_module_info, 1}}
        ]},
        {{module_info, 1}, [
            {move, {x, 0}, {x, 1}},
            {move, {atom, Facade}, {x, 0}},
            {call_ext_only, 2, {extfunc, erlang, get_module_info, 2}}
        ]}
    ].

on_load(#{ahead := true, facade := Facade}) ->
    [{?ON_LOAD, [
        {move, {atom, Facade}, {x, 0}},
        {call_ext_only, 1, {extfunc, bt_load, facade_loaded, 1}}
    ]}];
on_load(_) ->
    [].

%%% Labels

%% Five labels a function: of its func_info, of its entry, and those in its code.
number(Facade, Functions) ->
    Numbered = lists:zip(lists:seq(1, 5 * length(Functions), 5), Functions),
    Code = [function(Facade, Label, Function) || {Label, Function} <- Numbered],
    {Code, 5 * length(Functions) + 1}.

function(Facade, Label, {{Name, Arity}, Instructions}) ->
    {function, Name, Arity, Label + 1, [
        {label, Label},
        {func_info, {atom, Facade}, {atom, Name}, Arity},
        {label, Label + 1}
        | [with_label(Instruction, Label + 2) || Instruction <- Instructions]
    ]}.

with_label({label, Name}, First) -> {label, First + place(Name)};
with_label({test, Test, {f, Name}, Operands}, First) when is_atom(Name) ->
    {test, Test, {f, First + place(Name)}, Operands};
with_label(Instruction, _First) -> Instruction.

place(other) -> 0;
place(outdated) -> 1;
place(foreign) -> 2.
