%% @doc Supervisors of Beamtalk: OTP's, with this module as their callback.
%%
%% Beside OTP's own bookkeeping a supervisor has a table of its children that every process can
%% read. A child enters itself when it is started or restarted, because its start function is
%% start_child/3. So to find a child, and to send it a message, nobody has to ask the supervisor.
-module(bt_supervisor).
-behaviour(supervisor).

-export([start/2, start_link/1, child_spec/2]).
-export([children/1, child/2, count/1, restart/2, terminate/2]).
-export([start_dynamic/2, terminate_dynamic/2]).
-export([rows/1, table/1, live/2]).
-export([init/1, start_child/3, start_dynamic_child/4]).
-export_type([row/0]).

-define(DYNAMIC, 'bt.stdlib.DynamicSupervisor').
%% Rounds of waiting for a child that is being restarted; the first ones do not sleep.
-define(PATIENCE, 75).
-define(YIELDS, 50).
%% The group of all children of a DynamicSupervisor.
-define(ON_DEMAND, 0).
-define(FEW, 64).

%% Number, id, pid (nil: ended for good), class, group (the same for the members of a pool).
-type row() :: {integer(), term(), pid() | nil, module() | nil, integer()}.

%%% Starting

%% @doc `C spawn': a supervisor that no process is linked to; the end of the program ends it.
-spec start(bt_class:object(), atom()) -> pid().
start(#{module := Facade}, Name) ->
    bt_actor_start:check_concrete(Facade),
    %% What supervisor:start_link/2 does, without the link.
    case gen_server:start(supervisor, {self, ?MODULE, Facade}, []) of
        {ok, Pid} ->
            bt_processes:add_root(Pid),
            Name =:= nil orelse bt_registry:register_as(Pid, Name),
            announce(Facade, Pid),
            Pid;
        {error, Reason} -> bt_error:raise(failure(Facade, Reason))
    end.

%% @doc The same for another supervisor.
-spec start_link(module()) -> {ok, pid()} | {error, term()}.
start_link(Facade) ->
    bt_actor_start:check_concrete(Facade),
    case supervisor:start_link(?MODULE, Facade) of
        {ok, Pid} = Started ->
            announce(Facade, Pid),
            Started;
        Failure -> Failure
    end.

announce(Facade, Pid) -> ask(Facade, 'initialize:', [Pid]).

%% An error in a child's initialisation is what whoever starts the supervisor wants to know.
-spec failure(module(), term()) -> bt_fault:exception().
failure(Facade, {shutdown, {failed_to_start_child, _, Reason}}) -> failure(Facade, Reason);
failure(_, {#{'$class' := _} = Exception, _}) -> Exception;
failure(Facade, Reason) ->
    Name = bt_print:class_name(Facade),
    Text = unicode:characters_to_binary(io_lib:format("~0tp", [Reason])),
    bt_fault:user_error(<<Name/binary, " did not start: ", Text/binary>>).

%% @doc The class as a child of an Erlang supervisor.
-spec child_spec(bt_class:object(), atom()) -> supervisor:child_spec().
child_spec(#{module := Facade}, Restart) -> bt_child_spec:of_class(Facade, Restart).

%% @private
-spec init(module()) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init(Facade) ->
    Table = own_table(Facade),
    Flags = #{intensity => ask(Facade, maxRestarts, []), period => ask(Facade, restartWindow, [])},
    case bt_class:inherits_from(Facade, ?DYNAMIC) of
        true -> {ok, {Flags#{strategy => simple_one_for_one}, [dynamic(Facade, Table)]}};
        false ->
            Children = bt_child_spec:children(ask(Facade, children, [])),
            Numbered = lists:zip(lists:seq(1, length(Children)), Children),
            Strategy = strategy(ask(Facade, strategy, [])),
            Groups = in_groups(Numbered),
            Specs = lists:append([specs(Table, Strategy, Flags, Group) || Group <- Groups]),
            {ok, {Flags#{strategy => Strategy, auto_shutdown => any_significant}, Specs}}
    end.

%% Members of a pool stand next to each other.
in_groups([]) -> [];
in_groups([{_, #{group := Group}} | _] = Children) ->
    {Members, Rest} = lists:splitwith(fun({_, #{group := G}}) -> G =:= Group end, Children),
    [Members | in_groups(Rest)].

%% Where a crash concerns no other child, a large pool has a supervisor of its own.
specs(Table, one_for_one, Flags, [{_, #{spec := Spec} = First} | _] = Members) ->
    case bt_pool:is_large(length(Members)) of
        true ->
            _ = [enter(Table, N, Child) || {N, Child} <- Members],
            Pool = #{table => Table, owner => self(), flags => Flags, spec => Spec,
                     place => maps:with([class, name, group], First),
                     members => [{N, Id} || {N, #{id := Id}} <- Members]},
            [bt_pool:child_spec(Pool)];
        false -> [enter(Table, N, Child) || {N, Child} <- Members]
    end;
specs(Table, _, _, Members) -> [enter(Table, N, Child) || {N, Child} <- Members].

%% A supervisor that changes its code comes here again.
own_table(Facade) ->
    case bt_processes:lookup(self()) of
        {_, Table} -> Table;
        none ->
            Table = ets:new(bt_children, [ordered_set, public, {read_concurrency, true}]),
            bt_processes:add(self(), Facade, Table),
            Table
    end.

-spec ask(module(), atom(), [term()]) -> term().
ask(Facade, Selector, Arguments) ->
    bt_op:touch(apply(Facade, bt_class:side(Selector), [bt_class:object(Facade) | Arguments])).

strategy(oneForOne) -> one_for_one;
strategy(oneForAll) -> one_for_all;
strategy(restForOne) -> rest_for_one;
strategy(Other) ->
    bt_error:raise(bt_fault:type_error(<<"#oneForOne, #oneForAll or #restForOne">>, Other)).

enter(Table, N, #{id := Id, class := Class, group := Group, spec := Spec} = Child) ->
    ets:insert(Table, {N, Id, nil, Class, Group}),
    Place = maps:with([id, class, name, group], Child),
    Spec#{start := {?MODULE, start_child, [Table, Place#{number => N}, maps:get(start, Spec)]}}.

dynamic(Facade, Table) ->
    #{module := Class} = ask(Facade, childClass, []),
    Spec = bt_child_spec:of_class(Class, default),
    Spec#{start := {?MODULE, start_dynamic_child, [Table, Class]}}.

%% @private
%% What the new process must know of its place is found in the dictionary of its supervisor, so that
%% every child can be started by the plain start_link/1 of its class.
-spec start_child(ets:tid(), map(), {module(), atom(), [term()]}) -> term().
start_child(Table, #{number := N, id := Id, class := Class, group := Group} = Place, {M, F, A}) ->
    put('$bt_child', Place#{place => {maps:get(owner, Place, self()), N}}),
    Started = try apply(M, F, A) after erase('$bt_child') end,
    case Started of
        {ok, Pid} when is_pid(Pid) ->
            named(Pid, Place),
            ets:insert(Table, {N, Id, Pid, Class, Group});
        _ -> ets:insert(Table, {N, Id, nil, Class, Group})
    end,
    Started.

%% An actor takes its name itself, before it is initialised.
named(_, #{name := nil}) -> ok;
named(Pid, #{name := Name}) -> bt_registry:register_as(Pid, Name).

%% @private
-spec start_dynamic_child(ets:tid(), module(), integer(), map()) -> term().
start_dynamic_child(Table, Class, N, State) ->
    Place = #{number => N, id => N, class => Class, group => ?ON_DEMAND, name => nil},
    start_child(Table, Place, {Class, start_link, [State]}).

%%% Children

%% @doc The live children in order.
-spec children(pid()) -> [pid()].
children(Supervisor) -> [Pid || {_, _, Pid, _, _} <- rows(Supervisor), is_live(Pid)].

%% @doc How many children live.
-spec count(pid()) -> non_neg_integer().
count(Supervisor) -> length(children(Supervisor)).

%% @doc The first live child of a class (or a subclass), or of a name; or nil. One that is being
%% restarted is waited for.
-spec child(pid(), term()) -> pid() | nil.
child(Supervisor, Key) ->
    reading(Supervisor, fun(Table) ->
        Found = [N || {N, _, _, _, _} = Row <- rows(Supervisor), is_meant(Key, Row)],
        case [Pid || N <- Found, Pid <- [ets:lookup_element(Table, N, 3)], is_live(Pid)] of
            [Pid | _] -> Pid;
            [] -> first_live(Table, Found)
        end
    end).

first_live(_, []) -> nil;
first_live(Table, [N | Rest]) ->
    case live(Table, N) of
        nil -> first_live(Table, Rest);
        Pid -> Pid
    end.

is_meant(Pid, {_, _, Pid, _, _}) -> true;
is_meant(Id, {_, Id, _, _, _}) -> true;
is_meant(#{'$class' := 'bt.stdlib.Class', module := Facade}, {_, _, _, Class, _}) ->
    Class =/= nil andalso bt_class:inherits_from(Class, Facade);
is_meant(_, _) -> false.

%% @doc The child with this number; one that is being restarted is waited for, some milliseconds.
%% One that is not restarted is not waited for again.
-spec live(ets:tid(), integer()) -> pid() | nil.
live(Table, N) -> live(Table, N, ?PATIENCE).

live(Table, N, Patience) ->
    Pid = ets:lookup_element(Table, N, 3),
    case is_live(Pid) of
        true -> Pid;
        false when Pid =:= nil -> nil;
        false when Patience > 0 ->
            pause(Patience),
            live(Table, N, Patience - 1);
        false ->
            Gone = {N, '$1', Pid, '$2', '$3'},
            ets:select_replace(Table, [{Gone, [], [{{N, '$1', nil, '$2', '$3'}}]}]),
            nil
    end.

%% A restart takes some microseconds; a sleep at least a millisecond.
pause(Patience) when Patience > ?PATIENCE - ?YIELDS -> erlang:yield();
pause(_) -> timer:sleep(1).

is_live(Pid) -> is_pid(Pid) andalso bt_actor:is_alive(Pid).

%% @doc Ends the children that are meant, and starts them again. Answers the first of the new ones.
-spec restart(pid(), term()) -> pid() | nil.
restart(Supervisor, Key) ->
    [{First, _, _, _, _} | _] = Rows = meant(Supervisor, Key),
    reading(Supervisor, fun(Table) ->
        lists:foreach(
            fun(Row) ->
                stop_child(Supervisor, Table, Row),
                started(restart_child(Supervisor, Table, Row))
            end,
            Rows),
        live(Table, First)
    end).

stop_child(Supervisor, Table, {_, Id, _, _, Group} = Row) ->
    case bt_pool:of_group(Table, Group) of
        none -> _ = supervisor:terminate_child(Supervisor, Id), ok;
        _ -> bt_pool:stop_member(Table, Row)
    end.

restart_child(Supervisor, Table, {_, Id, _, _, Group} = Row) ->
    case bt_pool:of_group(Table, Group) of
        none -> supervisor:restart_child(Supervisor, Id);
        _ -> bt_pool:start_member(Table, Row)
    end.

started({ok, Pid}) -> Pid;
started({error, {#{'$class' := _} = Exception, _}}) -> bt_error:raise(Exception);
started({error, Reason}) ->
    Text = unicode:characters_to_binary(io_lib:format("~0tp", [Reason])),
    bt_error:raise(bt_fault:user_error(<<"the child did not start: ", Text/binary>>)).

%% @doc Ends the children that are meant, for good (`restart:' starts them again).
-spec terminate(pid(), term()) -> ok.
terminate(Supervisor, Key) ->
    reading(Supervisor, fun(Table) ->
        lists:foreach(
            fun({N, Id, _, Class, Group} = Row) ->
                stop_child(Supervisor, Table, Row),
                ets:insert(Table, {N, Id, nil, Class, Group}),
                bt_recovery:forget({Supervisor, N})
            end,
            meant(Supervisor, Key))
    end).

meant(Supervisor, Key) ->
    case [Row || Row <- rows(Supervisor), is_meant(Key, Row)] of
        [] -> bt_error:raise(no_child(Key));
        Rows -> Rows
    end.

no_child(Key) ->
    Text = bt_print:print_string(Key),
    bt_fault:no_key(Key, <<"the supervisor has no child ", Text/binary>>).

%%% Children on demand

%% @doc Starts a child of a DynamicSupervisor, with values for some of its variables.
-spec start_dynamic(pid(), map()) -> pid().
start_dynamic(Supervisor, State) when is_map(State) ->
    now_and_then_forget_dead(Supervisor),
    N = erlang:unique_integer([monotonic, positive]),
    started(supervisor:start_child(Supervisor, [N, State]));
start_dynamic(_, State) -> bt_error:raise(bt_fault:type_error(<<"a Dictionary">>, State)).

%% @doc Ends a child of a DynamicSupervisor.
-spec terminate_dynamic(pid(), pid()) -> ok.
terminate_dynamic(Supervisor, Child) ->
    case supervisor:terminate_child(Supervisor, Child) of
        ok ->
            forget_dead(Supervisor);
        {error, _} -> bt_error:raise(no_child(Child))
    end.

%% Children that ended by themselves leave their rows. Looking for them whenever the table has
%% doubled costs little.
now_and_then_forget_dead(Supervisor) ->
    case ets:info(table(Supervisor), size) of
        Size when is_integer(Size), Size >= ?FEW, Size band (Size - 1) =:= 0 ->
            forget_dead(Supervisor);
        _ -> ok
    end.

forget_dead(Supervisor) ->
    Table = table(Supervisor),
    [ets:delete(Table, N) || {N, _, Pid, _, _} <- rows(Supervisor), not is_live(Pid)],
    ok.

%%% The table

%% @doc The table of the supervisor's children.
-spec table(pid()) -> ets:tid().
table(Supervisor) ->
    case bt_processes:lookup(Supervisor) of
        {_, Table} -> Table;
        none -> bt_error:raise(bt_fault:actor_died(Supervisor, unknown, noproc))
    end.

%% @doc Its rows in order.
-spec rows(pid()) -> [row()].
rows(Supervisor) ->
    reading(Supervisor, fun(Table) ->
        ets:select(Table, [{{'_', '_', '_', '_', '_'}, [], ['$_']}])
    end).

%% The table goes with the supervisor; and who asks a supervisor that ends gets an exit.
reading(Supervisor, Use) ->
    try Use(table(Supervisor))
    catch
        error:badarg -> bt_error:raise(bt_fault:actor_died(Supervisor, unknown, noproc));
        exit:{Reason, {gen_server, call, _}} ->
            bt_error:raise(bt_fault:actor_died(Supervisor, unknown, Reason))
    end.
