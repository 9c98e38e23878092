%% @doc The documentation chunk of a class (EEP 48), by which `h' in IEx and in the Erlang shell,
%% `code:get_doc/1' and editors show what its comments say.
%%
%% It stands in the file of the facade, the module that callers name. Nothing of it is ever loaded:
%% the running class has its comments in `$meta'.
-module(bt_docs).

-export([chunk/1]).

-define(FORMAT, <<"text/markdown">>).

-type meta() :: #{atom() => term()}.

%% @doc The chunk for a module in Core Erlang; `none' where it describes no class.
-spec chunk(cerl:c_module()) -> {ok, binary()} | none.
chunk(Core) ->
    case [Fun || {Var, Fun} <- cerl:module_defs(Core), cerl:var_name(Var) =:= {'$meta', 0}] of
        [Fun] -> {ok, encoded(docs(value(cerl:fun_body(Fun))))};
        [] -> none
    end.

encoded(Docs) -> term_to_binary(Docs, [compressed, deterministic]).

%%% The document

docs(#{name := Name, package := Package, file := File, line := Line} = Meta) ->
    Methods = [Method || #{flags := Flags} = Method <- maps:get(methods, Meta),
                         not lists:member(accessor, Flags)],
    Annotation = erl_anno:new(Line),
    About = #{name => Name, package => Package, source => File},
    {docs_v1, erl_anno:set_file(unicode:characters_to_list(File), Annotation), beamtalk, ?FORMAT,
     english(class_text(Meta, Methods)), About, [entry(Method) || Method <- Methods]}.

english(none) -> none;
english(Text) -> #{<<"en">> => unicode:characters_to_binary(Text)}.

%% A method without a comment has a signature all the same.
entry(#{function := Function, arity := Arity, line := Line, doc := Doc} = Method) ->
    Text = case Doc of
               nil -> none;
               _ -> Doc
           end,
    {{function, Function, Arity + 1}, erl_anno:new(Line), [signature(Method)], english(Text),
     maps:with([selector, side], Method)}.

%% The comment of the class, and the messages that it and its instances understand.
class_text(Meta, Methods) ->
    Parts = [["    ", header(Meta)], comment(Meta),
             messages(<<"## Class messages\n\n">>, [M || #{side := class} = M <- Methods]),
             messages(<<"## Messages\n\n">>, [M || #{side := instance} = M <- Methods])],
    lists:join("\n\n", [Part || Part <- Parts, Part =/= none]).

comment(#{doc := nil}) -> none;
comment(#{doc := Doc}) -> Doc.

messages(_, []) -> none;
messages(Title, Methods) -> [Title, lists:join($\n, [message(Method) || Method <- Methods])].

message(#{doc := nil} = Method) -> ["- `", signature(Method), $`];
message(#{doc := Doc} = Method) -> ["- `", signature(Method), "`: ", summary(Doc)].

%% The first sentence, or what stands before a blank line.
summary(Doc) ->
    [Paragraph | _] = binary:split(Doc, <<"\n\n">>),
    [Sentence | _] = binary:split(Paragraph, <<". ">>),
    binary:replace(Sentence, <<"\n">>, <<" ">>, [global]).

%%% In the spelling of Beamtalk

header(#{name := Name, superclass := nil}) -> atom_to_binary(Name);
header(#{name := Name, superclass := Superclass, modifiers := Modifiers}) ->
    [[atom_to_binary(Modifier), $\s] || Modifier <- Modifiers]
        ++ [bt_print:class_name(Superclass), " subclass: ", atom_to_binary(Name)].

-spec signature(meta()) -> binary().
signature(#{side := Side, flags := Flags, returns := Returns} = Method) ->
    Words = [["class " || Side =:= class], ["updating " || lists:member(updating, Flags)],
             ["tool " || lists:keymember(tool, 1, Flags)], pattern(Method),
             [[" -> ", Returns] || Returns =/= nil]],
    unicode:characters_to_binary(Words).

pattern(#{selector := Selector, parameters := []}) -> atom_to_binary(Selector);
pattern(#{selector := Selector, parameters := Parameters}) ->
    case binary:split(atom_to_binary(Selector), <<":">>, [global]) of
        [Operator] -> [Operator, $\s, lists:map(fun parameter/1, Parameters)];
        Keywords -> with_keywords(lists:droplast(Keywords), Parameters)
    end.

with_keywords(Keywords, Parameters) ->
    Pairs = lists:zip(Keywords, Parameters),
    lists:join($\s, [[Keyword, ": ", parameter(Parameter)] || {Keyword, Parameter} <- Pairs]).

parameter({Name, nil, _}) -> Name;
parameter({Name, Type, _}) -> [Name, " :: ", Type].

%%% The literal that the answer of `$meta' is

value(Tree) ->
    case cerl:type(Tree) of
        literal -> cerl:concrete(Tree);
        tuple -> list_to_tuple([value(Element) || Element <- cerl:tuple_es(Tree)]);
        cons -> [value(cerl:cons_hd(Tree)) | value(cerl:cons_tl(Tree))];
        map -> maps:merge(value(cerl:map_arg(Tree)),
                          maps:from_list([pair(Pair) || Pair <- cerl:map_es(Tree)]));
        call -> call(Tree)
    end.

pair(Pair) -> {value(cerl:map_pair_key(Pair)), value(cerl:map_pair_val(Pair))}.

%% Texts: their bytes are a list in Core Erlang.
call(Tree) ->
    {erlang, list_to_binary} =
        {cerl:concrete(cerl:call_module(Tree)), cerl:concrete(cerl:call_name(Tree))},
    [Bytes] = cerl:call_args(Tree),
    list_to_binary(value(Bytes)).
