%% @doc Unloads generations that a newer one has replaced, once nobody needs them.
%%
%% What may need one: a process that runs one of its methods, and a block that was made there.
%% The code server looks only for the first (since OTP 20 it does not see funs, and they would
%% break); the second is told by the count of references that the emulator keeps for each fun of a
%% module. Garbage that was not collected yet counts too: then a later attempt succeeds.
-module(bt_reaper).

-export([reap/2]).

%% The specification of fun_info/2 does not know `refc'.
-dialyzer({[no_fail_call, no_return, no_unused, no_match], [
    reap/2, unload/2, has_blocks/1, is_maker/1, references/1, counts_blocks/0, probe/1
]}).

%% The emulator's own reference, and that of the block made to ask.
-define(UNUSED, 2).

%% @doc Unloads the generation if it is not used. The binary is its own.
-spec reap(module(), binary()) -> boolean().
reap(Generation, Binary) ->
    counts_blocks() andalso not has_blocks(Generation) andalso unload(Generation, Binary).

%% Only code that is old can be asked for its processes, and a running method may still call its
%% module. So a second instance of the same code makes the first one old.
unload(Generation, Binary) ->
    case erlang:check_old_code(Generation) of
        true -> ok;
        false -> {module, _} = code:load_binary(Generation, "", Binary)
    end,
    bt_code:purge(Generation) andalso
        not has_blocks(Generation) andalso
        code:delete(Generation) andalso
        bt_code:purge(Generation).

has_blocks(Generation) ->
    %% The blocks of an earlier question would count.
    true = garbage_collect(),
    Makers = [Name || {Name, 1} <- Generation:module_info(exports), is_maker(Name)],
    lists:any(fun(Maker) -> references(Generation:Maker(none)) > ?UNUSED end, Makers).

is_maker(Name) ->
    lists:prefix("mk ", atom_to_list(Name)).

references(Block) ->
    {refc, Count} = erlang:fun_info(Block, refc),
    Count.

%% An emulator that does not count tells so here; then all that has blocks is kept. Both blocks must
%% live until the end, so they are called there.
counts_blocks() ->
    First = probe(1),
    Before = references(First),
    Second = probe(2),
    references(Second) > Before andalso First() =/= Second().

probe(N) ->
    fun() -> N end.
