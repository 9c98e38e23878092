%% @doc Gives a compiled module another name, so that it can be loaded beside the old one.
%%
%% A module's name is the first of its atoms, and all its code refers to it by that; only the
%% literals hold it a second time.
-module(bt_rename).

-export([module/2]).

%% @doc The same module under another name.
-spec module(binary(), module()) -> binary().
module(Binary, New) ->
    {ok, Old, Chunks} = beam_lib:all_chunks(Binary),
    Changed = [{Id, chunk(Id, Data, Old, New)} || {Id, Data} <- Chunks],
    {ok, Renamed} = beam_lib:build_module(Changed),
    Renamed.

chunk("AtU8", <<Count:32, Size, Name:Size/binary, Rest/binary>>, Old, New) ->
    Old = binary_to_atom(Name),
    NewName = atom_to_binary(New),
    <<Count:32, (byte_size(NewName)), NewName/binary, Rest/binary>>;
chunk("LitT", <<0:32, Literals/binary>>, Old, New) ->
    <<0:32, (literals(Literals, Old, New))/binary>>;
chunk("LitT", <<_:32, Compressed/binary>>, Old, New) ->
    Literals = literals(zlib:uncompress(Compressed), Old, New),
    <<(byte_size(Literals)):32, (zlib:compress(Literals))/binary>>;
chunk(_Id, Data, _Old, _New) ->
    Data.

literals(<<Count:32, Table/binary>>, Old, New) ->
    Terms = [literal(Term, Old, New) || <<Size:32, Term:Size/binary>> <= Table],
    iolist_to_binary([<<Count:32>> | Terms]).

literal(External, Old, New) ->
    Term = term_to_binary(replace(binary_to_term(External), Old, New)),
    [<<(byte_size(Term)):32>>, Term].

replace(Old, Old, New) -> New;
replace([Head | Tail], Old, New) -> [replace(Head, Old, New) | replace(Tail, Old, New)];
replace(Term, Old, New) when is_tuple(Term) ->
    list_to_tuple(replace(tuple_to_list(Term), Old, New));
replace(Term, Old, New) when is_map(Term) ->
    maps:from_list(replace(maps:to_list(Term), Old, New));
replace(Term, _Old, _New) -> Term.
