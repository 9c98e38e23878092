%% @doc The processes that are no actors, but understand messages: supervisors, and those of class
%% Process. The sender's own process answers for them, so none of them is ever a bottleneck.
%%
%% Every send to a pid asks here, so that must be cheap: until there is such a process there is no
%% filter either, and afterwards only what passes the filter is looked up.
-module(bt_processes).
-behaviour(gen_server).

-export([create_tables/0, start_link/0]).
-export([add/3, add_root/1, lookup/1, class_of/1, of_class/1, below/1, shut_down/0]).
-export([is_foreign/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

-define(TABLE, ?MODULE).
%% Slot 1 counts all processes; each of the others those whose pid hashes to it.
-define(COUNT, 1).
-define(SLOTS, 4096).

-type data() :: term().

%% @doc Makes table and filter; the caller owns the table.
-spec create_tables() -> ok.
create_tables() ->
    ?TABLE = ets:new(?TABLE, [named_table, public, {read_concurrency, true}]),
    _ = persistent_term:erase(?MODULE),
    ok.

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Has the messages to a process answered by this class. The data are for the class.
-spec add(pid(), module(), data()) -> ok.
add(Pid, Facade, Data) ->
    ok = make_filter(),
    case ets:insert_new(?TABLE, {Pid, Facade, Data, none}) of
        true ->
            count(Pid, 1),
            gen_server:cast(?MODULE, {watch, Pid});
        false -> ok
    end.

%% The server makes it, so that there is one.
make_filter() ->
    case persistent_term:get(?MODULE, none) of
        none -> gen_server:call(?MODULE, make_filter);
        _ -> ok
    end.

%% @doc Notes that a supervisor has no supervisor itself, so that the end of the program ends it.
-spec add_root(pid()) -> ok.
add_root(Pid) ->
    ets:update_element(?TABLE, Pid, {4, erlang:unique_integer([monotonic])}),
    ok.

%% @doc The class that answers for a process, and its data; `none' for actors and all others.
-spec lookup(pid()) -> {module(), data()} | none.
lookup(Pid) ->
    case persistent_term:get(?MODULE, none) of
        none -> none;
        Filter ->
            case is_possible(Filter, Pid) of
                true -> row(Pid);
                false -> none
            end
    end.

is_possible(Filter, Pid) ->
    atomics:get(Filter, ?COUNT) > 0 andalso atomics:get(Filter, slot(Pid)) > 0.

row(Pid) ->
    case ets:lookup(?TABLE, Pid) of
        [{_, Facade, Data, _}] -> {Facade, Data};
        [] -> none
    end.

%% @doc The class that answers for a process that is no actor: Process for those that nobody knows.
-spec class_of(pid()) -> module().
class_of(Pid) ->
    case lookup(Pid) of
        {Facade, _} -> Facade;
        none -> 'bt.stdlib.Process'
    end.

%% @doc Whether a process knows nothing of Beamtalk, so that it will never answer a message: a live
%% one of this node that is no actor, that nobody answers for, and that has done nothing here.
-spec is_foreign(pid()) -> boolean().
is_foreign(Pid) when node(Pid) =:= node() ->
    case process_info(Pid, initial_call) of
        {_, {_, '$start', 1}} -> false;
        {_, _} -> lookup(Pid) =:= none andalso knows_nothing(process_info(Pid, dictionary));
        undefined -> false
    end;
is_foreign(_) -> false.

%% The dictionary of an actor is its state, and may be large: only others are asked for theirs.
knows_nothing({dictionary, Dictionary}) -> not lists:any(fun is_ours/1, Dictionary);
knows_nothing(undefined) -> false.

is_ours({Key, _}) when is_atom(Key) -> lists:prefix("$bt_", atom_to_list(Key));
is_ours(_) -> false.

%% @doc The processes that this class answers for.
-spec of_class(module()) -> [pid()].
of_class(Facade) -> [Pid || [Pid] <- ets:match(?TABLE, {'$1', Facade, '_', '_'})].

%% @doc Those that the class or a class below it answers for.
-spec below(module()) -> [pid()].
below(Facade) ->
    [Pid || [Pid, Class] <- ets:match(?TABLE, {'$1', '$2', '_', '_'}),
            bt_class:inherits_from(Class, Facade)].

%% @doc Ends all supervisors in order, the last one first, and those that they supervise.
-spec shut_down() -> ok.
shut_down() ->
    Roots = [{Order, Pid} || {Pid, _, _, Order} <- ets:tab2list(?TABLE), is_integer(Order)],
    lists:foreach(fun({_, Root}) -> stop(Root) end, lists:reverse(lists:sort(Roots))).

stop(Root) ->
    Monitor = erlang:monitor(process, Root),
    try sys:terminate(Root, shutdown, infinity)
    catch exit:_ -> ok
    end,
    receive {'DOWN', Monitor, process, _, _} -> ok end.

count(Pid, Change) ->
    Filter = persistent_term:get(?MODULE),
    ok = atomics:add(Filter, slot(Pid), Change),
    ok = atomics:add(Filter, ?COUNT, Change).

slot(Pid) -> 2 + erlang:phash2(Pid, ?SLOTS).

%%% The server forgets processes that have ended, and ends those that are left with the program

%% @private
-spec init([]) -> {ok, none}.
init([]) ->
    process_flag(trap_exit, true),
    [erlang:monitor(process, Pid) || {Pid, _, _, _} <- ets:tab2list(?TABLE)],
    {ok, none}.

%% @private
-spec handle_call(make_filter, gen_server:from(), none) -> {reply, ok, none}.
handle_call(make_filter, _From, State) ->
    case persistent_term:get(?MODULE, none) of
        none -> persistent_term:put(?MODULE, atomics:new(?SLOTS + 1, []));
        _ -> ok
    end,
    {reply, ok, State}.

%% @private
-spec handle_cast({watch, pid()}, none) -> {noreply, none}.
handle_cast({watch, Pid}, State) ->
    erlang:monitor(process, Pid),
    {noreply, State}.

%% @private
-spec handle_info(term(), none) -> {noreply, none}.
handle_info({'DOWN', _, process, Pid, _}, State) ->
    case ets:take(?TABLE, Pid) of
        [_] -> count(Pid, -1);
        [] -> ok
    end,
    bt_recovery:forget_children_of(Pid),
    {noreply, State};
handle_info(_Message, State) -> {noreply, State}.

%% @private
-spec terminate(term(), none) -> ok.
terminate(_Reason, _State) -> shut_down().
