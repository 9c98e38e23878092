%%% @doc Primitives of Telemetry: the way to and from the `telemetry' library of Erlang and Elixir.
%%%
%%% The library is not part of this runtime. Where a system has it, an event of a Beamtalk program
%%% is one of the library's too, and listeners hear the library's events. Its names are lists of
%%% atoms; a Symbol stands for the list of itself. What are numbers among the data are its
%%% measurements, the rest is its metadata.
-module(bt_prim_telemetry).

-export([attach/2, detach/1, execute/2, event/1, is_there/0]).
%% A handler of the library.
-export([handle/4]).

-define(CLASS, 'bt.stdlib.Telemetry').
%% Set while an event of our own goes out: our own listeners have heard it already.
-define(OWN, '$bt_telemetry').

%% @doc Has a listener hear the library's events of this name.
-spec attach(reference(), term()) -> ok.
attach(Id, Event) ->
    Name = name(Event),
    _ = Name =/= none andalso is_there()
        andalso apply(telemetry, attach, [{?MODULE, Id}, Name, fun ?MODULE:handle/4, Id]),
    ok.

%% @doc The listener is gone.
-spec detach(term()) -> ok.
detach(Id) ->
    _ = is_there() andalso apply(telemetry, detach, [{?MODULE, Id}]),
    ok.

%% @doc Tells the library of an event.
-spec execute(term(), term()) -> ok.
execute(Event, Data) ->
    Name = name(Event),
    _ = Name =/= none andalso is_there() andalso tell(Name, Data),
    ok.

tell(Name, Data) ->
    {Measurements, Metadata} = split(Data),
    Outer = put(?OWN, true),
    try apply(telemetry, execute, [Name, Measurements, Metadata])
    after
        case Outer of
            undefined -> erase(?OWN);
            _ -> put(?OWN, Outer)
        end
    end.

split(#{'$class' := _} = Instance) -> {#{}, #{value => Instance}};
split(Data) when is_map(Data) ->
    {maps:filter(fun(_, Value) -> is_number(Value) end, Data),
     maps:filter(fun(_, Value) -> not is_number(Value) end, Data)};
split(Number) when is_number(Number) -> {#{value => Number}, #{}};
split(Other) -> {#{}, #{value => Other}}.

%% @doc An event of the library, for the listener of an id.
-spec handle([atom()], map(), map(), reference()) -> term().
handle(Name, Measurements, Metadata, Id) ->
    case get(?OWN) of
        true -> ok;
        _ ->
            Data = maps:merge(Metadata, Measurements),
            bt_send:call(bt_class:object(?CLASS), 'tellListener:event:data:', Id, event(Name), Data)
    end.

%% @doc What names an event, a list of one name as that name; nil for what names none.
-spec event(term()) -> term().
event([Only]) -> event_name(Only, Only);
event([_ | _] = Names) -> event_names(Names, Names);
event(Name) -> event_name(Name, Name).

event_names([Name | Names], Event) when is_list(Names) ->
    case event_name(Name, Event) of
        nil -> nil;
        Event -> event_names(Names, Event)
    end;
event_names([], Event) -> Event;
event_names(_, _Event) -> nil.

event_name(Name, _Event) when Name =:= nil; is_boolean(Name) -> nil;
event_name(Name, Event) when is_atom(Name); is_binary(Name) -> Event;
event_name(_Name, _Event) -> nil.

name(Symbol) when is_atom(Symbol) -> [Symbol];
name([_ | _] = Name) ->
    case lists:all(fun erlang:is_atom/1, Name) of
        true -> Name;
        false -> none
    end;
name(_) -> none.

%% @doc Whether the library runs: it keeps its handlers in this table then.
-spec is_there() -> boolean().
is_there() ->
    erlang:function_exported(telemetry, execute, 3)
        andalso ets:whereis(telemetry_handler_table) =/= undefined.
