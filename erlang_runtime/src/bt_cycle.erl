%% @doc Finds rings of cells: blocks that are in the variables they use, and nowhere else.
%%
%% A recursive block keeps its own cell alive, as the dictionary holds the block for the cell. To
%% tell such a ring from a cell that somebody uses, the values of all cells in question are
%% replaced by copies that only name their cells and do not hold them. What a garbage collection
%% then leaves alive is held by somebody else: by the stack, a timer, a message. That, and what it
%% leads to, is put together again.
-module(bt_cycle).

-export([collect/1]).

-type entry() :: {Key :: integer(), bt_weak:handle()}.

%% The cells in question; those that are alive after all have a reference, old or new.
-type suspects() :: #{integer() => bt_weak:handle()}.
-type restored() :: #{integer() => atomics:atomics_ref()}.

%% @doc Erases the cells of rings from the process dictionary; answers the entries that remain.
-spec collect([entry()]) -> [entry()].
collect(Entries) ->
    Marked = mark_roots(maps:from_list(Entries)),
    {Safe, Suspicious} = lists:partition(fun({Key, _}) -> is_map_key(Key, Marked) end, Entries),
    case Suspicious of
        [] -> Safe;
        _ -> Safe ++ examine(maps:from_list(Suspicious))
    end.

-spec examine(suspects()) -> [entry()].
examine(Suspects) ->
    Loosen = fun(Key, _) -> put(Key, bt_block:map_cells(loosener(Suspects), get(Key))) end,
    maps:foreach(Loosen, Suspects),
    true = garbage_collect(),
    Restored = restore(alive(Suspects)),
    maps:foreach(fun(Key, _) -> erase(Key) end, maps:without(maps:keys(Restored), Suspects)),
    [{Key, bt_weak:handle(Reference)} || {Key, Reference} <- maps:to_list(Restored)].

%%% What the state and everything else in the dictionary leads to

%% Also the registry of cells is in the dictionary; it holds numbers only.
mark_roots(Registered) ->
    Roots = [Value || {Key, Value} <- get(), not is_map_key(Key, Registered)],
    mark(Roots, #{}).

mark({'$cell', Key, First, _}, Marked) ->
    case Marked of
        #{Key := _} -> Marked;
        #{} -> mark(current(get(Key), First), Marked#{Key => []})
    end;
mark(Block, Marked) when is_function(Block) ->
    mark(bt_block:environment(Block), Marked);
mark([Head | Tail], Marked) ->
    mark(Tail, mark(Head, Marked));
mark(Tuple, Marked) when is_tuple(Tuple) ->
    mark(tuple_to_list(Tuple), Marked);
mark(Map, Marked) when is_map(Map) ->
    mark(maps:to_list(Map), Marked);
mark(_Term, Marked) ->
    Marked.

current(undefined, First) -> First;
current(Value, _First) -> Value.

%%% Taking apart and putting together

%% A suspect's cell by its key alone; the first value counts no more, as all suspects are assigned.
loosener(Suspects) ->
    fun
        Loosen({'$cell', Key, _, _}) when is_map_key(Key, Suspects) ->
            {'$cell', Key};
        Loosen(Cell) ->
            map_first(Loosen, Cell)
    end.

%% Another cell may hold some by its first value. The knot of a copy names cells that it does not
%% hold, by the keys of where it was made.
map_first(_Fun, {'$cell', _, {'$bt_knot', _, _}, _} = Cell) -> Cell;
map_first(Fun, Cell) -> setelement(3, Cell, bt_block:map_cells(Fun, element(3, Cell))).

-spec alive(suspects()) -> restored().
alive(Suspects) ->
    Probed = [{Key, bt_weak:probe(Handle)} || {Key, Handle} <- maps:to_list(Suspects)],
    maps:from_list([{Key, Reference} || {Key, {Reference, _}} <- Probed]).

%% Puts together the values of the cells that are alive, and of all that they lead to. Nobody holds
%% the reference of a cell that only others of these lead to, so it gets another one.
-spec restore(restored()) -> restored().
restore(Alive) ->
    Reached = reached(maps:keys(Alive), Alive),
    Tighten = fun(Key, _) -> put(Key, bt_block:map_cells(tightener(Reached), get(Key))) end,
    maps:foreach(Tighten, Reached),
    Reached.

reached([], Reached) ->
    Reached;
reached([Key | Keys], Reached) ->
    New = [Loose || Loose <- loose(get(Key), []), not is_map_key(Loose, Reached)],
    Added = maps:from_list([{Loose, bt_weak:new()} || Loose <- New]),
    reached(maps:keys(Added) ++ Keys, maps:merge(Reached, Added)).

%% The keys of the cells that were loosened in a term.
loose({'$cell', Key}, Keys) -> [Key | Keys];
loose({'$cell', _, {'$bt_knot', _, _}, _}, Keys) -> Keys;
loose(Block, Keys) when is_function(Block) -> loose(bt_block:environment(Block), Keys);
loose([Head | Tail], Keys) -> loose(Tail, loose(Head, Keys));
loose(Tuple, Keys) when is_tuple(Tuple) -> loose(tuple_to_list(Tuple), Keys);
loose(Map, Keys) when is_map(Map) -> loose(maps:to_list(Map), Keys);
loose(_Term, Keys) -> Keys.

tightener(Reached) ->
    fun
        Tighten({'$cell', Key}) ->
            {'$cell', Key, nil, map_get(Key, Reached)};
        Tighten(Cell) ->
            map_first(Tighten, Cell)
    end.
