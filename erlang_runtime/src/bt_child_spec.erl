%% @doc Child specifications: from what `children' of a Supervisor class answers to what OTP's
%% supervisor wants.
%%
%% An entry is a class, `{Class, #{option => value}}', or a specification of OTP's own kinds (that
%% is also what `C supervisionSpec' answers).
-module(bt_child_spec).

-export([children/1, of_class/2]).
-export_type([child/0]).

%% `group' is the same for the members of a pool. `class' is nil where Beamtalk knows none.
-type child() :: #{id := term(), group := pos_integer(), class := module() | nil,
                   name := atom(), spec := supervisor:child_spec()}.

-define(OPTIONS, [scale, with, restart, shutdown, as]).
-define(SHUTDOWN_MS, 5000).

%% @doc The children in order, with ids that differ.
-spec children([term()]) -> [child()].
children(Entries) ->
    Grouped = lists:zip(lists:seq(1, length(Entries)), Entries),
    {Children, _} = lists:mapfoldl(fun distinct/2, #{},
        lists:append([[Child#{group => Group} || Child <- expand(bt_op:touch(Entry))]
                      || {Group, Entry} <- Grouped])),
    Children.

%% The second child of one class has the id `{Class, 2}'.
distinct(#{id := Id, spec := Spec} = Child, Seen) ->
    Count = maps:get(Id, Seen, 0) + 1,
    Own = case Count of
              1 -> Id;
              _ -> {Id, Count}
          end,
    {Child#{id := Own, spec := Spec#{id => Own}}, Seen#{Id => Count}}.

%% @doc A class as a child, with the restart type or `default'.
-spec of_class(module(), atom()) -> supervisor:child_spec().
of_class(Facade, Restart) ->
    maps:merge(#{id => Facade, start => {Facade, start_link, []},
                 restart => restart(Facade, Restart)},
               nature(Facade)).

restart(Facade, default) ->
    case bt_class:find(Facade, 'class supervisionPolicy', 1) of
        none -> permanent;
        {Module, Function} -> bt_op:touch(Module:Function(bt_class:object(Facade)))
    end;
restart(_, Restart) when Restart =:= permanent; Restart =:= transient; Restart =:= temporary ->
    Restart;
restart(_, Other) ->
    bt_error:raise(bt_fault:type_error(<<"#permanent, #transient or #temporary">>, Other)).

nature(Facade) ->
    case bt_class:kind(Facade) of
        supervisor -> #{type => supervisor, shutdown => infinity};
        actor -> #{type => worker, shutdown => ?SHUTDOWN_MS};
        _ -> bt_error:raise(bt_fault:type_error(<<"an Actor or Supervisor class">>,
                                              bt_class:object(Facade)))
    end.

%%% Entries

-spec expand(term()) -> [map()].
expand(#{'$class' := 'bt.stdlib.Class', module := Facade}) -> [child(Facade, #{})];
expand({#{'$class' := 'bt.stdlib.Class', module := Facade}, Options}) when is_map(Options) ->
    check_options(Options),
    scaled(Facade, maps:map(fun(_, Value) -> bt_op:touch(Value) end, Options));
expand(#{id := Id, start := {Module, _, _}} = Spec) ->
    [#{id => Id, class => class(Module), name => nil, spec => Spec}];
expand({Id, {Module, _, _} = Start, Restart, Shutdown, Type, Modules}) ->
    Spec = #{id => Id, start => Start, restart => Restart, shutdown => Shutdown, type => Type,
             modules => Modules},
    [#{id => Id, class => class(Module), name => nil, spec => Spec}];
expand(Other) ->
    bt_error:raise(bt_fault:type_error(
        <<"a class, {Class, #{option => value}} or a child specification">>, Other)).

check_options(Options) ->
    case maps:keys(Options) -- ?OPTIONS of
        [] -> ok;
        [Unknown | _] ->
            bt_error:raise(bt_fault:type_error(
                <<"one of scale:, with:, restart:, shutdown: and as:">>, Unknown))
    end.

scaled(Facade, #{scale := Scale} = Options) when is_integer(Scale), Scale > 0 ->
    is_map_key(as, Options) andalso Scale > 1
        andalso bt_error:raise(bt_fault:user_error(<<"a pool cannot share one name">>)),
    lists:duplicate(Scale, child(Facade, Options));
scaled(_, #{scale := Scale}) ->
    bt_error:raise(bt_fault:type_error(<<"a positive Integer for scale:">>, Scale));
scaled(Facade, Options) -> [child(Facade, Options)].

child(Facade, Options) ->
    Spec = of_class(Facade, maps:get(restart, Options, default)),
    Name = maps:get(as, Options, nil),
    Id = case Name of
             nil -> Facade;
             _ -> Name
         end,
    #{id => Id, class => Facade, name => Name,
      spec => Spec#{start := start(Facade, Options),
                    shutdown := shutdown(Options, Spec)}}.

%% Milliseconds until the child is killed, at once, or never.
shutdown(#{shutdown := Ms}, _) when is_integer(Ms), Ms >= 0 -> Ms;
shutdown(#{shutdown := infinity}, _) -> infinity;
shutdown(#{shutdown := brutalKill}, _) -> brutal_kill;
shutdown(#{shutdown := Other}, _) ->
    bt_error:raise(bt_fault:type_error(<<"milliseconds, #brutalKill or #infinity">>, Other));
shutdown(_, #{shutdown := Default}) -> Default.

start(Facade, #{with := State}) when is_map(State) -> {Facade, start_link, [State]};
start(_, #{with := Other}) ->
    bt_error:raise(bt_fault:type_error(<<"a Dictionary for with:">>, Other));
start(Facade, _) -> {Facade, start_link, []}.

class(Module) ->
    case bt_class:meta(Module) of
        #{kind := _} -> Module;
        _ -> nil
    end.
