%% @doc Cells: the variables of blocks that are assigned and shared.
%%
%% The value of a cell that was assigned stands in the dictionary of the process, under the
%% cell's key; until then the cell's own first value counts. The dictionary must not keep what
%% no block can reach any more: each cell holds a weak reference (bt_weak), of which the
%% dictionary remembers only the handle, so that a sweep finds the keys of dead cells without
%% looking at anybody's heap.
%%
%% What the dictionary holds of a cell may itself be a block that has the cell: such rings keep
%% themselves alive, and bt_cycle finds them.
%%
%% A block that leaves the process is made anew (bt_block), with cells of its own that start at
%% the values of that moment.
-module(bt_cell).

-export([new/1, get/1, put/2, copy/1, copy_tied/2, live/0]).
-export_type([cell/0]).

-compile({no_auto_import, [get/1, put/2]}).

-type cell() :: {'$cell', integer(), First :: term(), atomics:atomics_ref()}.

%% What a cell's key is in the dictionary: of a cell from another node, both parts tell it apart.
-type key() :: integer() | {integer(), atomics:atomics_ref()}.

%% The cells that one copy consists of, by their old keys: the new key and reference, and the value.
%% A value with blocks is a template: the cells in it are named by their old keys.
-type knot() :: #{key() => {integer(), atomics:atomics_ref(), plain | template, term()}}.

-define(CELLS, '$bt_cells').
-define(FIRST_SWEEP, 64).
%% So many survivors are worth a garbage collection and a search for rings.
-define(COLLECT_FROM, 64).
-define(WORDS_FOR_A_CELL, 200).

-record(cells, {
    count = 0 :: non_neg_integer(),
    limit = ?FIRST_SWEEP :: pos_integer(),
    survivors = 0 :: non_neg_integer(),
    %% Key and handle of each cell that was assigned.
    keys = [] :: [{integer(), bt_weak:handle()}]
}).

-spec new(term()) -> cell().
new(Value) ->
    {'$cell', erlang:unique_integer(), Value, bt_weak:new()}.

-spec get(cell()) -> term().
get({'$cell', _, First, _} = Cell) ->
    case erlang:get(key(Cell)) of
        undefined -> first(First, Cell);
        '$undefined' -> undefined;
        Value -> Value
    end.

-spec put(cell(), Value) -> Value.
put({'$cell', _, _, Reference} = Cell, Value) ->
    Key = key(Cell),
    case erlang:put(Key, stored(Value)) of
        undefined -> register_key(Key, Reference);
        _ -> ok
    end,
    Value.

%% Keys are unique on one node only.
key({'$cell', Key, _, Reference}) when node(Reference) =:= node() -> Key;
key({'$cell', Key, _, Reference}) -> {Key, Reference}.

%% The first value of a copied cell may have to be made from its template. It is kept, so that its
%% blocks are made once.
first({'$bt_knot', Old, Knot}, Cell) ->
    {_, _, template, Template} = map_get(Old, Knot),
    put(Cell, tied(Template, Knot));
first(Value, _Cell) ->
    Value.

%% The dictionary answers `undefined' for what is not there.
stored(undefined) -> '$undefined';
stored(Value) -> Value.

%% @doc How many cells of this process have been assigned and not yet swept.
-spec live() -> non_neg_integer().
live() ->
    (cells())#cells.count.

%%% Sweeping

register_key({_, _}, _Reference) ->
    %% Of another node: nothing here tells whether the cell is alive, so it stays.
    ok;
register_key(Key, Reference) ->
    Cells = #cells{count = Count, keys = Keys} = cells(),
    Added = Cells#cells{count = Count + 1, keys = [{Key, bt_weak:handle(Reference)} | Keys]},
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

sweep(#cells{keys = Keys, survivors = Before}) ->
    Alive = swept(Keys),
    case length(Alive) of
        Count when Count >= ?COLLECT_FROM, Count >= 2 * Before ->
            %% They may be garbage that was not collected yet, or rings.
            true = erlang:garbage_collect(),
            finish(without_rings(swept(Alive)), worthwhile());
        _ ->
            finish(Alive, ?FIRST_SWEEP)
    end.

%% Both go through all that the process has: so the next time is when the cells since then are some
%% percent of it.
worthwhile() ->
    {total_heap_size, Words} = erlang:process_info(self(), total_heap_size),
    Words div ?WORDS_FOR_A_CELL.

without_rings([]) -> [];
without_rings(Keys) -> bt_cycle:collect(Keys).

finish(Keys, Least) ->
    Count = length(Keys),
    Limit = lists:max([?FIRST_SWEEP, Least, 2 * Count]),
    Cells = #cells{count = Count, limit = Limit, survivors = Count, keys = Keys},
    _ = erlang:put(?CELLS, Cells),
    ok.

swept(Keys) ->
    [Entry || {Key, Handle} = Entry <- Keys, is_alive(Handle) orelse erased(Key)].

is_alive(Handle) ->
    bt_weak:probe(Handle) =/= dead.

erased(Key) ->
    _ = erlang:erase(Key),
    false.

%%% Copies for other processes

%% @doc The term as another process may have it: its blocks see the values of this moment.
-spec copy(Term) -> Term.
copy(Term) ->
    case erlang:get(?CELLS) of
        %% No cell of this process was assigned, so every block still sees first values.
        undefined -> Term;
        _ -> copy_blocks(Term)
    end.

copy_blocks(Term) ->
    case bt_block:is_in(Term) of
        true -> copy_cells(Term, knot(Term));
        false -> Term
    end.

%% Most blocks have none, however much they hold.
copy_cells(Term, Knot) when map_size(Knot) =:= 0 -> Term;
copy_cells(Term, Knot) -> tied(Term, Knot).

%% @doc Copies of named cells, and of those among the others that blocks in them lead to; blocks
%% that share one with a name still do.
-spec copy_tied(#{Name => cell()}, #{Name => cell()}) -> #{Name => cell()}.
copy_tied(Cells, _Others) when map_size(Cells) =:= 0 -> #{};
copy_tied(Cells, Others) ->
    Knot = knot(Cells),
    IsIn = fun(_, Cell) -> is_map_key(key(Cell), Knot) end,
    tied(maps:filter(IsIn, Others), Knot).

%% All cells that the term's blocks lead to, also through each other's values.
-spec knot(term()) -> knot().
knot(Term) ->
    maps:map(fun(_Key, Value) -> strand(Value) end, reachable(Term, #{})).

strand(Value) ->
    New = erlang:unique_integer(),
    Reference = bt_weak:new(),
    case bt_block:is_in(Value) of
        true -> {New, Reference, template, bt_block:map_cells(fun bare/1, Value)};
        false -> {New, Reference, plain, Value}
    end.

reachable({'$cell', _, _, _} = Cell, Found) ->
    Key = key(Cell),
    case Found of
        #{Key := _} ->
            Found;
        #{} ->
            Value = get(Cell),
            reachable(Value, Found#{Key => Value})
    end;
reachable(Block, Found) when is_function(Block) ->
    reachable(bt_block:environment(Block), Found);
reachable([Head | Tail], Found) ->
    reachable(Tail, reachable(Head, Found));
%% Such are the entries of maps.
reachable({First, Second}, Found) ->
    reachable(Second, reachable(First, Found));
reachable(Tuple, Found) when is_tuple(Tuple) ->
    reachable(tuple_to_list(Tuple), Found);
reachable(Map, Found) when is_map(Map) ->
    reachable(maps:to_list(Map), Found);
reachable(_Term, Found) ->
    Found.

%% In a template only the old key matters; the rest would drag earlier copies along.
bare({'$cell', _, _, _} = Cell) -> {'$cell', key(Cell)}.

%% The term with the knot's new cells in place of the old ones.
-spec tied(term(), knot()) -> term().
tied(Term, Knot) ->
    bt_block:map_cells(fun(Cell) -> new_cell(old_key(Cell), Knot) end, Term).

old_key({'$cell', Key}) -> Key;
old_key(Cell) -> key(Cell).

new_cell(Old, Knot) ->
    case Knot of
        #{Old := {New, Reference, plain, Value}} -> {'$cell', New, Value, Reference};
        #{Old := {New, Reference, template, _}} -> {'$cell', New, later(Old, Knot), Reference}
    end.

later(Old, Knot) -> {'$bt_knot', Old, Knot}.
