%% @doc Loads classes. One process does it, so that two loads of a class cannot cross.
%%
%% A class that is loaded again gets a generation module of another name, beside the one it has:
%% methods that run, and blocks that are kept anywhere, go on in their own code. Nothing is ever
%% killed by a load.
-module(bt_load).
-behaviour(gen_server).

-export([start_link/0, modules/1, class/2, module/2, update/2]).
-export([init/1, handle_call/3, handle_cast/2]).

-define(PURGE_ATTEMPTS, 20).
-define(PURGE_PAUSE, 50).

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

-spec init([]) -> {ok, none}.
init([]) ->
    {ok, none}.

-spec handle_call(term(), gen_server:from(), none) -> {reply, outcome(), none}.
handle_call({modules, Modules}, _From, State) ->
    {reply, load_all(Modules), State};
handle_call({update, Facade, Change}, _From, State) ->
    {reply, change(Facade, Change), State}.

-spec handle_cast(term(), none) -> {noreply, none}.
handle_cast(_Message, State) ->
    {noreply, State}.

load_all([]) ->
    ok;
load_all([{Module, Binary} | Modules]) ->
    Loaded =
        case kind(Binary) of
            generation -> load_class(Module, Binary);
            %% Made with its generation.
            facade -> ok;
            other -> load(Module, Binary)
        end,
    case Loaded of
        ok -> load_all(Modules);
        Error -> Error
    end.

kind(Binary) ->
    {ok, {_, Chunks}} = beam_lib:chunks(Binary, [exports, attributes]),
    [{exports, Exports}, {attributes, Attributes}] = Chunks,
    IsFacade = lists:keymember(beamtalk_facade, 1, Attributes),
    case lists:member({'$meta', 0}, Exports) of
        true when IsFacade -> facade;
        true -> generation;
        false -> other
    end.

load_class(Name, Binary) ->
    Generation = free_slot(Name),
    case load(Generation, in_slot(Name, Generation, Binary)) of
        ok ->
            #{module := Facade} = Generation:'$meta'(),
            ok = bt_patch:drop(Facade),
            load_facade(Generation);
        Error ->
            Error
    end.

in_slot(Name, Name, Binary) -> Binary;
in_slot(_Name, Generation, Binary) -> bt_rename:module(Binary, Generation).

%% The lowest number that no loaded generation of the class has: 'bt.app.C 1', 'bt.app.C 2', …
free_slot(Name) ->
    case erlang:module_loaded(Name) of
        false -> Name;
        true -> free_slot(hd(string:split(atom_to_list(Name), " ")), 2)
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
