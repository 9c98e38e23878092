%%% @doc Primitives of Logger: structured events for Erlang's logger, and blocks that hear them.
%%%
%%% An event is a report with the text and the metadata of the program, so that a handler of one's
%%% own sees terms. Symbols among the metadata's keys stand in the event's own metadata too. The
%%% level of Beamtalk programs is that of this module: OTP's own reports keep theirs.
-module(bt_prim_logger).

-export([create_tables/0, set_up/0, log/3, level/0, set_level/1, attach/1, detach/1]).
-export([format/1]).
%% A handler of logger.
-export([log/2]).

-define(LISTENERS, ?MODULE).
-define(HANDLER, beamtalk_listeners).
-define(LEVELS, [debug, info, notice, warning, error, critical, alert, emergency]).
%% What the logger itself, its filters and formatters rely on.
-define(RESERVED, [time, pid, gl, mfa, file, line, domain, report_cb, error_logger,
                   logger_formatter, '$class']).
%% An event is for people: what is longer is cut.
-define(LONGEST, 1000000).

%% @doc Makes the table of listeners; the caller owns it.
-spec create_tables() -> ok.
create_tables() ->
    ?LISTENERS = ets:new(?LISTENERS, [named_table, ordered_set, public, {read_concurrency, true}]),
    ok.

%% @doc Lets programs log from `info' on, whatever Erlang's own level is.
-spec set_up() -> ok.
set_up() ->
    logger:set_module_level(?MODULE, info).

%% @doc Logs a value at a level. A block is evaluated only if the level is logged.
-spec log(term(), term(), term()) -> ok.
log(Level, Message, Metadata) ->
    Checked = level(Level, 'log:level:'),
    Given = metadata(Metadata),
    case logger:allow(Checked, ?MODULE) of
        true -> write(Checked, text(Message), bt_cell:copy(Given));
        false -> ok
    end.

write(Level, Text, Given) ->
    Report = #{label => {beamtalk, log}, text => Text, metadata => Given},
    Own = maps:filter(fun(Key, _) -> is_own(Key) end, Given),
    Meta = Own#{report_cb => fun ?MODULE:format/1},
    Place = #{mfa => {?MODULE, log, 3}, file => ?FILE, line => ?LINE},
    logger:macro_log(Place, Level, Report, Meta).

is_own(Key) -> is_atom(Key) andalso not lists:member(Key, ?RESERVED).

metadata(#{'$class' := _} = Other) -> not_metadata(Other);
metadata(Given) when is_map(Given) -> Given;
metadata(Other) -> not_metadata(Other).

-spec not_metadata(term()) -> no_return().
not_metadata(Other) ->
    bt_prim_collection:type_error(<<"a Dictionary of metadata">>, Other, nil, 'info:metadata:').

text(Block) when is_function(Block, 0) -> text(Block());
text(Value) ->
    case bt_print:display_string(bt_op:touch(Value)) of
        Text when byte_size(Text) =< ?LONGEST -> Text;
        Text -> <<(string:slice(Text, 0, ?LONGEST))/binary, "...">>
    end.

level(warn, Selector) -> level(warning, Selector);
level(Level, Selector) ->
    case lists:member(Level, ?LEVELS) of
        true -> Level;
        false ->
            Wanted = <<"a level from #debug to #emergency">>,
            bt_prim_collection:type_error(Wanted, Level, nil, Selector)
    end.

%% @doc The lowest level that is logged.
-spec level() -> logger:level() | all | none.
level() ->
    case logger:get_module_level(?MODULE) of
        [{_, Level}] -> Level;
        [] -> maps:get(level, logger:get_primary_config())
    end.

-spec set_level(term()) -> ok.
set_level(Level) -> logger:set_module_level(?MODULE, level(Level, 'level:')).

%% @doc An event as one line: the text, and the metadata behind it.
-spec format(map()) -> {io:format(), [term()]}.
format(#{text := Text, metadata := Given}) ->
    Pairs = [[$\s, bt_print:display_string(Key), $=, bt_print:print_string(Value)]
             || {Key, Value} <- lists:sort(maps:to_list(Given))],
    {"~ts~ts", [Text, Pairs]}.

%%% Listeners

%% @doc Has a block hear each event as a Dictionary; answers what `detach/1' wants.
-spec attach(term()) -> integer().
attach(Block) when is_function(Block, 1) ->
    Fun = bt_cell:copy(Block),
    case logger:add_handler(?HANDLER, ?MODULE, #{level => all}) of
        ok -> ok;
        {error, {already_exist, _}} -> ok
    end,
    Id = erlang:unique_integer([monotonic]),
    true = ets:insert(?LISTENERS, {Id, Fun}),
    Id;
attach(Other) ->
    bt_prim_collection:type_error(<<"a Block with a parameter">>, Other, nil, 'attach:').

-spec detach(term()) -> ok.
detach(Id) ->
    true = ets:delete(?LISTENERS, Id),
    ok.

%% @private
-spec log(logger:log_event(), map()) -> ok.
log(#{level := Level, msg := {report, #{label := {beamtalk, log}} = Report}}, _Config) ->
    #{text := Text, metadata := Given} = Report,
    Event = #{level => Level, message => Text, metadata => Given, process => self()},
    lists:foreach(fun({_, Fun}) -> tell(Fun, Event) end, ets:tab2list(?LISTENERS));
log(_Other, _Config) ->
    ok.

%% A listener that fails harms nobody, and must not log about it: it would hear that.
tell(Fun, Event) ->
    try
        Fun(Event)
    catch
        Class:Reason:Stack ->
            Exception = bt_error:wrap(Class, Reason, Stack),
            io:put_chars(standard_error,
                         [<<"a listener of Logger: ">>, bt_error:report(Exception), $\n])
    end.
