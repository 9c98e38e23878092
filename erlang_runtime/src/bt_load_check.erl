%% @doc Which loads of classes are refused, before anything has changed.
%%
%% A class cannot become one of another kind while it is loaded: its actors would be no actors any
%% more, or its instances would have no process. Its superclass must exist, and not be a subclass of
%% it.
-module(bt_load_check).

-export([all/2]).

%% The classes that are about to be current, by facade.
-type coming() :: #{module() => map()}.

%% @doc Runs the load of these generations unless one of them is refused.
-spec all([module()], fun(() -> Outcome)) -> Outcome | {error, bt_fault:exception()}.
all(Generations, Load) ->
    Metas = [Generation:'$meta'() || Generation <- Generations],
    Coming = maps:from_list([{Facade, Meta} || #{module := Facade} = Meta <- Metas]),
    case [Error || Meta <- Metas, Error <- errors(Meta, Coming)] of
        [] -> Load();
        [First | _] -> {error, First}
    end.

errors(#{module := Facade, kind := Kind} = Meta, Coming) ->
    wrong_kind(Facade, Kind, present_kind(Facade)) ++ wrong_superclass(Meta, Coming).

present_kind(Facade) ->
    case erlang:module_loaded(Facade) of
        true -> bt_class:meta(Facade);
        false -> #{}
    end.

%% Objects and values have no process, so they can change into each other.
wrong_kind(Facade, Kind, #{kind := Old}) when Old =/= Kind ->
    case has_process(Old) orelse has_process(Kind) of
        true ->
            Name = bt_class:name(Facade),
            [refusal(<<Name/binary, " is ", (text(Old))/binary, " and cannot become ",
                     (text(Kind))/binary, " while it is loaded">>,
                   <<"remove it first: ", Name/binary, " removeFromSystem">>)];
        false -> []
    end;
wrong_kind(_, _, _) -> [].

has_process(Kind) -> Kind =:= actor orelse Kind =:= supervisor.

text(actor) -> <<"an Actor class">>;
text(supervisor) -> <<"a Supervisor class">>;
text(value) -> <<"a Value class">>;
text(_) -> <<"a class without a process">>.

-spec wrong_superclass(map(), coming()) -> [bt_fault:exception()].
wrong_superclass(#{module := Facade, superclass := Superclass}, Coming) ->
    case chain(Superclass, Coming, [Facade]) of
        ok -> [];
        {missing, Missing} ->
            [refusal(<<(bt_class:name(Facade))/binary, " is a subclass of ",
                     (bt_class:name(Missing))/binary, ", which is not loaded">>,
                   <<"load ", (bt_class:name(Missing))/binary, " first">>)];
        {cycle, Again} ->
            [refusal(<<(bt_class:name(Facade))/binary, " would be a superclass of itself, through ",
                     (bt_class:name(Again))/binary>>, nil)]
    end.

chain(nil, _, _) -> ok;
chain(Class, Coming, Seen) ->
    case lists:member(Class, Seen) of
        true -> {cycle, hd(Seen)};
        false when is_map_key(Class, Coming) ->
            chain(maps:get(superclass, map_get(Class, Coming)), Coming, [Class | Seen]);
        false ->
            case bt_class:meta(Class) of
                #{superclass := Superclass} -> chain(Superclass, Coming, [Class | Seen]);
                #{} -> {missing, Class}
            end
    end.

refusal(Message, Hint) ->
    bt_error:make('bt.stdlib.CompileError', #{message => Message, hint => Hint}).
