%% @doc A store in the memory of the node. Its tables belong to a process of their own, so that they
%% live until they are closed, whoever opened them.
-module(bt_agent_store_ets).
-behaviour(bt_agent_store).
-behaviour(gen_server).

-export([open/1, run/2, close/1]).
-export([init/1, handle_call/3, handle_cast/2]).

%% @doc Opens the table of a name, which is made if there is none; of no name, a new one.
-spec open(map()) -> {ok, ets:tid()}.
open(Options) ->
    {ok, keeper({open, maps:get(name, Options, nil)})}.

%% @doc Takes the table away with what it holds.
-spec close(ets:tid()) -> ok.
close(Table) -> keeper({close, Table}).

%% @doc Answers a request.
-spec run(ets:tid(), bt_agent_store:request()) -> bt_agent_store:answer().
run(Table, Request) ->
    try answer(Table, Request)
    catch error:badarg -> {error, closed, <<"it is closed">>}
    end.

answer(Table, {get, Key}) -> value(ets:lookup(Table, Key));
answer(Table, {put, Key, Bytes}) ->
    true = ets:insert(Table, {Key, Bytes}),
    ok;
answer(Table, {put_new, Key, Bytes}) -> written(ets:insert_new(Table, {Key, Bytes}));
answer(Table, {replace, Key, Old, New}) ->
    written(ets:select_replace(Table, [{{Key, Old}, [], [{{Key, New}}]}]) =:= 1);
answer(Table, {remove, Key}) -> value(ets:take(Table, Key));
answer(Table, {keys, Prefix}) ->
    {ok, Rows} = answer(Table, {scan, Prefix}),
    {ok, [Key || {Key, _} <- Rows]};
answer(Table, {scan, Prefix}) -> {ok, rows(Table, ets:lookup(Table, Prefix), Prefix, Prefix)}.

value([{_Key, Bytes}]) -> {ok, Bytes};
value([]) -> none.

written(true) -> ok;
written(false) -> conflict.

%% The table is in order: what begins so stands together.
rows(Table, Found, Key, Prefix) ->
    Found ++ case ets:next(Table, Key) of
        '$end_of_table' -> [];
        Next ->
            case binary:longest_common_prefix([Next, Prefix]) =:= byte_size(Prefix) of
                true -> rows(Table, ets:lookup(Table, Next), Next, Prefix);
                false -> []
            end
    end.

%% The keeper

keeper(Request) ->
    try gen_server:call(?MODULE, Request, infinity)
    catch exit:{noproc, _} ->
        _ = gen_server:start({local, ?MODULE}, ?MODULE, [], []),
        keeper(Request)
    end.

%% @private
-spec init([]) -> {ok, #{term() => ets:tid()}}.
init([]) -> {ok, #{}}.

%% @private
-spec handle_call(term(), {pid(), term()}, map()) -> {reply, term(), map()}.
handle_call({open, nil}, _From, Tables) -> {reply, new(), Tables};
handle_call({open, Name}, _From, Tables) ->
    case Tables of
        #{Name := Table} -> {reply, Table, Tables};
        #{} ->
            Table = new(),
            {reply, Table, Tables#{Name => Table}}
    end;
handle_call({close, Table}, _From, Tables) ->
    _ = ets:info(Table, size) =:= undefined orelse ets:delete(Table),
    {reply, ok, maps:filter(fun(_Name, Other) -> Other =/= Table end, Tables)}.

%% @private
-spec handle_cast(term(), map()) -> {noreply, map()}.
handle_cast(_Message, Tables) -> {noreply, Tables}.

new() -> ets:new(?MODULE, [ordered_set, public, {read_concurrency, true}]).
