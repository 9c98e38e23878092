%%% @doc The text of every value: `printString' (what could be read back) and `displayString' (what
%%% a reader wants to see: a String, Symbol or Character without its quotes, `#' or `$').
%%%
%%% Built-in representations are printed here; an instance of any other class prints itself through
%%% its own `printString', also inside a collection. Nothing here waits for a future.
-module(bt_print).

-export([print_string/1, display_string/1, default_string/1]).
-export([class_name/1, symbol_text/1, article/1]).

-define(IS_LETTER(C), (C >= $a andalso C =< $z orelse C >= $A andalso C =< $Z orelse C =:= $_)).
-define(IS_DIGIT(C), (C >= $0 andalso C =< $9)).

%% @doc `printString' of any value, through the class of the value where that may define its own.
-spec print_string(term()) -> binary().
print_string(Value) ->
    iolist_to_binary(print(Value)).

%% @doc `displayString' of any value.
-spec display_string(term()) -> binary().
display_string(Value) ->
    iolist_to_binary(display(Value)).

%% @doc What `printString' answers where no class says otherwise; `Object >> printString'.
-spec default_string(term()) -> binary().
default_string(#{'$class' := _} = Instance) ->
    case built_in(Instance) of
        none -> iolist_to_binary(instance(Instance));
        Text -> iolist_to_binary(Text)
    end;
default_string(Value) ->
    print_string(Value).

%% @doc The name of a class as it stands in the source: `bt.app.Counter' is `Counter'.
-spec class_name(module()) -> binary().
class_name(Facade) ->
    case binary:split(atom_to_binary(Facade), <<".">>, [global]) of
        [<<"bt">>, _Package, Name | Rest] -> iolist_to_binary(lists:join($., [Name | Rest]));
        _ -> atom_to_binary(Facade)
    end.

%% @doc A symbol as it is written after its `#': quoted unless it is an identifier or a selector.
-spec symbol_text(atom()) -> binary().
symbol_text(Symbol) ->
    Text = atom_to_binary(Symbol),
    case is_plain(Text) of
        true -> Text;
        false -> <<"'", (binary:replace(Text, <<"'">>, <<"''">>, [global]))/binary, "'">>
    end.

%% @doc The name with its indefinite article.
-spec article(binary()) -> binary().
article(<<First, _/binary>> = Name) ->
    case lists:member(First, "AEIOUaeiou") of
        true -> <<"an ", Name/binary>>;
        false -> <<"a ", Name/binary>>
    end;
article(<<>>) ->
    <<"a ">>.

display(Value) when is_binary(Value) -> display_binary(Value);
display(Value) when is_atom(Value) -> atom_to_binary(Value);
display(#{'$class' := 'bt.stdlib.Character', code := Code}) -> <<Code/utf8>>;
display(#{'$class' := _} = Instance) -> send(Instance, displayString);
display(Value) -> print(Value).

%% Text that is not UTF-8 would make whatever it is put into unprintable.
display_binary(Binary) ->
    case unicode:characters_to_binary(Binary) of
        Binary -> Binary;
        _ -> bytes(Binary)
    end.

print(Value) when is_integer(Value) -> integer_to_binary(Value);
print(Value) when is_float(Value) -> float_to_binary(Value, [short]);
print(Value) when is_bitstring(Value) -> bits(Value);
print(Value) when is_atom(Value) -> symbol(Value);
print(Value) when is_list(Value) -> [<<"#(">>, elements(Value), $)];
print(Value) when is_function(Value) -> <<"a Block">>;
print(Value) when is_pid(Value) -> [article(bt_class:name_of(Value)), $\s, pid_to_list(Value)];
print(Value) when is_reference(Value) -> [<<"a Reference ">> | bare(erlang:ref_to_list(Value))];
print(Value) when is_port(Value) -> [<<"a Port ">> | bare(erlang:port_to_list(Value))];
print(Value) when is_tuple(Value) -> tuple(Value);
print(#{'$class' := _} = Instance) -> send(Instance, printString);
print(#{'__struct__' := Module} = Struct) when is_atom(Module) -> bt_prim_struct:text(Struct);
print(Value) when is_map(Value) -> [<<"#{">>, pairs(Value), $}].

%% A constant of the language is not a symbol.
symbol(nil) -> <<"nil">>;
symbol(true) -> <<"true">>;
symbol(false) -> <<"false">>;
symbol(Symbol) -> [$#, symbol_text(Symbol)].

bits(Value) when is_binary(Value) ->
    case unicode:characters_to_binary(Value) of
        Value -> [$", binary:replace(Value, <<"\"">>, <<"\"\"">>, [global]), $"];
        _ -> bytes(Value)
    end;
bits(Value) ->
    io_lib:format("~w", [Value]).

bytes(Binary) ->
    [<<"<<">>, lists:join(<<", ">>, [integer_to_binary(Byte) || <<Byte>> <= Binary]), <<">>">>].

tuple(Value) when element(1, Value) =:= '$bt_future' -> bt_future:print_string(Value);
tuple(Value) -> [${, elements(tuple_to_list(Value)), $}].

pairs(Map) ->
    lists:join(<<", ">>, [[print(Key), <<" => ">>, print(Value)]
                          || {Key, Value} <- lists:sort(maps:to_list(Map))]).

elements([]) -> [];
elements([Last]) -> print(Last);
elements([Head | Tail]) when is_list(Tail) -> [print(Head), <<", ">> | elements(Tail)];
elements([Head | Tail]) -> [print(Head), <<", ...">>, print(Tail)].

%% "#Ref<0.1.2>" without its first word.
bare(Text) ->
    lists:dropwhile(fun(Char) -> Char =/= $< end, Text).

%% Instances of the classes that generated code and the runtime know by their representation.
built_in(#{'$class' := 'bt.stdlib.Character', code := Code}) ->
    [$$ | character(Code)];
built_in(#{'$class' := 'bt.stdlib.Array', items := Items}) ->
    [<<"#[">>, elements(tuple_to_list(Items)), $]];
built_in(#{'$class' := 'bt.stdlib.Set', items := Items}) ->
    [<<"a Set(">>, elements(lists:sort(maps:keys(Items))), $)];
built_in(#{'$class' := 'bt.stdlib.Interval', from := From, to := To, by := 1}) ->
    [print(From), <<" to: ">>, print(To)];
built_in(#{'$class' := 'bt.stdlib.Interval', from := From, to := To, by := By}) ->
    [print(From), <<" to: ">>, print(To), <<" by: ">>, print(By)];
built_in(#{'$class' := 'bt.stdlib.Association', key := Key, value := Value}) ->
    [print(Key), <<" -> ">>, print(Value)];
built_in(#{'$class' := 'bt.stdlib.Result', ok := IsOk, value := Value}) ->
    [case IsOk of true -> <<"Result ok: ">>; _ -> <<"Result error: ">> end, print(Value)];
built_in(#{'$class' := 'bt.stdlib.Class', module := Module}) ->
    class_name(Module);
built_in(#{'$class' := 'bt.stdlib.Metaclass', module := Module}) ->
    [class_name(Module), <<" class">>];
built_in(_) ->
    none.

character($\n) -> <<"\\n">>;
character($\t) -> <<"\\t">>;
character($\r) -> <<"\\r">>;
character(0) -> <<"\\0">>;
character(Code) when Code < 32; Code =:= 127 -> [<<"\\u{">>, integer_to_binary(Code, 16), $}];
character(Code) -> <<Code/utf8>>.

%% The class may be one whose code this node does not have: then the fields are shown as they are.
send(#{'$class' := Class} = Instance, Selector) ->
    case built_in(Instance) of
        none ->
            case is_atom(Class) andalso code:ensure_loaded(Class) of
                {module, Class} -> ask(Instance, Selector);
                _ -> instance(Instance)
            end;
        Text ->
            Text
    end.

ask(Instance, Selector) ->
    case bt_send:call(Instance, Selector) of
        Text when is_binary(Text) -> Text;
        Other -> bt_error:not_a_string(Instance, Selector, Other)
    end.

instance(#{'$class' := Class} = Instance) when is_atom(Class) ->
    Head = article(class_name(Class)),
    case fields(Class, maps:remove('$class', Instance)) of
        [] -> Head;
        Fields -> [Head, $(, lists:join(<<", ">>, Fields), $)]
    end;
instance(#{'$class' := Class} = Instance) ->
    [<<"#{">>, pairs(maps:without(['$class'], Instance)), <<", #'$class' => ">>, print(Class), $}].

%% In the order of declaration, superclass first; fields the class does not declare come last.
fields(Class, Fields) ->
    Declared = [Name || Name <- variables(Class), is_map_key(Name, Fields)],
    Others = lists:sort(maps:keys(maps:without(Declared, Fields))),
    [[field_name(Name), <<": ">>, print(map_get(Name, Fields))] || Name <- Declared ++ Others].

field_name(Name) when is_atom(Name) -> symbol_text(Name);
field_name(Name) -> print(Name).

variables(nil) ->
    [];
variables(Class) ->
    try Class:'$meta'() of
        #{superclass := Superclass, variables := Own} -> variables(Superclass) ++ Own
    catch
        error:undef -> []
    end.

is_plain(<<First, Rest/binary>>) when ?IS_LETTER(First) -> is_name(Rest);
is_plain(<<>>) -> false;
is_plain(Text) -> lists:all(fun is_operator/1, binary_to_list(Text)).

is_operator(Char) -> lists:member(Char, "+-*/<>=~&@%?\\,").

%% An identifier, or the keywords of a selector, of which each is followed by a colon.
is_name(<<Char, Rest/binary>>) when ?IS_LETTER(Char); ?IS_DIGIT(Char) -> is_name(Rest);
is_name(<<>>) -> true;
is_name(<<":">>) -> true;
is_name(<<":", First, Rest/binary>>) when ?IS_LETTER(First) -> is_keywords(Rest);
is_name(_) -> false.

is_keywords(<<Char, Rest/binary>>) when ?IS_LETTER(Char); ?IS_DIGIT(Char) -> is_keywords(Rest);
is_keywords(<<":">>) -> true;
is_keywords(<<":", First, Rest/binary>>) when ?IS_LETTER(First) -> is_keywords(Rest);
is_keywords(_) -> false.
