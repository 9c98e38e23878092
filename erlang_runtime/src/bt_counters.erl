%% @doc What each actor has done: messages handled, errors and time, for each selector.
%%
%% The numbers are always kept, so they must cost next to nothing: they live in an array of atomics
%% that belongs to the actor (an increment allocates nothing), and time is taken of one message in a
%% few dozen (bt_actor_loop chooses). The array and the places in it are
%% in the actor's process dictionary, so anybody can read them at any moment, also while it is busy.
%% What an actor leaves behind when it ends is added up for its class.
-module(bt_counters).

-export([create_tables/0, none/0, is_first/1, count/2, enter/2, settle/1, failed/2, refused/1,
          timed/3, retire/2]).
-export([of_victim/1, retire_victim/2]).
-export([of_pid/1, of_dictionary/1, of_class/1]).
-export_type([counters/0, summary/0]).

-define(TABLE, ?MODULE).
-define(KEY, '$bt_counters').

%% For each selector: messages, errors, messages whose time was taken, and their time.
-define(CALLS, 0).
-define(ERRORS, 1).
-define(SAMPLES, 2).
-define(TIME, 3).
-define(WIDTH, 4).
-define(SELECTORS_AT_FIRST, 2).

%% What an actor notes as its selector besides those of messages.
-define(NO_MESSAGES, [undefined, initialize, 'migrate:', 'whenResolved:', 'after:do:']).

%% There is no array before the second message.
-type counters() :: {#{atom() => pos_integer()}, atomics:atomics_ref() | none}.
-type numbers() :: {integer(), integer(), integer(), integer()}.
-type summary() :: #{atom() => #{calls | errors => non_neg_integer(),
                                 meanMicroseconds => float() | nil}}.

-spec create_tables() -> ok.
create_tables() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, {write_concurrency, true}]),
    ok.

%%% In the actor

%% @doc The counters of an actor that has not done anything yet.
-spec none() -> counters().
none() -> {#{}, none}.

%% @doc Counts a message, if its selector has a place.
-spec count(atom(), counters()) -> boolean().
count(Selector, {Places, Array}) when is_map_key(Selector, Places) ->
    atomics:add(Array, map_get(Selector, Places), 1),
    true;
count(_, _) -> false.

%% @doc Whether no message was counted before, if this is the selector that the actor has noted
%% last; else answers it. The very first message is counted by that note alone.
-spec is_first(atom()) -> true | {false, atom()}.
is_first(Noted) ->
    case lists:member(Noted, ?NO_MESSAGES) of
        true -> true;
        false -> {false, Noted}
    end.

%% @doc The counters with a message of a selector that has no place yet, before it is noted.
-spec enter(atom(), counters()) -> counters().
enter(Selector, {_, none} = Counters) ->
    case settle(Counters) of
        {_, none} -> Counters;
        {#{Selector := _}, _} = Settled -> counted(Selector, Settled);
        Settled -> enter(Selector, Settled)
    end;
enter(Selector, {Places, Array}) ->
    Place = map_size(Places) * ?WIDTH + 1,
    counted(Selector, {Places#{Selector => Place}, with_room(Array, Place + ?WIDTH - 1)}).

%% @doc The counters with what was only noted so far.
-spec settle(counters()) -> counters().
settle({_, none} = Counters) ->
    case is_first(get('$bt_msg')) of
        true -> Counters;
        {false, First} ->
            Settled = array(First),
            _ = put(?KEY, Settled),
            Settled
    end;
settle(Counters) -> Counters.

%% With one message of this selector.
array(Selector) ->
    Array = atomics:new(?SELECTORS_AT_FIRST * ?WIDTH, []),
    atomics:put(Array, 1, 1),
    {#{Selector => 1}, Array}.

counted(Selector, {Places, Array} = Counters) ->
    atomics:add(Array, map_get(Selector, Places), 1),
    _ = put(?KEY, Counters),
    Counters.

with_room(Array, Last) ->
    case atomics:info(Array) of
        #{size := Size} when Size >= Last -> Array;
        #{size := Size} -> copied(Array, Size, atomics:new(2 * Size, []))
    end.

copied(_, 0, New) -> New;
copied(Old, N, New) ->
    atomics:put(New, N, atomics:get(Old, N)),
    copied(Old, N - 1, New).

%% @doc Counts an error in the method of a selector.
-spec failed(atom(), counters()) -> counters().
failed(Selector, {Places, Array} = Counters) when is_map_key(Selector, Places) ->
    atomics:add(Array, map_get(Selector, Places) + ?ERRORS, 1),
    Counters;
failed(Selector, {_, none}) ->
    {_, Array} = Counters = array(Selector),
    atomics:put(Array, 1 + ?ERRORS, 1),
    _ = put(?KEY, Counters),
    Counters;
failed(_, Counters) -> Counters.

%% @doc A message that was not understood is none that counts.
-spec refused(counters()) -> ok.
refused({_, none}) ->
    _ = put('$bt_msg', initialize),
    ok;
refused(_) -> ok.

%% @doc Adds the time since the start, in native units, of a message that was chosen for it.
-spec timed(atom(), integer(), counters()) -> ok.
timed(Selector, Start, {Places, Array}) when is_map_key(Selector, Places) ->
    Place = map_get(Selector, Places),
    atomics:add(Array, Place + ?TIME, erlang:monotonic_time() - Start),
    atomics:add(Array, Place + ?SAMPLES, 1);
timed(_, _, _) -> ok.

%% @doc Adds the numbers of an actor that ends to those of its class.
-spec retire(module(), counters()) -> ok.
retire(Class, {_, none}) -> retire_rows(Class, noted(get('$bt_msg')));
retire(Class, Counters) -> retire_rows(Class, numbers(Counters)).

retire_rows(_, []) -> ok;
retire_rows(Class, Rows) ->
    case ets:whereis(?TABLE) of
        undefined -> ok;
        Table -> lists:foreach(fun(Row) -> retire_one(Table, Class, Row) end, Rows)
    end.

retire_one(Table, Class, {Selector, {Calls, Errors, Samples, Time}}) ->
    Key = {Class, Selector},
    Add = [{2, Calls}, {3, Errors}, {4, Samples}, {5, Time}],
    _ = ets:update_counter(Table, Key, Add, {Key, 0, 0, 0, 0}),
    ok.

%%% From anywhere

%% @doc The numbers of an actor that is about to be killed, which cannot retire them itself.
-spec of_victim(pid()) -> [{atom(), numbers()}].
of_victim(Actor) ->
    case process_info(Actor, dictionary) of
        {dictionary, Dictionary} -> in_dictionary(Dictionary);
        undefined -> []
    end.

%% @doc Adds them to those of its class, once it is dead.
-spec retire_victim(module(), [{atom(), numbers()}]) -> ok.
retire_victim(Class, Numbers) -> retire_rows(Class, Numbers).

%% @doc The counters of an actor by selector; empty for one that is dead or no actor.
-spec of_pid(pid()) -> summary().
of_pid(Actor) when node(Actor) =:= node() ->
    case process_info(Actor, dictionary) of
        {dictionary, Dictionary} -> of_dictionary(Dictionary);
        undefined -> #{}
    end;
of_pid(Actor) ->
    try erpc:call(node(Actor), ?MODULE, of_pid, [Actor], 5000)
    catch error:{erpc, _} -> #{}
    end.

%% @doc The same from the dictionary that `process_info/2' gave.
-spec of_dictionary([{term(), term()}]) -> summary().
of_dictionary(Dictionary) -> summary(in_dictionary(Dictionary)).

%% @doc The sums over the actors of a class: those that live, and those that ended, unless an exit
%% signal of Erlang's killed them. Subclasses have their own.
-spec of_class(module()) -> summary().
of_class(Class) ->
    Living = [Row || Actor <- processes(), Row <- of_instance(Actor, Class)],
    summary(lists:foldl(fun added/2, #{}, Living ++ retired(Class))).

of_instance(Actor, Class) ->
    case process_info(Actor, initial_call) of
        {initial_call, {Class, '$start', 1}} ->
            case process_info(Actor, dictionary) of
                {dictionary, Dictionary} -> in_dictionary(Dictionary);
                undefined -> []
            end;
        _ -> []
    end.

retired(Class) ->
    case ets:whereis(?TABLE) of
        undefined -> [];
        Table ->
            Rows = ets:match_object(Table, {{Class, '_'}, '_', '_', '_', '_'}),
            [{Selector, {Calls, Errors, Samples, Time}}
             || {{_, Selector}, Calls, Errors, Samples, Time} <- Rows]
    end.

added({Selector, {A, B, C, D} = Numbers}, Sums) ->
    maps:update_with(Selector, fun({E, F, G, H}) -> {A + E, B + F, C + G, D + H} end, Numbers,
                     Sums).

-spec in_dictionary([{term(), term()}]) -> [{atom(), numbers()}].
in_dictionary(Dictionary) ->
    case lists:keyfind(?KEY, 1, Dictionary) of
        {_, Counters} -> numbers(Counters);
        false -> noted(proplists:get_value('$bt_msg', Dictionary))
    end.

noted(Selector) ->
    case is_first(Selector) of
        true -> [];
        {false, First} -> [{First, {1, 0, 0, 0}}]
    end.

-spec numbers(counters()) -> [{atom(), numbers()}].
numbers({Places, Array}) ->
    [{Selector, {atomics:get(Array, Place + ?CALLS), atomics:get(Array, Place + ?ERRORS),
                 atomics:get(Array, Place + ?SAMPLES), atomics:get(Array, Place + ?TIME)}}
     || {Selector, Place} <- maps:to_list(Places)].

-spec summary([{atom(), numbers()}] | #{atom() => numbers()}) -> summary().
summary(Rows) when is_list(Rows) -> summary(maps:from_list(Rows));
summary(Rows) ->
    maps:map(fun(_, {Calls, Errors, Samples, Time}) ->
                     #{calls => Calls, errors => Errors, meanMicroseconds => mean(Time, Samples)}
             end, Rows).

mean(_, 0) -> nil;
mean(Time, Samples) ->
    erlang:convert_time_unit(Time, native, nanosecond) / Samples / 1000.
