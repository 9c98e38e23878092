%% @doc Which call of a tool has caused a message: for the spans of an agent that a tool asks.
%%
%% The process of a tool has OTP's token of sequential trace with the call's identifiers as its
%% label, and no flags, so that nobody is told of anything. It goes with each message, and with
%% those that they cause. A conversation that is traced has a token of its own, which is left alone.
-module(bt_agent_link).

-export([enter/2, leave/1, take/0]).
-export_type([token/0]).

-type token() :: none | [] | tuple().

%% OTP's own type of a token says that its label is a boolean.
-dialyzer({no_match, enter/2}).

%% @doc From now on messages of this process are caused by a span, or by none; answers what `leave'
%% needs.
-spec enter(binary(), binary() | nil) -> token().
enter(Trace, Span) ->
    case seq_trace:get_token() of
        [] -> set([], Trace, Span);
        {_, {?MODULE, _, _}, _, _, _} = Former -> set(Former, Trace, Span);
        _ -> none
    end.

set(Former, _Trace, nil) ->
    _ = seq_trace:set_token([]),
    Former;
set(Former, Trace, Span) ->
    _ = seq_trace:set_token(label, {?MODULE, Trace, Span}),
    Former.

%% @doc As before.
-spec leave(token()) -> ok.
leave(none) -> ok;
leave(Former) ->
    _ = seq_trace:set_token(Former),
    ok.

%% @doc What has caused the message that this process handles, a trace and a span, or nil. What it
%% does next is its own.
-spec take() -> {binary(), binary()} | nil.
take() ->
    case seq_trace:get_token(label) of
        {label, {?MODULE, Trace, Span}} ->
            _ = seq_trace:set_token([]),
            {Trace, Span};
        _ -> nil
    end.
