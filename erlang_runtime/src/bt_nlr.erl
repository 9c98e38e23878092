%% @doc Non-local return: `^' in a block unwinds to the method that the block was written in.
%%
%% A method that needs it enters with a tag of its own; the tags of the activations that are
%% live in this process stand in its dictionary, innermost first. A block kept longer than its
%% method, or sent to another process, finds its tag missing.
-module(bt_nlr).

-export([enter/0, leave/1, return/2, caught/4]).
-export_type([tag/0]).

-type tag() :: integer().

-define(LIVE, '$bt_nlr').

-spec enter() -> tag().
enter() ->
    Tag = erlang:unique_integer(),
    _ = put(?LIVE, [Tag | live()]),
    Tag.

%% @doc Ends the activation, and those inside it that an Erlang exception has skipped.
-spec leave(tag()) -> ok.
leave(Tag) ->
    case get(?LIVE) of
        [Tag | Outer] ->
            _ = put(?LIVE, Outer),
            ok;
        Live ->
            [Tag | Outer] = lists:dropwhile(fun(Inner) -> Inner =/= Tag end, Live),
            _ = put(?LIVE, Outer),
            ok
    end.

-spec return(tag(), term()) -> no_return().
return(Tag, Value) ->
    case lists:member(Tag, live()) of
        true -> throw({?LIVE, Tag, Value});
        false -> bt_error:dead_context()
    end.

%% @doc For the handler around a method's body: the value if this is the tag's return, else the same
%% exception again.
-spec caught(tag(), error | exit | throw, term(), term()) -> term().
caught(Tag, throw, {?LIVE, Tag, Value}, _Stack) ->
    ok = leave(Tag),
    Value;
caught(Tag, Class, Reason, Stack) ->
    ok = leave(Tag),
    bt_error:reraise(Class, Reason, Stack).

live() ->
    case get(?LIVE) of
        undefined -> [];
        Live -> Live
    end.
