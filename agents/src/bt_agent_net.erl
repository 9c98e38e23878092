%% @doc Which addresses a host has, and which of them are of the public network.
-module(bt_agent_net).

-export([addresses/1, is_public/1, text/1]).

%% @doc The addresses of a host's name, or the address that it is.
-spec addresses(binary()) -> [inet:ip_address()].
addresses(Host) ->
    Name = binary_to_list(bare(Host)),
    case inet:parse_address(Name) of
        {ok, Address} -> [Address];
        {error, _} -> found(Name, inet) ++ found(Name, inet6)
    end.

%% In a URL an address of version 6 stands in brackets.
bare(<<$[, Rest/binary>>) -> binary:part(Rest, 0, max(0, byte_size(Rest) - 1));
bare(Host) -> Host.

found(Name, Family) ->
    case inet:getaddrs(Name, Family) of
        {ok, Addresses} -> Addresses;
        {error, _} -> []
    end.

%% @doc Whether an address is one that anybody on the Internet may have: not of this machine, of an
%% inner network, of a link, of a group, nor set aside for examples and tests (RFC 6890).
-spec is_public(inet:ip_address()) -> boolean().
is_public({0, _, _, _}) -> false;
is_public({10, _, _, _}) -> false;
is_public({100, B, _, _}) when B >= 64, B =< 127 -> false;
is_public({127, _, _, _}) -> false;
is_public({169, 254, _, _}) -> false;
is_public({172, B, _, _}) when B >= 16, B =< 31 -> false;
is_public({192, 0, 0, _}) -> false;
is_public({192, 0, 2, _}) -> false;
is_public({192, 168, _, _}) -> false;
is_public({198, B, _, _}) when B =:= 18; B =:= 19 -> false;
is_public({198, 51, 100, _}) -> false;
is_public({203, 0, 113, _}) -> false;
is_public({A, _, _, _}) -> A < 224;
%% Addresses of version 4 in other clothes: mapped, translated, 6to4.
is_public({0, 0, 0, 0, 0, 16#ffff, High, Low}) -> is_public(version_4(High, Low));
is_public({16#64, 16#ff9b, 0, 0, 0, 0, High, Low}) -> is_public(version_4(High, Low));
is_public({16#2002, High, Low, _, _, _, _, _}) -> is_public(version_4(High, Low));
is_public({16#2001, 0, _, _, _, _, _, _}) -> false;
is_public({16#2001, 16#db8, _, _, _, _, _, _}) -> false;
%% All that is given out to the public begins with the bits 001.
is_public({A, _, _, _, _, _, _, _}) -> A band 16#e000 =:= 16#2000.

version_4(High, Low) -> {High bsr 8, High band 255, Low bsr 8, Low band 255}.

%% @doc An address as it stands in a URL.
-spec text(inet:ip_address()) -> binary().
text(Address) when tuple_size(Address) =:= 4 -> list_to_binary(inet:ntoa(Address));
text(Address) -> list_to_binary([$[, inet:ntoa(Address), $]]).
