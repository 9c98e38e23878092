%%% @doc Primitives of AtomicCounter: a 64 bit number that any process of the node changes in one
%%% step.
%%%
%%% Names are kept in a table, so that a name from outside makes no atom.
-module(bt_prim_counter).

-export([create_tables/0, new/2, anonymous/1, named/1, add/3, value/1, set/3, delete/2]).

-define(TABLE, ?MODULE).
%% The number, and whether the counter was deleted.
-define(NUMBER, 1).
-define(DELETED, 2).
-define(IS_64_BIT(N), N >= -16#8000000000000000, N =< 16#7FFFFFFFFFFFFFFF).

-type counter() :: atomics:atomics_ref().

%% @doc Makes the table of names; the caller owns it.
-spec create_tables() -> ok.
create_tables() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, {read_concurrency, true}]),
    ok.

%% @doc A counter of that name, which none has yet.
-spec new(term(), term()) -> counter().
new(Name, Start) ->
    ok = check_name(Name),
    Counter = anonymous(Start),
    case ets:insert_new(?TABLE, {Name, Counter}) of
        true -> Counter;
        false ->
            Text = bt_print:print_string(Name),
            bt_error:raise('bt.stdlib.Error', #{
                message => <<"there is an AtomicCounter ", Text/binary, " already">>,
                hint => <<"named: answers it">>, kind => name_taken, selector => 'new:'})
    end.

check_name(Name) when is_binary(Name) -> ok;
check_name(Name) when is_atom(Name), Name =/= nil, not is_boolean(Name) -> ok;
check_name(Other) ->
    bt_prim_collection:type_error(<<"a Symbol or a String">>, Other, nil, 'new:').

%% @doc A counter without a name.
-spec anonymous(term()) -> counter().
anonymous(Start) ->
    Counter = atomics:new(2, [{signed, true}]),
    ok = atomics:put(Counter, ?NUMBER, number(Start, 'startingAt:')),
    Counter.

%% @doc The counter of that name; none raises KeyNotFound.
-spec named(term()) -> counter().
named(Name) ->
    case ets:lookup(?TABLE, Name) of
        [{_, Counter}] -> Counter;
        [] ->
            Text = bt_print:print_string(Name),
            bt_error:raise('bt.stdlib.KeyNotFound', #{
                message => <<"there is no AtomicCounter ", Text/binary>>,
                hint => <<"new: makes one">>, key => Name, selector => 'named:'})
    end.

%% @doc Adds, and answers the sum.
-spec add(counter(), term(), atom()) -> integer().
add(Counter, By, Selector) ->
    N = number(By, Selector),
    open(Counter, Selector),
    atomics:add_get(Counter, ?NUMBER, N).

-spec value(counter()) -> integer().
value(Counter) ->
    open(Counter, value),
    atomics:get(Counter, ?NUMBER).

%% @doc Sets the number; answers the one before.
-spec set(counter(), term(), atom()) -> integer().
set(Counter, Value, Selector) ->
    N = number(Value, Selector),
    open(Counter, Selector),
    atomics:exchange(Counter, ?NUMBER, N).

%% @doc Ends the counter, and frees its name.
-spec delete(counter(), term()) -> ok.
delete(Counter, Name) ->
    ok = atomics:put(Counter, ?DELETED, 1),
    true = ets:delete_object(?TABLE, {Name, Counter}),
    ok.

number(N, _Selector) when is_integer(N), ?IS_64_BIT(N) -> N;
number(Other, Selector) ->
    bt_prim_collection:type_error(<<"an Integer of 64 bits">>, Other, nil, Selector).

open(Counter, Selector) ->
    case atomics:get(Counter, ?DELETED) of
        0 -> ok;
        _ ->
            bt_error:raise('bt.stdlib.ClosedError', #{
                message => <<"this AtomicCounter was deleted">>, selector => Selector})
    end.
