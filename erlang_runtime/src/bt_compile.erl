%% @doc Turns the Core Erlang text of one generation into loadable modules: the
%% generation itself and, where the class has one, its facade. Pure: no files,
%% no loading.
-module(bt_compile).

-export([unit/1, to_unit/1, core_text/1]).

-export_type([unit/0, outcome/0]).

%% What the C# compiler sends for one module. `facade' is nil for extensions and
%% REPL inputs, `superclass' for a root class.
-type unit() :: #{
    facade := module() | nil,
    generation := module(),
    superclass := module() | nil,
    actor := boolean(),
    inherited := [{atom(), arity()}],
    core := unicode:chardata()
}.
-type outcome() :: {ok, [{module(), binary()}]} | {error, binary()}.

%% Erlang's warnings concern text that nobody wrote, so they stay off.
-define(OPTIONS, [from_core, binary, deterministic, return_errors, no_auto_import]).

%% @doc Compiles one unit. An error is always the compiler's own fault, as
%% diagnostics of user programs end before Core Erlang is made.
-spec unit(unit()) -> outcome().
unit(#{generation := Generation, core := Text} = Unit) ->
    try
        Core = parse(scan(unicode:characters_to_list(Text))),
        Beam = generation(Core, Text),
        {ok, [{Generation, Beam} | facade(Unit, Core, Beam)]}
    catch
        throw:{internal, Reason} ->
            {error, iolist_to_binary(Reason)};
        Class:Reason:Stack ->
            {error, text("~ts: ~tp~n~tp", [Class, Reason, Stack])}
    end.

%% @doc A unit as it comes from the compiler.
-spec to_unit(
    {module() | nil, module(), module() | nil, boolean(), [{atom(), arity()}], binary()}) ->
          unit().
to_unit({Facade, Generation, Superclass, IsActor, Inherited, Core}) ->
    #{
        facade => Facade,
        generation => Generation,
        superclass => Superclass,
        actor => IsActor,
        inherited => Inherited,
        core => Core
    }.

%% @doc The Core Erlang source kept in a generation's `.beam', or `none'.
-spec core_text(file:filename() | binary()) -> {ok, binary()} | none.
core_text(Beam) ->
    case beam_lib:chunks(Beam, [debug_info]) of
        {ok, {_, [{debug_info, {debug_info_v1, bt_debug_info, Data}}]}} ->
            {ok, bt_debug_info:source(Data)};
        _ ->
            none
    end.

scan(Text) ->
    case core_scan:string(Text) of
        {ok, Tokens, _} -> Tokens;
        {error, Info, _} -> internal(Info)
    end.

parse(Tokens) ->
    case core_parse:parse(Tokens) of
        {ok, Core} -> Core;
        {error, Info} -> internal(Info)
    end.

generation(Core, Text) ->
    DebugInfo = {debug_info, {bt_debug_info, bt_debug_info:data(Text)}},
    try compile:noenv_forms(bt_frames:keep(Core), [DebugInfo | ?OPTIONS]) of
        {ok, _, Beam} -> Beam;
        {error, Errors, _} -> throw({internal, [describe(Errors), lint(Core)]})
    catch
        error:Reason -> throw({internal, [text("~tp~n", [Reason]), lint(Core)]})
    end.

%% The compiler's passes crash on Core that is not well formed; the lint says why.
lint(Core) ->
    case core_lint:module(Core) of
        {error, Errors, _} -> describe(Errors);
        _ -> []
    end.

exports(Core) ->
    [cerl:var_name(Name) || Name <- cerl:module_exports(Core)].

attributes(Core) ->
    [{cerl:concrete(Name), cerl:concrete(Value)} || {Name, Value} <- cerl:module_attrs(Core)].

facade(#{facade := nil}, _, _) ->
    [];
facade(#{facade := Facade} = Unit, Core, Generation) ->
    Shape = maps:with([facade, generation, superclass, actor, inherited], Unit),
    Functions = bt_facade:class_functions(exports(Core)),
    Layout = bt_layout:ahead(Generation),
    %% The library's own classes are many, and nobody loads them again.
    Ahead = string:prefix(atom_to_list(Facade), "bt.stdlib.") =:= nomatch,
    Docs = maps:from_list([{docs, Chunk} || {ok, Chunk} <- [bt_docs:chunk(Core)]]),
    Description = Shape#{functions => Functions, layout => Layout, ahead => Ahead},
    Interface = bt_facade:interface(attributes(Core)),
    Whole = maps:merge(maps:merge(Description, Docs), Interface),
    {ok, Facade, Beam} = bt_facade:assemble(Whole),
    [{Facade, Beam}].

internal({Line, Module, Reason}) ->
    throw({internal, text("Core Erlang line ~tp: ~ts", [Line, Module:format_error(Reason)])}).

describe(Errors) ->
    [describe_one(Info) || {_, Infos} <- Errors, Info <- Infos].

describe_one({none, Module, Reason}) -> [Module:format_error(Reason), $\n];
describe_one({Module, Reason}) -> [Module:format_error(Reason), $\n];
describe_one({Line, Module, Reason}) -> text("~tp: ~ts~n", [Line, Module:format_error(Reason)]).

-spec text(io:format(), [term()]) -> binary().
text(Format, Arguments) ->
    unicode:characters_to_binary(io_lib:format(Format, Arguments)).
