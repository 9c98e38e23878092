%%% @doc Random numbers: the generator splitmix64, its state in an atomic counter, so that a
%%% generator is a value that any process may use, and is collected with its last reference.
-module(bt_prim_random).

-export([generator/1, next/1, uniform/2]).

-define(STEP, 16#9E3779B97F4A7C15).
-define(MASK, 16#FFFFFFFFFFFFFFFF).

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
