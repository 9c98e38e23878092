%% @doc Loads classes and what changes them. One process does it, so that two loads cannot cross.
%%
%% What is loaded again gets a module of another name beside the one it has: methods that run, and
%% blocks that are kept anywhere, go on in their own code, which bt_reaper unloads when it is not
%% needed any more. Nothing is ever killed by a load, and a load that fails changes nothing.
-module(bt_load).
-behaviour(gen_server).

-export([start_link/0, modules/1, batch/1, class/2, module/2]).
-export([patch/2, update/2, release/1, remove/1, facade_loaded/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).
-export_type([outcome/0]).

%% How often, and how long apart, to try what belongs to a facade that somebody else loads.
-define(ATTEMPTS, 20).
-define(PAUSE, 10).

%% The code of the generations, extensions and inputs that are current: the reaper needs it.
-record(state, {binaries = #{} :: #{module() => binary()}}).

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
    ok = bt_instances:catch_up(loaded_again(Modules)),
    gen_server:call(?MODULE, {batch, Modules}, infinity).

%% @doc Loads the generation of a class, and the facade that goes with it.
-spec class(module(), binary()) -> outcome().
class(Generation, Binary) ->
    modules([{Generation, Binary}]).

%% @doc Loads one other module: of an extension, a patch, a REPL input.
-spec module(module(), binary()) -> outcome().
module(Module, Binary) ->
    modules([{Module, Binary}]).

%% @doc Loads the module of an extension and links it into a class, in one step; answers what it
%% has.
-spec patch(module(), {module(), binary()}) -> {ok, [{atom(), arity(), map()}]} | {error, term()}.
patch(Facade, {Module, Binary}) ->
    ok = bt_instances:catch_up([Facade]),
    gen_server:call(?MODULE, {patch, Facade, Module, Binary}, infinity).

%% @doc Changes what is linked into a class: the fun gets the rows that there are (bt_patch) and
%% answers those that shall be.
-spec update(module(), fun(([bt_patch:row()]) -> [bt_patch:row()])) -> outcome().
update(Facade, Change) ->
    ok = bt_instances:catch_up([Facade]),
    gen_server:call(?MODULE, {update, Facade, Change}, infinity).

%% @doc Says that nobody will call these modules by name any more, unless they are linked into a
%% class.
-spec release([module()]) -> ok.
release(Modules) ->
    gen_server:cast(?MODULE, {release, Modules}).

%% @doc A facade from a file says that it is being loaded. The first time that is by a call, and all
%% is well: only the generation's module is protected, for nobody else may replace it. After that it
%% is by `c:l/1', a reloader or the like, who may have deleted the facade before: then the
%% generation has to be loaded as well.
-spec facade_loaded(module()) -> ok.
facade_loaded(Facade) ->
    Generation = first_generation(Facade),
    case erlang:module_loaded(Facade) orelse erlang:module_loaded(Generation) of
        true -> gen_server:cast(?MODULE, {facade_loaded, Facade, ?ATTEMPTS});
        false -> ok
    end,
    _ = erlang:module_loaded(Facade) orelse code:stick_mod(Generation),
    ok.

%% @doc Unloads a class.
-spec remove(module()) -> outcome().
remove(Facade) ->
    ok = bt_instances:catch_up([Facade]),
    gen_server:call(?MODULE, {remove, Facade}, infinity).

%% The classes among what is to be loaded that may have actors already.
loaded_again(Modules) ->
    [Facade || {Name, _} <- Modules, Facade <- [facade(Name)],
               Facade =/= Name, erlang:module_loaded(Facade)].

-spec init([]) -> {ok, #state{}}.
init([]) ->
    %% What it takes to load, and an actor to notice it: the code server may be busy just then.
    ok = code:ensure_modules_loaded([bt_look, bt_migration]),
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call(Request, _From, State) ->
    ok = bt_reaper:make_room(),
    {Outcome, Changed} = handle(Request, State),
    {reply, Outcome, Changed}.

handle({batch, Modules}, State) -> load_all(Modules, fun bt_code:replace/1, State);
handle({patch, Facade, Name, Binary}, State) -> link(Facade, Name, Binary, State);
handle({update, Facade, Change}, State) -> change(Facade, Change, State);
handle({remove, Facade}, State) -> unload(Facade, State).

-spec handle_cast({release, [module()]} | {facade_loaded, module(), non_neg_integer()},
                  #state{}) -> {noreply, #state{}}.
handle_cast({release, Modules}, State) ->
    {noreply, supersede_unlinked(Modules, State)};
handle_cast({facade_loaded, Facade, Attempts}, State) ->
    {noreply, load_from_file(Facade, Attempts, State)}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({facade_loaded, Facade, Attempts}, State) ->
    {noreply, load_from_file(Facade, Attempts, State)};
handle_info(_Message, State) ->
    {noreply, State}.

%%% Loading

%% The code server may not have ended with the facade yet.
load_from_file(_Facade, 0, State) ->
    State;
load_from_file(Facade, Attempts, #state{binaries = Binaries} = State) ->
    Generation = first_generation(Facade),
    Current = [Name || Name <- maps:keys(Binaries), facade(Name) =:= Facade],
    case code:get_object_code(Generation) of
        {Generation, Binary, _} ->
            case load_all([{Generation, Binary}], fun bt_code:replace_by_server/1, State) of
                {{ok, _}, Loaded} ->
                    supersede(Current, Loaded);
                _ ->
                    Again = {facade_loaded, Facade, Attempts - 1},
                    _ = erlang:send_after(?PAUSE, self(), Again),
                    State
            end;
        error ->
            State
    end.

facade(Name) -> list_to_atom(hd(string:split(atom_to_list(Name), " "))).

first_generation(Facade) -> list_to_atom(atom_to_list(Facade) ++ " 1").

%% Generations and extensions have names that nobody calls yet, so they go first; the facades, all
%% at once, make them current.
load_all(Modules, Replace, State) ->
    Wanted = [{Kind, Name, Binary} || {Name, Binary} <- Modules,
                                      Kind <- [kind(Binary)], Kind =/= facade],
    Slots = slots([Name || {_, Name, _} <- Wanted]),
    Renamed = [{Kind, map_get(Name, Slots), bt_rename:modules(Binary, Slots)}
               || {Kind, Name, Binary} <- Wanted],
    New = [{Slot, Binary} || {_, Slot, Binary} <- Renamed],
    Generations = [Slot || {generation, Slot, _} <- Renamed],
    case bt_code:load(New) of
        ok -> make_current(Generations, New, Slots, Replace, State);
        Error -> {Error, State}
    end.

make_current(Generations, New, Slots, Replace, State) ->
    Descriptions = [bt_facade:of_generation(Generation) || Generation <- Generations],
    Facades = [Facade || #{facade := Facade} <- Descriptions],
    Old = [Generation || Facade <- Facades, Generation <- generation(Facade)],
    Patches = lists:append([bt_patch:modules(Facade) || Facade <- Facades]),
    case bt_load_check:all(Generations, fun() -> load_facades(Descriptions, Replace) end) of
        ok ->
            lists:foreach(fun bt_patch:drop/1, Facades),
            lists:foreach(fun bt_class:keep_variables/1, Generations),
            ok = invalidate(Generations),
            Current = keep_binaries(New, supersede(Old, State)),
            {{ok, Slots}, supersede_unlinked(Patches, Current)};
        Error ->
            bt_code:unload([Name || {Name, _} <- New]),
            {Error, State}
    end.

%% An input without classes changes nothing that anybody has looked up.
invalidate([]) -> ok;
invalidate([_ | _]) -> bt_class:invalidate().

load_facades([], _) -> ok;
load_facades(Descriptions, Replace) -> Replace(facades(Descriptions)).

facades(Descriptions) ->
    [assembled(D) || D <- bt_layout:complete(Descriptions)].

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
slots(Names) ->
    maps:from_list([{Name, free_slot(Name, 1)} || Name <- Names]).

%% The lowest number that is free: 'bt.app.C 1', 'bt.app.C 2', …
free_slot(Name, N) ->
    Slot = slot(Name, N),
    case is_taken(Slot) of
        true -> free_slot(Name, N + 1);
        false -> Slot
    end.

%% While the reaper is at it a module may only have old code.
is_taken(Slot) ->
    erlang:module_loaded(Slot) orelse erlang:check_old_code(Slot) orelse bt_patch:is_linked(Slot).

slot(Name, 1) ->
    Name;
slot(Name, N) ->
    Number = integer_to_list(N),
    case lists:reverse(atom_to_list(Name)) of
        [$1, $\s | Facade] -> list_to_atom(lists:reverse(Facade) ++ [$\s | Number]);
        _ -> list_to_atom(atom_to_list(Name) ++ [$. | Number])
    end.

keep_binaries(New, #state{binaries = Binaries} = State) ->
    State#state{binaries = maps:merge(Binaries, maps:from_list(New))}.

supersede_unlinked(Modules, State) ->
    supersede([Module || Module <- Modules, not bt_patch:is_linked(Module)], State).

supersede(Modules, State) ->
    lists:foldl(fun supersede_one/2, State, Modules).

supersede_one(Old, #state{binaries = Binaries} = State) ->
    _ = case erlang:module_loaded(Old) andalso binary_of(Old, Binaries) of
        Binary when is_binary(Binary) -> bt_reaper:supersede(Old, Binary);
        _ -> ok
    end,
    State#state{binaries = maps:remove(Old, Binaries)}.

binary_of(Module, Binaries) ->
    case Binaries of
        #{Module := Binary} -> Binary;
        #{} -> object_code(code:get_object_code(Module))
    end.

object_code({_, Binary, _}) -> Binary;
object_code(error) -> none.

%%% Changes of loaded classes

change(Facade, Change, State) ->
    Old = bt_patch:rows(Facade),
    New = Change(Old),
    case replace(Facade, New, []) of
        ok -> {ok, relinked(Facade, Old, New, State)};
        Error -> {Error, State}
    end.

%% A new module and the facade that leads to it are loaded at once: what takes time is not the code,
%% but that all schedulers have to notice.
link(Facade, Name, Binary, State) ->
    #{Name := Slot} = slots([Name]),
    Renamed = bt_rename:modules(Binary, #{Name => Slot}),
    Old = bt_patch:rows(Facade),
    Planned = [{{Facade, Function, Arity}, Slot, #{}} || {Function, Arity} <- linkable(Renamed)],
    case replace(Facade, bt_patch:merge(Old, Planned), [{Slot, Renamed}]) of
        ok ->
            {Facade, Functions} = Slot:'$patch'(),
            New = bt_patch:merge(Old, bt_patch:rows(Facade, Slot, Functions)),
            Kept = keep_binaries([{Slot, Renamed}], State),
            {{ok, Functions}, relinked(Facade, Old, New, Kept)};
        Error ->
            {Error, State}
    end.

linkable(Binary) ->
    {ok, {_, [{exports, Exports}]}} = beam_lib:chunks(Binary, [exports]),
    bt_facade:class_functions(Exports) -- [{'$patch', 0}].

%% Loads the facade for these rows, and other modules with it.
replace(Facade, Rows, Others) ->
    case bt_class:meta(Facade) of
        #{generation := Generation} ->
            {module, Generation} = code:ensure_loaded(Generation),
            Description = bt_facade:of_generation(Generation),
            Overrides = bt_patch:overrides_of(Rows),
            bt_code:replace(facades([Description#{overrides => Overrides}]) ++ Others);
        _ ->
            {error, {no_class, Facade}}
    end.

relinked(Facade, Old, New, State) ->
    ok = bt_patch:replace(Facade, Old, New),
    ok = bt_class:invalidate(),
    supersede_unlinked(bt_patch:modules_of(Old), State).

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
