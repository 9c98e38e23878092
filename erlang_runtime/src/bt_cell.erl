%% @doc Cells: the variables of blocks that are assigned and shared.
%%
%% The value of a cell that was assigned stands in the dictionary of the process, under the
%% cell's key; until then the cell's own first value counts. The dictionary must not keep what
%% no block can reach any more: each cell holds a reference to an `atomics' array, and the
%% dictionary remembers only the reference's bits. From these bits the array can be had back
%% just as long as some term still holds the reference, so a sweep finds the keys of dead cells
%% without looking at anybody's heap.
%%
%% A block is made by an exported function of its module from an environment, its only free
%% variable: `{'$bt_env', Module, Maker, Self, Variable…}'. So a block that leaves the process
%% can be made anew, with cells of its own that start at the values of that moment.
-module(bt_cell).

-export([new/1, get/1, put/2, copy/1, copy/2, live/0]).
-export_type([cell/0]).

-compile({no_auto_import, [get/1, put/2]}).

-type cell() :: {'$cell', integer() | reference(), term(), reference()}.

%% What one message's copy has made so far: a new cell for each old key.
-type copied() :: #{term() => cell()}.

-define(CELLS, '$bt_cells').
-define(PREFIX, '$bt_cell_prefix').
-define(HANDLE_BYTES, 12).
-define(FIRST_SWEEP, 64).
-define(COLLECT_FROM, 1024).

-record(cells, {
    count = 0 :: non_neg_integer(),
    limit = ?FIRST_SWEEP :: pos_integer(),
    survivors = 0 :: non_neg_integer(),
    %% Key and handle of each cell that was assigned.
    keys = [] :: [{integer() | reference(), non_neg_integer()}]
}).

-spec new(term()) -> cell().
new(Value) ->
    {'$cell', erlang:unique_integer(), Value, atomics:new(1, [])}.

-spec get(cell()) -> term().
get({'$cell', Key, First, _}) ->
    case erlang:get(Key) of
        undefined -> First;
        '$undefined' -> undefined;
        Value -> Value
    end.

-spec put(cell(), Value) -> Value.
put({'$cell', Key, _, Reference}, Value) ->
    case erlang:put(Key, stored(Value)) of
        undefined -> register_key(Key, Reference);
        _ -> ok
    end,
    Value.

%% The dictionary answers `undefined' for what is not there.
stored(undefined) -> '$undefined';
stored(Value) -> Value.

%% @doc How many cells of this process have been assigned and not yet swept.
-spec live() -> non_neg_integer().
live() ->
    (cells())#cells.count.

%%% Sweeping

register_key(Key, Reference) ->
    Cells = #cells{count = Count, keys = Keys} = cells(),
    Added = Cells#cells{count = Count + 1, keys = [{Key, handle(Reference)} | Keys]},
    _ = erlang:put(?CELLS, Added),
    case Count >= Cells#cells.limit of
        true -> sweep(Added);
        false -> ok
    end.

cells() ->
    case erlang:get(?CELLS) of
        undefined -> #cells{};
        Cells -> Cells
    end.

sweep(Cells) ->
    Swept = swept(Cells),
    case Swept#cells.count >= ?COLLECT_FROM andalso
        Swept#cells.count >= 2 * Cells#cells.survivors
    of
        true ->
            %% Many survivors may only be garbage of an old generation.
            true = erlang:garbage_collect(),
            finish(swept(Swept));
        false ->
            finish(Swept)
    end.

finish(#cells{count = Count} = Cells) ->
    Limit = max(?FIRST_SWEEP, 2 * Count),
    _ = erlang:put(?CELLS, Cells#cells{limit = Limit, survivors = Count}),
    ok.

swept(#cells{keys = Keys} = Cells) ->
    Prefix = prefix(),
    Alive = [Entry || {Key, Handle} = Entry <- Keys, is_alive(Prefix, Handle) orelse erased(Key)],
    Cells#cells{count = length(Alive), keys = Alive}.

erased(Key) ->
    _ = erlang:erase(Key),
    false.

%% The bits that tell this array from all others. Only these: the node's name in front of them
%% changes when the node becomes distributed.
handle(Reference) ->
    Bytes = term_to_binary(Reference),
    Skipped = byte_size(Bytes) - ?HANDLE_BYTES,
    <<_:Skipped/binary, Handle:(?HANDLE_BYTES * 8)>> = Bytes,
    Handle.

is_alive(Prefix, Handle) ->
    Reference = binary_to_term(<<Prefix/binary, Handle:(?HANDLE_BYTES * 8)>>),
    try atomics:get(Reference, 1) of
        _ -> true
    catch
        error:badarg -> false
    end.

prefix() ->
    Node = node(),
    case erlang:get(?PREFIX) of
        {Node, Prefix} ->
            Prefix;
        _ ->
            Bytes = term_to_binary(atomics:new(1, [])),
            Prefix = binary:part(Bytes, 0, byte_size(Bytes) - ?HANDLE_BYTES),
            _ = erlang:put(?PREFIX, {Node, Prefix}),
            Prefix
    end.

%%% Copies for other processes

%% @doc The term as another process may have it: its blocks see the values of this moment.
-spec copy(Term) -> Term.
copy(Term) ->
    case erlang:get(?CELLS) of
        %% No cell of this process was assigned, so every block still sees first values.
        undefined -> Term;
        _ -> copy_blocks(Term)
    end.

%% @doc As copy/1, for a process of perhaps another node.
-spec copy(Term, pid() | atom()) -> Term.
copy(Term, _Target) ->
    copy(Term).

copy_blocks(Term) ->
    case has_block(Term) of
        true -> element(1, copy_term(Term, #{}));
        false -> Term
    end.

has_block(Term) when is_function(Term) -> true;
has_block([Head | Tail]) -> has_block(Head) orelse has_block(Tail);
has_block(Term) when is_tuple(Term) -> any_element_has_block(Term, tuple_size(Term));
has_block(Term) when is_map(Term) -> has_block(maps:values(Term)) orelse has_block(maps:keys(Term));
has_block(_Term) -> false.

any_element_has_block(_Tuple, 0) -> false;
any_element_has_block(Tuple, N) ->
    has_block(element(N, Tuple)) orelse any_element_has_block(Tuple, N - 1).

-spec copy_term(term(), copied()) -> {term(), copied()}.
copy_term(Block, Copied) when is_function(Block) ->
    case erlang:fun_info(Block, env) of
        {env, [Env]} when element(1, Env) =:= '$bt_env' -> copy_block(Block, Env, Copied);
        _ -> {Block, Copied}
    end;
copy_term({'$cell', Key, _, _} = Cell, Copied) ->
    case Copied of
        #{Key := New} -> {New, Copied};
        #{} -> copy_cell(Cell, Copied)
    end;
copy_term([Head | Tail], Copied) ->
    {NewHead, Copied1} = copy_term(Head, Copied),
    {NewTail, Copied2} = copy_term(Tail, Copied1),
    {[NewHead | NewTail], Copied2};
copy_term(Tuple, Copied) when is_tuple(Tuple) ->
    {Elements, Copied1} = copy_term(tuple_to_list(Tuple), Copied),
    {list_to_tuple(Elements), Copied1};
copy_term(Map, Copied) when is_map(Map) ->
    {Pairs, Copied1} = copy_term(maps:to_list(Map), Copied),
    {maps:from_list(Pairs), Copied1};
copy_term(Term, Copied) ->
    {Term, Copied}.

copy_block(Block, Env, Copied) ->
    case copy_term(Env, Copied) of
        {Env, Copied1} -> {Block, Copied1};
        {NewEnv, Copied1} -> {make(NewEnv), Copied1}
    end.

make(Env) ->
    Module = element(2, Env),
    Maker = element(3, Env),
    Module:Maker(Env).

copy_cell({'$cell', Key, _, _} = Cell, Copied) ->
    %% Entered before its value is copied: a cycle of blocks ends here, at a cell that holds nil.
    Placeholder = new(nil),
    {Value, Copied1} = copy_term(get(Cell), Copied#{Key => Placeholder}),
    New = setelement(3, Placeholder, Value),
    {New, Copied1#{Key := New}}.
