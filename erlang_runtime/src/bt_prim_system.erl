%%% @doc Primitives of System: the machine and the node that the program runs on.
-module(bt_prim_system).

-export([environment/0, get_env/2, set_env/2, unset_env/1]).
-export([variable_name/2, variable_value/2]).
-export([hostname/0, halt/1]).

%% @doc The environment variable, or the default.
-spec get_env(term(), Default) -> binary() | Default.
get_env(Name, Default) ->
    case os:getenv(variable_name(Name, 'getEnv:')) of
        false -> Default;
        Value -> text(Value)
    end.

%% @doc All environment variables.
-spec environment() -> #{binary() => binary()}.
environment() ->
    maps:from_list([{text(Name), text(Value)} || {Name, Value} <- os:env()]).

-spec set_env(term(), term()) -> true.
set_env(Name, Value) ->
    os:putenv(variable_name(Name, 'setEnv:value:'), variable_value(Value, 'setEnv:value:')).

%% What Erlang could not decode are bytes.
text(Characters) ->
    case unicode:characters_to_binary(Characters) of
        Text when is_binary(Text) -> Text;
        _ -> list_to_binary([Character || Character <- Characters, Character < 256])
    end.

-spec unset_env(term()) -> true.
unset_env(Name) ->
    os:unsetenv(variable_name(Name, 'unsetEnv:')).

%% @doc The name of an environment variable, as Erlang wants it.
-spec variable_name(term(), atom()) -> string().
variable_name(Name, Selector) ->
    case variable_value(Name, Selector) of
        [_ | _] = Text ->
            case lists:member($=, Text) of
                false -> Text;
                true -> not_a_name(Name, Selector)
            end;
        _ ->
            not_a_name(Name, Selector)
    end.

%% @doc The value of an environment variable, as Erlang wants it.
-spec variable_value(term(), atom()) -> string().
variable_value(Text, Selector) when is_binary(Text) ->
    case {unicode:characters_to_list(Text), binary:match(Text, <<0>>)} of
        {Characters, nomatch} when is_list(Characters) -> Characters;
        _ -> not_a_name(Text, Selector)
    end;
variable_value(Symbol, _Selector) when is_atom(Symbol), Symbol =/= nil ->
    atom_to_list(Symbol);
variable_value(Other, Selector) ->
    not_a_name(Other, Selector).

-spec not_a_name(term(), term()) -> no_return().
not_a_name(Other, Selector) ->
    bt_prim_collection:type_error(<<"a String for the environment">>, Other, nil, Selector).

-spec hostname() -> binary().
hostname() ->
    {ok, Name} = inet:gethostname(),
    unicode:characters_to_binary(Name).

%% @doc Ends the node with the status, after what was written is out.
-spec halt(term()) -> no_return().
halt(Status) when is_integer(Status), Status >= 0, Status =< 255 -> erlang:halt(Status);
halt(Other) -> bt_prim_collection:type_error(<<"an Integer from 0 to 255">>, Other, nil, 'halt:').
