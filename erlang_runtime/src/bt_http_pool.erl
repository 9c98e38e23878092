%%% @doc Keeps connections of HttpClient that nobody uses at the moment, for the next request to the
%%% same place: the latest first, for a while, and only so many. One that the server closes, or
%%% sends something on, is not kept.
%%%
%%% A connection in use belongs to the process whose request it is, so that it ends with that one.
-module(bt_http_pool).
-behaviour(gen_server).

-export([start_link/0, take/1, put/2, count/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([place/0]).

%% Everything that makes two connections different: how the server was verified, too.
-type place() :: {Scheme :: http | https, Host :: inet:hostname() | inet:ip_address(),
                  inet:port_number(), Verify :: term(), CaFile :: term()}.
-type idle() :: {bt_net:socket(), Since :: integer()}.

-record(state, {
    idle = #{} :: #{place() => [idle(), ...]},
    places = #{} :: #{Handle :: term() => place()},
    is_sweeping = false :: boolean()
}).

-define(MOST, 5000).
-define(KEEP_MS, 60000).
-define(SWEEP_MS, 10000).

%% @doc Starts the pool of this node.
-spec start_link() -> {ok, pid()} | {error, term()} | ignore.
start_link() -> gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc A connection to a place, which is the caller's from now on.
-spec take(place()) -> {ok, bt_net:socket()} | none.
take(Place) ->
    case gen_server:call(?MODULE, {take, Place}, infinity) of
        {ok, Socket} -> open(Socket, Place);
        none -> none
    end.

%% That the server has closed it may have come to this machine, but not yet to the pool.
open(Socket, Place) ->
    case bt_net:recv(Socket, 0, 0) of
        {error, timeout} -> {ok, Socket};
        _ ->
            bt_net:close(Socket),
            take(Place)
    end.

%% @doc Takes a connection back on which an answer was read to its end.
-spec put(place(), bt_net:socket()) -> ok.
put(Place, Socket) ->
    Pool = whereis(?MODULE),
    case is_pid(Pool) andalso bt_net:give(Socket, Pool) of
        ok -> gen_server:cast(Pool, {put, Place, Socket});
        _ -> bt_net:close(Socket)
    end.

%% @doc How many connections it has.
-spec count() -> non_neg_integer().
count() -> gen_server:call(?MODULE, count, infinity).

%% Who waits for a connection waits for this process: among thousands that have work to do, it goes
%% first.
%% @private
-spec init([]) -> {ok, #state{}}.
init([]) ->
    _ = process_flag(priority, high),
    {ok, #state{}}.

%% @private
-spec handle_call({take, place()} | count, {pid(), term()}, #state{}) ->
          {reply, {ok, bt_net:socket()} | none | non_neg_integer(), #state{}}.
handle_call({take, Place}, {Taker, _}, State) ->
    {Taken, Rest} = taken(Place, Taker, State),
    {reply, Taken, Rest};
handle_call(count, _From, #state{places = Places} = State) ->
    {reply, map_size(Places), State}.

taken(Place, Taker, #state{idle = Idle, places = Places} = State) ->
    case Idle of
        #{Place := [{{_, Handle} = Socket, _} | Rest]} ->
            Left = State#state{idle = kept(Place, Rest, Idle),
                               places = maps:remove(Handle, Places)},
            case given(Socket, Taker) of
                ok -> {{ok, Socket}, Left};
                _ ->
                    bt_net:close(Socket),
                    taken(Place, Taker, Left)
            end;
        #{} -> {none, State}
    end.

given(Socket, Taker) ->
    case bt_net:passive(Socket) of
        ok -> bt_net:give(Socket, Taker);
        Error -> Error
    end.

kept(Place, [], Idle) -> maps:remove(Place, Idle);
kept(Place, Rest, Idle) -> Idle#{Place := Rest}.

%% @private
-spec handle_cast({put, place(), bt_net:socket()}, #state{}) -> {noreply, #state{}}.
handle_cast({put, _Place, Socket}, #state{places = Places} = State)
  when map_size(Places) >= ?MOST ->
    bt_net:close(Socket),
    {noreply, State};
handle_cast({put, Place, {_, Handle} = Socket}, #state{idle = Idle, places = Places} = State) ->
    case bt_net:idle(Socket) of
        ok ->
            Before = maps:get(Place, Idle, []),
            {noreply, sweeping(State#state{idle = Idle#{Place => [{Socket, now_ms()} | Before]},
                                           places = Places#{Handle => Place}})};
        {error, _} ->
            bt_net:close(Socket),
            {noreply, State}
    end.

%% What a server says that was not asked is the end of the connection, as its close is.
%% @private
-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(sweep, State) -> {noreply, sweeping(swept(State#state{is_sweeping = false}))};
handle_info({_Kind, Handle}, State) -> {noreply, without(Handle, State)};
handle_info({_Kind, Handle, _What}, State) -> {noreply, without(Handle, State)};
handle_info(_Other, State) -> {noreply, State}.

without(Handle, #state{idle = Idle, places = Places} = State) ->
    case maps:take(Handle, Places) of
        {Place, Left} ->
            {Gone, Rest} = lists:partition(fun({{_, H}, _}) -> H =:= Handle end,
                                           map_get(Place, Idle)),
            close_all(Gone),
            State#state{idle = kept(Place, Rest, Idle), places = Left};
        error -> State
    end.

%% The looks end when there is nothing to look at.
sweeping(#state{is_sweeping = false, places = Places} = State) when map_size(Places) > 0 ->
    erlang:send_after(?SWEEP_MS, self(), sweep),
    State#state{is_sweeping = true};
sweeping(State) -> State.

swept(#state{idle = Idle} = State) ->
    Oldest = now_ms() - ?KEEP_MS,
    maps:fold(fun(Place, All, Left) -> swept(Place, All, Oldest, Left) end, State, Idle).

swept(Place, All, Oldest, #state{idle = Idle, places = Places} = State) ->
    {Fresh, Old} = lists:splitwith(fun({_, Since}) -> Since >= Oldest end, All),
    close_all(Old),
    State#state{idle = kept(Place, Fresh, Idle),
                places = maps:without([Handle || {{_, Handle}, _} <- Old], Places)}.

close_all(Idle) -> lists:foreach(fun({Socket, _}) -> bt_net:close(Socket) end, Idle).

now_ms() -> erlang:monotonic_time(millisecond).
