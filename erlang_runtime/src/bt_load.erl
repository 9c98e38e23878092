%% @doc Loads classes. One process does it, so that two loads of a class cannot cross.
%%
%% A class that is loaded again gets a generation module of another name, beside the one it has:
%% methods that run, and blocks that are kept anywhere, go on in their own code, which bt_reaper
%% unloads when it is not needed any more. Nothing is ever killed by a load.
-module(bt_load).
-behaviour(gen_server).

-export([start_link/0, modules/1, class/2, module/2, update/2]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(PURGE_ATTEMPTS, 20).
-define(PURGE_PAUSE, 50).
-define(REAP_SOON, 100).
-define(REAP_AGAIN, 30000).

-record(state, {
    %% The code of the generations that are current.
    binaries = #{} :: #{module() => binary()},
    %% Those that are not, and still loaded.
    superseded = #{} :: #{module() => binary()},
    timer = none :: reference() | none,
    reaper = none :: reference() | none
}).

-type outcome() :: ok | {error, term()}.

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Loads what a compilation made, in its order: generations with their facades, extensions,
%% REPL inputs. The patches of a class that is loaded again are dropped.
-spec modules([{module(), binary()}]) -> outcome().
modules(Modules) ->
    gen_server:call(?MODULE, {modules, Modules}, infinity).

%% @doc Loads the generation of a class, and the facade that goes with it.
-spec class(module(), binary()) -> outcome().
class(Generation, Binary) ->
    modules([{Generation, Binary}]).

%% @doc Loads any other module: of an extension, a patch, a REPL input.
-spec module(module(), binary()) -> outcome().
module(Module, Binary) ->
    modules([{Module, Binary}]).

%% @doc Changes what is linked into a class, by the fun, and assembles its facade anew.
-spec update(module(), fun(() -> ok)) -> outcome().
update(Facade, Change) ->
    gen_server:call(?MODULE, {update, Facade, Change}, infinity).

-spec init([]) -> {ok, #state{}}.
init([]) ->
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, outcome(), #state{}}.
handle_call({modules, Modules}, _From, State) ->
    {Outcome, Loaded} = load_all(Modules, State),
    {reply, Outcome, reap_in(?REAP_SOON, Loaded)};
handle_call({update, Facade, Change}, _From, State) ->
    {reply, change(Facade, Change), State}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Message, State) ->
    {noreply, State}.

%% The reaper asks all processes and may take long, so it is a process of its own.
-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(reap, #state{reaper = none, superseded = Superseded} = State) ->
    {_, Reaper} = spawn_monitor(fun() -> exit({reaped, reaped(Superseded)}) end),
    {noreply, State#state{reaper = Reaper}};
handle_info(reap, State) ->
    {noreply, reap_in(?REAP_SOON, State)};
handle_info({'DOWN', Reaper, process, _, Reason}, #state{reaper = Reaper} = State) ->
    Left =
        case Reason of
            {reaped, Gone} -> maps:without(Gone, State#state.superseded);
            _ -> State#state.superseded
        end,
    {noreply, reap_in(?REAP_AGAIN, State#state{superseded = Left, reaper = none})};
handle_info(_Message, State) ->
    {noreply, State}.

reaped(Superseded) ->
    [Old || {Old, Binary} <- maps:to_list(Superseded), bt_reaper:reap(Old, Binary)].

%% The last one to say when wins.
reap_in(_After, #state{superseded = Superseded} = State) when map_size(Superseded) =:= 0 ->
    State;
reap_in(After, #state{timer = Timer} = State) ->
    _ = is_reference(Timer) andalso erlang:cancel_timer(Timer),
    State#state{timer = erlang:send_after(After, self(), reap)}.

load_all([], State) ->
    {ok, State};
load_all([{Module, Binary} | Modules], State) ->
    case load_one(kind(Binary), Module, Binary, State) of
        {ok, Loaded} -> load_all(Modules, Loaded);
        {Error, Loaded} -> {Error, Loaded}
    end.

load_one(generation, Module, Binary, State) -> load_class(Module, Binary, State);
%% Made with its generation.
load_one(facade, _Module, _Binary, State) -> {ok, State};
load_one(other, Module, Binary, State) -> {load(Module, Binary), State}.

kind(Binary) ->
    {ok, {_, Chunks}} = beam_lib:chunks(Binary, [exports, attributes]),
    [{exports, Exports}, {attributes, Attributes}] = Chunks,
    IsFacade = lists:keymember(beamtalk_facade, 1, Attributes),
    case lists:member({'$meta', 0}, Exports) of
        true when IsFacade -> facade;
        true -> generation;
        false -> other
    end.

load_class(Name, Binary, State) ->
    Facade = facade(Name),
    Old = generation(Facade),
    Generation = free_slot(Name),
    InSlot = in_slot(Name, Generation, Binary),
    case load(Generation, InSlot) of
        ok ->
            ok = bt_patch:drop(Facade),
            {load_facade(Generation), loaded(Generation, InSlot, supersede(Old, State))};
        Error ->
            {Error, State}
    end.

facade(Generation) ->
    list_to_atom(hd(string:split(atom_to_list(Generation), " "))).

%% Only of a class that is loaded: one on disk is about to be replaced unseen.
generation(Facade) ->
    case erlang:module_loaded(Facade) of
        true -> maps:get(generation, bt_class:meta(Facade), none);
        false -> none
    end.

%% The name may have been that of a generation which the reaper has just unloaded.
loaded(Generation, Binary, #state{binaries = Binaries, superseded = Superseded} = State) ->
    State#state{
        binaries = Binaries#{Generation => Binary},
        superseded = maps:remove(Generation, Superseded)
    }.

supersede(none, State) ->
    State;
supersede(Old, #state{binaries = Binaries, superseded = Superseded} = State) ->
    case binary_of(Old, Binaries) of
        none ->
            State;
        Binary ->
            State#state{
                binaries = maps:remove(Old, Binaries),
                superseded = Superseded#{Old => Binary}
            }
    end.

binary_of(Generation, Binaries) ->
    case Binaries of
        #{Generation := Binary} -> Binary;
        #{} -> object_code(code:get_object_code(Generation))
    end.

object_code({_, Binary, _}) -> Binary;
object_code(error) -> none.

in_slot(Name, Name, Binary) -> Binary;
in_slot(_Name, Generation, Binary) -> bt_rename:module(Binary, Generation).

%% The lowest number that no loaded generation of the class has: 'bt.app.C 1', 'bt.app.C 2', …
free_slot(Name) ->
    case erlang:module_loaded(Name) of
        false -> Name;
        true -> free_slot(atom_to_list(facade(Name)), 2)
    end.

free_slot(Facade, N) ->
    Name = list_to_atom(Facade ++ " " ++ integer_to_list(N)),
    case erlang:module_loaded(Name) of
        false -> Name;
        true -> free_slot(Facade, N + 1)
    end.

change(Facade, Change) ->
    case bt_class:meta(Facade) of
        #{generation := Generation} ->
            ok = Change(),
            load_facade(Generation);
        _ ->
            {error, {no_class, Facade}}
    end.

load_facade(Generation) ->
    {module, Generation} = code:ensure_loaded(Generation),
    #{facade := Facade} = Description = bt_facade:of_generation(Generation),
    Overrides = bt_patch:overrides(Facade),
    {ok, Facade, Binary} = bt_facade:assemble(Description#{overrides => Overrides}),
    load(Facade, Binary).

load(Module, Binary) ->
    case purge(Module, ?PURGE_ATTEMPTS) of
        true ->
            Loaded = code:load_binary(Module, atom_to_list(Module) ++ ".beam", Binary),
            ok = bt_class:invalidate(),
            ok = bt_tracer:loaded(Module),
            case Loaded of
                {module, Module} -> ok;
                {error, _} = Error -> Error
            end;
        false ->
            {error, {in_use, Module}}
    end.

purge(_Module, 0) ->
    false;
purge(Module, Attempts) ->
    case code:soft_purge(Module) of
        true ->
            true;
        false ->
            timer:sleep(?PURGE_PAUSE),
            purge(Module, Attempts - 1)
    end.
