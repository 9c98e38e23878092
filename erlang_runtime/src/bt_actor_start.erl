%% @doc The birth of an actor.
%%
%% Actors are started with `erlang:spawn(Facade, '$start', …)', not through proc_lib, so that the
%% class is the process's initial call: looking it up costs a fifth of a microsecond, and tools
%% show it. What proc_lib would leave in the process dictionary is put there by hand.
-module(bt_actor_start).
-compile({no_auto_import, [spawn/2]}).

-export([spawn/2, spawn_copy/2, start_link/2, init/2, become/1]).
-export([child_wishes/2, check_concrete/1]).
-export_type([order/0, wishes/0]).

%% Full sweeps are frequent because what an actor keeps is small as a rule, and lives long.
-define(FULLSWEEP, {fullsweep_after, 20}).
%% A copy is made for one piece of work: it need not grow from nothing in four steps.
-define(COPY_WORDS, 610).

%% `strict': a keyword that is not a state variable is an error, not part of a message.
-type wishes() :: #{keywords => [{term(), term()}], message => {atom(), [term()]},
                    strict => boolean(), name => atom(), place => bt_recovery:place()}.
-type order() :: {start, Starter :: pid(), Tag :: reference(), free | linked,
                  Ancestors :: [pid() | atom()], wishes()}
               | {start_surely, Ancestors :: [pid() | atom()]}
               | {copy, Ancestors :: [pid() | atom()], #{atom() => term()}}
               | {run, Ancestors :: [pid() | atom()], fun(() -> term())}.

%% @doc Starts an actor without a link. An error in its initialisation is raised here; where there
%% can be none, nobody waits for it.
-spec spawn(module(), wishes()) -> pid().
spawn(Facade, Wishes) when Wishes =:= #{} ->
    case bt_class:cached({?MODULE, Facade}, fun() -> starts_surely(Facade) end) of
        true ->
            erlang:spawn_opt(Facade, '$start', [{start_surely, ancestors()}], [?FULLSWEEP]);
        false -> spawn_and_wait(Facade, Wishes)
    end;
spawn(Facade, Wishes) -> spawn_and_wait(Facade, Wishes).

%% @doc Starts an actor whose variables are these, and which is not initialised besides: what the
%% variables say has been initialised already.
-spec spawn_copy(module(), #{atom() => term()}) -> pid().
spawn_copy(Facade, Variables) ->
    Order = {copy, ancestors(), Variables},
    erlang:spawn_opt(Facade, '$start', [Order], [?FULLSWEEP, {min_heap_size, ?COPY_WORDS}]).

%% No class of the chain sends a message to make an instance: variables start as literals, and
%% `initialize' is Actor's own, which does nothing.
-spec starts_surely(module()) -> boolean().
starts_surely(Facade) ->
    #{modifiers := Modifiers} = Facade:'$meta'(),
    not lists:member(abstract, Modifiers) andalso lists:all(fun is_sure/1, bt_class:chain(Facade)).

is_sure('bt.stdlib.Actor') ->
    not lists:any(fun(#{function := Function}) -> Function =:= initialize end,
                  bt_patch:methods('bt.stdlib.Actor'));
is_sure(Class) ->
    Methods = bt_class:methods(Class),
    maps:get(constant, bt_class:meta(Class), false)
        andalso not lists:any(fun(#{function := F}) -> F =:= initialize end, Methods).

-spec spawn_and_wait(module(), wishes()) -> pid().
spawn_and_wait(Facade, Wishes) ->
    case start(Facade, free, Wishes) of
        {ok, Actor} -> Actor;
        {failed, Exception, _} -> bt_error:raise_here(Exception);
        {died, Actor, Reason} -> bt_error:raise(bt_fault:actor_died(Actor, Facade, Reason))
    end.

%% @doc Starts an actor as a supervisor wants it.
-spec start_link(module(), wishes()) -> {ok, pid()} | {error, term()}.
start_link(Facade, Wishes) ->
    case start(Facade, linked, Wishes) of
        {ok, Actor} -> {ok, Actor};
        {failed, Exception, Stack} -> {error, {Exception, Stack}};
        {died, _, Reason} -> {error, Reason}
    end.

%% @doc What a supervised actor is started with besides its variables: the name and the place that
%% its supervisor has for it (bt_supervisor), and the message of `C spawn k: v' if there is one.
-spec child_wishes(module(), #{atom() => term()}) -> wishes().
child_wishes(Facade, State) ->
    maps:merge(place(get('$bt_child')), message(Facade, State)).

place(undefined) -> #{};
place(#{name := Name, place := Place}) -> #{name => Name, place => Place}.

message(_, State) when State =:= #{} -> #{};
message(Facade, State) ->
    Keywords = maps:keys(State),
    case Keywords -- bt_class:variables(Facade) of
        [] -> #{};
        _ -> message(bt_class:selectors(Facade, instance), Keywords, State)
    end.

%% A Dictionary has lost the order of the keywords.
message(Selectors, Keywords, State) ->
    Matching = [{Selector, Parts} || Selector <- Selectors,
                                     Parts <- [bt_class:keywords(Selector)],
                                     lists:sort(Parts) =:= lists:sort(Keywords)],
    case Matching of
        [{Selector, Parts} | _] ->
            #{message => {Selector, [map_get(Part, State) || Part <- Parts]}};
        [] -> #{}
    end.

%% The tag is made before the process is: so the receive need not search the mailbox.
-spec start(module(), free | linked, wishes()) ->
          {ok, pid()} | {failed, bt_fault:exception(), list()} | {died, pid(), term()}.
start(Facade, Link, Wishes) ->
    check_concrete(Facade),
    Tag = make_ref(),
    Order = {start, self(), Tag, Link, ancestors(), Wishes},
    {Actor, Ref} = erlang:spawn_opt(Facade, '$start', [Order], options(Link, Tag)),
    receive
        {Tag, started} ->
            erlang:demonitor(Ref, [flush]),
            {ok, Actor};
        {Tag, failed, Exception, Stack} ->
            receive {Tag, Ref, process, _, _} -> {failed, Exception, Stack} end;
        {Tag, Ref, process, _, Reason} ->
            {died, Actor, Reason}
    end.

-spec options(free | linked, reference()) -> list().
options(Link, Tag) ->
    [{monitor, [{tag, Tag}]}, ?FULLSWEEP | [link || Link =:= linked]].

%% @doc Raises InstantiationError for an abstract class.
-spec check_concrete(module()) -> ok.
check_concrete(Facade) ->
    #{modifiers := Modifiers} = Facade:'$meta'(),
    case lists:member(abstract, Modifiers) of
        true -> bt_error:raise(bt_fault:instantiation(Facade));
        false -> ok
    end.

-spec ancestors() -> [pid() | atom()].
ancestors() ->
    Self = case process_info(self(), registered_name) of
               {registered_name, Name} -> Name;
               [] -> self()
           end,
    case get('$ancestors') of
        [_ | _] = Ancestors -> [Self | Ancestors];
        _ -> [Self]
    end.

%%% In the new process

%% @doc Initialises the actor, reports to its starter, and enters the loop.
-spec init(module(), order()) -> no_return().
init(Facade, {run, Ancestors, Work}) ->
    put('$ancestors', Ancestors),
    become(Facade),
    Work();
init(Facade, {copy, Ancestors, Variables}) ->
    put('$ancestors', Ancestors),
    Version = bt_actor_loop:version(Facade),
    become(Facade),
    ok = bt_state:assign(Variables),
    bt_actor_loop:enter(none, Facade, Version);
init(Facade, {start_surely, Ancestors}) ->
    put('$ancestors', Ancestors),
    Version = bt_actor_loop:version(Facade),
    become(Facade),
    bt_actor_loop:enter(none, Facade, Version);
init(Facade, {start, Starter, Tag, Link, Ancestors, Wishes}) ->
    put('$ancestors', Ancestors),
    %% From before its variables get their values: what is loaded meanwhile is noticed later.
    Version = bt_actor_loop:version(Facade),
    try prepare(Facade, Wishes) of
        _ ->
            Starter ! {Tag, started},
            bt_actor_loop:enter(parent(Link, Starter), Facade, Version)
    catch
        Class:Reason:Stack -> fail(Starter, Tag, bt_error:wrap(Class, Reason, Stack), Stack)
    end.

-spec parent(free | linked, pid()) -> pid() | none.
parent(linked, Starter) -> Starter;
parent(free, _) -> none.

%% The starter raises or returns the error, so it is neither logged here nor sent over the link.
-spec fail(pid(), reference(), bt_fault:exception(), list()) -> no_return().
fail(Starter, Tag, Exception, Stack) ->
    erlang:unlink(Starter),
    Starter ! {Tag, failed, Exception, Stack},
    exit({shutdown, {Exception, Stack}}).

-spec prepare(module(), wishes()) -> term().
prepare(Facade, Wishes) ->
    take_name(maps:get(name, Wishes, nil)),
    become(Facade),
    put('$bt_msg', initialize),
    Unknown = assign(maps:get(keywords, Wishes, []), []),
    Wishes =:= #{} orelse check_strict(Facade, Wishes, Unknown),
    initialize(Facade),
    recover(Facade, Wishes),
    Unknown =:= [] orelse send_message(Facade, maps:get(message, Wishes)).

%% @doc Makes this process an actor of the class, with its variables at their initial values.
-spec become(module()) -> ok.
become(Facade) ->
    put('$initial_call', {Facade, '$start', 1}),
    put('$bt_class', Facade),
    put('$bt_mode', actor),
    bt_error_handler:install(),
    Facade:'$init'(self()),
    ok.

-spec take_name(atom()) -> ok.
take_name(nil) -> ok;
take_name(Name) ->
    bt_registry:register_as(self(), Name),
    ok.

%% Assigns what is a state variable; answers the other keywords.
-spec assign([{term(), term()}], [term()]) -> [term()].
assign([], Unknown) -> Unknown;
assign([{Keyword, _} | Rest], Unknown) when not is_atom(Keyword) ->
    assign(Rest, [Keyword | Unknown]);
assign([{Keyword, Value} | Rest], Unknown) ->
    Key = bt_state:key(Keyword),
    case get(Key) of
        undefined -> assign(Rest, [Keyword | Unknown]);
        _ ->
            put(Key, Value),
            assign(Rest, Unknown)
    end.

-spec check_strict(module(), wishes(), [term()]) -> ok.
check_strict(_, #{message := _}, _) -> ok;
check_strict(Facade, #{strict := true}, [Keyword | _]) ->
    bt_error:raise(bt_fault:no_variable(Facade, Keyword));
check_strict(_, _, _) -> ok.

-spec initialize(module()) -> term().
initialize(Facade) ->
    case erlang:function_exported(Facade, initialize, 1) of
        true -> Facade:initialize(self());
        false -> ok
    end.

%% The state of the one that had this place before: after `initialize', which may open or start
%% something anew, but before the first message.
-spec recover(module(), wishes()) -> ok.
recover(Facade, #{place := Place}) ->
    put('$bt_place', Place),
    case bt_recovery:wanted(Facade) andalso bt_recovery:last(Place) of
        {ok, Shape, Snapshot} -> bt_migration:recover(Facade, Shape, Snapshot);
        _ -> ok
    end;
recover(_, _) -> ok.

-spec send_message(module(), {atom(), [term()]}) -> term().
send_message(Facade, {Selector, Arguments}) ->
    put('$bt_msg', Selector),
    apply(Facade, Selector, [self() | Arguments]).
