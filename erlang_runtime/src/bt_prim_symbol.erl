%%% @doc Primitives of Symbol.
-module(bt_prim_symbol).

-export([arity/1, name_of/2, from/1]).

%% Erlang's limit, in code points.
-define(LONGEST, 255).

%% @doc The number of arguments of a selector: its colons, or one for an operator.
-spec arity(atom()) -> non_neg_integer().
arity(Selector) ->
    Text = atom_to_binary(Selector),
    case lists:member(binary:first(<<Text/binary, $:>>), "+-*/<>=~&@%?\\,") of
        true -> 1;
        false -> length(binary:matches(Text, <<":">>))
    end.

%% @doc The text of the symbol that a comparison was given.
-spec name_of(term(), atom()) -> binary().
name_of(Symbol, _Selector) when is_atom(Symbol), Symbol =/= nil, not is_boolean(Symbol) ->
    atom_to_binary(Symbol);
name_of(Other, Selector) ->
    bt_prim_collection:type_error(<<"a Symbol">>, Other, nil, Selector).

%% @doc The symbol of a text.
-spec from(binary()) -> atom().
from(Text) ->
    try
        binary_to_atom(Text)
    catch
        error:_ ->
            Wanted = io_lib:format("a text of at most ~b characters", [?LONGEST]),
            bt_prim_collection:type_error(Wanted, Text, Text, asSymbol)
    end.
