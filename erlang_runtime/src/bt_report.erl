%% @doc What the processes of the runtime tell `logger', and where the logger writes.
%%
%% Reports are maps, like those of OTP, with a callback that makes text of them; so a handler of
%% one's own sees class, selector and exception as terms.
-module(bt_report).

-include_lib("kernel/include/logger.hrl").

-export([crash/4, resumed/4, refused/3, unexpected/2, block_failed/2, process_crashed/2,
         migration_failed/4]).
-export([format/1, to_standard_error/0]).

%% @doc An error escaped a method, and the actor dies of it.
-spec crash(module(), {atom(), [term()]}, bt_fault:exception(), list()) -> ok.
crash(Class, Message, Exception, Stack) ->
    ?LOG_ERROR(report(crash, Class, Message, Exception, Stack), meta()).

%% @doc An error escaped a method of an actor that declares `onError: #resume'.
-spec resumed(module(), {atom(), [term()]}, bt_fault:exception(), list()) -> ok.
resumed(Class, Message, Exception, Stack) ->
    ?LOG_WARNING(report(resumed, Class, Message, Exception, Stack), meta()).

%% @doc A message that nobody waits for was not understood.
-spec refused(module(), {atom(), [term()]}, bt_fault:exception()) -> ok.
refused(Class, Message, Exception) ->
    ?LOG_WARNING(report(refused, Class, Message, Exception, []), meta()).

%% @doc A message from outside Beamtalk for a class without `receive:'.
-spec unexpected(module(), term()) -> ok.
unexpected(Class, Message) ->
    ?LOG_WARNING(#{label => {bt_actor, unexpected}, class => Class, actor => self(),
                   message => Message}, meta()).

%% @doc An error escaped a block that was registered on a future or a timer.
-spec block_failed(bt_fault:exception(), list()) -> ok.
block_failed(Exception, Stack) ->
    ?LOG_ERROR(#{label => {bt_actor, block_failed}, actor => self(), exception => Exception,
                 stacktrace => Stack}, meta()).

%% @doc An error escaped the block of a process without a class.
-spec process_crashed(bt_fault:exception(), list()) -> ok.
process_crashed(Exception, Stack) ->
    ?LOG_ERROR(#{label => {bt_process, crash}, process => self(), exception => Exception,
                 stacktrace => Stack}, meta()).

%% @doc An error in what an actor runs because its class was loaded again: `migrate:', the initial
%% value of a new variable, or what the class declares.
-spec migration_failed(module(), migrate | {variable, atom()} | declaration, bt_fault:exception(),
                       list()) -> ok.
migration_failed(Class, migrate, Exception, Stack) ->
    ?LOG_ERROR(report(not_migrated, Class, {'migrate:', []}, Exception, Stack), meta());
migration_failed(Class, {variable, Name}, Exception, Stack) ->
    ?LOG_ERROR(report(not_initialized, Class, {Name, []}, Exception, Stack), meta());
migration_failed(Class, declaration, Exception, Stack) ->
    ?LOG_ERROR(report(not_declared, Class, {'onError', []}, Exception, Stack), meta()).

-spec report(atom(), module(), {atom(), [term()]}, bt_fault:exception(), list()) -> map().
report(What, Class, {Selector, Arguments}, Exception, Stack) ->
    #{label => {bt_actor, What}, class => Class, selector => Selector, arguments => Arguments,
      actor => self(), registered_name => registered_name(), exception => Exception,
      stacktrace => Stack}.

-spec meta() -> logger:metadata().
meta() -> #{report_cb => fun ?MODULE:format/1}.

-spec registered_name() -> atom().
registered_name() ->
    case process_info(self(), registered_name) of
        {registered_name, Name} -> Name;
        [] -> nil
    end.

%% @doc The report as text: a line that says it all, the hint, and the Beamtalk frames.
-spec format(logger:report()) -> {io:format(), [term()]}.
format(#{label := {bt_process, crash}, process := Process, exception := Exception}) ->
    {"Process ~p crashed~n~ts", [Process, text(Exception)]};
format(#{label := {bt_actor, unexpected}, class := Class, actor := Actor, message := Message}) ->
    {"~ts ~p: unexpected message ~0tP", [bt_print:class_name(Class), Actor, Message, 12]};
format(#{label := {bt_actor, block_failed}, actor := Actor, exception := Exception}) ->
    {"block registered by ~p: ~ts", [Actor, text(Exception)]};
format(#{label := {bt_actor, What}, class := Class, selector := Selector, actor := Actor} = R) ->
    {"~ts ~p ~ts in ~ts >> ~ts~n~ts",
     [bt_print:class_name(Class), Actor, verb(What), bt_print:class_name(Class), Selector,
      text(maps:get(exception, R))]}.

-spec verb(atom()) -> string().
verb(crash) -> "crashed";
verb(not_migrated) -> "keeps its old variables after an error";
verb(not_initialized) -> "starts a new variable with nil after an error";
verb(not_declared) -> "goes on as before after an error";
verb(resumed) -> "goes on after an error";
verb(refused) -> "refused a message".

%% @doc Message, hint and stack trace of an exception.
-spec text(bt_fault:exception()) -> iodata().
text(Exception) -> bt_error:report(Exception).

%% @doc Sends the log to standard error: standard output belongs to Transcript.
-spec to_standard_error() -> ok.
to_standard_error() ->
    case logger:get_handler_config(default) of
        {ok, #{config := #{type := standard_error}}} -> ok;
        {ok, Config} -> move_to_standard_error(Config);
        {error, _} -> ok
    end.

%% The destination of a handler cannot be changed, so it is made again.
-spec move_to_standard_error(logger:handler_config()) -> ok.
move_to_standard_error(#{module := logger_std_h, config := Config} = Handler) ->
    ok = logger:remove_handler(default),
    Settings = (maps:without([file, io, modes, type], Config))#{type => standard_error},
    ok = logger:add_handler(default, logger_std_h, Handler#{config => Settings});
move_to_standard_error(_) -> ok.
