%% @doc The debug information of compiled classes: their Core Erlang source. It
%% serves `core_v1' to dialyzer and cover, and the same text is what live
%% patching reads, so that a class's methods can be compiled again without the
%% C# compiler.
-module(bt_debug_info).

-export([data/1, source/1, debug_info/4, placed/2]).

-opaque data() :: binary().
-export_type([data/0]).

%% @doc Packs Core text for the debug_info chunk.
-spec data(unicode:chardata()) -> data().
data(Text) -> zlib:compress(unicode:characters_to_binary(Text)).

%% @doc The Core text again.
-spec source(data()) -> binary().
source(Data) -> zlib:uncompress(Data).

%% @doc The backend callback of OTP's `debug_info' chunk.
-spec debug_info(Format, module(), data(), [term()]) ->
    {ok, cerl:c_module()} | {error, unknown_format}
when
    Format :: core_v1 | erlang_v1.
debug_info(core_v1, Module, Data, _Options) ->
    {ok, Tokens, _} = core_scan:string(unicode:characters_to_list(source(Data))),
    {ok, Core} = core_parse:parse(Tokens),
    {ok, placed(Core, atom_to_list(Module))};
debug_info(_Format, _Module, _Data, _Options) ->
    {error, unknown_format}.

%% @doc The module with a place at each node: its own, that of the nearest node around it, or this
%% file. Dialyzer wants to say of each call where it is, and ends with an error where it cannot.
-spec placed(cerl:c_module(), file:filename()) -> cerl:c_module().
placed(Core, File) -> placed_in(Core, [0, {file, File}]).

placed_in(Node, Around) ->
    Annotation = cerl:get_ann(Node),
    Place = case [Part || Part <- Annotation, is_place(Part)] of
                [] -> Around;
                Own -> Own
            end,
    Others = [Part || Part <- Annotation, not is_place(Part)],
    cerl:set_ann(with_parts(Node, cerl:subtrees(Node), Place), Place ++ Others).

with_parts(Node, [], _) -> Node;
with_parts(Node, Groups, Place) ->
    cerl:update_tree(Node, [[placed_in(Part, Place) || Part <- Group] || Group <- Groups]).

is_place({file, _}) -> true;
is_place(Part) -> is_integer(Part).
