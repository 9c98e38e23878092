%% @doc Gives compiled modules other names, so that they can be loaded beside the old ones.
%%
%% A module's code refers to itself and to others by its table of atoms; only literals hold names a
%% second time.
-module(bt_rename).

-export([modules/2]).

%% @doc The same module with some atoms replaced, its own name among them.
-spec modules(binary(), #{module() => module()}) -> binary().
modules(Binary, Names) ->
    case maps:filter(fun(Old, New) -> Old =/= New end, Names) of
        Same when Same =:= #{} -> Binary;
        Changes -> rename(Binary, Changes)
    end.

rename(Binary, Names) ->
    {ok, _, Chunks} = beam_lib:all_chunks(Binary),
    Changed = [{Id, chunk(Id, Data, Names)} || {Id, Data} <- Chunks],
    {ok, Renamed} = beam_lib:build_module(Changed),
    Renamed.

chunk("AtU8", <<Count:32, Atoms/binary>>, Names) ->
    iolist_to_binary([<<Count:32>> | [atom(Atom, Names) || <<Size, Atom:Size/binary>> <= Atoms]]);
chunk("LitT", <<0:32, Literals/binary>>, Names) ->
    <<0:32, (literals(Literals, Names))/binary>>;
chunk("LitT", <<_:32, Compressed/binary>>, Names) ->
    Literals = literals(zlib:uncompress(Compressed), Names),
    <<(byte_size(Literals)):32, (zlib:compress(Literals))/binary>>;
chunk(_Id, Data, _Names) ->
    Data.

atom(Text, Names) ->
    New = atom_to_binary(replace(binary_to_atom(Text), Names)),
    [byte_size(New), New].

literals(<<Count:32, Table/binary>>, Names) ->
    Terms = [literal(Term, Names) || <<Size:32, Term:Size/binary>> <= Table],
    iolist_to_binary([<<Count:32>> | Terms]).

literal(External, Names) ->
    Term = term_to_binary(replace(binary_to_term(External), Names)),
    [<<(byte_size(Term)):32>>, Term].

replace(Atom, Names) when is_map_key(Atom, Names) -> map_get(Atom, Names);
replace([Head | Tail], Names) -> [replace(Head, Names) | replace(Tail, Names)];
replace(Term, Names) when is_tuple(Term) ->
    list_to_tuple(replace(tuple_to_list(Term), Names));
replace(Term, Names) when is_map(Term) ->
    maps:from_list(replace(maps:to_list(Term), Names));
replace(Term, _Names) -> Term.
