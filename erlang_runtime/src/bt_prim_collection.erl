%%% @doc What all collections share: blocks as funs, and the errors that say which value was wrong.
-module(bt_prim_collection).

-export([function/3, count/3]).
-export([empty/2, not_found/2, not_found/3, no_key/3, out_of_bounds/4, size_mismatch/3]).
-export([type_error/4]).

%% An error shows no more than this of a large value.
-define(SHOWN, 200).

%% @doc The argument of a collection's message as a fun of that many arguments. A block of the right
%% arity is that fun itself, so that it costs what a fun costs in Erlang; anything else gets the
%% message `value:' or `value:value:'.
-spec function(term(), 1 | 2, atom()) -> fun().
function(Block, Arity, _Selector) when is_function(Block, Arity) -> Block;
function(Block, Arity, Selector) when is_function(Block) -> wrong_arity(Block, Arity, Selector);
function(Other, Arity, Selector) ->
    case bt_op:touch(Other) of
        Other -> evaluator(Other, Arity);
        Block -> function(Block, Arity, Selector)
    end.

evaluator(Object, 1) -> fun(A) -> bt_send:send(Object, 'value:', A) end;
evaluator(Object, 2) -> fun(A, B) -> bt_send:send(Object, 'value:value:', A, B) end.

%% @doc The number of elements that a message asked for, never negative.
-spec count(term(), term(), atom()) -> non_neg_integer().
count(Count, _Collection, _Selector) when is_integer(Count) -> max(Count, 0);
count(Other, Collection, Selector) ->
    type_error(<<"an Integer">>, Other, Collection, Selector).

%% @doc Raises IndexOutOfBounds: there is no element to answer.
-spec empty(term(), atom()) -> no_return().
empty(Collection, Selector) ->
    bt_error:raise('bt.stdlib.IndexOutOfBounds', #{
        message => text([heading(Selector), shown(Collection), <<" is empty">>]),
        hint => <<"ask isEmpty first">>,
        selector => Selector, receiver => Collection, index => 1, size => 0}).

%% The selector in front of what it is about: a keyword has its colon already.
heading(Selector) ->
    Text = atom_to_binary(Selector),
    case binary:last(Text) of
        $: -> <<Text/binary, " ">>;
        _ -> <<Text/binary, ": ">>
    end.

%% @doc Raises KeyNotFound: no element is as a block wants it.
-spec not_found(term(), atom()) -> no_return().
not_found(Collection, Selector) ->
    Message = [Selector, <<" finds no element in ">>, shown(Collection)],
    key_not_found(Message, nil, Collection, Selector).

%% @doc Raises KeyNotFound: the item is not an element.
-spec not_found(term(), term(), atom()) -> no_return().
not_found(Item, Collection, Selector) ->
    Message = [Selector, <<" does not find ">>, shown(Item), <<" in ">>, shown(Collection)],
    key_not_found(Message, Item, Collection, Selector).

%% @doc Raises KeyNotFound: nothing is stored at the key.
-spec no_key(term(), term(), atom()) -> no_return().
no_key(Key, Collection, Selector) ->
    Message = [<<"key ">>, shown(Key), <<" not found in ">>, shown(Collection)],
    key_not_found(Message, Key, Collection, Selector).

-spec key_not_found(term(), term(), term(), term()) -> no_return().
key_not_found(Message, Key, Collection, Selector) ->
    bt_error:raise('bt.stdlib.KeyNotFound', #{
        message => text(Message), key => Key, selector => Selector, receiver => Collection}).

%% @doc Raises IndexOutOfBounds; of an index that is not an Integer TypeError.
-spec out_of_bounds(term(), non_neg_integer(), term(), atom()) -> no_return().
out_of_bounds(Index, Size, Collection, Selector) when is_integer(Index) ->
    bt_error:raise('bt.stdlib.IndexOutOfBounds', #{
        message => text([<<"index ">>, integer_to_binary(Index), <<" is out of bounds of ">>,
                         shown(Collection), <<" (size ">>, integer_to_binary(Size), $)]),
        selector => Selector, receiver => Collection, index => Index, size => Size});
out_of_bounds(Index, _Size, Collection, Selector) ->
    type_error(<<"an Integer">>, Index, Collection, Selector).

%% @doc Raises TypeError: two collections are not of one size.
-spec size_mismatch(term(), term(), atom()) -> no_return().
size_mismatch(Collection, Other, Selector) ->
    Message = [Selector, <<" wants collections of one size, not ">>, shown(Collection),
               <<" and ">>, shown(Other)],
    raise_type_error(Message, Collection, Selector).

%% @doc Raises TypeError: the message wants something else than the value.
-spec type_error(iodata(), term(), term(), atom()) -> no_return().
type_error(Wanted, Value, Receiver, Selector) ->
    Message = [Selector, <<" wants ">>, Wanted, <<", not ">>, shown(Value)],
    raise_type_error(Message, Receiver, Selector).

-spec wrong_arity(term(), term(), term()) -> no_return().
wrong_arity(Block, Arity, Selector) ->
    {arity, Actual} = erlang:fun_info(Block, arity),
    raise_type_error([Selector, <<" wants a block of ">>, arguments(Arity), <<", not of ">>,
                      arguments(Actual)], Block, Selector).

arguments(1) -> <<"1 argument">>;
arguments(N) -> [integer_to_binary(N), <<" arguments">>].

-spec raise_type_error(term(), term(), term()) -> no_return().
raise_type_error(Message, Receiver, Selector) ->
    bt_error:raise('bt.stdlib.TypeError', #{
        message => text(Message), selector => Selector, receiver => Receiver}).

text(Parts) ->
    iolist_to_binary([part(Part) || Part <- Parts]).

part(Part) when is_atom(Part) -> atom_to_binary(Part);
part(Part) -> Part.

shown(Value) ->
    case bt_print:print_string(Value) of
        Text when byte_size(Text) =< ?SHOWN -> Text;
        Text -> [string:slice(Text, 0, ?SHOWN), <<"...">>]
    end.
