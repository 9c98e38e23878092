%% @doc The debug information of compiled classes: their Core Erlang source. It
%% serves `core_v1' to dialyzer and cover, and the same text is what live
%% patching reads, so that a class's methods can be compiled again without the
%% C# compiler.
-module(bt_debug_info).

-export([data/1, source/1, debug_info/4]).

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
debug_info(core_v1, _Module, Data, _Options) ->
    {ok, Tokens, _} = core_scan:string(unicode:characters_to_list(source(Data))),
    {ok, Core} = core_parse:parse(Tokens),
    {ok, Core};
debug_info(_Format, _Module, _Data, _Options) ->
    {error, unknown_format}.
