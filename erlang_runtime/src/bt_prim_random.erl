%%% @doc Random numbers: the generator splitmix64, its state in an atomic counter, so that a
%%% generator is a value that any process may use, and is collected with its last reference.
-module(bt_prim_random).

-export([generator/1, next/1, uniform/2, between/3, gaussian/1, bytes/2, shuffle/2]).

-define(STEP, 16#9E3779B97F4A7C15).
-define(MASK, 16#FFFFFFFFFFFFFFFF).
-define(MOST_BYTES, (1 bsl 26)).

%% @doc A generator; the same seed gives the same numbers, nil one by chance.
-spec generator(term()) -> atomics:atomics_ref().
generator(nil) ->
    generator(rand:uniform(?MASK));
generator(Seed) when is_integer(Seed) ->
    State = atomics:new(1, [{signed, false}]),
    ok = atomics:put(State, 1, Seed band ?MASK),
    State;
generator(Other) ->
    bt_prim_collection:type_error(<<"an Integer">>, Other, nil, 'seed:').

%% @doc The next number from 0 up to, and without, 1.
-spec next(atomics:atomics_ref()) -> float().
next(State) ->
    (bits(State) bsr 11) / (1 bsl 53).

%% @doc The next whole number from 1 to the limit.
-spec uniform(atomics:atomics_ref(), term()) -> pos_integer().
uniform(State, Limit) when is_integer(Limit), Limit > 0 ->
    bits(State, Limit) rem Limit + 1;
uniform(_State, Other) ->
    bt_prim_collection:type_error(<<"an Integer above 0">>, Other, nil, 'nextInteger:').

%% @doc The next whole number from one to the other.
-spec between(atomics:atomics_ref(), term(), term()) -> integer().
between(State, Low, High) when is_integer(Low), is_integer(High), Low =< High ->
    uniform(State, High - Low + 1) + Low - 1;
between(_State, Low, High) when is_integer(Low) ->
    Wanted = [<<"an Integer from ">>, integer_to_binary(Low), <<" on">>],
    bt_prim_collection:type_error(Wanted, High, nil, 'between:and:');
between(_State, Other, _High) ->
    bt_prim_collection:type_error(<<"an Integer">>, Other, nil, 'between:and:').

%% @doc The next number of the standard normal distribution, by the method of Box and Muller.
-spec gaussian(atomics:atomics_ref()) -> float().
gaussian(State) ->
    math:sqrt(-2 * math:log(1 - next(State))) * math:cos(2 * math:pi() * next(State)).

%% @doc So many bytes.
-spec bytes(atomics:atomics_ref(), term()) -> bt_prim_binary:wrapped().
bytes(State, Count) when is_integer(Count), Count >= 0, Count =< ?MOST_BYTES ->
    Words = <<<<(bits(State)):64>> || _ <- lists:seq(1, (Count + 7) div 8)>>,
    bt_prim_binary:wrap(binary:part(Words, 0, Count));
bytes(_State, Other) ->
    bt_prim_collection:type_error(<<"a number of bytes up to 64 MB">>, Other, nil, 'nextBytes:').

%% @doc The elements in an order by chance.
-spec shuffle(atomics:atomics_ref(), list()) -> list().
shuffle(State, Elements) ->
    [Item || {_, Item} <- lists:keysort(1, [{bits(State), Item} || Item <- Elements])].

%% At least 64 bits more than the limit has, so that no number is noticeably likelier than another.
bits(State, Limit) when Limit > 1 ->
    (bits(State, Limit bsr 64) bsl 64) bor bits(State);
bits(State, _Limit) ->
    bits(State).

bits(State) ->
    Z0 = atomics:add_get(State, 1, ?STEP) band ?MASK,
    Z1 = ((Z0 bxor (Z0 bsr 30)) * 16#BF58476D1CE4E5B9) band ?MASK,
    Z2 = ((Z1 bxor (Z1 bsr 27)) * 16#94D049BB133111EB) band ?MASK,
    Z2 bxor (Z2 bsr 31).
