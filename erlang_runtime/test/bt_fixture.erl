%% @doc Classes for tests of the runtime, written by hand in the shape of docs/abi.md.
%%
%% A class is given as Erlang text for its generation's functions; what every class has
%% ('$meta', an empty '$init' and '$class_init') is added. A stand-in for the root classes is
%% loaded with the first one, so that the tests need no compiled standard library.
-module(bt_fixture).

-export([start/0, stop/1, class/2, class/3, try_class/3, compiled/3, module/2]).
-export([method/2, method/3, extension/3, object/1]).

-define(ROOTS, [
    {'bt.stdlib.ProtoObject', nil, "'doesNotUnderstand:args:'(S, Sel, Args) ->
        bt_error:does_not_understand(S, Sel, Args)."},
    {'bt.stdlib.Object', 'bt.stdlib.ProtoObject', "isNil(_) -> false. printString(S) ->
        bt_print:default_string(S). displayString(S) -> bt_send:self_send(S, printString)."},
    {'bt.stdlib.Behaviour', 'bt.stdlib.Object', "name(#{module := M}) -> bt_class:name(M)."},
    {'bt.stdlib.Class', 'bt.stdlib.Behaviour', "isClass(_) -> true."},
    {'bt.stdlib.Metaclass', 'bt.stdlib.Behaviour', "isMeta(_) -> true."},
    {'bt.stdlib.Number', 'bt.stdlib.Object', "isNumber(_) -> true. '+'(A, B) -> bt_op:'+'(A, B)."},
    {'bt.stdlib.Integer', 'bt.stdlib.Number', "factorial(0) -> 1; factorial(N) ->
        N * bt_send:self_send(N - 1, factorial)."},
    {'bt.stdlib.Float', 'bt.stdlib.Number', ""},
    {'bt.stdlib.Boolean', 'bt.stdlib.Object', ""},
    {'bt.stdlib.UndefinedObject', 'bt.stdlib.Object', "isNil(_) -> true."},
    {'bt.stdlib.Symbol', 'bt.stdlib.Object', ""},
    {'bt.stdlib.String', 'bt.stdlib.Object', "size(S) -> string:length(S)."},
    {'bt.stdlib.List', 'bt.stdlib.Object', "'add:'(S, X) -> S ++ [X]. size(S) -> length(S)."},
    {'bt.stdlib.Tuple', 'bt.stdlib.Object', ""},
    {'bt.stdlib.Dictionary', 'bt.stdlib.Object', ""},
    {'bt.stdlib.Block', 'bt.stdlib.Object', "arity(B) -> element(2, erlang:fun_info(B, arity))."},
    {'bt.stdlib.Actor', 'bt.stdlib.Object',
        "'$init'(_) -> ok. 'class migrate:'(_, Old) -> Old."},
    {'bt.stdlib.Exception', 'bt.stdlib.Object', "defaultAction(S) -> erlang:error(S)."},
    {'bt.stdlib.Warning', 'bt.stdlib.Exception', "defaultAction(_) -> nil."},
    {'bt.stdlib.Error', 'bt.stdlib.Exception', ""},
    {'bt.stdlib.DoesNotUnderstand', 'bt.stdlib.Error', ""},
    {'bt.stdlib.CompileError', 'bt.stdlib.Error', ""},
    {'bt.stdlib.TypeError', 'bt.stdlib.Error', ""},
    {'bt.stdlib.MatchError', 'bt.stdlib.Error', ""},
    {'bt.stdlib.ErlangError', 'bt.stdlib.Error', ""},
    {'bt.stdlib.BlockContextDead', 'bt.stdlib.Error', ""},
    {'bt.stdlib.UndefinedClass', 'bt.stdlib.Error', ""},
    {'bt.stdlib.InstantiationError', 'bt.stdlib.Error', ""},
    {'bt.stdlib.ArithmeticError', 'bt.stdlib.Error', ""},
    {'bt.stdlib.ZeroDivide', 'bt.stdlib.ArithmeticError', ""}
]).

%% @doc Starts the runtime with the root classes; for eunit's setup.
-spec start() -> [atom()].
start() ->
    {ok, Started} = application:ensure_all_started(beamtalk_runtime),
    [root(Root) || Root <- ?ROOTS],
    Started.

%% @doc Stops it, and unloads all classes that are not as in their files: tests that follow may want
%% the library's own.
-spec stop([atom()]) -> ok.
stop(_Started) ->
    ok = application:stop(beamtalk_runtime),
    lists:foreach(fun unload/1, [Module || Module <- bt_code:loaded(), is_fixture(Module)]).

is_fixture(Module) ->
    lists:prefix("bt.", atom_to_list(Module))
        andalso md5_of_file(Module) =/= Module:module_info(md5).

md5_of_file(Module) ->
    case code:where_is_file(atom_to_list(Module) ++ ".beam") of
        non_existing -> none;
        File ->
            {ok, {Module, Md5}} = beam_lib:md5(File),
            Md5
    end.

unload(Module) ->
    _ = code:unstick_mod(Module),
    _ = code:purge(Module),
    _ = code:delete(Module),
    code:purge(Module).

root({'bt.stdlib.List' = Facade, Superclass, Text}) ->
    Add = (method('add:', 1))#{flags => [updating]},
    class(Facade, #{superclass => Superclass, kind => primitive, methods => [Add]}, Text);
root({'bt.stdlib.Actor' = Facade, Superclass, Text}) ->
    class(Facade, #{superclass => Superclass, kind => actor}, Text);
root({Facade, Superclass, Text}) ->
    class(Facade, #{superclass => Superclass, kind => primitive}, Text).

%% @doc A class below Object from the text of its functions.
-spec class(module(), string()) -> ok.
class(Facade, Text) ->
    class(Facade, #{}, Text).

%% @doc The same, with parts of its '$meta'. Exported functions become methods where none are given.
-spec class(module(), map(), string()) -> ok.
class(Facade, Meta, Text) ->
    ok = try_class(Facade, Meta, Text).

%% @doc The same, if the loader takes it.
-spec try_class(module(), map(), string()) -> ok | {error, term()}.
try_class(Facade, Meta, Text) ->
    {Generation, Binary} = compiled(Facade, Meta, Text),
    bt_load:class(Generation, Binary).

%% @doc The generation, not loaded.
-spec compiled(module(), map(), string()) -> {module(), binary()}.
compiled(Facade, Meta, Text) ->
    Generation = list_to_atom(atom_to_list(Facade) ++ " 1"),
    Functions = functions(Text),
    Exports = [{Name, Arity} || {function, _, Name, Arity, _} <- Functions],
    Full = maps:merge(default_meta(Facade, Generation, Exports), Meta),
    Common = [F || {function, _, N, A, _} = F <- common(Full), not lists:member({N, A}, Exports)],
    {Generation, compile(Generation, Full, Functions ++ Common)}.

%% @doc Loads an extension module; answers what bt_patch:install/3 wants.
-spec extension(module(), string(), [map()]) -> [{atom(), arity(), map()}].
extension(Module, Text, Methods) ->
    ok = bt_load:modules([module(Module, Text)]),
    [{Function, Arity + 1, Method} || #{function := Function, arity := Arity} = Method <- Methods].

%% @doc A module of functions, not loaded.
-spec module(module(), string()) -> {module(), binary()}.
module(Module, Text) ->
    {Module, compile(Module, #{}, functions(Text))}.

-spec method(atom(), arity()) -> map().
method(Selector, Arity) ->
    method(Selector, Arity, instance).

-spec method(atom(), arity(), instance | class) -> map().
method(Selector, Arity, Side) ->
    Function =
        case Side of
            instance -> Selector;
            class -> bt_class:side(Selector)
        end,
    #{
        selector => Selector, arity => Arity, side => Side, function => Function, line => 1,
        doc => nil, source => nil, parameters => [], returns => nil, flags => []
    }.

-spec object(module()) -> map().
object(Facade) ->
    bt_class:object(Facade).

default_meta(Facade, Generation, Exports) ->
    #{
        name => binary_to_atom(bt_class:name(Facade)), package => app, module => Facade,
        generation => Generation, superclass => 'bt.stdlib.Object', kind => object,
        modifiers => [], variables => [], class_variables => [], doc => nil,
        file => <<"fixture.bt">>, line => 1, inherited => [],
        methods => [described(Export) || {Name, _} = Export <- Exports, is_method(Name)]
    }.

is_method(Name) ->
    not lists:prefix("$", atom_to_list(Name)) andalso not lists:prefix("mk ", atom_to_list(Name)).

described({Function, Arity}) ->
    {Side, Selector} = bt_class:selector(Function),
    method(Selector, Arity - 1, Side).

common(#{superclass := Superclass, variables := Variables} = Meta) ->
    Nils = lists:flatten(lists:join(", ", [io_lib:format("~tw => nil", [V]) || V <- Variables])),
    Inherited =
        case Superclass of
            nil -> "X";
            _ -> io_lib:format("~tw:'$init'(X)", [Superclass])
        end,
    functions(lists:flatten([
        "'$init'(X) -> maps:merge(", Inherited, ", #{", Nils, "}).\n",
        "'$class_init'() -> [].\n",
        io_lib:format("'$shape'() -> ~tw.\n", [erlang:phash2(Variables)]),
        io_lib:format("'$meta'() -> ~tw.\n", [Meta])
    ])).

functions(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    [parse(Form) || Form <- split(Tokens)].

split(Tokens) ->
    case lists:splitwith(fun(Token) -> element(1, Token) =/= dot end, Tokens) of
        {[], []} -> [];
        {Form, [Dot | Rest]} -> [Form ++ [Dot] | split(Rest)]
    end.

parse(Form) ->
    {ok, Parsed} = erl_parse:parse_form(Form),
    Parsed.

compile(Module, _Meta, Functions) ->
    Forms = [
        {attribute, 1, file, {"fixture.bt", 1}},
        {attribute, 1, module, Module},
        {attribute, 1, beamtalk, class},
        {attribute, 1, export, [{Name, Arity} || {function, _, Name, Arity, _} <- Functions]}
        | Functions
    ],
    {ok, Module, Binary} = compile:forms(Forms, [debug_info]),
    Binary.
