%% @doc Loads classes. One process does it, so that two loads of a class cannot cross.
%%
%% Nothing is ever killed by a load: old code that somebody still runs is waited for, and then
%% the load fails.
-module(bt_load).
-behaviour(gen_server).

-export([start_link/0, class/2, module/2, update/2]).
-export([init/1, handle_call/3, handle_cast/2]).

-define(PURGE_ATTEMPTS, 20).
-define(PURGE_PAUSE, 50).

-spec start_link() -> {ok, pid()} | {error, term()}.
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Loads the generation of a class and the facade that goes with it. Its patches are dropped.
-spec class(module(), binary()) -> ok | {error, term()}.
class(Generation, Binary) ->
    gen_server:call(?MODULE, {class, Generation, Binary}, infinity).

%% @doc Loads any other module: of an extension, a patch, a REPL input.
-spec module(module(), binary()) -> ok | {error, term()}.
module(Module, Binary) ->
    gen_server:call(?MODULE, {module, Module, Binary}, infinity).

%% @doc Changes what is linked into a class, by the fun, and assembles its facade anew.
-spec update(module(), fun(() -> ok)) -> ok | {error, term()}.
update(Facade, Change) ->
    gen_server:call(?MODULE, {update, Facade, Change}, infinity).

-spec init([]) -> {ok, none}.
init([]) ->
    {ok, none}.

-spec handle_call(term(), gen_server:from(), none) -> {reply, term(), none}.
handle_call({class, Generation, Binary}, _From, State) ->
    {reply, load_class(Generation, Binary), State};
handle_call({module, Module, Binary}, _From, State) ->
    {reply, load(Module, Binary), State};
handle_call({update, Facade, Change}, _From, State) ->
    {reply, change(Facade, Change), State}.

-spec handle_cast(term(), none) -> {noreply, none}.
handle_cast(_Message, State) ->
    {noreply, State}.

load_class(Generation, Binary) ->
    case load(Generation, Binary) of
        ok ->
            #{module := Facade} = Generation:'$meta'(),
            ok = bt_patch:drop(Facade),
            load_facade(Generation);
        Error ->
            Error
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
