%% @doc Where the person sits who a process works for: in an attached session that is another node,
%% else this one. Source files and the compiler are there.
-module(bt_caller).

-export([node_of/0, apply/3, read_file/1, is_file/1, warn/1]).
%% What a caller's node is asked for.
-export([read_here/1]).

-define(TIMEOUT, 60000).

%% @doc The node where the session of the calling process is attached from, or `none'.
-spec node_of() -> node() | none.
node_of() ->
    case bt_session_guard:terminal(group_leader()) of
        none -> none;
        Terminal -> node(Terminal)
    end.

%% @doc A call in the caller's node; raises the error that is raised there.
-spec apply(module(), atom(), [term()]) -> term().
apply(Module, Function, Arguments) ->
    case node_of() of
        none -> erlang:apply(Module, Function, Arguments);
        Node -> far(Node, Module, Function, Arguments)
    end.

far(Node, Module, Function, Arguments) ->
    try erpc:call(Node, Module, Function, Arguments, ?TIMEOUT)
    catch
        error:{exception, Reason, _} -> erlang:error(Reason)
    end.

%% @doc The contents of a source file, and the name under which anybody can find it again.
-spec read_file(binary()) -> {ok, Path :: binary(), Content :: binary()} | {error, atom()}.
read_file(Path) ->
    case node_of() of
        none -> with_path(Path, file:read_file(Path));
        Node -> far(Node, ?MODULE, read_here, [Path])
    end.

%% @private
-spec read_here(binary()) -> {ok, binary(), binary()} | {error, atom()}.
read_here(Path) ->
    Full = unicode:characters_to_binary(filename:absname(Path)),
    with_path(Full, file:read_file(Full)).

with_path(Path, {ok, Content}) -> {ok, Path, Content};
with_path(_Path, {error, Reason}) -> {error, Reason}.

-spec is_file(binary()) -> boolean().
is_file(Path) -> ?MODULE:apply(filelib, is_regular, [Path]).

%% @doc Shows a text to the caller, who did not ask for it.
-spec warn(iodata()) -> ok.
warn(Text) -> ?MODULE:apply(io, put_chars, [standard_error, Text]).
