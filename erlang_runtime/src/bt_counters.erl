%% @doc What each actor has done: messages handled, errors and time, for each selector.
%%
%% The numbers are always kept, so they must cost next to nothing: they live in an array of atomics
%% that belongs to the actor (an increment allocates nothing), and the time is taken of the first
%% message of each selector and of one in a few dozen after that. The array and the places in it are
%% in the actor's process dictionary, so anybody can read them at any moment, also while it is busy.
%% What an actor leaves behind when it ends is added up for its class.
-module(bt_counters).

-export([create_tables/0, none/0, enter/2, place/2, failed/2, timed/3, retire/2]).
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

-type index() :: #{atom() => pos_integer()}.
-type counters() :: {index(), atomics:atomics_ref() | none}.
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

%% @doc The same counters with a place for one more selector.
-spec enter(atom(), counters()) -> counters().
enter(Selector, {Index, Array}) ->
    Place = map_size(Index) * ?WIDTH + 1,
    Counters = {Index#{Selector => Place}, with_room(Array, Place + ?WIDTH - 1)},
    _ = put(?KEY, Counters),
    Counters.

with_room(none, _) -> atomics:new(?SELECTORS_AT_FIRST * ?WIDTH, []);
with_room(Array, Last) ->
    case atomics:info(Array) of
        #{size := Size} when Size >= Last -> Array;
        #{size := Size} -> copied(Array, Size, atomics:new(2 * Size, []))
    end.

copied(_, 0, New) -> New;
copied(Old, N, New) ->
    atomics:put(New, N, atomics:get(Old, N)),
    copied(Old, N - 1, New).

%% @doc Where the numbers of a selector are, if it has a place.
-spec place(atom(), counters()) -> {atomics:atomics_ref(), pos_integer()} | none.
place(Selector, {Index, Array}) ->
    case Index of
        #{Selector := Place} -> {Array, Place};
        #{} -> none
    end.

%% @doc Counts an error in the method of a selector.
-spec failed(atom(), counters()) -> ok.
failed(Selector, Counters) ->
    case place(Selector, Counters) of
        {Array, Place} -> atomics:add(Array, Place + ?ERRORS, 1);
        none -> ok
    end.

%% @doc Adds the time since the start, in native units, of a message that was chosen for it.
-spec timed(atom(), integer(), counters()) -> ok.
timed(Selector, Start, Counters) ->
    case place(Selector, Counters) of
        {Array, Place} ->
            atomics:add(Array, Place + ?TIME, erlang:monotonic_time() - Start),
            atomics:add(Array, Place + ?SAMPLES, 1);
        none -> ok
    end.

%% @doc Adds the numbers of an actor that ends to those of its class.
-spec retire(module(), counters()) -> ok.
retire(Class, Counters) ->
    case ets:whereis(?TABLE) of
        undefined -> ok;
        Table -> lists:foreach(fun(Row) -> retire_one(Table, Class, Row) end, numbers(Counters))
    end.

retire_one(Table, Class, {Selector, {Calls, Errors, Samples, Time}}) ->
    Key = {Class, Selector},
    Add = [{2, Calls}, {3, Errors}, {4, Samples}, {5, Time}],
    _ = ets:update_counter(Table, Key, Add, {Key, 0, 0, 0, 0}),
    ok.

%%% From anywhere

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

%% @doc The sums over the actors of a class: those that live, and those that ended other than by
%% being killed. Subclasses have their own.
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
        false -> []
    end.

-spec numbers(counters()) -> [{atom(), numbers()}].
numbers({Index, Array}) ->
    [{Selector, {atomics:get(Array, Place + ?CALLS), atomics:get(Array, Place + ?ERRORS),
                 atomics:get(Array, Place + ?SAMPLES), atomics:get(Array, Place + ?TIME)}}
     || {Selector, Place} <- maps:to_list(Index)].

-spec summary([{atom(), numbers()}] | #{atom() => numbers()}) -> summary().
summary(Rows) when is_list(Rows) -> summary(maps:from_list(Rows));
summary(Rows) ->
    maps:map(fun(_, {Calls, Errors, Samples, Time}) ->
                     #{calls => Calls, errors => Errors, meanMicroseconds => mean(Time, Samples)}
             end, Rows).

mean(_, 0) -> nil;
mean(Time, Samples) ->
    erlang:convert_time_unit(Time, native, nanosecond) / Samples / 1000.
