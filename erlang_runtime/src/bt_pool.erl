%% @doc The supervisor of a large pool, between a team's supervisor and the members.
%%
%% OTP's supervisor looks for a child that has ended among all of them, one after the other, unless
%% it is simple_one_for_one: then it has a map. With 10,000 children that is the difference between
%% milliseconds and microseconds. For everybody else the members are children of the team: they
%% are in its table and are found, counted and routed to as such.
%%
%% The pool counts restarts for itself, by the team's numbers. When that is too much it ends, and
%% the team with it: the pool is a significant child. One that is killed is started again.
-module(bt_pool).
-behaviour(supervisor).

-export([is_large/1, child_spec/1, of_group/2]).
-export([stop_member/2, start_member/2]).
-export([start_link/1, init/1, start_member/4]).
-export_type([pool/0]).

-define(LARGE, 100).

%% `start' is that of a member, `members' are number and id of each.
-type pool() :: #{table := ets:tid(), owner := pid(), flags := map(), spec := map(),
                  place := map(), members := [{pos_integer(), term()}]}.

%% @doc Whether so many members are worth a supervisor of their own.
-spec is_large(non_neg_integer()) -> boolean().
is_large(Size) -> Size >= ?LARGE.

%% @doc The pool as a child of the team's supervisor.
-spec child_spec(pool()) -> supervisor:child_spec().
child_spec(#{members := [{_, Id} | _]} = Pool) ->
    #{id => {pool, Id}, start => {?MODULE, start_link, [Pool]}, type => supervisor,
      restart => transient, significant => true, shutdown => infinity}.

%% @doc The supervisor of the group's members, if it has one of its own.
-spec of_group(ets:tid(), integer()) -> pid() | none.
of_group(Table, Group) ->
    case ets:lookup(Table, {pool, Group}) of
        [{_, Pid}] -> Pid;
        [] -> none
    end.

%% @doc Starts the pool and its members, in the process of the team's supervisor.
-spec start_link(pool()) -> {ok, pid()} | {error, term()}.
start_link(#{table := Table, place := #{group := Group}, members := Members} = Pool) ->
    {ok, Pid} = supervisor:start_link(?MODULE, Pool),
    ets:insert(Table, {{pool, Group}, Pid}),
    start_all(Pid, Members).

start_all(Pid, []) -> {ok, Pid};
start_all(Pid, [{N, Id} | Rest]) ->
    case supervisor:start_child(Pid, [N, Id]) of
        {error, Reason} ->
            give_up(Pid),
            {error, Reason};
        _ -> start_all(Pid, Rest)
    end.

give_up(Pid) ->
    Monitor = monitor(process, Pid),
    unlink(Pid),
    exit(Pid, shutdown),
    receive {'DOWN', Monitor, process, _, _} -> ok end.

%% @private
-spec init(pool()) -> {ok, {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init(#{table := Table, flags := Flags, spec := Spec, place := Place, owner := Owner}) ->
    Member = Spec#{start := {?MODULE, start_member,
                             [Table, {Place#{owner => Owner}, maps:get(start, Spec)}]}},
    {ok, {Flags#{strategy => simple_one_for_one}, [Member]}}.

%% @private
-spec start_member(ets:tid(), {map(), {module(), atom(), [term()]}}, pos_integer(), term()) ->
          term().
start_member(Table, {Place, Start}, N, Id) ->
    bt_supervisor:start_child(Table, Place#{number => N, id => Id}, Start).

%% @doc Ends the member in this row; it is not restarted.
-spec stop_member(ets:tid(), bt_supervisor:row()) -> ok.
stop_member(_, {_, _, nil, _, _}) -> ok;
stop_member(Table, {N, _, Pid, _, Group}) ->
    case supervisor:terminate_child(of_group(Table, Group), Pid) of
        ok -> ok;
        {error, not_found} ->
            %% It may just have been restarted.
            case ets:lookup(Table, N) of
                [{_, _, Pid, _, _}] -> ok;
                [Row] -> stop_member(Table, Row)
            end
    end.

%% @doc Starts the member in this row anew.
-spec start_member(ets:tid(), bt_supervisor:row()) -> term().
start_member(Table, {N, Id, _, _, Group}) ->
    supervisor:start_child(of_group(Table, Group), [N, Id]).
