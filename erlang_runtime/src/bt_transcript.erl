%% @doc Standard output of Beamtalk programs.
%%
%% Every text goes to one io device, which writes whole requests in the order in which they
%% arrive, and answers when the text is written. The device is `user', or whatever `set_sink/1'
%% was given: so the node behind a REPL can send the text elsewhere. What belongs to an attached
%% session writes to the terminal of who sits there.
-module(bt_transcript).

-export([show/1, show_cr/1, cr/0, tab/0, write/1]).
-export([set_sink/1, sink/0, use_utf8/0, end_with_output/0]).
-export_type([sink/0]).

-type sink() :: io:device() | fun((binary()) -> term()).

-define(SINK, bt_transcript_sink).

%% @doc Writes the displayString of any value; waits for a future.
-spec show(term()) -> nil.
show(Value) -> write(text(Value)).

%% @doc The same, and ends the line.
-spec show_cr(term()) -> nil.
show_cr(Value) -> write(<<(text(Value))/binary, $\n>>).

%% @doc Ends the line.
-spec cr() -> nil.
cr() -> write(<<$\n>>).

%% @doc Writes a tab.
-spec tab() -> nil.
tab() -> write(<<$\t>>).

-spec text(term()) -> binary().
text(Text) when is_binary(Text) -> Text;
text(Value) -> bt_op:interpolate([Value]).

%% @doc Writes UTF-8 text as it is. When it returns, the device has it.
-spec write(binary()) -> nil.
write(Text) ->
    _ = case bt_session_guard:terminal(group_leader()) of
        none -> put_text(sink(), Text);
        Terminal -> put_far(Terminal, Text)
    end,
    nil.

%% Nobody may sit there any more.
put_far(Terminal, Text) ->
    case io:request(Terminal, {put_chars, unicode, shown(Text)}) of
        ok -> ok;
        {error, _} -> put_text(sink(), Text)
    end.

shown(Text) ->
    case unicode:characters_to_binary(Text) of
        Valid when is_binary(Valid) -> Valid;
        _ -> unicode:characters_to_binary(Text, latin1)
    end.

%% Bytes that are not UTF-8 are shown as Latin-1, rather than refused.
-spec put_text(sink(), binary()) -> term().
put_text(Sink, Text) when is_function(Sink, 1) -> Sink(Text);
put_text(Device, Text) ->
    case io:request(Device, {put_chars, unicode, Text}) of
        ok -> ok;
        {error, {put_chars, _, _}} -> io:request(Device, {put_chars, latin1, Text});
        {error, put_chars} -> io:request(Device, {put_chars, latin1, Text});
        {error, _} -> gone(Device)
    end.

%% Nobody reads what we write any more (`… | head'): a program that writes has nothing left to do.
-spec gone(sink()) -> no_return().
gone(user) -> erlang:halt(1, [{flush, false}]);
gone(_) -> bt_error:raise(bt_fault:user_error(<<"the Transcript is closed">>)).

%% @doc Ends the node as soon as nobody reads its standard output any more, as in `… | head -1':
%% OTP would try to open it again for a while, and say so.
-spec end_with_output() -> ok.
end_with_output() ->
    _ = spawn(fun() ->
        process_flag(priority, max),
        Monitor = monitor(process, user),
        receive
            %% The node is going down, with a status of its own.
            {'DOWN', Monitor, process, _, Reason} when Reason =:= shutdown; Reason =:= killed -> ok;
            {'DOWN', Monitor, process, _, _} -> gone(user)
        end
    end),
    ok.

%% @doc Sends all further text to another device, or to a function.
-spec set_sink(sink()) -> ok.
set_sink(Sink) -> persistent_term:put(?SINK, Sink).

%% @doc Where the text goes.
-spec sink() -> sink().
sink() -> persistent_term:get(?SINK, user).

%% @doc Writes UTF-8 whatever the locale says.
-spec use_utf8() -> ok.
use_utf8() ->
    _ = io:setopts(user, [{encoding, unicode}]),
    _ = io:setopts(standard_error, [{encoding, unicode}]),
    ok.
