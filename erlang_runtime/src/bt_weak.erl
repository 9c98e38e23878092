%% @doc Weak references without a NIF.
%%
%% The bits of an `atomics' reference can be turned back into the reference only while someone
%% still holds it. So a table may keep the bits (a *handle*) and ask later, with `probe/1',
%% whether anybody on this node could still be interested in the row.
-module(bt_weak).

-export([new/0, handle/1, probe/1, home/1]).
-export_type([handle/0]).

-type handle() :: non_neg_integer().

-define(HANDLE_BYTES, 12).
-define(PREFIX, bt_weak_prefix).

%% @doc A fresh reference; its word is zero.
-spec new() -> atomics:atomics_ref().
new() -> atomics:new(1, []).

%% @doc The bits of a reference of this node. Holding them does not keep the reference alive.
-spec handle(atomics:atomics_ref()) -> handle().
handle(Ref) ->
    Binary = term_to_binary(Ref),
    Skip = byte_size(Binary) - ?HANDLE_BYTES,
    <<_:Skip/binary, Handle:96>> = Binary,
    Handle.

%% @doc The reference and its word, if the reference is still alive.
-spec probe(handle()) -> {atomics:atomics_ref(), integer()} | dead.
probe(Handle) ->
    %% With a binary in front it would be built by appending, off the heap, at four times the cost.
    Ref = binary_to_term(<<131, (prefix())/binary, Handle:(?HANDLE_BYTES * 8)>>),
    try atomics:get(Ref, 1) of
        Word -> {Ref, Word}
    catch
        error:badarg -> dead
    end.

%% @doc The node on which a reference was made.
-spec home(atomics:atomics_ref()) -> node().
home(Ref) -> node(transparent(Ref)).

%% To dialyzer the type of the reference is opaque; through the tuple it loses sight of it.
-spec transparent(term()) -> term().
transparent(Ref) -> element(1, list_to_tuple([Ref])).

%% The node's name is part of a reference's external form, and it changes when distribution
%% starts: with the old prefix every reference would look dead.
-spec prefix() -> binary().
prefix() ->
    Node = node(),
    case persistent_term:get(?PREFIX, undefined) of
        {Node, Prefix} -> Prefix;
        _ -> remember_prefix(Node)
    end.

-spec remember_prefix(node()) -> binary().
remember_prefix(Node) ->
    Binary = term_to_binary(new()),
    Prefix = binary:part(Binary, 1, byte_size(Binary) - ?HANDLE_BYTES - 1),
    persistent_term:put(?PREFIX, {Node, Prefix}),
    Prefix.
