%% @doc Unloads modules that newer ones have replaced, once nobody needs them.
%%
%% What may need one: a process that runs one of its methods, and a block that was made there.
%% The code server looks only for the first (since OTP 20 it does not see funs, and they would
%% break); the second is told by the count of references that the emulator keeps for each fun of a
%% module. Garbage that was not collected yet counts too: then a later attempt succeeds.
%%
%% Asking all processes takes its time, so a process of its own does it, for one module after the
%% other. Who loads faster than that is held up (make_room/0), or the old code would pile up.
-module(bt_reaper).
-behaviour(gen_server).

-export([start_link/0, supersede/2, make_room/0, superseded/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% The specification of fun_info/2 does not know `refc'.
-dialyzer({[no_fail_call, no_return, no_unused, no_match], [
    examine/2, unload_each/3, unload/1, has_blocks/1, is_maker/1, references/1, counts_blocks/0,
    probe/1
]}).
-dialyzer({no_unused, make_old/1}).

%% The emulator's own reference, and that of the block made to ask.
-define(UNUSED, 2).
%% Looked for when nothing was loaded for a while, so that it is in nobody's way; or when there is
%% much. Somebody who edits beside 100,000 actors makes modules faster than they can be unloaded,
%% but in all hardly ever so many.
-define(QUIET, 2000).
-define(AGAIN, 30000).
-define(MUCH, {256, 4_000_000}).
-define(TOO_MUCH, {512, 16_000_000}).
-define(MANY_KEPT, 64).
-define(BATCH, 16).

-record(state, {
    %% Superseded and not looked at yet, the first to come first.
    fresh = [] :: [module()],
    code = #{} :: #{module() => binary()},
    worker = none :: {pid(), reference()} | none,
    timer = none :: none | {now | soon | again, reference()},
    %% Loaders that wait for room.
    waiting = [] :: [gen_server:from()]
}).

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Hands a module over that is loaded and not called by name any more; the binary is its own.
-spec supersede(module(), binary()) -> ok.
supersede(Module, Binary) ->
    gen_server:cast(?MODULE, {supersede, Module, Binary}).

%% @doc Returns when not too many modules wait.
-spec make_room() -> ok.
make_room() ->
    gen_server:call(?MODULE, make_room, infinity).

%% @doc The superseded modules that are still loaded.
-spec superseded() -> [module()].
superseded() ->
    gen_server:call(?MODULE, superseded, infinity).

-spec init([]) -> {ok, #state{}}.
init([]) ->
    {ok, #state{}}.

-spec handle_call(make_room | superseded, gen_server:from(), #state{}) ->
          {reply, ok | [module()], #state{}} | {noreply, #state{}}.
handle_call(superseded, _From, #state{code = Code} = State) ->
    {reply, maps:keys(Code), State};
handle_call(make_room, From, #state{waiting = Waiting} = State) ->
    case has(?TOO_MUCH, State) of
        false -> {reply, ok, State};
        true -> {noreply, State#state{waiting = [From | Waiting]}}
    end.

-spec handle_cast({supersede, module(), binary()}, #state{}) -> {noreply, #state{}}.
handle_cast({supersede, Module, Binary}, #state{fresh = Fresh, code = Code} = State) ->
    Known = State#state{
        fresh = lists:delete(Module, Fresh) ++ [Module],
        code = Code#{Module => Binary}
    },
    Urgency = urgency(Known),
    ok = hold(Urgency, Known),
    {noreply, look_in(Urgency, Known)}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({look, When}, #state{worker = none} = State) ->
    {noreply, look(When, State#state{timer = none})};
handle_info({look, _}, State) ->
    {noreply, State#state{timer = none}};
handle_info({seen, Module, Binary, IsGone}, State) ->
    {noreply, admit(seen(Module, Binary, IsGone, State))};
handle_info({'DOWN', Worker, process, _, normal}, #state{worker = {_, Worker}} = State) ->
    {noreply, look_next(State#state{worker = none})};
handle_info({'DOWN', Worker, process, _, _}, #state{worker = {_, Worker}} = State) ->
    %% Whatever it was, it would happen again at once.
    {noreply, look_next(admit(State#state{worker = none, fresh = []}))};
handle_info(_Message, State) ->
    {noreply, State}.

%%% What was superseded is looked at once, some modules at a time, and what is still in use then
%%% only rarely.

look(When, #state{fresh = Fresh, code = Code} = State) when
    %% Where so many are kept, classes are loaded all the time, and there would never be another
    %% look.
    When =:= again; map_size(Code) - length(Fresh) >= ?MANY_KEPT
->
    start(maps:keys(Code), State);
look(_, #state{fresh = Fresh} = State) ->
    start(lists:sublist(Fresh, ?BATCH), State).

start(Modules, #state{code = Code} = State) ->
    Reaper = self(),
    Worker = spawn_monitor(fun() -> examine(maps:with(Modules, Code), Reaper) end),
    State#state{worker = Worker}.

%% Somebody is loading: the next load may have to wait for the purge of a facade, and that for the
%% module at hand, but not for all of them.
hold(soon, #state{worker = {Pid, _}}) ->
    Pid ! hold,
    ok;
hold(_, _) ->
    ok.

%% The name may be that of a newer module by now.
seen(Module, Binary, IsGone, #state{fresh = Fresh, code = Code} = State) ->
    case Code of
        #{Module := Binary} when IsGone ->
            ok = bt_patch:forget([Module]),
            State#state{fresh = lists:delete(Module, Fresh), code = maps:remove(Module, Code)};
        #{Module := Binary} ->
            State#state{fresh = lists:delete(Module, Fresh)};
        _ ->
            State#state{fresh = [Name || Name <- Fresh, is_map_key(Name, Code)]}
    end.

admit(#state{waiting = Waiting} = State) ->
    case has(?TOO_MUCH, State) of
        true -> State;
        false ->
            lists:foreach(fun(From) -> gen_server:reply(From, ok) end, Waiting),
            State#state{waiting = []}
    end.

%% Whether so many modules, or so many bytes of them, were not looked at yet.
has({Many, Bytes}, #state{fresh = Fresh, code = Code}) ->
    length(Fresh) >= Many orelse
        lists:sum([byte_size(map_get(Module, Code)) || Module <- Fresh]) >= Bytes.

%% Something may have been superseded meanwhile: its timer goes on.
look_next(#state{fresh = [_ | _], timer = {When, _}} = State) when When =/= again -> State;
look_next(#state{fresh = [_ | _]} = State) -> look_in(now, State);
look_next(#state{code = Code} = State) when Code =/= #{} -> look_in(again, State);
look_next(State) -> State.

urgency(State) ->
    case has(?MUCH, State) of
        true -> now;
        false -> soon
    end.

%% The last to say when decides, but what is urgent stays so.
look_in(_When, #state{timer = {now, _}} = State) ->
    State;
look_in(When, #state{timer = Timer} = State) ->
    _ = [erlang:cancel_timer(Old) || {_, Old} <- [Timer]],
    State#state{timer = {When, erlang:send_after(delay(When), self(), {look, When})}}.

delay(now) -> 0;
delay(soon) -> ?QUIET;
delay(again) -> ?AGAIN.

%%% In the worker

%% Unloads the modules that are not used.
-spec examine(#{module() => binary()}, pid()) -> ok.
examine(Modules, Reaper) ->
    Counts = counts_blocks(),
    Unused = maps:filter(fun(Module, _) -> Counts andalso not has_blocks(Module) end, Modules),
    ok = make_old(maps:to_list(Unused)),
    unload_each(maps:to_list(Modules), Unused, Reaper).

unload_each([], _, _) ->
    ok;
unload_each([{Module, Binary} | Rest], Unused, Reaper) ->
    IsGone = is_map_key(Module, Unused) andalso unload(Module),
    Reaper ! {seen, Module, Binary, IsGone},
    receive
        hold -> ok
    after 0 -> unload_each(Rest, Unused, Reaper)
    end.

%% Only code that is old can be asked for its processes, and a running method may still call its
%% module. So a second instance of the same code makes the first one old.
make_old(Modules) ->
    %% What came from a file is protected (bt_load).
    lists:foreach(fun({Name, _}) -> code:unstick_mod(Name) end, Modules),
    bt_code:load([Module || {Name, _} = Module <- Modules, not erlang:check_old_code(Name)]).

unload(Module) ->
    bt_code:purge(Module) andalso
        not has_blocks(Module) andalso
        code:delete(Module) andalso
        bt_code:purge(Module).

has_blocks(Module) ->
    Makers = [Name || {Name, 1} <- Module:module_info(exports), is_maker(Name)],
    %% The blocks of an earlier question would count.
    _ = Makers =/= [] andalso garbage_collect(),
    lists:any(fun(Maker) -> references(Module:Maker(none)) > ?UNUSED end, Makers).

is_maker(Name) ->
    lists:prefix("mk ", atom_to_list(Name)).

references(Block) ->
    {refc, Count} = erlang:fun_info(Block, refc),
    Count.

%% An emulator that does not count tells so here; then all that has blocks is kept. Both blocks must
%% live until the end, so they are called there.
counts_blocks() ->
    First = probe(1),
    Before = references(First),
    Second = probe(2),
    references(Second) > Before andalso First() =/= Second().

probe(N) ->
    fun() -> N end.
