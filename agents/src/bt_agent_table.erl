%% @doc What each agent is at, for whoever looks from outside: agents note it down when it changes,
%% so that looking neither sends them a message nor waits for them. An agent that was never asked
%% anything has no note; that it is idle is known without.
%%
%% The table belongs to a process of its own, which forgets agents that have ended.
-module(bt_agent_table).
-behaviour(gen_server).

-export([note/4, helper/1, running/3, report/2]).
-export([account/3, accounts/0, forget_accounts/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([sorting/0]).

-type sorting() :: state | tokens | cost | turn | memory | mailbox | name.

-record(note, {agent :: pid(),
               state :: atom(),
               %% Monotonic time in milliseconds.
               since = 0 :: integer(),
               name = nil :: nil | atom() | binary(),
               model = nil :: nil | atom() | binary(),
               turn = 0 :: non_neg_integer(),
               round = 0 :: non_neg_integer(),
               waiting = 0 :: non_neg_integer(),
               input = 0 :: non_neg_integer(),
               output = 0 :: non_neg_integer(),
               cost = 0 :: number()}).

%% What was used of a model, on this node since it began; costs in billionths of a dollar. Or a
%% pattern of such.
-record(account, {model :: {model, binary() | '_'},
                  calls = 0 :: non_neg_integer() | '_',
                  input = 0 :: non_neg_integer() | '_',
                  output = 0 :: non_neg_integer() | '_',
                  cached = 0 :: non_neg_integer() | '_',
                  cost = 0 :: non_neg_integer() | '_'}).

%% An agent that is listed: its class, its note, and what the emulator says of its process.
-record(entry, {note :: #note{},
                class :: module(),
                memory = 0 :: non_neg_integer(),
                mailbox = 0 :: non_neg_integer()}).

-define(WATCHED, '$bt_agent_table').
-define(STATE, '$bt_agent_state').
-define(NANO, 1000000000).

%% @doc Notes what this process, an agent, is at: its state, name, model and engine.
-spec note(atom(), term(), term(), map()) -> ok.
note(State, Name, Model, #{turn := Turn, waiting := Waiting} = Engine) ->
    #{usage := #{input := Input, output := Output}, cost := Cost, turns := Turns} = Engine,
    Note = #note{agent = self(), state = State, since = since(State), name = name(Name),
                 model = model(Model), turn = number(Turn, Turns), round = round_of(Turn),
                 waiting = length(Waiting), input = Input, output = Output, cost = Cost},
    Table = insert(Note),
    case get(?WATCHED) of
        Table -> ok;
        _ ->
            put(?WATCHED, Table),
            watch(self())
    end.

number(#{id := Id}, _Turns) -> Id;
number(nil, Turns) -> Turns.

round_of(#{rounds := Rounds}) -> Rounds;
round_of(nil) -> 0.

name(Name) when is_binary(Name); is_atom(Name) -> Name;
name(Other) -> bt_print:display_string(Other).

%% Only what it is called: an LLM knows its provider, and that its key.
model(Name) when is_atom(Name) -> Name;
model(#{name := Name}) when is_atom(Name), Name =/= nil -> Name;
model(#{model := Model}) when is_binary(Model) -> Model;
model(_Other) -> nil.

%% Since when it is in that state.
since(State) ->
    case get(?STATE) of
        {State, Since} -> Since;
        _ ->
            Since = erlang:monotonic_time(millisecond),
            put(?STATE, {State, Since}),
            Since
    end.

%% @doc An actor of an agent's class that is no agent: it runs a tool for one.
-spec helper(pid()) -> ok.
helper(Pid) ->
    _ = insert(#note{agent = Pid, state = helper}),
    watch(Pid).

insert(Row) ->
    try
        true = ets:insert(?MODULE, Row),
        ets:whereis(?MODULE)
    catch error:badarg ->
        ok = start(),
        insert(Row)
    end.

watch(Pid) -> gen_server:cast(?MODULE, {watch, Pid}).

%%% What models were used

%% @doc Adds a call of a model, its TokenUsage, and what it cost in dollars, or nil.
-spec account(binary(), map(), number() | nil) -> ok.
account(Model, #{input := Input, output := Output, cached := Cached} = Usage, Cost) ->
    Key = {model, Model},
    Nano = case Cost of nil -> 0; _ -> round(Cost * ?NANO) end,
    Changes = [{#account.calls, 1}, {#account.input, Input}, {#account.output, Output},
               {#account.cached, Cached}, {#account.cost, Nano}],
    try ets:update_counter(?MODULE, Key, Changes, #account{model = Key}) of
        _ -> ok
    catch error:badarg ->
        ok = start(),
        account(Model, Usage, Cost)
    end.

%% @doc Calls, input, output, cached input and dollars by model.
-spec accounts() -> #{binary() => {integer(), integer(), integer(), integer(), float()}}.
accounts() ->
    Rows = try ets:match_object(?MODULE, #account{model = {model, '_'}, _ = '_'})
           catch error:badarg -> []
           end,
    maps:from_list([{Model, {Calls, Input, Output, Cached, Cost / ?NANO}}
                    || #account{model = {model, Model}, calls = Calls, input = Input,
                                output = Output, cached = Cached, cost = Cost} <- Rows]).

%% @doc Begins to count anew.
-spec forget_accounts() -> ok.
forget_accounts() ->
    try
        true = ets:match_delete(?MODULE, #account{model = {model, '_'}, _ = '_'}),
        ok
    catch error:badarg -> ok
    end.

%%% Looking

%% @doc The agents of a class and of those below it, the first of them in this order, as AgentInfos.
-spec running(module(), sorting(), pos_integer() | all) -> [map()].
running(Facade, Sorting, Limit) ->
    {_Agents, Entries} = listed(Facade, Sorting, Limit),
    Now = erlang:monotonic_time(millisecond),
    [info(Entry, Now) || Entry <- Entries].

info(#entry{note = #note{agent = Agent} = Note, class = Class} = Entry, Now) ->
    #{'$class' => 'bt.agents.AgentInfo', agent => Agent, agentClass => bt_class:object(Class),
      name => Note#note.name, state => Note#note.state, model => Note#note.model,
      turn => Note#note.turn, round => Note#note.round, waiting => Note#note.waiting,
      inputTokens => Note#note.input, outputTokens => Note#note.output, cost => Note#note.cost,
      memory => Entry#entry.memory, mailbox => Entry#entry.mailbox,
      milliseconds => age(Note, Now)}.

age(#note{since = 0}, _Now) -> 0;
age(#note{since = Since}, Now) -> Now - Since.

%% @doc The same for the command line: what there is in all, and a row for each.
-spec report(sorting(), pos_integer() | all) -> {Totals :: tuple(), Rows :: [tuple()]}.
report(Sorting, Limit) ->
    {Notes, Entries} = listed('bt.agents.Agent', Sorting, Limit),
    Now = erlang:monotonic_time(millisecond),
    {totals(Notes), [row(Entry, Now) || Entry <- Entries]}.

totals(Notes) ->
    States = lists:foldl(fun(#note{state = S}, Acc) ->
                                 maps:update_with(S, fun(N) -> N + 1 end, 1, Acc)
                         end, #{}, Notes),
    {length(Notes), maps:to_list(States), lists:sum([Note#note.input || Note <- Notes]),
     lists:sum([Note#note.output || Note <- Notes]),
     float(lists:sum([Note#note.cost || Note <- Notes]))}.

row(#entry{note = #note{} = Note, class = Class} = Entry, Now) ->
    {list_to_binary(pid_to_list(Note#note.agent)), bt_print:class_name(Class),
     text(Note#note.name), Note#note.state, text(Note#note.model), Note#note.turn,
     Note#note.round, Note#note.waiting, Note#note.input, Note#note.output,
     float(Note#note.cost), Entry#entry.memory, Entry#entry.mailbox, age(Note, Now)}.

text(nil) -> nil;
text(Atom) when is_atom(Atom) -> atom_to_binary(Atom);
text(Text) -> Text.

%% Who looks does not queue behind thousands of busy agents; it is done soon.
listed(Facade, Sorting, Limit) ->
    Before = process_flag(priority, high),
    try found(Facade, Sorting, Limit)
    after process_flag(priority, Before)
    end.

%% All notes, and the entries that are wanted. What the emulator says of processes is asked of those
%% that are shown only, unless they are sorted by it.
found(Facade, Sorting, Limit) ->
    Notes = [Note || Pid <- bt_instances:all_below(Facade), Note <- noted(Pid)],
    Entries = case lists:member(Sorting, [memory, mailbox, name]) of
                  true -> first(Limit, sorted(Sorting, entries(Notes)));
                  false -> entries(first(Limit, sorted(Sorting, Notes)))
              end,
    {Notes, with_models(Entries)}.

noted(Pid) ->
    try ets:lookup(?MODULE, Pid) of
        [#note{state = helper}] -> [];
        [#note{} = Note] -> [Note];
        [] -> [#note{agent = Pid, state = idle}]
    catch error:badarg -> [#note{agent = Pid, state = idle}]
    end.

first(all, List) -> List;
first(Limit, List) -> lists:sublist(List, Limit).

sorted(Sorting, List) ->
    [Each || {_, Each} <- lists:sort([{key(Sorting, Each), Each} || Each <- List])].

key(state, #note{state = State} = Note) -> {rank(State), -tokens(Note)};
key(tokens, #note{} = Note) -> -tokens(Note);
key(cost, #note{cost = Cost}) -> -Cost;
key(turn, #note{turn = Turn}) -> -Turn;
key(memory, #entry{memory = Memory}) -> -Memory;
key(mailbox, #entry{mailbox = Mailbox}) -> -Mailbox;
key(name, #entry{note = #note{name = Name}, class = Class}) ->
    {bt_print:class_name(Class), Name =:= nil, text(Name)}.

tokens(#note{input = Input, output = Output}) -> Input + Output.

%% What wants a person comes first, what does nothing last.
rank(awaitingApproval) -> 1;
rank(tools) -> 2;
rank(thinking) -> 3;
rank(paused) -> 4;
rank(idle) -> 5.

entries(Notes) -> [Entry || Note <- Notes, Entry <- entry(Note)].

%% Some have ended meanwhile.
entry(#note{agent = Agent} = Note) ->
    case process_info(Agent, [initial_call, memory, message_queue_len, registered_name]) of
        [{_, {Class, _, _}}, {_, Memory}, {_, Mailbox}, {_, Registered}] ->
            [#entry{note = named(Note, Registered), class = Class, memory = Memory,
                    mailbox = Mailbox}];
        undefined -> []
    end.

named(#note{name = nil} = Note, Registered) when is_atom(Registered) ->
    Note#note{name = Registered};
named(Note, _Registered) -> Note.

%% An agent without a model of its own has its class's.
with_models(Entries) ->
    {Known, _} = lists:mapfoldl(fun with_model/2, #{}, Entries),
    Known.

with_model(#entry{note = #note{model = nil} = Note, class = Class} = Entry, Known) ->
    Model = case Known of
                #{Class := Found} -> Found;
                #{} -> class_model(Class)
            end,
    {Entry#entry{note = Note#note{model = Model}}, Known#{Class => Model}};
with_model(Entry, Known) -> {Entry, Known}.

class_model(Class) ->
    try model(bt_send:call(bt_class:object(Class), model))
    catch _:_ -> nil
    end.

%%% The process that the table belongs to

start() ->
    case gen_server:start({local, ?MODULE}, ?MODULE, [], []) of
        {ok, _} -> ok;
        {error, {already_started, _}} -> ok
    end.

%% @private
-spec init([]) -> {ok, none}.
init([]) ->
    ?MODULE = ets:new(?MODULE, [named_table, public, {keypos, #note.agent},
                                {write_concurrency, true}, {read_concurrency, true}]),
    {ok, none}.

%% @private
-spec handle_call(term(), gen_server:from(), none) -> {reply, {error, unknown}, none}.
handle_call(_Request, _From, State) -> {reply, {error, unknown}, State}.

%% @private
-spec handle_cast({watch, pid()}, none) -> {noreply, none}.
handle_cast({watch, Pid}, State) ->
    _ = monitor(process, Pid),
    {noreply, State}.

%% @private
-spec handle_info(term(), none) -> {noreply, none}.
handle_info({'DOWN', _, process, Pid, _}, State) ->
    true = ets:delete(?MODULE, Pid),
    {noreply, State};
handle_info(_Message, State) -> {noreply, State}.
