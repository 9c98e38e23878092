%% @doc Records conversations: all messages that one block causes, in whatever actors.
%%
%% Erlang's sequential trace marks them: a process with a token gives it to each message that it
%% sends, and who takes such a message has the token until the next message. So only what belongs
%% to a conversation is seen, however much else goes on, and nothing costs anything without one.
%% Answers to futures and errors are no messages: breakpoints that look for the token tell of them.
%%
%% A node has one system tracer for this, which is this server while there are conversations.
-module(bt_conversations).
-behaviour(gen_server).

-export([start_link/0, start/0, finish/1, participants/1, join/2, rejoin/0, keep_cause/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
-export_type([label/0]).

-type label() :: pos_integer().

-record(state, {
    open = #{} :: #{label() => {bt_conversation:conversation(), reference()}},
    unseen = 0 :: non_neg_integer()
}).

-define(LOOK_EVERY, 128).
-define(LONGEST_QUEUE, 20000).
-define(FUNCTIONS, [{bt_future_store, settle, 3}, {bt_future_store, leave, 3},
                    {bt_report, crash, 4}, {bt_report, resumed, 4}, {bt_report, refused, 3}]).

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Begins a conversation; the caller becomes its first process when it takes a token with the
%% label. An error if somebody else on this node uses sequential trace.
-spec start() -> {ok, label()} | {error, {busy, term()}}.
start() -> gen_server:call(?MODULE, {start, self()}, infinity).

%% @doc Ends it and answers what has been seen.
-spec finish(label()) -> bt_conversation:conversation().
finish(Label) -> gen_server:call(?MODULE, {finish, Label}, infinity).

%% @doc The processes that take part so far, and how many messages are still on their way.
-spec participants(label()) -> {[pid()], OnTheirWay :: non_neg_integer()}.
participants(Label) -> gen_server:call(?MODULE, {participants, Label}, infinity).

%% @doc The process takes a token: from now on its messages belong to the conversation.
-spec join(label(), Serial :: non_neg_integer()) -> ok.
join(Label, Serial) ->
    [seq_trace:set_token(What, Value)
     || {What, Value} <- [{label, Label}, {serial, {0, Serial}}, {send, true}, {'receive', true},
                          {monotonic_timestamp, true}]],
    ok.

%% @doc The news that another process is dead may come without the token, and take it away. To be
%% called where such news are taken in the middle of a message.
-spec rejoin() -> ok.
rejoin() ->
    case seq_trace:get_system_tracer() of
        false -> ok;
        Tracer ->
            _ = Tracer =:= whereis(?MODULE) andalso seq_trace:get_token() =:= []
                andalso take_token(gen_server:call(?MODULE, {belongs, self()})),
            ok
    end.

%% @doc What a function answers that asks a server which may answer only when a port has told it
%% something. Such an answer has no token, and takes away that of this process: a token without
%% flags, which is of no conversation but says what has caused what, stays.
-spec keep_cause(fun(() -> Answer)) -> Answer.
keep_cause(Ask) ->
    case seq_trace:get_token() of
        {0, _, _, _, _} = Cause ->
            try Ask()
            after seq_trace:set_token(Cause)
            end;
        _ -> Ask()
    end.

take_token(none) -> ok;
take_token({Label, Serial}) -> join(Label, Serial).

%% @private
-spec init([]) -> {ok, #state{}}.
init([]) ->
    process_flag(priority, high),
    process_flag(trap_exit, true),
    %% What is not loaded yet gets no breakpoints.
    ok = code:ensure_modules_loaded(lists:usort([Module || {Module, _, _} <- ?FUNCTIONS])),
    {ok, #state{}}.

%% @private
-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call({start, Root}, _From, #state{open = Open} = State) ->
    case listen(Open) of
        ok ->
            Label = erlang:unique_integer([positive]),
            Entry = {bt_conversation:new(Root), erlang:monitor(process, Root)},
            {reply, {ok, Label}, State#state{open = Open#{Label => Entry}}};
        Error -> {reply, Error, State}
    end;
handle_call({participants, Label}, _From, #state{open = Open} = State) ->
    #{Label := {Conversation, _}} = Open,
    {reply, bt_conversation:participants(Conversation), State};
handle_call({belongs, Pid}, _From, #state{open = Open} = State) ->
    Of = [{Label, bt_conversation:serial(C)} || {Label, {C, _}} <- maps:to_list(Open),
                                                bt_conversation:is_member(Pid, C)],
    {reply, hd(Of ++ [none]), State};
handle_call({finish, Label}, _From, #state{open = Open} = State) ->
    {{Conversation, Monitor}, Rest} = maps:take(Label, Open),
    erlang:demonitor(Monitor, [flush]),
    {reply, Conversation, quiet(State#state{open = Rest})}.

%% @private
-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Message, State) -> {noreply, State}.

%% @private
-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({seq_trace, Label, Event, At}, State) -> {noreply, look(seen(Label, Event, At, State))};
handle_info({trace_ts, Pid, call, {_, Function, Arguments}, Token, At}, State) ->
    {noreply, look(called(Token, {Function, Pid, Arguments}, native(At), State))};
handle_info({'DOWN', Monitor, process, _, _}, #state{open = Open} = State) ->
    Left = maps:filter(fun(_, {_, M}) -> M =/= Monitor end, Open),
    {noreply, quiet(State#state{open = Left})};
handle_info(_Message, State) -> {noreply, State}.

%% @private
-spec terminate(term(), #state{}) -> ok.
terminate(_Reason, #state{open = Open}) when map_size(Open) =:= 0 -> ok;
terminate(_Reason, _State) -> stop_listening().

called({_, Label, _, _, _}, Event, At, State) -> seen(Label, Event, At, State);
called(_NoToken, _, _, State) -> State.

seen(Label, Event, At, #state{open = Open} = State) ->
    case Open of
        #{Label := {Conversation, Monitor}} ->
            Next = bt_conversation:add(Event, At, Conversation),
            State#state{open = Open#{Label := {Next, Monitor}}};
        #{} -> State
    end.

%% Meta breakpoints stamp in the old way.
native({Mega, Seconds, Micro}) ->
    System = (Mega * 1000000 + Seconds) * 1000000 + Micro,
    erlang:convert_time_unit(System, microsecond, native) - erlang:time_offset().

%% Too much comes for it to be handled: what is known so far must do.
look(#state{unseen = Unseen} = State) when Unseen < ?LOOK_EVERY -> State#state{unseen = Unseen + 1};
look(#state{open = Open} = State) ->
    {_, Length} = process_info(self(), message_queue_len),
    case Length > ?LONGEST_QUEUE of
        false -> State#state{unseen = 0};
        true ->
            stop_listening(),
            Cut = maps:map(fun(_, {C, M}) -> {bt_conversation:cut(C), M} end, Open),
            State#state{unseen = 0, open = Cut}
    end.

listen(Open) when map_size(Open) > 0 -> resume_listening();
listen(_) ->
    case seq_trace:get_system_tracer() of
        false -> resume_listening();
        Self when Self =:= self() -> resume_listening();
        Other -> {error, {busy, Other}}
    end.

resume_listening() ->
    _ = seq_trace:set_system_tracer(self()),
    Told = [{'_', [{is_seq_trace}], [{message, {get_seq_token}}]}],
    [erlang:trace_pattern(Function, Told, [{meta, self()}]) || Function <- ?FUNCTIONS],
    ok.

quiet(#state{open = Open} = State) when map_size(Open) > 0 -> State;
quiet(State) ->
    stop_listening(),
    State.

stop_listening() ->
    _ = seq_trace:set_system_tracer(false),
    [erlang:trace_pattern(Function, false, [meta]) || Function <- ?FUNCTIONS],
    ok.
