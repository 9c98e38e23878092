%%% @doc What all readers of text share: the error that says what they could not read.
-module(bt_prim_parse).

-export([error/3, error/4, text/3]).

%% An error shows no more than this of a long text.
-define(SHOWN, 200).

%% @doc Raises ParseError: the text is not what the message reads.
-spec error(iodata(), term(), atom()) -> no_return().
error(Wanted, Text, Selector) ->
    error(Wanted, Text, Selector, #{}).

%% @doc The same, with more fields.
-spec error(iodata(), term(), atom(), #{atom() => term()}) -> no_return().
error(Wanted, Text, Selector, Fields) ->
    Message = [atom_to_binary(Selector), <<" wants ">>, Wanted, <<", not ">>, shown(Text)],
    Common = #{
        message => unicode:characters_to_binary(Message), selector => Selector, text => Text
    },
    bt_error:raise('bt.stdlib.ParseError', maps:merge(Common, Fields)).

shown(Text) when byte_size(Text) =< ?SHOWN -> bt_print:print_string(Text);
shown(Text) -> [bt_print:print_string(beginning(binary:part(Text, 0, ?SHOWN))), <<"...">>].

%% The cut may go through a character.
beginning(Part) ->
    case unicode:characters_to_binary(Part) of
        {incomplete, Whole, _} -> Whole;
        _ -> Part
    end.

%% @doc The argument, if it is a text in UTF-8; else TypeError.
-spec text(term(), term(), atom()) -> binary().
text(Text, Receiver, Selector) when is_binary(Text) ->
    case unicode:characters_to_binary(Text) of
        Text -> Text;
        _ -> bt_prim_collection:type_error(<<"a text in UTF-8">>, Text, Receiver, Selector)
    end;
text(Other, Receiver, Selector) ->
    bt_prim_collection:type_error(<<"a String">>, Other, Receiver, Selector).
