%% @doc A Beamtalk exception as an exception of Elixir: `rescue error in Beamtalk.Error'. Its fields
%% are `message' (with the hint), `class', `kind', and the `exception' itself.
-module('Elixir.Beamtalk.Error').

-export(['__struct__'/0, '__struct__'/1, '__info__'/1, exception/1, message/1]).

-define(STRUCT, #{'__struct__' => ?MODULE, '__exception__' => true, message => <<>>, class => nil,
                  kind => nil, exception => nil}).

%% @doc An error without anything.
-spec '__struct__'() -> map().
'__struct__'() -> ?STRUCT.

%% @doc What `%Beamtalk.Error{...}' calls.
-spec '__struct__'(Fields) -> map() when Fields :: #{atom() => term()} | [{atom(), term()}].
'__struct__'(Fields) when is_list(Fields) -> '__struct__'(maps:from_list(Fields));
'__struct__'(Fields) ->
    maps:fold(fun(Name, Value, Struct) -> Struct#{Name := Value} end, ?STRUCT, Fields).

%% @doc What Elixir's tools ask a module; only what they ask for an exception.
-spec '__info__'(atom()) -> term().
'__info__'(module) -> ?MODULE;
'__info__'(functions) ->
    lists:sort(?MODULE:module_info(exports) -- [{module_info, 0}, {module_info, 1}]);
'__info__'(macros) -> [];
'__info__'(struct) ->
    [#{field => Name, required => false} || Name <- [class, exception, kind, message]];
'__info__'(Key) -> ?MODULE:module_info(Key).

%% @doc The error for a Beamtalk exception, or what `raise Beamtalk.Error, message' makes.
-spec exception(term()) -> map().
exception(#{'$class' := Class, kind := Kind} = Exception) ->
    ?STRUCT#{message := text(Exception), class := bt_class:name(Class), kind := Kind,
             exception := Exception};
exception(Message) when is_binary(Message) -> ?STRUCT#{message := Message};
exception(Fields) -> '__struct__'(Fields).

%% @doc The class, what happened and what to do about it.
-spec message(map()) -> binary().
message(#{message := Message}) -> Message.

text(#{'$class' := Class, message := Message, hint := Hint}) ->
    Words = [bt_class:name(Class), <<": ">>, bt_print:display_string(Message) | hint(Hint)],
    unicode:characters_to_binary(Words).

hint(Hint) when is_binary(Hint) -> [<<" (">>, Hint, <<")">>];
hint(_) -> [].
