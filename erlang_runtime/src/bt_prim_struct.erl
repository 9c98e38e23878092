%%% @doc Primitives of Struct: the structs of Elixir, which are maps with the key `__struct__'.
-module(bt_prim_struct).

-export([new/2, at/2, put/3, name/1, text/1, answer/3]).

-define(STRUCT, '__struct__').

-type struct() :: #{?STRUCT := module(), atom() => term()}.

%% @doc A struct as Elixir makes it, with the defaults of its module.
-spec new(term(), term()) -> struct().
new(Name, Fields)
  when is_atom(Name), Name =/= nil, is_map(Fields), not is_map_key('$class', Fields) ->
    Module = module(Name),
    Default = Module:?STRUCT(),
    case maps:keys(Fields) -- (maps:keys(Default) -- [?STRUCT]) of
        [] -> maps:merge(Default, Fields);
        [Unknown | _] -> unknown_field(Module, Unknown, Default)
    end;
new(Name, Fields) when is_atom(Name), Name =/= nil ->
    bt_prim_collection:type_error(<<"a Dictionary of fields">>, Fields, nil, 'of:with:');
new(Name, _) ->
    bt_prim_collection:type_error(<<"the name of a module of Elixir">>, Name, nil, 'of:with:').

module(Name) ->
    Module = bt_elixir:module(Name),
    case code:ensure_loaded(Module) =:= {module, Module}
        andalso erlang:function_exported(Module, ?STRUCT, 0) of
        true -> Module;
        false -> bt_error:raise('bt.stdlib.UndefinedClass', #{
            message => <<"there is no struct ", (bt_elixir:name(Module))/binary>>,
            hint => <<"its module has to be on the code path, Elixir itself on PATH">>})
    end.

-spec unknown_field(module(), term(), struct()) -> no_return().
unknown_field(Module, Field, Default) ->
    bt_error:raise('bt.stdlib.InstantiationError', #{
        message => iolist_to_binary([bt_elixir:name(Module), <<" has no field ">>,
                                     bt_print:display_string(Field)]),
        hint => similar(Field, Default)}).

similar(Field, Struct) ->
    Names = [atom_to_binary(Name) || Name <- fields(Struct)],
    bt_hint:did_you_mean(bt_print:display_string(Field), Names).

fields(Struct) -> [Name || Name <- maps:keys(Struct), Name =/= ?STRUCT].

%% @doc The value of a field.
-spec at(struct(), term()) -> term().
at(Struct, Field) ->
    check(Struct, Field),
    map_get(Field, Struct).

%% @doc A copy with another value for a field.
-spec put(struct(), term(), {term()}) -> struct().
put(Struct, Field, {Value}) ->
    check(Struct, Field),
    Struct#{Field := Value}.

check(Struct, Field) ->
    case Field =/= ?STRUCT andalso is_map_key(Field, Struct) of
        true -> ok;
        false -> bt_error:raise('bt.stdlib.KeyNotFound', #{
            message => iolist_to_binary([name_of(Struct), <<" has no field ">>,
                                         bt_print:display_string(Field)]),
            hint => similar(Field, Struct), key => Field, receiver => Struct})
    end.

%% @doc The name of the module, as Elixir writes it.
-spec name(struct()) -> atom().
name(Struct) -> binary_to_atom(name_of(Struct)).

name_of(#{?STRUCT := Module}) -> bt_elixir:name(Module).

%% @doc `a URI(host: nil, port: 80)'.
-spec text(struct()) -> binary().
text(Struct) ->
    Pairs = [[bt_print:display_string(Name), <<": ">>, bt_print:print_string(map_get(Name, Struct))]
             || Name <- lists:sort(fields(Struct))],
    iolist_to_binary([bt_print:article(name_of(Struct)), $(, lists:join(<<", ">>, Pairs), $)]).

%% @doc A message that is no method: `port' and `withPort: 80' concern the field port.
-spec answer(struct(), atom(), [term()]) -> term().
answer(Struct, Field, []) when is_map_key(Field, Struct), Field =/= ?STRUCT ->
    map_get(Field, Struct);
answer(Struct, Selector, [Value] = Arguments) when is_atom(Selector) ->
    case [Name || Name <- fields(Struct), with(Name) =:= atom_to_binary(Selector)] of
        [Name] -> Struct#{Name := Value};
        [] -> refuse(Struct, Selector, Arguments)
    end;
answer(Struct, Selector, Arguments) -> refuse(Struct, Selector, Arguments).

with(Name) ->
    case atom_to_binary(Name) of
        <<First/utf8, Rest/binary>> ->
            <<"with", (string:uppercase(<<First/utf8>>))/binary, Rest/binary, $:>>;
        <<>> -> <<>>
    end.

-spec refuse(struct(), atom(), [term()]) -> no_return().
refuse(Struct, Selector, _) when not is_atom(Selector) ->
    bt_error:not_a_selector(Struct, Selector);
refuse(Struct, Selector, Arguments) ->
    bt_error:raise('bt.stdlib.DoesNotUnderstand', #{
        message => iolist_to_binary([name_of(Struct), <<" does not understand #">>,
                                     bt_print:symbol_text(Selector)]),
        hint => similar(Selector, Struct), receiver => Struct, selector => Selector,
        arguments => Arguments}).
