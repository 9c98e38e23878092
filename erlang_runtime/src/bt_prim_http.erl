%%% @doc Primitives of HttpRequest and HttpResponse.
-module(bt_prim_http).

-export([pairs/1, reason/1]).

%% @doc Names and values of a query or a form. What cannot be decoded is left as it is.
-spec pairs(term()) -> #{binary() => binary()}.
pairs(Text) when is_binary(Text) ->
    maps:from_list([pair(Part) || Part <- binary:split(Text, <<"&">>, [global]), Part =/= <<>>]);
pairs(Other) ->
    bt_prim_collection:type_error(<<"a String">>, Other, nil, query).

pair(Part) ->
    case binary:split(Part, <<"=">>) of
        [Name, Value] -> {decoded(Name), decoded(Value)};
        [Name] -> {decoded(Name), <<>>}
    end.

decoded(Text) ->
    Spaces = binary:replace(Text, <<"+">>, <<" ">>, [global]),
    case bt_http:percent_decoded(Spaces) of
        error -> Text;
        Decoded -> Decoded
    end.

%% @doc What a status is called.
-spec reason(term()) -> binary().
reason(Status) when is_integer(Status) -> bt_http:reason(Status);
reason(Other) -> bt_prim_collection:type_error(<<"a status">>, Other, nil, 'status:').
