%% @doc Has all output of a node come to the one session that it is there for: what programs write
%% to the Transcript, and what is logged. (A session in somebody else's node has a terminal of its
%% own as group leader, see bt_terminal, and leaves the node's output where it is.)
-module(bt_repl_output).

-export([capture/1, restore/1]).
-export([log/2]).
-export_type([before/0]).

-type before() :: none | bt_transcript:sink().

-define(HANDLER, bt_repl_log).
%% More than this waiting means that the client cannot show it as fast as it comes.
-define(FLOOD, 10000).

%% @doc Has the output go to a session; answers what to restore at its end.
-spec capture(pid()) -> before().
capture(Session) ->
    Before = bt_transcript:sink(),
    ok = bt_transcript:set_sink(fun(Text) -> bt_repl:write(Session, Text) end),
    _ = logger:remove_handler(?HANDLER),
    ok = logger:add_handler(?HANDLER, ?MODULE, #{config => Session, formatter => formatter()}),
    _ = logger:set_handler_config(default, level, none),
    Before.

%% @doc Puts everything back.
-spec restore(before()) -> ok.
restore(none) ->
    ok;
restore(Before) ->
    _ = logger:remove_handler(?HANDLER),
    _ = logger:set_handler_config(default, level, all),
    bt_transcript:set_sink(Before).

formatter() ->
    {logger_formatter, #{template => [level, ": ", msg, "\n"], single_line => false}}.

%% @private The callback of logger's handlers.
-spec log(logger:log_event(), logger:handler_config()) -> ok.
log(Event, #{config := Session, formatter := {Formatter, Options}}) ->
    case process_info(Session, message_queue_len) of
        {_, Length} when Length < ?FLOOD ->
            Text = unicode:characters_to_binary(Formatter:format(Event, Options)),
            bt_repl:event(Session, {log, Text});
        _ ->
            ok
    end.
