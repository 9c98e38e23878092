%% @doc Blocks as terms.
%%
%% A block that is not inlined is made by an exported function of its module from an environment,
%% its only free variable: `{'$bt_env', Module, Maker, Self, Variable…}'. So a block can be taken
%% apart, and made anew with other cells.
-module(bt_block).

-export([is_in/1, environment/1, map_cells/2]).

-type environment() :: tuple().

%% @doc Whether the term is a fun, or one is anywhere in it.
-spec is_in(term()) -> boolean().
is_in(Term) when is_function(Term) -> true;
is_in([Head | Tail]) -> is_in(Head) orelse is_in(Tail);
is_in(Term) when is_tuple(Term) -> is_in(Term, tuple_size(Term));
is_in(Term) when is_map(Term) -> is_in(maps:to_list(Term));
is_in(_Term) -> false.

is_in(_Tuple, 0) -> false;
is_in(Tuple, N) -> is_in(element(N, Tuple)) orelse is_in(Tuple, N - 1).

%% @doc The environment of a block; any other fun has none.
-spec environment(function()) -> environment() | none.
environment(Block) ->
    case erlang:fun_info(Block, env) of
        {env, [Env]} when element(1, Env) =:= '$bt_env' -> Env;
        _ -> none
    end.

%% @doc The term with all its cells replaced, and all blocks that have some made anew. A cell is a
%% tuple whose first element is `'$cell'`.
-spec map_cells(fun((tuple()) -> term()), term()) -> term().
map_cells(Fun, Block) when is_function(Block) ->
    Env = environment(Block),
    case map_cells(Fun, Env) of
        Env -> Block;
        NewEnv -> make(NewEnv)
    end;
map_cells(Fun, Cell) when element(1, Cell) =:= '$cell' ->
    Fun(Cell);
map_cells(Fun, [Head | Tail]) ->
    [map_cells(Fun, Head) | map_cells(Fun, Tail)];
map_cells(Fun, Tuple) when is_tuple(Tuple) ->
    list_to_tuple(map_cells(Fun, tuple_to_list(Tuple)));
map_cells(Fun, Map) when is_map(Map) ->
    maps:from_list(map_cells(Fun, maps:to_list(Map)));
map_cells(_Fun, Term) ->
    Term.

make(Env) ->
    Module = element(2, Env),
    Maker = element(3, Env),
    Module:Maker(Env).
