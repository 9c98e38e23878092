%% @doc Loads classes and what changes them. One process does it, so that two loads cannot cross.
%%
%% What is loaded again gets a module of another name beside the one it has: methods that run, and
%% blocks that are kept anywhere, go on in their own code, which bt_reaper unloads when it is not
%% needed any more. Nothing is ever killed by a load, and a load that fails changes nothing.
-module(bt_load).
-behaviour(gen_server).

-export([start_link/0, modules/1, batch/1, class/2, module/2]).
-export([update/2, release/1, remove/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([outcome/0]).

-define(REAP_SOON, 100).
-define(REAP_AGAIN, 30000).

-record(state, {
    %% The code of the generations, extensions and inputs that are current.
    binaries = #{} :: #{module() => binary()},
    %% Those that are not, and still loaded.
    superseded = #{} :: #{module() => binary()},
    timer = none :: none | {soon | again, reference()},
    reaper = none :: reference() | none
}).

-type outcome() :: ok | {error, term()}.

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Loads what a compilation made: generations with their facades, extensions, REPL inputs; all
%% or nothing. The patches of a class that is loaded again are dropped.
-spec modules([{module(), binary()}]) -> outcome().
modules(Modules) ->
    case batch(Modules) of
        {ok, _} -> ok;
        Error -> Error
    end.

%% @doc The same; answers the names under which the modules are loaded.
-spec batch([{module(), binary()}]) -> {ok, #{module() => module()}} | {error, term()}.
batch(Modules) ->
    gen_server:call(?MODULE, {batch, Modules}, infinity).

%% @doc Loads the generation of a class, and the facade that goes with it.
-spec class(module(), binary()) -> outcome().
class(Generation, Binary) ->
    modules([{Generation, Binary}]).

%% @doc Loads one other module: of an extension, a patch, a REPL input.
-spec module(module(), binary()) -> outcome().
module(Module, Binary) ->
    modules([{Module, Binary}]).

%% @doc Changes what is linked into a class: the fun gets the rows that there are (bt_patch) and
%% answers those that shall be.
-spec update(module(), fun(([bt_patch:row()]) -> [bt_patch:row()])) -> outcome().
update(Facade, Change) ->
    gen_server:call(?MODULE, {update, Facade, Change}, infinity).

%% @doc Says that nobody will call these modules by name any more, unless they are linked into a
%% class.
-spec release([module()]) -> ok.
release(Modules) ->
    gen_server:cast(?MODULE, {release, Modules}).

%% @doc Unloads a class.
-spec remove(module()) -> outcome().
remove(Facade) ->
    gen_server:call(?MODULE, {remove, Facade}, infinity).

-spec init([]) -> {ok, #state{}}.
init([]) ->
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call({batch, Modules}, _From, State) ->
    {Outcome, Loaded} = load_all(Modules, State),
    {reply, Outcome, reap_soon(Loaded)};
handle_call({update, Facade, Change}, _From, State) ->
    {Outcome, Changed} = change(Facade, Change, State),
    {reply, Outcome, reap_soon(Changed)};
handle_call({remove, Facade}, _From, State) ->
    {Outcome, Changed} = unload(Facade, State),
    {reply, Outcome, reap_soon(Changed)}.

-spec handle_cast({release, [module()]}, #state{}) -> {noreply, #state{}}.
handle_cast({release, Modules}, State) ->
    {noreply, reap_soon(supersede_unlinked(Modules, State))}.

%% The reaper asks all processes and may take long, so it is a process of its own.
-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(reap, #state{reaper = none, superseded = Superseded} = State) ->
    {_, Reaper} = spawn_monitor(fun() -> exit({reaped, reaped(Superseded)}) end),
    {noreply, State#state{reaper = Reaper, timer = none}};
handle_info(reap, State) ->
    {noreply, reap_in(again, State#state{timer = none})};
handle_info({'DOWN', Reaper, process, _, Reason}, #state{reaper = Reaper} = State) ->
    Gone =
        case Reason of
            {reaped, Modules} -> Modules;
            _ -> []
        end,
    ok = bt_patch:forget(Gone),
    Left = maps:without(Gone, State#state.superseded),
    {noreply, reap_left(State#state{superseded = Left, reaper = none})};
handle_info(_Message, State) ->
    {noreply, State}.

reaped(Superseded) ->
    [Old || {Old, Binary} <- maps:to_list(Superseded), bt_reaper:reap(Old, Binary)].

%%% When to look for what can go: soon after something was superseded; what is still in use then
%%% is looked at rarely.

reap_soon(#state{superseded = Superseded} = State) when map_size(Superseded) =:= 0 -> State;
reap_soon(#state{timer = {soon, _}} = State) -> State;
reap_soon(State) -> reap_in(soon, State).

reap_left(#state{superseded = Superseded} = State) when map_size(Superseded) =:= 0 -> State;
reap_left(#state{timer = none} = State) -> reap_in(again, State);
reap_left(State) -> State.

reap_in(When, #state{timer = Timer} = State) ->
    case Timer of
        {_, Old} -> erlang:cancel_timer(Old);
        none -> none
    end,
    State#state{timer = {When, erlang:send_after(delay(When), self(), reap)}}.

delay(soon) -> ?REAP_SOON;
delay(again) -> ?REAP_AGAIN.

%%% Loading

%% Generations and extensions have names that nobody calls yet, so they go first; the facades, all
%% at once, make them current.
load_all(Modules, State) ->
    Wanted = [{Kind, Name, Binary} || {Name, Binary} <- Modules,
                                      Kind <- [kind(Binary)], Kind =/= facade],
    Slots = slots([Name || {_, Name, _} <- Wanted], State),
    Renamed = [{Kind, map_get(Name, Slots), bt_rename:modules(Binary, Slots)}
               || {Kind, Name, Binary} <- Wanted],
    New = [{Slot, Binary} || {_, Slot, Binary} <- Renamed],
    Generations = [Slot || {generation, Slot, _} <- Renamed],
    case bt_code:load(New) of
        ok -> make_current(Generations, New, Slots, State);
        Error -> {Error, State}
    end.

make_current(Generations, New, Slots, State) ->
    Descriptions = [bt_facade:of_generation(Generation) || Generation <- Generations],
    Facades = [Facade || #{facade := Facade} <- Descriptions],
    Old = [Generation || Facade <- Facades, Generation <- generation(Facade)],
    Patches = lists:append([bt_patch:modules(Facade) || Facade <- Facades]),
    case bt_load_check:all(Generations, fun() -> load_facades(Descriptions) end) of
        ok ->
            lists:foreach(fun bt_patch:drop/1, Facades),
            lists:foreach(fun bt_class:keep_variables/1, Generations),
            ok = bt_class:invalidate(),
            Current = keep_binaries(New, supersede(Old, State)),
            {{ok, Slots}, supersede_unlinked(Patches, Current)};
        Error ->
            bt_code:unload([Name || {Name, _} <- New]),
            {Error, State}
    end.

load_facades([]) -> ok;
load_facades(Descriptions) ->
    bt_code:replace([assembled(D) || D <- bt_layout:complete(Descriptions)]).

assembled(Description) ->
    {ok, Facade, Binary} = bt_facade:assemble(Description),
    {Facade, Binary}.

kind(Binary) ->
    {ok, {_, Chunks}} = beam_lib:chunks(Binary, [exports, attributes]),
    [{exports, Exports}, {attributes, Attributes}] = Chunks,
    IsFacade = lists:keymember(beamtalk_facade, 1, Attributes),
    case lists:member({'$meta', 0}, Exports) of
        true when IsFacade -> facade;
        true -> generation;
        false -> other
    end.

%% Only of a class that is loaded: one on disk is about to be replaced unseen.
generation(Facade) ->
    case erlang:module_loaded(Facade) of
        true -> [Generation || #{generation := Generation} <- [bt_class:meta(Facade)]];
        false -> []
    end.

%% The names under which modules can be loaded without touching what is loaded.
slots(Names, State) ->
    maps:from_list([{Name, free_slot(Name, 1, State)} || Name <- Names]).

%% The lowest number that is free: 'bt.app.C 1', 'bt.app.C 2', …
free_slot(Name, N, State) ->
    Slot = slot(Name, N),
    case is_taken(Slot, State) of
        true -> free_slot(Name, N + 1, State);
        false -> Slot
    end.

is_taken(Slot, #state{superseded = Superseded}) ->
    erlang:module_loaded(Slot) orelse is_map_key(Slot, Superseded) orelse bt_patch:is_linked(Slot).

slot(Name, 1) ->
    Name;
slot(Name, N) ->
    Number = integer_to_list(N),
    case lists:reverse(atom_to_list(Name)) of
        [$1, $\s | Facade] -> list_to_atom(lists:reverse(Facade) ++ [$\s | Number]);
        _ -> list_to_atom(atom_to_list(Name) ++ [$. | Number])
    end.

%% The name may have been that of a module which the reaper has just unloaded.
keep_binaries(New, #state{binaries = Binaries} = State) ->
    State#state{binaries = maps:merge(Binaries, maps:from_list(New))}.

supersede_unlinked(Modules, State) ->
    supersede([Module || Module <- Modules, not bt_patch:is_linked(Module)], State).

supersede(Modules, State) ->
    lists:foldl(fun supersede_one/2, State, Modules).

supersede_one(Old, #state{binaries = Binaries, superseded = Superseded} = State) ->
    case erlang:module_loaded(Old) andalso binary_of(Old, Binaries) of
        Binary when is_binary(Binary) ->
            State#state{
                binaries = maps:remove(Old, Binaries),
                superseded = Superseded#{Old => Binary}
            };
        _ ->
            State
    end.

binary_of(Module, Binaries) ->
    case Binaries of
        #{Module := Binary} -> Binary;
        #{} -> object_code(code:get_object_code(Module))
    end.

object_code({_, Binary, _}) -> Binary;
object_code(error) -> none.

%%% Changes of loaded classes

change(Facade, Change, State) ->
    case bt_class:meta(Facade) of
        #{generation := Generation} -> relink(Facade, Generation, Change, State);
        _ -> {{error, {no_class, Facade}}, State}
    end.

relink(Facade, Generation, Change, State) ->
    Old = bt_patch:rows(Facade),
    New = Change(Old),
    {module, Generation} = code:ensure_loaded(Generation),
    Description = bt_facade:of_generation(Generation),
    Overrides = bt_patch:overrides_of(New),
    case load_facades([Description#{overrides => Overrides}]) of
        ok ->
            ok = bt_patch:replace(Facade, Old, New),
            ok = bt_class:invalidate(),
            {ok, supersede_unlinked(bt_patch:modules_of(Old), State)};
        Error ->
            {Error, State}
    end.

unload(Facade, State) ->
    Patches = bt_patch:modules(Facade),
    Old = generation(Facade),
    case bt_code:replace([bt_facade:tombstone(Facade)]) of
        ok ->
            ok = bt_patch:drop(Facade),
            ok = bt_class:forget_variables(Facade),
            ok = bt_class:invalidate(),
            {ok, supersede_unlinked(Patches, supersede(Old, State))};
        Error ->
            {Error, State}
    end.
